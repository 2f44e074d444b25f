#include "core/bytes.h"

#include <algorithm>
#include <array>

namespace casebook {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kReadChunkBytes = 65536;

constexpr std::array<signed char, 256> inverse(std::string_view alphabet) {
  std::array<signed char, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<signed char>(i);
  }
  return table;
}

constexpr auto kHexValues = inverse(kHexDigits);
constexpr auto kBase64Values = inverse(kBase64Alphabet);

int value_in(const std::array<signed char, 256>& table, char c) {
  return table[static_cast<unsigned char>(c)];
}

Error bad_base64() { return Error{ErrorCode::invalid_input, "not valid base64"}; }

}  // namespace

Result<std::size_t> MemorySource::read(std::span<std::byte> buffer) {
  const std::size_t count = std::min(buffer.size(), left_.size());
  std::copy_n(left_.begin(), count, buffer.begin());
  left_ = left_.subspan(count);
  return count;
}

Status MemorySink::write(std::span<const std::byte> bytes) {
  if (bytes.size() > size_bytes_max_ - bytes_.size()) {
    return Error{ErrorCode::limit_exceeded,
                 "longer than " + std::to_string(size_bytes_max_) + " bytes"};
  }
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return ok();
}

Result<Bytes> read_all(ByteSource& source, std::uint64_t size_bytes_max) {
  MemorySink sink(size_bytes_max);
  Bytes chunk(kReadChunkBytes);
  for (;;) {
    auto count = source.read(chunk);
    if (!count) return std::move(count).error();
    if (*count == 0) return std::move(sink).take();
    if (auto written = sink.write(std::span(chunk).first(*count)); !written) {
      return std::move(written).error();
    }
  }
}

std::span<const std::byte> as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span(text.data(), text.size()));
}

std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Bytes to_bytes(std::string_view text) {
  const auto view = as_bytes(text);
  return {view.begin(), view.end()};
}

void append_hex(std::string& out, std::span<const std::byte> bytes) {
  std::size_t at = out.size();
  out.resize(at + bytes.size() * 2);
  for (const std::byte b : bytes) {
    out[at++] = kHexDigits[std::to_integer<std::size_t>(b >> 4)];
    out[at++] = kHexDigits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  append_hex(text, bytes);
  return text;
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return Error{ErrorCode::invalid_input, "odd number of hex digits"};
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = value_in(kHexValues, text[i]);
    const int low = value_in(kHexValues, text[i + 1]);
    if (high < 0 || low < 0) return Error{ErrorCode::invalid_input, "not lower-case hex"};
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

std::string to_base64(std::span<const std::byte> bytes, Base64Padding padding) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? std::to_integer<std::uint32_t>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      if (j <= count) {
        text.push_back(kBase64Alphabet[group >> (18 - 6 * j) & 63U]);
      } else if (padding == Base64Padding::with) {
        text.push_back('=');
      }
    }
  }
  return text;
}

Result<Bytes> from_base64(std::string_view text, Base64Padding padding) {
  if (padding == Base64Padding::with) {
    if (text.size() % 4 != 0) return bad_base64();
    for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
    // "====" or padding that hides a whole group would leave a length of 4n here.
  }
  if (text.size() % 4 == 1) return bad_base64();
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const char c : text) {
    const int value = value_in(kBase64Values, c);
    if (value < 0) return bad_base64();
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    bit_count += 6;
    if (bit_count >= 8) {
      bit_count -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> bit_count & 255U));
    }
  }
  if ((bits & ((1U << bit_count) - 1U)) != 0) return bad_base64();
  return bytes;
}

bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b) noexcept {
  if (a.size() != b.size()) return false;
  std::byte difference{0};
  for (std::size_t i = 0; i < a.size(); ++i) difference |= a[i] ^ b[i];
  return difference == std::byte{0};
}

}  // namespace casebook
