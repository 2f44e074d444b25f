#include "core/ssh_wire.h"

#include <limits>
#include <string>

namespace casebook {
namespace {

Error cut_short() { return Error{ErrorCode::invalid_input, "SSH data ends too early"}; }

}  // namespace

Result<std::span<const std::byte>> SshReader::raw(std::size_t size_bytes) {
  if (size_bytes > left_.size()) return cut_short();
  const auto field = left_.first(size_bytes);
  left_ = left_.subspan(size_bytes);
  return field;
}

Result<std::uint8_t> SshReader::byte() {
  auto field = raw(1);
  if (!field) return std::move(field).error();
  return std::to_integer<std::uint8_t>(field->front());
}

Result<std::uint32_t> SshReader::uint32() {
  auto field = raw(4);
  if (!field) return std::move(field).error();
  std::uint32_t value = 0;
  for (const std::byte b : *field) value = value << 8U | std::to_integer<std::uint32_t>(b);
  return value;
}

Result<std::span<const std::byte>> SshReader::string(std::size_t size_bytes_max) {
  auto size_bytes = uint32();
  if (!size_bytes) return std::move(size_bytes).error();
  if (*size_bytes > size_bytes_max) {
    return Error{ErrorCode::limit_exceeded,
                 "SSH string over " + std::to_string(size_bytes_max) + " bytes"};
  }
  return raw(*size_bytes);
}

Result<std::string_view> SshReader::text(std::size_t size_bytes_max) {
  auto field = string(size_bytes_max);
  if (!field) return std::move(field).error();
  return as_text(*field);
}

Result<std::span<const std::byte>> SshReader::positive_mpint(std::size_t size_bytes_max) {
  auto field = string(size_bytes_max + 1);
  if (!field) return std::move(field).error();
  auto magnitude = *field;
  if (!magnitude.empty() && magnitude.front() == std::byte{0}) {
    magnitude = magnitude.subspan(1);
    const bool needed = !magnitude.empty() && (magnitude.front() & std::byte{0x80}) != std::byte{0};
    if (!needed) return Error{ErrorCode::invalid_input, "SSH integer with a needless zero byte"};
  } else if (!magnitude.empty() && (magnitude.front() & std::byte{0x80}) != std::byte{0}) {
    return Error{ErrorCode::invalid_input, "negative SSH integer"};
  }
  if (magnitude.empty()) return Error{ErrorCode::invalid_input, "SSH integer is zero"};
  if (magnitude.size() > size_bytes_max) {
    return Error{ErrorCode::limit_exceeded, "SSH integer is too large"};
  }
  return magnitude;
}

Status SshReader::end() const {
  if (!left_.empty()) return Error{ErrorCode::invalid_input, "bytes after the end of SSH data"};
  return ok();
}

SshWriter& SshWriter::byte(std::uint8_t value) {
  bytes_.push_back(static_cast<std::byte>(value));
  return *this;
}

SshWriter& SshWriter::uint32(std::uint32_t value) {
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    bytes_.push_back(static_cast<std::byte>(value >> (shift - 8) & 255U));
  }
  return *this;
}

SshWriter& SshWriter::raw(std::span<const std::byte> bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

SshWriter& SshWriter::string(std::span<const std::byte> bytes) {
  check(bytes.size() <= std::numeric_limits<std::uint32_t>::max(), "SSH string fits its length");
  return uint32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
}

SshWriter& SshWriter::string(std::string_view text) { return string(as_bytes(text)); }

SshWriter& SshWriter::mpint(std::span<const std::byte> magnitude) {
  while (!magnitude.empty() && magnitude.front() == std::byte{0}) magnitude = magnitude.subspan(1);
  const bool high_bit = !magnitude.empty() && (magnitude.front() & std::byte{0x80}) != std::byte{0};
  uint32(static_cast<std::uint32_t>(magnitude.size() + (high_bit ? 1 : 0)));
  if (high_bit) byte(0);
  return raw(magnitude);
}

}  // namespace casebook
