#include "core/frame_table.h"

#include <algorithm>
#include <array>
#include <utility>

namespace casebook {
namespace {

/// A stretch of a RandomAccess from front to back.
class SliceSource final : public ByteSource {
 public:
  SliceSource(RandomAccess& access, std::uint64_t begin, std::uint64_t end)
      : access_(access), at_(begin), end_(end) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end_ - at_));
    if (count == 0) return count;
    if (auto got = access_.read_at(at_, buffer.first(count)); !got) return std::move(got).error();
    at_ += count;
    return count;
  }

 private:
  RandomAccess& access_;
  std::uint64_t at_;
  std::uint64_t end_;
};

Error not_the_frames() {
  return {ErrorCode::corrupt, "seek table: does not name the frames as they are"};
}

}  // namespace

FrameTable::FrameTable(RandomAccess& archive, std::vector<FrameSize> frames)
    : archive_(&archive), frames_(std::move(frames)), content_(1), compressed_(1) {
  content_.reserve(frames_.size() + 1);
  compressed_.reserve(frames_.size() + 1);
  for (const FrameSize& frame : frames_) {
    content_.push_back(content_.back() + frame.content);
    compressed_.push_back(compressed_.back() + frame.compressed);
  }
}

Result<FrameTable> FrameTable::open(RandomAccess& archive) {
  std::array<std::byte, kSeekTableFooterBytes> footer{};
  const std::uint64_t size_bytes = archive.size_bytes();
  if (size_bytes < footer.size()) return Error{ErrorCode::corrupt, "seek table: is missing"};
  if (auto got = archive.read_at(size_bytes - footer.size(), footer); !got) {
    return std::move(got).error();
  }
  auto table_bytes = seek_table_size(footer);
  if (!table_bytes) return std::move(table_bytes).error();
  if (*table_bytes > size_bytes) return Error{ErrorCode::corrupt, "seek table: is cut"};
  Bytes bytes(*table_bytes);
  if (auto got = archive.read_at(size_bytes - bytes.size(), bytes); !got)
    return std::move(got).error();
  auto frames = parse_seek_table(bytes);
  if (!frames) return std::move(frames).error();
  FrameTable table(archive, std::move(*frames));
  if (table.compressed_.back() + bytes.size() != size_bytes) return not_the_frames();
  return table;
}

Result<FrameTable::Range> FrameTable::range(std::uint64_t offset, std::uint64_t size_bytes) const {
  if (offset > content_.back() || size_bytes > content_.back() - offset) {
    return Error{ErrorCode::corrupt, "seek table: the archive is too short for what it names"};
  }
  Range range;
  if (size_bytes == 0) return range;
  const auto frame_of = [&](std::uint64_t at) {
    return static_cast<std::size_t>(std::upper_bound(content_.begin(), content_.end(), at) -
                                    content_.begin() - 1);
  };
  const std::size_t first = frame_of(offset);
  const std::size_t last = frame_of(offset + size_bytes - 1);
  range.slice_ =
      std::make_unique<SliceSource>(*archive_, compressed_[first], compressed_[last + 1]);
  auto frames = FrameReader::create(*range.slice_);
  if (!frames) return std::move(frames).error();
  range.frames_ = std::move(*frames);
  range.expected_ = std::span(frames_).subspan(first, last + 1 - first);
  range.skip_ = offset - content_[first];
  range.left_ = size_bytes;
  return range;
}

/// The frames opened so far have the sizes that the table gives them.
Status FrameTable::Range::confirm() {
  for (const auto& given = frames_->frames(); confirmed_ < given.size(); ++confirmed_) {
    if (confirmed_ == expected_.size() ||
        given[confirmed_].compressed != expected_[confirmed_].compressed ||
        given[confirmed_].content != expected_[confirmed_].content) {
      return not_the_frames();
    }
  }
  return ok();
}

Result<std::span<const std::byte>> FrameTable::Range::next() {
  if (left_ == 0) return std::span<const std::byte>();
  frames_->consume(std::exchange(unconsumed_, 0));
  for (;;) {
    auto piece = frames_->peek();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) return not_the_frames();
    if (auto confirmed = confirm(); !confirmed) return std::move(confirmed).error();
    if (skip_ == 0) {
      const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece->size()));
      left_ -= count;
      unconsumed_ = count;
      return piece->first(count);
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, piece->size()));
    frames_->consume(count);
    skip_ -= count;
  }
}

Result<std::string> FrameTable::text(std::uint64_t offset, std::uint64_t size_bytes) const {
  auto stretch = range(offset, size_bytes);
  if (!stretch) return std::move(stretch).error();
  std::string text;
  text.reserve(static_cast<std::size_t>(size_bytes));
  for (;;) {
    auto piece = stretch->next();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) return text;
    text.append(as_text(*piece));
  }
}

}  // namespace casebook
