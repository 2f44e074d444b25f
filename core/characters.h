#pragma once
/// Lengths that people are told: characters of UTF-8, never bytes.

#include <algorithm>
#include <string>
#include <string_view>

namespace casebook {

/// A byte that does not begin a character.
inline bool is_later_byte(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

inline std::size_t character_count(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::ranges::count_if(text, is_later_byte));
}

/// So many characters from the beginning, none of them cut.
inline std::string first_characters(std::string_view text, std::size_t most) {
  std::size_t end = 0, count = 0;
  while (end < text.size() && (is_later_byte(text[end]) || ++count <= most)) ++end;
  return std::string(text.substr(0, end));
}

/// The longest front of at most so many bytes; no character of it is cut.
inline std::string_view front_within(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && is_later_byte(text[bytes_max])) --bytes_max;
  return text.substr(0, bytes_max);
}

}  // namespace casebook
