#include "reports/filing/typed_value.h"

#include <algorithm>

#include "core/clock.h"
#include "reports/fact.h"

namespace casebook::filing {
namespace {

constexpr std::size_t kLeiSize = 20;
constexpr std::size_t kCurrencySize = 3;
constexpr std::int64_t kHundredPercent = 100'000;  // Thousandths.

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool all_digits(std::string_view text) {
  return !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), is_digit);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool chosen(std::string_view text, const std::vector<std::string>& choices) {
  return std::find(choices.begin(), choices.end(), trimmed(text)) != choices.end();
}

bool all_chosen(std::string_view text, const std::vector<std::string>& choices) {
  while (true) {
    const std::size_t end = text.find_first_of(",;");
    if (!chosen(text.substr(0, end), choices)) return false;
    if (end == text.npos) return true;
    text.remove_prefix(end + 1);
  }
}

/// "001:02:30"
bool is_duration(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == text.npos || text.size() != colon + 6 || text[colon + 3] != ':') return false;
  const std::string_view hours = text.substr(colon + 1, 2);
  const std::string_view minutes = text.substr(colon + 4);
  return all_digits(text.substr(0, colon)) && all_digits(hours) && all_digits(minutes) &&
         hours < "24" && minutes < "60";
}

bool is_percent(std::string_view text) {
  const auto number = reports::parse_number(text);
  return number && number->thousandths >= 0 && number->thousandths <= kHundredPercent &&
         number->thousandths % 10 == 0;
}

}  // namespace

bool is_lei(std::string_view text) {
  if (text.size() != kLeiSize || !is_digit(text[18]) || !is_digit(text[19])) return false;
  int rest = 0;
  for (const char c : text) {
    if (!is_digit(c) && !is_upper(c)) return false;
    rest = is_digit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

std::string typed_misfit(std::string_view text, std::string_view type,
                         const std::vector<std::string>& choices) {
  const auto unless = [](bool fits, std::string expected) {
    return fits ? std::string() : std::move(expected);
  };
  if (type == "choice" || type == "multi_choice") {
    if (choices.empty()) return {};
    std::string known;
    for (const std::string& each : choices) known += (known.empty() ? "" : ", ") + each;
    return unless(type == "choice" ? chosen(text, choices) : all_chosen(text, choices), known);
  }
  if (type == "boolean") return unless(text == "true" || text == "false", "true, false");
  if (type == "integer") return unless(all_digits(text), "1234");
  if (type == "percent") return unless(is_percent(text), "0 ... 100, 12.25");
  if (type == "money_thousands") return unless(bool(reports::parse_number(text)), "1234.5");
  if (type == "datetime_utc") return unless(bool(parse_utc(text)), "2026-10-23T16:00:00Z");
  if (type == "duration_ddhhmm") return unless(is_duration(text), "DDD:HH:MM, 001:02:30");
  if (type == "lei") return unless(is_lei(text), "LEI (ISO 17442)");
  if (type == "iso4217") {
    return unless(text.size() == kCurrencySize && std::all_of(text.begin(), text.end(), is_upper),
                  "ISO 4217, EUR");
  }
  return {};
}

}  // namespace casebook::filing
