#pragma once
/// Characters of UTF-8 text and the columns they take on a terminal or in a plain-text page.

#include <cstddef>
#include <string_view>

namespace casebook {

/// Columns that `text` takes in fixed pitch: wide characters count two, combining ones none.
int display_width(std::string_view text);

/// Reads one character of valid UTF-8 at `at` and moves past it. Stray bytes count as one each.
char32_t next_character(std::string_view text, std::size_t& at);

/// True for a character that moves the cursor, is invisible, is none, or changes the order of what
/// is shown: what printable() escapes, the backslash aside.
bool is_hidden_character(char32_t character) noexcept;

}  // namespace casebook
