#pragma once
/// Randomness that a test can repeat.

#include <random>

#include "core/random.h"

namespace casebook {

class SeededRandomness final : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : engine_(seed) {}
  Status fill(std::span<std::byte> buffer) override {
    for (std::byte& b : buffer) b = static_cast<std::byte>(engine_() & 0xffU);
    return ok();
  }
  /// A number from 0 to `bound - 1`.
  std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace casebook
