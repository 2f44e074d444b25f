#pragma once
/// SipHash-2-4 (Aumasson, Bernstein 2012): a short keyed hash for tables. With a random key nobody
/// can prepare names that collide. Not for signatures or commitments.

#include <array>
#include <cstdint>
#include <string_view>

#include "core/random.h"

namespace casebook {

class KeyedHash {
 public:
  using Key = std::array<std::uint64_t, 2>;
  explicit KeyedHash(Key key) : key_(key) {}
  static Result<KeyedHash> make(Randomness& randomness);
  [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept;

 private:
  Key key_;
};

}  // namespace casebook
