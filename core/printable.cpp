#include "core/printable.h"

#include <array>
#include <cstdint>
#include <cstdio>

#include "core/json_text.h"
#include "core/text_width.h"

namespace casebook {
namespace {

/// Length in bytes of the well-formed character at the front of `text`, or 0.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (text.size() < length || !is_utf8(text.substr(0, length))) return 0;
  return length;
}

std::uint32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  std::uint32_t value = lead & (0x7FU >> character.size());
  for (const char c : character.substr(1)) {
    value = value << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return value;
}

void append_escape(std::string& out, const char* form, unsigned value) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), form, value);
  out.append(text.data());
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      append_escape(out, "\\x%02x", static_cast<unsigned char>(text.front()));
      text.remove_prefix(1);
      continue;
    }
    const std::uint32_t c = code_point(text.substr(0, length));
    if (c == '\n') {
      out.append("\\n");
    } else if (c == '\t') {
      out.append("\\t");
    } else if (c == '\\') {
      out.append("\\\\");
    } else if (is_hidden_character(c)) {
      append_escape(out, length == 1 ? "\\x%02x" : "\\u{%x}", c);
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace casebook
