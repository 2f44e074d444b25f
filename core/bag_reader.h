#pragma once
/// Looks into a sealed bag without reading all of it: the seal, the end of the archive, the catalog
/// segments, then one file. What is read is checked against the signed seal; that the whole archive
/// is as it must be is for verify_bag(). Specification: docs/spec/bag.md section 9.

#include <filesystem>
#include <functional>
#include <memory>

#include "core/age_file.h"
#include "core/bag_verify.h"
#include "core/durable_file.h"
#include "core/line_proof.h"

namespace casebook {

/// One line of the catalog and where its bytes are.
struct BagEntry {
  std::uint64_t number = 0;  ///< In the catalog, from 0.
  CatalogLine line;
  std::string text;                 ///< The line as it stands there, without LF.
  std::uint64_t header_offset = 0;  ///< Of its member in the tar stream; only with bytes.
};

class BagReader {
 public:
  /// @return `corrupt` when the seal, its signature or the end of the archive is not as it must be;
  /// `not_found` without a seal; `locked` when nothing in `unlock` opens the archive.
  static Result<BagReader> open(const std::filesystem::path& folder, const AgeUnlock& unlock);
  BagReader(BagReader&& other) noexcept;
  BagReader& operator=(BagReader&&) = delete;
  ~BagReader();

  [[nodiscard]] const Seal& seal() const;
  [[nodiscard]] const BagPapers& papers() const;
  [[nodiscard]] const CatalogIndex& index() const;

  /// Calls `take` for each line in order until it returns false.
  Status for_each_line(const std::function<bool(const CatalogLine& line)>& take);

  /// The first entry with bytes of this name, else the first without.
  /// @param name  a raw absolute path of the host, or a stored name with or without `data/`.
  /// @return `not_found`.
  Result<BagEntry> find(std::string_view name);

  /// Writes the entry's stored bytes to `out`. @return `corrupt` when they are not those of its
  /// line: then what `out` took must not be used. `invalid_input` for an entry without bytes.
  Status extract(const BagEntry& entry, ByteSink& out);
  /// The same into a file that has its name only when all of it proved right; the holes of a sparse
  /// file are holes again. @param mode  permission bits.
  Status extract_to_file(const BagEntry& entry, const std::filesystem::path& path, mode_t mode,
                         IfExists if_exists = IfExists::refuse);

  /// The proof that the entry's line is in the sealed catalog; it shows no other line.
  Result<LineProof> prove(const BagEntry& entry);
  /// The text of context.json.
  Result<std::string> context_json();

 private:
  struct State;
  explicit BagReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Checks an exhibit without its bag: seal, signature, the line's place in the catalog and, unless
/// `content` is null, its bytes. The ticket is for the caller.
struct CheckedExhibit {
  Seal seal;
  CatalogLine line;
  std::vector<BagFinding> findings;  ///< Empty: the exhibit is as it was sealed.
};
Result<CheckedExhibit> check_exhibit(std::string_view proof, const BagPapers& papers,
                                     ByteSource* content);

}  // namespace casebook
