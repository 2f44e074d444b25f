#pragma once
/// File rules as the matcher uses them, and what holds when several fit one object.
/// Specification: docs/spec/artifacts.md section 2; reasons: docs/decisions/0060-several-rules.md.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/artifact.h"
#include "collector/glob.h"

namespace casebook::collector {

/// A rule without `max_bytes` of its own takes no more than this of one file.
inline constexpr std::uint64_t kFileBytesMaxDefault = std::uint64_t{64} << 20U;
/// What `--path` takes of one file, and its stage: user data, last.
inline constexpr std::uint64_t kExtraFileBytesMax = std::uint64_t{1} << 40U;
inline constexpr int kExtraStage = 16;

/// One file entry of the set. Rules that were not chosen are here too when they hold others back.
struct MatchRule {
  std::string id;
  PathPattern pattern;
  int stage = 0;
  Take take = Take::content;
  bool chosen = false;
  bool guard = false;   ///< Holds back whatever it fits.
  bool secret = false;  ///< Its definition is about secrets.
  std::uint64_t bytes_max = kFileBytesMaxDefault;
  std::optional<int> depth_max;
  std::optional<int> age_days_max;
  std::vector<PathPattern> excludes;
};

/// All file entries of `set`: chosen ones as such, the others only where they hold back.
/// @param chosen   those of this run whose conditions hold.
/// @param lifted   ids of guards that a ticket names: these hold nothing back.
/// @param extra    further patterns (`--path`); their rules are `path/1`, `path/2`, …
/// @return `invalid_input` for a wrong extra pattern.
Result<std::vector<MatchRule>> make_match_rules(const ArtifactSet& set,
                                                std::span<const ChosenEntry> chosen,
                                                std::span<const std::string> lifted,
                                                std::span<const std::string> extra);

/// A rule that fits an object whose home folder (for patterns from one) has `home_parts` parts.
struct Fit {
  std::uint32_t rule;
  std::size_t home_parts;
};

/// What is done with an object.
struct Decision {
  bool taken = false;
  std::uint32_t rule = 0;      ///< The rule that decided: named in the catalog.
  std::uint32_t asked_by = 0;  ///< The chosen rule that wanted the object; differs when held back.
  Take take = Take::metadata;
  int stage = 0;
  std::uint64_t bytes_max = 0;
};

/// Whether `careful` bounds what `wanting` may take of an object that both fit. It does not when
/// `wanting` was written as an exception to it (its pattern is contained), nor when `careful` is a
/// mere inventory (`…/*`, `…/**` of a definition that is not about secrets) and `wanting` names
/// the object at least as closely. A guard always holds.
bool holds_back(const MatchRule& careful, std::size_t careful_home_parts, const MatchRule& wanting,
                std::size_t wanting_home_parts);

/// The richest take that any chosen rule is allowed; the earliest stage among those that give it.
/// More chosen rules never mean less, and none lifts a bound.
Decision decide(std::span<const MatchRule> rules, std::span<const Fit> chosen_fits,
                std::span<const Fit> careful_fits);

}  // namespace casebook::collector
