#pragma once
/// The bytes of an open regular file of the host, read once, holes left out.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bag_format.h"
#include "core/bytes.h"

namespace casebook::collector {

/// Where a sparse file holds data, at most kRangesMax ranges: with more, near neighbours are joined
/// and the holes between them are read as the zeros they are.
inline constexpr std::size_t kRangesMax = 8192;

/// Asks the file system (SEEK_DATA, SEEK_HOLE). Moves the file's offset.
/// @return the ranges of the first `size_bytes` bytes; one range that covers all where the file
///         system cannot tell.
std::vector<DataRange> find_data_ranges(int fd, std::uint64_t size_bytes);

/// Bytes that ranges hold together.
std::uint64_t total_bytes(const std::vector<DataRange>& ranges);

/// Keeps the first `bytes_max` bytes of data.
void cut_ranges(std::vector<DataRange>& ranges, std::uint64_t bytes_max);

/// Reads a descriptor that it does not own. A failed read is an error of the source; its errno is
/// kept for the catalog.
class FileBytes final : public ByteSource {
 public:
  /// Reads from the current offset to the end.
  explicit FileBytes(int fd) : fd_(fd) {}
  /// Reads the ranges, joined.
  FileBytes(int fd, std::vector<DataRange> ranges) : fd_(fd), ranges_(std::move(ranges)) {}

  Result<std::size_t> read(std::span<std::byte> buffer) override;
  [[nodiscard]] int errno_seen() const { return errno_; }

 private:
  Result<std::size_t> read_at(std::span<std::byte> buffer, std::uint64_t offset, bool positioned);

  int fd_;
  std::optional<std::vector<DataRange>> ranges_;  // None: the whole file.
  std::size_t range_ = 0;
  std::uint64_t in_range_ = 0;
  int errno_ = 0;
};

/// Gives back bytes that were read ahead, then goes on with the rest.
class AheadSource final : public ByteSource {
 public:
  AheadSource(std::span<const std::byte> ahead, ByteSource& rest) : ahead_(ahead), rest_(rest) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  std::span<const std::byte> ahead_;
  ByteSource& rest_;
};

}  // namespace casebook::collector
