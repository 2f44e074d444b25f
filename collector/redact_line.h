#pragma once
/// Masking within one line; used by redact.cpp alone.

#include <cstdint>
#include <string>
#include <string_view>

namespace casebook::collector {

/// How a secret that began on a line goes on in the next one.
enum class GoesOn { no, quotes, indented, continued, element };

struct ScannedLine {
  std::int64_t masked = 0;
  GoesOn goes_on = GoesOn::no;
  char quote = 0;              ///< Of `quotes`.
  bool value_follows = false;  ///< A field said that the next "value" is a secret.
};

/// Appends `line` (without its line feed) to `out`, secrets masked.
/// @param value_follows  what the line before said.
ScannedLine mask_line(std::string_view line, bool value_follows, std::string& out);

}  // namespace casebook::collector
