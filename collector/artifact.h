#pragma once
/// Artifact definitions: what may be taken from a host, as data. Specification:
/// docs/spec/artifacts.md; the shipped set is embedded_artifacts.h.

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/result.h"

namespace casebook::collector {

enum class EntryKind { file, kernel, command, check };

/// What is kept of a matched file. In rising order of care.
enum class Take { content, redacted, metadata };

enum class Sensitivity { normal, personal, secret };

std::string_view to_string(EntryKind kind) noexcept;
std::string_view to_string(Take take) noexcept;

struct Limits {
  std::optional<std::uint64_t> max_bytes;
  std::optional<int> max_depth;     ///< Parts below the first part that holds a wildcard.
  std::optional<int> max_age_days;  ///< By modification time.
  std::vector<std::string> exclude;
};

/// All that are present must hold; of `if_exists` one path is enough.
struct Conditions {
  std::vector<std::string> families;
  std::vector<std::string> if_exists;
  std::vector<std::string> capabilities;
  std::optional<std::pair<int, int>> kernel_min;
};

/// One way to a fact. Which members are set depends on `kind`.
struct ArtifactEntry {
  std::string id;
  EntryKind kind = EntryKind::file;
  std::string path;                       ///< Pattern of `file`; the file a `kernel` entry reads.
  std::string reading;                    ///< Of `kernel` and `check`.
  std::vector<std::string> argv;          ///< Of `command`; argv[0] is absolute.
  std::vector<std::string> alternatives;  ///< Further places of the program.
  int timeout_s = 0;
  std::vector<std::string> compare;  ///< Of `check`: the two sources.
  bool live_only = false;
  bool opt_in = false;
  bool guard = false;  ///< `take` is an upper bound for every file the pattern fits.
  Limits limits;
  Conditions conditions;
  Take take = Take::content;
  std::string parse;
  std::string note;
};

/// One fact worth having.
struct Artifact {
  std::string id;
  std::string title;
  std::string why;
  int stage = 0;
  std::vector<std::string> attack;
  Sensitivity sensitivity = Sensitivity::normal;
  std::string cost;
  std::vector<std::string> profiles;
  Conditions conditions;
  std::vector<ArtifactEntry> entries;
  std::string canonical;  ///< The definition as canonical JSON.
};

struct SystemFamily {
  std::string id;
  std::vector<std::string> os_release_ids;
};

/// What conditions are asked about. Filled natively from the host or from a mounted tree.
struct HostFacts {
  bool live = true;                 ///< False for a mounted tree: `live_only` entries drop out.
  std::vector<std::string> os_ids;  ///< ID and ID_LIKE of os-release, in that order.
  std::pair<int, int> kernel{};     ///< Of the running kernel.
  std::vector<std::string> capabilities;  ///< Effective ones of this process, "CAP_SYS_ADMIN".
  std::function<bool(const std::string& path)> exists;  ///< Inside the root.
};

/// Which entries a run wants.
struct EntryChoice {
  std::string profile;              ///< Empty: none.
  std::vector<std::string> opt_in;  ///< Ids of entries or of whole artifacts, taken besides.
};

/// An entry with its artifact; both live as long as the set.
struct ChosenEntry {
  const Artifact* artifact;
  const ArtifactEntry* entry;
};

class ArtifactSet {
 public:
  /// Reads a set in the form of docs/spec/artifacts.md section 3. @return `invalid_input` or
  /// `limit_exceeded` naming the definition; the whole set is refused for one wrong member.
  static Result<ArtifactSet> parse(std::string_view text);

  [[nodiscard]] std::span<const Artifact> artifacts() const { return artifacts_; }
  [[nodiscard]] const std::vector<std::string>& profiles() const { return profiles_; }
  [[nodiscard]] bool has_profile(std::string_view profile) const;
  /// Null when there is none.
  [[nodiscard]] const Artifact* find(std::string_view artifact_id) const;
  [[nodiscard]] std::optional<ChosenEntry> find_entry(std::string_view entry_id) const;
  /// SHA-256 of the text that was parsed.
  [[nodiscard]] const Digest256& digest() const { return digest_; }

  /// Every entry of the set, in its order.
  [[nodiscard]] std::vector<ChosenEntry> all() const;
  /// The entries of `choice`, whatever the host. @return `not_found` for an unknown profile or id.
  [[nodiscard]] Result<std::vector<ChosenEntry>> choose(const EntryChoice& choice) const;
  /// Whether the conditions of entry and artifact hold on this host.
  [[nodiscard]] bool applies(const ChosenEntry& chosen, const HostFacts& facts) const;
  /// Identity of what a choice takes: SHA-256 over the canonical JSON of its definitions, profile
  /// and opt-in ids.
  [[nodiscard]] Result<Digest256> choice_digest(const EntryChoice& choice) const;

 private:
  ArtifactSet() = default;
  std::vector<Artifact> artifacts_;
  std::vector<std::string> profiles_;
  std::vector<SystemFamily> families_;
  Digest256 digest_{};
};

/// What of a choice no code can do yet: counted and named, never a reason to be partial.
struct UnsupportedEntries {
  std::uint64_t entries = 0;
  std::uint64_t by_kind[4] = {};       ///< Indexed by EntryKind.
  std::vector<std::string> artifacts;  ///< Ids, sorted, without repetition.
};
/// @param supports  whether an entry that is no `file` can be taken.
UnsupportedEntries find_unsupported(std::span<const ChosenEntry> chosen,
                                    const std::function<bool(const ArtifactEntry&)>& supports);

/// ID and ID_LIKE of an os-release text, values unquoted, in that order.
std::vector<std::string> os_release_ids(std::string_view text);

}  // namespace casebook::collector
