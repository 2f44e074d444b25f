#include "core/member_stream.h"

#include <algorithm>
#include <array>
#include <utility>

namespace casebook {
namespace {

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

Error cut() { return {ErrorCode::corrupt, "the tar stream ends too early"}; }

}  // namespace

Status MemberStream::read_exactly(std::span<std::byte> out) {
  while (!out.empty()) {
    auto piece = frames_->peek();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) return cut();
    const std::size_t count = std::min(out.size(), piece->size());
    std::copy_n(piece->begin(), count, out.begin());
    frames_->consume(count);
    out = out.subspan(count);
  }
  return ok();
}

Status MemberStream::skip_padding() {
  std::array<std::byte, kTarBlockBytes> block{};
  const auto padding = std::span(block).first(std::exchange(padding_, 0));
  if (auto got = read_exactly(padding); !got) return got;
  if (!all_zero(padding)) return Error{ErrorCode::corrupt, "padding is not zero"};
  return ok();
}

/// One zero block was read; a second one must follow and nothing else.
Status MemberStream::check_end() {
  std::array<std::byte, kTarBlockBytes> block{};
  if (auto got = read_exactly(block); !got) return got;
  if (!all_zero(block)) return Error{ErrorCode::corrupt, "one zero block does not end a tar"};
  auto piece = frames_->peek();
  if (!piece) return std::move(piece).error();
  if (!piece->empty()) return Error{ErrorCode::corrupt, "something follows the end of the tar"};
  return ok();
}

Result<std::optional<TarMember>> MemberStream::next() {
  frames_->consume(std::exchange(unconsumed_, 0));
  check(left_ == 0, "the member before was read to its end");
  if (auto skipped = skip_padding(); !skipped) return std::move(skipped).error();
  header_offset_ = frames_->offset();
  Bytes header(kTarBlockBytes);
  if (auto there = frames_->peek(); !there) return std::move(there).error();
  frames_begun_ = frames_->frames().size();
  if (auto got = read_exactly(header); !got) return std::move(got).error();
  if (all_zero(header)) {
    if (auto ended = check_end(); !ended) return std::move(ended).error();
    return std::optional<TarMember>();
  }
  auto size_bytes = tar_header_bytes(header);
  if (!size_bytes) return std::move(size_bytes).error();
  header.resize(*size_bytes);
  if (auto got = read_exactly(std::span(header).subspan(kTarBlockBytes)); !got) {
    return std::move(got).error();
  }
  auto member = parse_tar_header(header);
  if (!member) return std::move(member).error();
  left_ = member->size_bytes;
  padding_ = tar_padding(left_);
  content_offset_ = frames_->offset();
  return std::optional(std::move(*member));
}

Result<std::span<const std::byte>> MemberStream::content() {
  frames_->consume(std::exchange(unconsumed_, 0));
  if (left_ == 0) return std::span<const std::byte>();
  auto piece = frames_->peek();
  if (!piece) return std::move(piece).error();
  if (piece->empty()) return cut();
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, piece->size()));
  left_ -= count;
  unconsumed_ = count;
  return piece->first(count);
}

}  // namespace casebook
