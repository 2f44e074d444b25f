#pragma once
/// Bounded reading and plain writing of the SSH wire types. Specification: RFC 4251 section 5;
/// how we use them: docs/spec/signature.md.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/bytes.h"

namespace casebook {

/// Reads from memory that outlives it, front to back. Every failure is `invalid_input` (cut short,
/// malformed) or `limit_exceeded`; nothing is allocated, so a lying length costs nothing.
class SshReader {
 public:
  explicit SshReader(std::span<const std::byte> bytes) : left_(bytes) {}

  Result<std::uint8_t> byte();
  Result<std::uint32_t> uint32();
  /// Exactly `size_bytes` bytes without a length in front.
  Result<std::span<const std::byte>> raw(std::size_t size_bytes);
  /// A length and as many bytes.
  Result<std::span<const std::byte>> string(std::size_t size_bytes_max);
  Result<std::string_view> text(std::size_t size_bytes_max);
  /// A positive integer in its only encoding: no zero value, no sign bit, no needless zero byte.
  /// @return its big-endian magnitude without leading zeros, 1 to `size_bytes_max` bytes.
  Result<std::span<const std::byte>> positive_mpint(std::size_t size_bytes_max);

  [[nodiscard]] std::span<const std::byte> left() const noexcept { return left_; }
  /// Refuses bytes after the last field.
  Status end() const;

 private:
  std::span<const std::byte> left_;
};

/// Appends fields to a buffer. Strings are ours and short; a length over 2^32-1 is our own mistake.
class SshWriter {
 public:
  SshWriter() = default;
  /// Reserves room, so that a buffer for secrets is not moved (and left behind) while it grows.
  explicit SshWriter(std::size_t size_bytes) { bytes_.reserve(size_bytes); }

  SshWriter& byte(std::uint8_t value);
  SshWriter& uint32(std::uint32_t value);
  SshWriter& raw(std::span<const std::byte> bytes);
  SshWriter& string(std::span<const std::byte> bytes);
  SshWriter& string(std::string_view text);
  /// Writes a big-endian magnitude; leading zeros are dropped, a zero byte is set before a high
  /// bit.
  SshWriter& mpint(std::span<const std::byte> magnitude);

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace casebook
