#pragma once
/// Independent zstd frames that state their content size, and the seek table behind them.
/// Specification: docs/spec/bag.md section 5; RFC 8878; zstd's seekable format 0.1.

#include <memory>
#include <optional>
#include <vector>

#include "core/bytes.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace casebook {

inline constexpr std::size_t kFrameBytesMin = std::size_t{4} << 20U;
inline constexpr std::size_t kFrameBytesMax = std::size_t{8} << 20U;
inline constexpr std::size_t kFramesMax = std::size_t{1} << 27U;

struct FrameSize {
  std::uint32_t compressed = 0;
  std::uint32_t content = 0;
};

/// Room that the frame of this much content may need.
std::size_t frame_size_max(std::size_t content_bytes);

/// Makes frames; one per thread.
class FrameEncoder {
 public:
  static Result<FrameEncoder> create();
  /// @param out  at least frame_size_max(content.size()). @return bytes written.
  Result<std::size_t> encode(std::span<const std::byte> content, std::span<std::byte> out,
                             int level);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  explicit FrameEncoder(ZSTD_CCtx_s* context) : context_(context) {}
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

/// Opens frames; one per thread.
class FrameDecoder {
 public:
  static Result<FrameDecoder> create();
  /// @param out  exactly the frame's content size. @return `corrupt`.
  Status decode(std::span<const std::byte> frame, std::span<std::byte> out);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const noexcept;
  };
  explicit FrameDecoder(ZSTD_DCtx_s* context) : context_(context) {}
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

/// The content size that a frame states. @param front  the first bytes, 18 are enough.
/// @return `corrupt` for anything but a frame of ours: a skippable frame, a dictionary,
/// no content size, or one beyond kFrameBytesMax.
Result<std::size_t> frame_content_size(std::span<const std::byte> front);

/// Cuts a stream into frames by their block headers, trusting no table.
class FrameCutter {
 public:
  /// @param in  must outlive the cutter.
  explicit FrameCutter(ByteSource& in) : in_(&in) {}

  /// Reads the next frame into `frame` (its buffer is used again). @return its content size;
  /// nothing when the seek table or the end comes instead; `corrupt` when it is no frame or is cut.
  Result<std::optional<std::size_t>> next(Bytes& frame);
  /// What follows the last frame: the seek table, `limit_exceeded` beyond `size_bytes_max`.
  Result<Bytes> rest(std::size_t size_bytes_max);
  [[nodiscard]] std::uint64_t offset() const { return offset_; }  ///< Of the next frame.

 private:
  Result<bool> fill(std::size_t size_bytes);
  Result<std::size_t> measure(std::size_t header_bytes, std::size_t checksum_bytes);
  ByteSource* in_;
  Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t offset_ = 0;
  bool ended_ = false;
};

std::size_t seek_table_size(std::size_t frames);
Bytes seek_table(std::span<const FrameSize> frames);

inline constexpr std::size_t kSeekTableFooterBytes = 9;
/// How long the table is whose last 9 bytes these are. @return `corrupt`.
Result<std::size_t> seek_table_size(std::span<const std::byte> footer);
/// @return `corrupt` unless `table` is what seek_table() makes.
Result<std::vector<FrameSize>> parse_seek_table(std::span<const std::byte> table);

}  // namespace casebook
