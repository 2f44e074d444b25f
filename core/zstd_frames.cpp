#include "core/zstd_frames.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>

namespace casebook {
namespace {

constexpr std::uint32_t kFrameMagic = 0xFD2FB528U;
constexpr std::uint32_t kTableMagic = 0x184D2A5EU;
constexpr std::uint32_t kSeekableMagic = 0x8F92EAB1U;
constexpr std::size_t kHeaderBytesMax = 18;
constexpr std::size_t kBlockHeaderBytes = 3;
constexpr std::size_t kReadBytes = std::size_t{256} << 10U;
/// Level 1 with a table of matches that stays in the nearest cache: a tenth faster for small
/// members and a third for catalog lines, which even become smaller.
constexpr int kFastTableLog = 12;

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8U | std::to_integer<unsigned>(bytes[i]);
  return value;
}

void append_u32(Bytes& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) out.push_back(std::byte(value >> shift & 255U));
}

Error bad_frame(std::string what) { return {ErrorCode::corrupt, "frame: " + std::move(what)}; }
Error bad_table(std::string what) { return {ErrorCode::corrupt, "seek table: " + std::move(what)}; }
Error zstd_error(std::string_view call, std::size_t code) {
  return {ErrorCode::corrupt, std::string(call) + ": " + ZSTD_getErrorName(code)};
}

struct FrameHeader {
  std::size_t header_bytes = 0;
  std::size_t content_bytes = 0;
  std::size_t checksum_bytes = 0;
};

/// RFC 8878 section 3.1.1.1, of which we take the part that the writer's rule uses.
Result<FrameHeader> parse_header(std::span<const std::byte> front) {
  if (front.size() < 6 || little_endian(front.first(4)) != kFrameMagic) {
    return bad_frame("does not begin as one");
  }
  const auto descriptor = std::to_integer<unsigned>(front[4]);
  const bool single_segment = (descriptor & 0x20U) != 0;
  const unsigned size_flag = descriptor >> 6U;
  if ((descriptor & 0x1bU) != 0) return bad_frame("has a dictionary or reserved bits");
  if (size_flag == 0 && !single_segment) return bad_frame("does not state its content size");
  const std::size_t window_bytes = single_segment ? 0 : 1;
  const std::size_t size_bytes = std::size_t{1} << size_flag;
  const std::size_t header_bytes = 5 + window_bytes + size_bytes;
  if (front.size() < header_bytes) return bad_frame("is cut in its header");
  std::uint64_t content = little_endian(front.subspan(5 + window_bytes, size_bytes));
  if (size_flag == 1) content += 256;
  if (content > kFrameBytesMax) return bad_frame("is longer than the limit");
  const std::size_t checksum_bytes = (descriptor & 4U) != 0 ? 4 : 0;
  return FrameHeader{header_bytes, static_cast<std::size_t>(content), checksum_bytes};
}

}  // namespace

std::size_t frame_size_max(std::size_t content_bytes) { return ZSTD_compressBound(content_bytes); }

void FrameEncoder::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }
void FrameDecoder::Free::operator()(ZSTD_DCtx_s* context) const noexcept { ZSTD_freeDCtx(context); }

Result<FrameEncoder> FrameEncoder::create() {
  FrameEncoder encoder(ZSTD_createCCtx());
  if (!encoder.context_) return Error{ErrorCode::limit_exceeded, "no memory for a compressor"};
  return encoder;
}

Result<std::size_t> FrameEncoder::encode(std::span<const std::byte> content,
                                         std::span<std::byte> out, int level) {
  std::size_t done = ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
  if (ZSTD_isError(done) == 0) {
    done = ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_hashLog, level == 1 ? kFastTableLog : 0);
  }
  if (ZSTD_isError(done) == 0) {
    done = ZSTD_compress2(context_.get(), out.data(), out.size(), content.data(), content.size());
  }
  if (ZSTD_isError(done) != 0) return zstd_error("ZSTD_compress2", done);
  return done;
}

Result<FrameDecoder> FrameDecoder::create() {
  FrameDecoder decoder(ZSTD_createDCtx());
  if (!decoder.context_) return Error{ErrorCode::limit_exceeded, "no memory for a decompressor"};
  return decoder;
}

Status FrameDecoder::decode(std::span<const std::byte> frame, std::span<std::byte> out) {
  const std::size_t done =
      ZSTD_decompressDCtx(context_.get(), out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(done) != 0) return zstd_error("frame", done);
  if (done != out.size()) return bad_frame("holds less than it states");
  return ok();
}

Result<std::size_t> frame_content_size(std::span<const std::byte> front) {
  auto header = parse_header(front);
  if (!header) return std::move(header).error();
  return header->content_bytes;
}

