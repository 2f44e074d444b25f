#pragma once
/// Where randomness comes from.

#include <span>

#include "core/bytes.h"

namespace casebook {

/// Fills buffers with bytes that nobody can predict. Tests pass a seeded one.
class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual Status fill(std::span<std::byte> buffer) = 0;
};

/// The kernel's generator through OpenSSL.
class SystemRandomness final : public Randomness {
 public:
  Status fill(std::span<std::byte> buffer) override;
};

}  // namespace casebook
