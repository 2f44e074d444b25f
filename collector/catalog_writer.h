#pragma once
/// Collects catalog lines until a segment is due, and what index and seal say about all of them.
/// Specification: docs/spec/bag.md sections 2 and 6.

#include <chrono>
#include <optional>

#include "core/bag_format.h"
#include "core/merkle.h"
#include "core/random.h"

namespace casebook {

class CatalogWriter {
 public:
  /// @param randomness  for the salts; must outlive the writer.
  static Result<CatalogWriter> create(Randomness& randomness);

  /// Adds a line; gives it its salt. A line that would be too long loses its extents, then its
  /// xattrs, then the end of its path, and says so in its findings. @return `invalid_input` for a
  /// line that no reader would accept.
  Status add(CatalogLine line);
  /// True when 8 MiB of lines or 30 s of the host's monotonic clock have come together.
  [[nodiscard]] bool segment_due() const;
  [[nodiscard]] bool has_lines() const { return lines_ > 0; }
  [[nodiscard]] std::string_view segment_text() const { return text_; }
  /// The lines are in the archive, at this offset of the tar stream. @return their digest.
  Result<Digest256> segment_written(std::uint64_t offset);

  [[nodiscard]] std::uint64_t entries() const { return tree_.count(); }
  [[nodiscard]] const std::vector<CatalogSegment>& segments() const { return segments_; }
  Result<MerkleHead> head() { return tree_.head(); }

 private:
  CatalogWriter(Randomness& randomness, MerkleTree tree);
  Result<std::string> next_salt();
  void append_fitting(CatalogLine& line);

  Randomness* randomness_;
  MerkleTree tree_;
  std::string text_;
  std::uint64_t lines_ = 0;
  std::chrono::nanoseconds first_at_{};  // Monotonic times of the segment's first and last line.
  std::chrono::nanoseconds last_at_{};
  std::vector<CatalogSegment> segments_;
  Bytes salts_;
  std::size_t salts_used_ = 0;
};

}  // namespace casebook