/// Makes `size_bytes` available from begin_. @return false when the stream ends before.
Result<bool> FrameCutter::fill(std::size_t size_bytes) {
  while (end_ - begin_ < size_bytes && !ended_) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    const std::size_t wanted = std::max(size_bytes, end_ + kReadBytes);
    if (buffer_.size() < wanted) buffer_.resize(wanted);
    auto count = in_->read(std::span(buffer_).subspan(end_));
    if (!count) return std::move(count).error();
    end_ += *count;
    ended_ = *count == 0;
  }
  return end_ - begin_ >= size_bytes;
}

/// Length of the frame at begin_, found by its block headers.
Result<std::size_t> FrameCutter::measure(std::size_t header_bytes, std::size_t checksum_bytes) {
  const std::size_t limit = frame_size_max(kFrameBytesMax);
  for (std::size_t at = header_bytes;;) {
    auto there = fill(at + kBlockHeaderBytes);
    if (!there) return std::move(there).error();
    if (!*there) return bad_frame("is cut");
    const auto block = little_endian(std::span(buffer_).subspan(begin_ + at, kBlockHeaderBytes));
    const auto type = block >> 1U & 3U;
    if (type == 3) return bad_frame("has a reserved block");
    // A block of one repeated byte (type 1) states the length it stands for and holds one byte.
    at += kBlockHeaderBytes + (type == 1 ? 1 : static_cast<std::size_t>(block >> 3U));
    if (at > limit) return bad_frame("is longer than the limit");
    if ((block & 1U) == 0) continue;
    at += checksum_bytes;
    there = fill(at);
    if (!there) return std::move(there).error();
    if (!*there) return bad_frame("is cut");
    return at;
  }
}

Result<std::optional<std::size_t>> FrameCutter::next(Bytes& frame) {
  auto there = fill(kHeaderBytesMax);
  if (!there) return std::move(there).error();
  const auto front = std::span<const std::byte>(buffer_).subspan(begin_, end_ - begin_);
  if (front.empty() || (front.size() >= 4 && little_endian(front.first(4)) == kTableMagic)) {
    return std::optional<std::size_t>();
  }
  auto header = parse_header(front);
  if (!header) return std::move(header).error();
  auto size_bytes = measure(header->header_bytes, header->checksum_bytes);
  if (!size_bytes) return std::move(size_bytes).error();
  const auto whole = std::span<const std::byte>(buffer_).subspan(begin_, *size_bytes);
  frame.assign(whole.begin(), whole.end());
  begin_ += *size_bytes;
  offset_ += *size_bytes;
  return std::optional(header->content_bytes);
}

Result<Bytes> FrameCutter::rest(std::size_t size_bytes_max) {
  auto longer = fill(size_bytes_max + 1);
  if (!longer) return std::move(longer).error();
  if (*longer) return Error{ErrorCode::limit_exceeded, "seek table: longer than the frames allow"};
  const auto left = std::span<const std::byte>(buffer_).subspan(begin_, end_ - begin_);
  begin_ = end_;
  return Bytes(left.begin(), left.end());
}

std::size_t seek_table_size(std::size_t frames) { return 8 + 8 * frames + kSeekTableFooterBytes; }

Bytes seek_table(std::span<const FrameSize> frames) {
  Bytes table;
  table.reserve(seek_table_size(frames.size()));
  append_u32(table, kTableMagic);
  append_u32(table, static_cast<std::uint32_t>(seek_table_size(frames.size()) - 8));
  for (const FrameSize& frame : frames) {
    append_u32(table, frame.compressed);
    append_u32(table, frame.content);
  }
  append_u32(table, static_cast<std::uint32_t>(frames.size()));
  table.push_back(std::byte{0});
  append_u32(table, kSeekableMagic);
  return table;
}

Result<std::size_t> seek_table_size(std::span<const std::byte> footer) {
  check(footer.size() == kSeekTableFooterBytes, "the footer of a seek table");
  if (little_endian(footer.subspan(5)) != kSeekableMagic || footer[4] != std::byte{0}) {
    return bad_table("does not end as one");
  }
  const auto frames = static_cast<std::size_t>(little_endian(footer.first(4)));
  if (frames > kFramesMax) return bad_table("names too many frames");
  return seek_table_size(frames);
}

Result<std::vector<FrameSize>> parse_seek_table(std::span<const std::byte> table) {
  if (table.size() < seek_table_size(0) || (table.size() - seek_table_size(0)) % 8 != 0) {
    return bad_table("has a wrong length");
  }
  std::vector<FrameSize> frames((table.size() - seek_table_size(0)) / 8);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto entry = table.subspan(8 + 8 * i, 8);
    frames[i] = {static_cast<std::uint32_t>(little_endian(entry.first(4))),
                 static_cast<std::uint32_t>(little_endian(entry.subspan(4)))};
  }
  const Bytes rebuilt = seek_table(frames);
  if (!std::equal(rebuilt.begin(), rebuilt.end(), table.begin(), table.end())) {
    return bad_table("is not as the writer's rule makes it");
  }
  return frames;
}

}  // namespace casebook
