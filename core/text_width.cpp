#include "core/text_width.h"

#include <algorithm>
#include <array>
#include <span>

namespace casebook {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};
// Unicode blocks whose characters take two columns (East Asian Width W and F, emoji).
constexpr std::array<Range, 10> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};
constexpr std::array<Range, 5> kCombining = {
    {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}}};

bool in_ranges(char32_t character, std::span<const Range> ranges) {
  return std::ranges::any_of(
      ranges, [=](Range range) { return character >= range.first && character <= range.last; });
}

}  // namespace

char32_t next_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  char32_t character = more == 3   ? first & 0x07U
                       : more == 2 ? first & 0x0FU
                       : more == 1 ? first & 0x1FU
                                   : first;
  while (more-- > 0 && at < text.size()) {
    character = (character << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  }
  return character;
}

int display_width(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_character(text, at);
    if (in_ranges(character, kCombining)) continue;
    width += in_ranges(character, kWide) ? 2 : 1;
  }
  return width;
}

bool is_hidden_character(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x034F || c == 0x061C ||
         c == 0x115F || c == 0x1160 || (c >= 0x180B && c <= 0x180E) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0x3164 || c == 0xFEFF || c == 0xFFA0 ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c & 0xFFFEU) == 0xFFFE || (c >= 0xE0000 && c <= 0xE0FFF);
}

}  // namespace casebook
