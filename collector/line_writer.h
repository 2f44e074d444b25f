#pragma once
/// Makes catalog lines into text and hashes them on a thread of its own, while the caller reads the
/// next files: for small files this is a third of the work. Specification: docs/spec/bag.md
/// section 6, docs/spec/merkle.md.

#include <memory>

#include "collector/side_thread.h"
#include "core/bag_format.h"
#include "core/merkle.h"

namespace casebook {

/// Used by one thread beside its own. At most one batch is being worked on.
class LineWriter {
 public:
  static Result<std::unique_ptr<LineWriter>> create();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  ~LineWriter() = default;

  /// Hands over `lines`, salted and free of contradictions, after the batch before is done;
  /// gives back an empty vector with its memory. A line that would be too long loses its extents,
  /// then its xattrs, then the end of its path, and says so in its findings.
  Status submit(std::vector<CatalogLine>& lines);
  /// Waits for the batch at work. @return what failed, then and ever after.
  Status wait();

  // After wait() or submit() these speak of every batch but the one at work.
  [[nodiscard]] std::size_t text_bytes() const { return text_bytes_; }
  // After wait() only:
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Begins the next segment. @return the digest of the text so far.
  Result<Digest256> end_segment();
  Result<MerkleHead> head() { return tree_.head(); }

 private:
  LineWriter(MerkleTree tree, Sha256 hasher);
  Status write_batch();

  std::string text_;
  MerkleTree tree_;
  Sha256 hasher_;  // Of text_.
  std::size_t text_bytes_ = 0;
  std::vector<CatalogLine> batch_;
  SideThread side_{[this] { return write_batch(); }};  // Last: it works on the members above.
};

}  // namespace casebook
