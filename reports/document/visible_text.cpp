#include "reports/document/visible_text.h"

#include <array>
#include <cstdio>

#include "core/text_width.h"

namespace casebook::documents {

std::string character_name(char32_t character) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "<U+%04X>", static_cast<unsigned>(character));
  return name.data();
}

void for_visible_parts(std::string_view text,
                       const std::function<void(std::string_view part, bool hidden)>& take) {
  std::size_t shown_from = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t character = next_character(text, at);
    if (!is_hidden_character(character)) continue;
    if (begin > shown_from) take(text.substr(shown_from, begin - shown_from), false);
    take(character_name(character), true);
    shown_from = at;
  }
  if (shown_from < text.size()) take(text.substr(shown_from), false);
}

std::string visible_text(std::string_view text) {
  std::string all;
  for_visible_parts(text, [&](std::string_view part, bool /*hidden*/) { all += part; });
  return all;
}

}  // namespace casebook::documents
