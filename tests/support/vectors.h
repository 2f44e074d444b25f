#pragma once
/// Files under tests/vectors.

#include "core/durable_file.h"

namespace casebook {

inline std::filesystem::path vector_path(std::string_view name) {
  return std::filesystem::path(CASEBOOK_SOURCE_DIR) / "tests" / "vectors" / name;
}

/// The whole vector; a missing one ends the test program.
inline Bytes read_vector(std::string_view name) {
  auto bytes = read_file(vector_path(name), std::uint64_t{64} << 20U);
  check(bool(bytes), "read a vector");
  return *std::move(bytes);
}

}  // namespace casebook
