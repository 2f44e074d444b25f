#pragma once
/// Text of others as it is shown to people. Specification: docs/spec/document.md 1.

#include <functional>
#include <string>
#include <string_view>

namespace casebook::documents {

/// Splits `text` (UTF-8) into parts that are shown as they are and, with `hidden`, the names of
/// characters that must not be, "<U+202E>". Parts are never empty.
void for_visible_parts(std::string_view text,
                       const std::function<void(std::string_view part, bool hidden)>& take);

/// The parts joined.
std::string visible_text(std::string_view text);

/// "<U+202E>": at least four digits, upper-case.
std::string character_name(char32_t character);

}  // namespace casebook::documents
