#pragma once
/// Text that came from outside, made safe for a terminal and a log line.

#include <string>
#include <string_view>

namespace casebook {

/// Escapes everything that could move a cursor, hide or reorder text: C0 and C1 controls, DEL,
/// backslash, bidirectional and zero-width characters, and bytes that are not UTF-8. The escapes
/// are \n, \t, \\ and \xHH (a byte) or \u{HEX} (a character). Printable text is unchanged.
std::string printable(std::string_view text);

}  // namespace casebook
