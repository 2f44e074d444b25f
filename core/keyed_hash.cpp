#include "core/keyed_hash.h"

#include <bit>
#include <cstring>

namespace casebook {
namespace {

struct Lanes {
  std::uint64_t v0, v1, v2, v3;
  void round() noexcept {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32) + v3;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void take(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

std::uint64_t little_endian_word(const char* bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

}  // namespace

Result<KeyedHash> KeyedHash::make(Randomness& randomness) {
  Key key{};
  if (auto filled = randomness.fill(std::as_writable_bytes(std::span(key))); !filled) {
    return std::move(filled).error();
  }
  return KeyedHash(key);
}

std::uint64_t KeyedHash::operator()(std::string_view text) const noexcept {
  Lanes lanes{key_[0] ^ 0x736f6d6570736575U, key_[1] ^ 0x646f72616e646f6dU,
              key_[0] ^ 0x6c7967656e657261U, key_[1] ^ 0x7465646279746573U};
  std::string_view left = text;
  for (; left.size() >= 8; left.remove_prefix(8)) lanes.take(little_endian_word(left.data()));
  std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56U;
  for (std::size_t i = 0; i < left.size(); ++i) {
    last |= static_cast<std::uint64_t>(static_cast<unsigned char>(left[i])) << (8 * i);
  }
  lanes.take(last);
  lanes.v2 ^= 0xffU;
  for (int i = 0; i < 4; ++i) lanes.round();
  return lanes.v0 ^ lanes.v1 ^ lanes.v2 ^ lanes.v3;
}

}  // namespace casebook
