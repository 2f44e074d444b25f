#include "workflow/blame.h"

#include <array>

namespace casebook::workflow {
namespace {

struct Entry {
  std::string_view word;  ///< Lower case; a last * stands for any ending.
  std::string_view instead;
};

constexpr std::string_view kConditions = "what made this likely?";
constexpr std::string_view kSignals = "which sign was there, and who could have seen it?";
constexpr std::string_view kKnown = "what was known at that moment?";
constexpr std::string_view kNl = "wat maakte dit waarschijnlijk?";
constexpr std::string_view kNlKnown = "wat was er toen bekend?";

constexpr std::array<Entry, 34> kEntries = {{
    {"blame*", kConditions},
    {"fault", kConditions},
    {"guilty", kConditions},
    {"careless*", kConditions},
    {"negligen*", kConditions},
    {"sloppy", kConditions},
    {"incompeten*", kConditions},
    {"stupid*", kConditions},
    {"lazy", kConditions},
    {"reckless*", kConditions},
    {"human error", kConditions},
    {"user error", kConditions},
    {"should have", kKnown},
    {"could have", kKnown},
    {"ought to have", kKnown},
    {"failed to", kKnown},
    {"neglected to", kKnown},
    {"forgot*", kConditions},
    {"ignored", kSignals},
    {"overlooked", kSignals},
    {"obvious*", kSignals},
    {"simply", kKnown},
    {"schuld*", kNl},
    {"nalatig*", kNl},
    {"slordig*", kNl},
    {"onbekwa*", kNl},
    {"dom", kNl},
    {"lui", kNl},
    {"roekeloos", kNl},
    {"menselijke fout", kNl},
    {"had moeten", kNlKnown},
    {"had kunnen", kNlKnown},
    {"verzuimde*", kNlKnown},
    {"vergat*", kNl},
}};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Length of the match of `entry` at `at`, or 0. Blanks match any run of blanks.
std::size_t match_at(std::string_view text, std::size_t at, std::string_view entry) {
  const bool is_open = entry.ends_with('*');
  if (is_open) entry.remove_suffix(1);
  std::size_t end = at;
  for (const char c : entry) {
    if (end >= text.size()) return 0;
    if (c == ' ') {
      if (text[end] != ' ' && text[end] != '\n') return 0;
      while (end < text.size() && (text[end] == ' ' || text[end] == '\n')) ++end;
      continue;
    }
    if (lower(text[end]) != c) return 0;
    ++end;
  }
  if (is_open) {
    while (end < text.size() && is_letter(text[end])) ++end;
  } else if (end < text.size() && is_letter(text[end])) {
    return 0;
  }
  return end - at;
}

}  // namespace

std::vector<BlameWord> find_blame(std::string_view text) {
  std::vector<BlameWord> found;
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\n') ++line;
    const bool is_start = is_letter(text[at]) && (at == 0 || !is_letter(text[at - 1]));
    if (!is_start) continue;
    for (const Entry& entry : kEntries) {
      const std::size_t length = match_at(text, at, entry.word);
      if (length == 0) continue;
      found.push_back({line, std::string(text.substr(at, length)), std::string(entry.instead)});
      break;
    }
  }
  return found;
}

}  // namespace casebook::workflow
