#include <array>

#include "vault/imports/transcript.h"

namespace casebook::imports {
namespace {

constexpr std::size_t kNameBytesMax = 100;

/// Programs put marks for right-to-left scripts before the bracket.
std::string_view without_marks(std::string_view line) {
  while (line.starts_with("\xE2\x80\x8E") || line.starts_with("\xE2\x80\x8F") ||
         line.starts_with("\xEF\xBB\xBF")) {
    line.remove_prefix(3);
  }
  return line;
}

/// Takes a time off the front and notes its text.
bool take_time(std::string_view& rest, TranscriptLine& line) {
  const auto before = rest;
  const auto time = take_written_time(rest);
  if (!time) return false;
  line.time = *time;
  line.time_text = before.substr(0, before.size() - rest.size());
  return true;
}

bool take(std::string_view& rest, std::string_view literal) {
  if (!rest.starts_with(literal)) return false;
  rest.remove_prefix(literal.size());
  return true;
}

/// "Name: text"; a colon at the end of the line is one too.
bool take_name(std::string_view rest, TranscriptLine& line) {
  std::size_t colon = rest.find(": ");
  if (colon == std::string_view::npos && rest.ends_with(':')) colon = rest.size() - 1;
  if (colon == std::string_view::npos || colon == 0 || colon > kNameBytesMax) return false;
  line.name = rest.substr(0, colon);
  line.text = rest.substr(std::min(rest.size(), colon + 2));
  return true;
}

bool is_name(std::string_view text) { return !text.empty() && text.size() <= kNameBytesMax; }

bool parse_bracket(std::string_view rest, TranscriptLine& line) {
  if (!take(rest, "[") || !take_time(rest, line) || !take(rest, "] ")) return false;
  rest = without_marks(rest);
  if (rest.starts_with('<') || rest.starts_with("* ")) return false;
  if (!take_name(rest, line)) line.text = rest;
  return true;
}

bool parse_dash(std::string_view rest, TranscriptLine& line) {
  if (!take_time(rest, line) || !take(rest, " - ")) return false;
  if (!take_name(rest, line)) line.text = rest;
  return true;
}

bool parse_irc(std::string_view rest, TranscriptLine& line) {
  const bool is_bracketed = take(rest, "[");
  if (!take_time(rest, line) || (is_bracketed && !take(rest, "]")) || !take(rest, " "))
    return false;
  while (take(rest, " ")) {
  }
  if (take(rest, "<")) {
    const auto close = rest.find('>');
    if (close == std::string_view::npos || !is_name(rest.substr(0, close))) return false;
    line.name = rest.substr(0, close);
    // Operators and voiced users carry a mark that is no part of the nick.
    while (line.name.size() > 1 &&
           std::string_view("@+%&~ ").find(line.name[0]) != std::string_view::npos)
      line.name.remove_prefix(1);
    line.text = rest.substr(close + 1);
    if (line.text.starts_with(' ')) line.text.remove_prefix(1);
    return true;
  }
  if (!take(rest, "* ")) return false;
  const auto blank = std::min(rest.find(' '), rest.size());
  if (!is_name(rest.substr(0, blank))) return false;
  line.name = rest.substr(0, blank);
  line.text = rest.substr(std::min(rest.size(), blank + 1));
  return true;
}

bool parse_tab(std::string_view rest, TranscriptLine& line) {
  if (!take_time(rest, line) || !take(rest, "\t")) return false;
  const auto tab = rest.find('\t');
  if (tab == std::string_view::npos || !is_name(rest.substr(0, tab))) return false;
  line.name = rest.substr(0, tab);
  line.text = rest.substr(tab + 1);
  return true;
}

bool parse_colon(std::string_view rest, TranscriptLine& line) {
  if (!take_time(rest, line) || line.time.date == WrittenTime::Date::none) return false;
  if (!take(rest, " ") || rest.starts_with("- ")) return false;
  return !rest.starts_with('<') && take_name(rest, line);
}

/// A name and a time, nothing else: the text stands below.
bool parse_heading(std::string_view rest, TranscriptLine& line) {
  if (take(rest, "[")) {
    if (!take_time(rest, line) || !take(rest, "] ") || !is_name(rest)) return false;
    if (rest.find(": ") != std::string_view::npos || rest.ends_with(':')) return false;
    line.name = rest;
    return rest.front() != '<' && rest.front() != '*';
  }
  // "Ada Lovelace [10:31 AM]", or with two blanks instead of the brackets.
  for (const std::string_view open : {" [", "  "}) {
    const auto at = rest.rfind(open);
    if (at == std::string_view::npos || !is_name(rest.substr(0, at))) continue;
    auto behind = rest.substr(at + open.size());
    if (!take_time(behind, line)) continue;
    if (open == " [" && !take(behind, "]")) continue;
    if (!behind.empty()) continue;
    line.name = rest.substr(0, at);
    return true;
  }
  return false;
}

}  // namespace

std::string_view to_string(TranscriptShape shape) noexcept {
  constexpr std::array<std::string_view, 7> kNames = {"bracket", "dash",    "irc", "tab",
                                                      "colon",   "heading", "none"};
  return kNames[static_cast<std::size_t>(shape)];
}

std::optional<TranscriptLine> parse_transcript_line(std::string_view line, TranscriptShape shape) {
  TranscriptLine parsed;
  const auto rest = without_marks(line);
  const bool is_one = [&] {
    switch (shape) {
      case TranscriptShape::bracket:
        return parse_bracket(rest, parsed);
      case TranscriptShape::dash:
        return parse_dash(rest, parsed);
      case TranscriptShape::irc:
        return parse_irc(rest, parsed);
      case TranscriptShape::tab:
        return parse_tab(rest, parsed);
      case TranscriptShape::colon:
        return parse_colon(rest, parsed);
      case TranscriptShape::heading:
        return parse_heading(rest, parsed);
      case TranscriptShape::none:
        return false;
    }
    return false;
  }();
  if (!is_one) return std::nullopt;
  return parsed;
}

}  // namespace casebook::imports
