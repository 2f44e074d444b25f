// Durations of fixed length in ISO 8601's form; months and years have none.
#include <array>
#include <charconv>

#include "workflow/predicate.h"

namespace casebook::workflow {
namespace {

using std::chrono::seconds;

struct Unit {
  char letter;
  bool after_t;
  std::int64_t length;
};
constexpr std::array<Unit, 5> kUnits = {{{'W', false, 604'800},
                                         {'D', false, 86'400},
                                         {'H', true, 3'600},
                                         {'M', true, 60},
                                         {'S', true, 1}}};
constexpr std::size_t kDigitsMax = 8;

Error refusal() { return {ErrorCode::invalid_input, "not a duration such as \"PT4H\" or \"P3D\""}; }

}  // namespace

Result<seconds> parse_duration(std::string_view text) {
  if (!text.starts_with('P') || text.size() > 32) return refusal();
  text.remove_prefix(1);
  std::int64_t total = 0;
  bool after_t = false;
  bool expects_part = true;
  const Unit* unit = kUnits.begin();
  while (!text.empty()) {
    if (!after_t && text.starts_with('T')) {
      after_t = expects_part = true;
      text.remove_prefix(1);
      continue;
    }
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits > kDigitsMax) return refusal();  // npos too: no unit follows.
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + digits, number);
    while (unit != kUnits.end() && (unit->letter != text[digits] || unit->after_t != after_t))
      ++unit;
    if (unit == kUnits.end()) return refusal();
    total += number * unit->length;
    ++unit;
    text.remove_prefix(digits + 1);
    expects_part = false;
  }
  if (expects_part) return refusal();
  return seconds(total);
}

std::string format_duration(seconds duration) {
  std::int64_t rest = duration.count();
  if (rest <= 0) return "PT0S";
  std::string text = "P";
  bool after_t = false;
  for (const Unit& unit : kUnits) {
    if (unit.letter == 'W') continue;  // Days say the same.
    const std::int64_t number = rest / unit.length;
    if (number == 0) continue;
    if (unit.after_t && !after_t) text += 'T';
    after_t = after_t || unit.after_t;
    text += std::to_string(number) + unit.letter;
    rest -= number * unit.length;
  }
  return text;
}

}  // namespace casebook::workflow
