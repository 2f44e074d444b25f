#pragma once
/// How often a fault test repeats: short in CI, as often as CASEBOOK_FAULT_ROUNDS says in a soak.

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace casebook {

/// @param rounds  of the short form. The variable is a factor: 10 makes ten times as many.
inline int fault_rounds(int rounds) {
  const char* text = std::getenv("CASEBOOK_FAULT_ROUNDS");
  int factor = 1;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), factor);
  return rounds * (factor < 1 ? 1 : factor);
}

}  // namespace casebook
