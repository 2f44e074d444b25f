#include "collector/file_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace casebook::collector {
namespace {

/// Joins ranges whose gap is at most `gap_max`.
void join_near(std::vector<DataRange>& ranges, std::uint64_t gap_max) {
  std::size_t kept = 0;
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    const std::uint64_t end = ranges[kept].offset + ranges[kept].length;
    if (ranges[i].offset - end <= gap_max)
      ranges[kept].length = ranges[i].offset + ranges[i].length - ranges[kept].offset;
    else
      ranges[++kept] = ranges[i];
  }
  if (!ranges.empty()) ranges.resize(kept + 1);
}

}  // namespace

std::vector<DataRange> find_data_ranges(int fd, std::uint64_t size_bytes) {
  std::vector<DataRange> ranges;
  std::uint64_t gap_max = 0;
  for (std::uint64_t at = 0; at < size_bytes;) {
    const off_t data = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
    // ENXIO: only a hole is left.
    if (data < 0 && errno == ENXIO) break;
    if (data < 0) return {{0, size_bytes}};
    const off_t hole = ::lseek(fd, data, SEEK_HOLE);
    const std::uint64_t start = static_cast<std::uint64_t>(data);
    const std::uint64_t end =
        std::min(hole < 0 ? size_bytes : static_cast<std::uint64_t>(hole), size_bytes);
    if (start >= end) break;
    ranges.push_back({start, end - start});
    at = end;
    while (ranges.size() > kRangesMax) {
      gap_max = std::max<std::uint64_t>(gap_max * 2, 4096);
      join_near(ranges, gap_max);
    }
  }
  return ranges;
}

std::uint64_t total_bytes(const std::vector<DataRange>& ranges) {
  std::uint64_t total = 0;
  for (const DataRange& range : ranges) total += range.length;
  return total;
}

void cut_ranges(std::vector<DataRange>& ranges, std::uint64_t bytes_max) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (ranges[i].length < bytes_max) {
      bytes_max -= ranges[i].length;
      continue;
    }
    ranges[i].length = bytes_max;
    ranges.resize(bytes_max == 0 ? i : i + 1);
    return;
  }
}

Result<std::size_t> FileBytes::read_at(std::span<std::byte> buffer, std::uint64_t offset,
                                       bool positioned) {
  for (;;) {
    const ssize_t count =
        positioned ? ::pread(fd_, buffer.data(), buffer.size(), static_cast<off_t>(offset))
                   : ::read(fd_, buffer.data(), buffer.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno == EINTR) continue;
    errno_ = errno;
    return system_error("read", errno_);
  }
}

Result<std::size_t> FileBytes::read(std::span<std::byte> buffer) {
  if (!ranges_) return read_at(buffer, 0, false);
  while (range_ < ranges_->size() && in_range_ == (*ranges_)[range_].length) {
    ++range_;
    in_range_ = 0;
  }
  if (range_ == ranges_->size()) return std::size_t{0};
  const DataRange& range = (*ranges_)[range_];
  const auto count =
      static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), range.length - in_range_));
  auto got = read_at(buffer.first(count), range.offset + in_range_, true);
  if (got) in_range_ += *got;
  return got;
}

Result<std::size_t> AheadSource::read(std::span<std::byte> buffer) {
  if (ahead_.empty()) return rest_.read(buffer);
  const std::size_t count = std::min(buffer.size(), ahead_.size());
  std::ranges::copy(ahead_.first(count), buffer.begin());
  ahead_ = ahead_.subspan(count);
  return count;
}

}  // namespace casebook::collector
