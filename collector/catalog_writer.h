#pragma once
/// Collects catalog lines until a segment is due, and what index and seal say about all of them.
/// Specification: docs/spec/bag.md sections 2 and 6.

#include <chrono>
#include <memory>

#include "collector/line_writer.h"
#include "core/random.h"

namespace casebook {

class CatalogWriter {
 public:
  /// @param randomness  for the salts; must outlive the writer.
  static Result<CatalogWriter> create(Randomness& randomness);

  /// Adds a line, which is spent afterwards; gives it its salt. A line that would be too long is
  /// shortened (LineWriter). @return `invalid_input` for a line that no reader would accept.
  Status add(CatalogLine& line);
  /// True when 8 MiB of lines or 30 s of the host's monotonic clock have come together.
  [[nodiscard]] bool segment_due() const;
  [[nodiscard]] bool has_lines() const { return lines_ > 0; }
  /// The lines since the last segment, once all are written.
  Result<std::string_view> segment_text();
  /// That text is in the archive, at this offset of the tar stream. @return its digest.
  Result<Digest256> segment_written(std::uint64_t offset);

  [[nodiscard]] std::uint64_t entries() const { return entries_; }
  [[nodiscard]] const std::vector<CatalogSegment>& segments() const { return segments_; }
  Result<MerkleHead> head();

 private:
  CatalogWriter(Randomness& randomness, std::unique_ptr<LineWriter> writer);
  Status give_salt(CatalogLine& line);
  Status write_waiting();
  Status write_all();

  Randomness* randomness_;
  std::unique_ptr<LineWriter> writer_;
  std::vector<CatalogLine> waiting_;  // The next batch.
  std::size_t waiting_bytes_max_ = 0;
  std::size_t at_work_bytes_max_ = 0;
  std::uint64_t entries_ = 0;
  std::uint64_t lines_ = 0;              // Of the segment.
  std::chrono::nanoseconds first_at_{};  // Monotonic times of the segment's first and last line.
  std::chrono::nanoseconds last_at_{};
  std::vector<CatalogSegment> segments_;
  Bytes salts_;
  std::size_t salts_used_ = 0;
};

}  // namespace casebook
