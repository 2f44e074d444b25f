#pragma once
/// Names of the parts of a bag that is streamed. Specification: docs/spec/bag.md section 10.

#include <string>

namespace casebook {

inline constexpr std::size_t kPartsMax = 1'000'000;
inline constexpr std::size_t kPartBytesMax = std::size_t{8} << 20U;

/// `part-000012`.
inline std::string part_name(std::size_t number) {
  const std::string digits = std::to_string(number);
  return "part-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

}  // namespace casebook
