#pragma once
/// Bytes, streams of bytes, and their text forms (hex, base64).

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace casebook {

using Bytes = std::vector<std::byte>;

/// A stream that is read once, from front to back.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills the front of `buffer` (never empty). @return bytes read; 0 means the end.
  virtual Result<std::size_t> read(std::span<std::byte> buffer) = 0;
};

/// Something that takes bytes in order.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  /// Takes all of `bytes` (may be empty) or fails; after a failure the sink is unusable.
  virtual Status write(std::span<const std::byte> bytes) = 0;
};

/// Reads from memory that outlives it.
class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::span<const std::byte> bytes) : left_(bytes) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  std::span<const std::byte> left_;
};

/// Collects what is written. Refuses with `limit_exceeded` beyond `size_bytes_max`.
class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(std::uint64_t size_bytes_max) : size_bytes_max_(size_bytes_max) {}
  Status write(std::span<const std::byte> bytes) override;
  [[nodiscard]] const Bytes& bytes() const { return bytes_; }
  [[nodiscard]] Bytes take() && { return std::move(bytes_); }

 private:
  std::uint64_t size_bytes_max_;
  Bytes bytes_;
};

/// Reads `source` to its end. @return what it held, or `limit_exceeded` beyond `size_bytes_max`.
Result<Bytes> read_all(ByteSource& source, std::uint64_t size_bytes_max);

/// Views of the same memory; no copy.
std::span<const std::byte> as_bytes(std::string_view text) noexcept;
std::string_view as_text(std::span<const std::byte> bytes) noexcept;
Bytes to_bytes(std::string_view text);

/// Lower-case hexadecimal.
std::string to_hex(std::span<const std::byte> bytes);
void append_hex(std::string& out, std::span<const std::byte> bytes);
/// Accepts lower-case hexadecimal of even length only. @return `invalid_input` otherwise.
Result<Bytes> from_hex(std::string_view text);

/// RFC 4648 base64 with the standard alphabet.
enum class Base64Padding { with, without };
std::string to_base64(std::span<const std::byte> bytes,
                      Base64Padding padding = Base64Padding::with);
/// Strict: exact padding rule, no white space, unused bits zero. @return `invalid_input` otherwise.
Result<Bytes> from_base64(std::string_view text, Base64Padding padding = Base64Padding::with);

/// Compares without an early exit. Different lengths are unequal at once.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept;

}  // namespace casebook
