#include "core/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace casebook {
namespace {

constexpr std::string_view kAlphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumLength = 6;
constexpr std::size_t kLengthMax = 1024;

Error invalid(const char* why) {
  return Error{ErrorCode::invalid_input, std::string("not a Bech32 key: ") + why};
}

/// The running checksum of BIP 173 over five-bit values.
class Checksum {
 public:
  explicit Checksum(std::string_view prefix) {
    for (const char c : prefix) add(static_cast<unsigned char>(c) >> 5U);
    add(0);
    for (const char c : prefix) add(static_cast<unsigned char>(c) & 31U);
  }
  void add(std::uint32_t value) {
    constexpr std::array<std::uint32_t, 5> kGenerators = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                          0x3d4233dd, 0x2a1462b3};
    const std::uint32_t top = state_ >> 25U;
    state_ = ((state_ & 0x1ffffffU) << 5U) ^ value;
    for (std::size_t i = 0; i < kGenerators.size(); ++i) {
      if (((top >> i) & 1U) != 0) state_ ^= kGenerators[i];
    }
  }
  [[nodiscard]] std::uint32_t state() const { return state_; }

 private:
  std::uint32_t state_ = 1;
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool mixes_cases(std::string_view text) {
  const bool has_lower = std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
  const bool has_upper = std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  return has_lower && has_upper;
}

}  // namespace

Result<Bech32> parse_bech32(std::string_view text) {
  if (text.size() > kLengthMax) return invalid("too long");
  if (mixes_cases(text)) return invalid("upper and lower case are mixed");
  const std::size_t separator = text.rfind('1');
  if (separator == std::string_view::npos || separator == 0) return invalid("no prefix");
  std::string prefix(text.substr(0, separator));
  if (std::ranges::any_of(prefix, [](char c) { return c < '!' || c > '~'; })) {
    return invalid("a character that is not printable ASCII");
  }
  std::ranges::transform(prefix, prefix.begin(), lower);
  const std::string_view letters = text.substr(separator + 1);
  if (letters.size() < kChecksumLength) return invalid("too short");

  Checksum checksum(prefix);
  SecretBytes data((letters.size() - kChecksumLength) * 5 / 8);
  std::size_t filled = 0;
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const std::size_t value = kAlphabet.find(lower(letters[i]));
    if (value == std::string_view::npos) return invalid("a character outside the alphabet");
    checksum.add(static_cast<std::uint32_t>(value));
    if (i >= letters.size() - kChecksumLength) continue;
    bits = ((bits << 5U) | static_cast<std::uint32_t>(value)) & 0xfffU;
    bit_count += 5;
    if (bit_count < 8) continue;
    bit_count -= 8;
    data.reveal_mutable()[filled++] = static_cast<std::byte>((bits >> bit_count) & 0xffU);
  }
  if (checksum.state() != 1) return invalid("wrong checksum (a typing error?)");
  if (bit_count >= 5 || (bits & ((1U << bit_count) - 1U)) != 0)
    return invalid("padding is not zero");
  return Bech32{std::move(prefix), std::move(data)};
}

SecretBytes format_bech32(std::string_view prefix, std::span<const std::byte> data) {
  const std::size_t letters = (data.size() * 8 + 4) / 5;
  SecretBytes text(prefix.size() + 1 + letters + kChecksumLength);
  auto out = text.reveal_mutable();
  std::size_t at = 0;
  const auto put = [&](char c) { out[at++] = static_cast<std::byte>(c); };
  for (const char c : prefix) put(c);
  put('1');

  Checksum checksum(prefix);
  const auto put_value = [&](std::uint32_t value) {
    checksum.add(value);
    put(kAlphabet[value]);
  };
  std::uint32_t bits = 0;
  unsigned bit_count = 0;
  for (const std::byte byte : data) {
    bits = ((bits << 8U) | static_cast<std::uint32_t>(byte)) & 0xfffU;
    for (bit_count += 8; bit_count >= 5;) {
      bit_count -= 5;
      put_value((bits >> bit_count) & 31U);
    }
  }
  if (bit_count > 0) put_value((bits << (5 - bit_count)) & 31U);

  for (std::size_t i = 0; i < kChecksumLength; ++i) checksum.add(0);
  const std::uint32_t sum = checksum.state() ^ 1U;
  for (unsigned i = 0; i < kChecksumLength; ++i) put(kAlphabet[(sum >> (5 * (5 - i))) & 31U]);
  return text;
}

}  // namespace casebook
