#include "reports/filing/fact_words.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "reports/filing/draft.h"
#include "reports/filing/filing_messages.h"

namespace casebook::filing {
namespace {

using reports::FactDefinition;
using reports::FactValue;
using reports::Number;

constexpr std::int64_t kThousand = 1000;
constexpr std::int64_t kMinutesOfDay = 24 * 60;

std::string spaced(std::string word) {
  std::replace(word.begin(), word.end(), '_', ' ');
  return word;
}

/// The message for a code of the data, else the code with blanks.
std::string code_words(const std::string& code, const Messages& words) {
  const std::string key = "code." + code;
  return words.has(key) ? words.text(key) : spaced(code);
}

std::string number_words(Number number, const FactDefinition& definition, const Messages& words) {
  std::string text = reports::number_text(number);
  if (!definition.unit.empty()) text += " " + code_words(definition.unit, words);
  return text;
}

std::string set_words(const std::set<std::string>& set, const Messages& words) {
  if (set.empty()) return words.text("value.nothing");
  std::string text;
  for (const std::string& each : set) text += (text.empty() ? "" : ", ") + code_words(each, words);
  return text;
}

std::string duration_text(Number hours) {
  const std::int64_t minutes = (hours.thousandths * 60 + kThousand / 2) / kThousand;
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%03lld:%02lld:%02lld",
                                 static_cast<long long>(minutes / kMinutesOfDay),
                                 static_cast<long long>(minutes % kMinutesOfDay / 60),
                                 static_cast<long long>(minutes % 60));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

std::string local_text(UtcSeconds time, const TimeZone& zone) {
  const UtcSeconds local(zone.to_local(time).time_since_epoch());
  std::string text = format_utc(local);
  text[10] = ' ';
  text.pop_back();
  const std::int64_t minutes =
      std::chrono::duration_cast<std::chrono::minutes>(zone.offset_at(time)).count();
  const std::int64_t size = minutes < 0 ? -minutes : minutes;
  std::array<char, 24> offset{};
  const int length =
      std::snprintf(offset.data(), offset.size(), " (%c%02lld:%02lld)", minutes < 0 ? '-' : '+',
                    static_cast<long long>(size / 60), static_cast<long long>(size % 60));
  return text.append(offset.data(), static_cast<std::size_t>(length));
}

std::string time_words(UtcSeconds time, const TimeZone* zone) {
  std::string text = format_utc(time);
  text[10] = ' ';
  text.pop_back();
  text += " UTC";
  if (zone == nullptr || zone->name() == "UTC") return text;
  return text + " = " + local_text(time, *zone) + " " + zone->name();
}

std::string fact_words(const FactValue& value, const FactDefinition& definition,
                       const TimeZone* zone, documents::Language language) {
  const Messages& words = filing_messages(language);
  return std::visit(documents::Match{
                        [&](bool is) { return words.text(is ? "value.yes" : "value.no"); },
                        [&](Number number) { return number_words(number, definition, words); },
                        [&](const std::string& text) {
                          const bool code =
                              std::find(definition.values.begin(), definition.values.end(), text) !=
                              definition.values.end();
                          return code ? code_words(text, words) : text;
                        },
                        [&](const std::set<std::string>& set) { return set_words(set, words); },
                        [&](UtcSeconds time) { return time_words(time, zone); },
                    },
                    value);
}

std::string fact_label(const FactDefinition& definition, documents::Language language) {
  const Messages& words = filing_messages(language);
  const std::string key = "fact." + definition.name;
  return words.has(key) ? words.text(key) : definition.meaning;
}

std::string day_words(UtcSeconds time, const TimeZone* zone) {
  constexpr std::size_t kDaySize = 10;
  return zone == nullptr ? format_utc(time).substr(0, kDaySize)
                         : local_text(time, *zone).substr(0, kDaySize);
}

std::string typed_text(const FactValue& value, std::string_view type) {
  if (const auto* number = std::get_if<Number>(&value)) {
    if (type == "duration_ddhhmm") return duration_text(*number);
    if (type == "money_thousands") {
      const std::int64_t thousandths_of_thousand = number->thousandths / kThousand;
      return reports::number_text(Number{thousandths_of_thousand});
    }
  }
  return reports::value_text(value);
}

}  // namespace casebook::filing
