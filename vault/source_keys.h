#pragma once

/// Which messages a compartment has, while an import runs: 16 bytes each, whatever their number.

#include <compare>
#include <cstdint>
#include <vector>

#include "vault/item.h"

namespace casebook::vault {

/// A set that only grows, in sorted runs, each at least twice as long as the next one: adding costs
/// a logarithm of merges a key, asking a binary search in each of a few runs.
class SourceKeys {
 public:
  /// @param known in any order, without doubles.
  explicit SourceKeys(const std::vector<SourceKey>& known = {});

  [[nodiscard]] bool contains(const SourceKey& key) const;
  /// @return false when it was there.
  bool insert(const SourceKey& key);

 private:
  /// A key as two numbers: compared without a call.
  struct Number {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    auto operator<=>(const Number&) const = default;
  };
  static Number number_of(const SourceKey& key);
  [[nodiscard]] bool holds(const Number& number) const;

  std::vector<std::vector<Number>> runs_;
};

}  // namespace casebook::vault
