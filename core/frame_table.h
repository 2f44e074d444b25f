#pragma once
/// Reads any stretch of an archive's tar stream through the seek table. What the table says is only
/// taken where the frames that are read confirm it. Specification: docs/spec/bag.md section 5.

#include <memory>

#include "core/frame_reader.h"
#include "core/random_access.h"

namespace casebook {

class FrameTable {
 public:
  /// Reads the table at the end of `archive`, which must outlive this object. @return `corrupt`
  /// unless its frames tile the archive up to it.
  static Result<FrameTable> open(RandomAccess& archive);

  /// A stretch that is being read; use it before the next one is opened.
  class Range {
   public:
    /// The next piece, valid until the next call; empty at the end of the range. @return `corrupt`
    /// when a frame is not as the table says.
    Result<std::span<const std::byte>> next();

   private:
    friend class FrameTable;
    Range() = default;
    Status confirm();
    std::unique_ptr<ByteSource> slice_;
    std::unique_ptr<FrameReader> frames_;
    std::span<const FrameSize> expected_;
    std::size_t confirmed_ = 0;
    std::uint64_t skip_ = 0;
    std::uint64_t left_ = 0;
    std::size_t unconsumed_ = 0;
  };
  /// @return `corrupt` when the stretch does not lie within the stream.
  Result<Range> range(std::uint64_t offset, std::uint64_t size_bytes) const;
  /// The same as a whole in memory. The caller limits `size_bytes`.
  Result<std::string> text(std::uint64_t offset, std::uint64_t size_bytes) const;

  [[nodiscard]] std::size_t frames() const { return frames_.size(); }
  /// Where the content of a frame begins in the stream; for frames() where the stream ends.
  [[nodiscard]] std::uint64_t content_offset(std::size_t frame) const { return content_[frame]; }

 private:
  FrameTable(RandomAccess& archive, std::vector<FrameSize> frames);
  RandomAccess* archive_;
  std::vector<FrameSize> frames_;
  std::vector<std::uint64_t> content_;     // Offsets in the stream, one more than frames.
  std::vector<std::uint64_t> compressed_;  // Offsets in the archive, one more than frames.
};

}  // namespace casebook
