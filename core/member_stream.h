#pragma once
/// Reads the tar stream of a bag strictly: every header is what the writer's rule makes, padding is
/// zero, two zero blocks end it and nothing follows. Specification: docs/spec/bag.md sections 2, 3.

#include <optional>

#include "core/frame_reader.h"
#include "core/tar_header.h"

namespace casebook {

class MemberStream {
 public:
  /// @param frames  must outlive the stream.
  explicit MemberStream(FrameReader& frames) : frames_(&frames) {}

  /// The next member; content() of the one before must have been read to its end. Nothing after the
  /// two zero blocks, behind which no frame may hold anything. @return `corrupt` as the case may
  /// be.
  Result<std::optional<TarMember>> next();
  /// The next piece of the member's content, valid until the next call; empty at its end.
  Result<std::span<const std::byte>> content();
  /// Where the header of the present member begins, and its content.
  [[nodiscard]] std::uint64_t header_offset() const { return header_offset_; }
  [[nodiscard]] std::uint64_t content_offset() const { return content_offset_; }
  /// How many frames had been begun where the present member's header begins.
  [[nodiscard]] std::size_t frames_begun() const { return frames_begun_; }

 private:
  Status read_exactly(std::span<std::byte> out);
  Status skip_padding();
  Status check_end();

  FrameReader* frames_;
  std::uint64_t left_ = 0;  // Of the present member's content.
  std::size_t padding_ = 0;
  std::size_t unconsumed_ = 0;  // Of the piece that content() gave last.
  std::uint64_t header_offset_ = 0;
  std::uint64_t content_offset_ = 0;
  std::size_t frames_begun_ = 0;
};

}  // namespace casebook
