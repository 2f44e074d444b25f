#include "reports/fact_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/calendar_text.h"
#include "core/holiday_calendar.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/facts_file.h"

namespace casebook::reports {
namespace {

using std::chrono::seconds;

constexpr int kFirstYear = 1990;  // Outside these years a date is a slip of the pen.
constexpr int kLastYear = 2100;
constexpr std::int64_t kCountMax = 1'000'000'000'000;
constexpr std::size_t kWordBytesMax = 100;
constexpr std::array<std::string_view, 29> kEea{
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
    "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI"};

Error invalid(std::string message, std::string hint = {}) {
  return Error{ErrorCode::invalid_input, std::move(message), std::move(hint)};
}

std::string shown(const nlohmann::json& value) {
  std::string text = value.is_string()
                         ? value.get<std::string>()
                         : value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  if (text.size() > 40) text = text.substr(0, 37) + "...";
  return "\"" + printable(text) + "\"";
}

bool is_word(std::string_view text, std::string_view extra) {
  return !text.empty() && text.size() <= kWordBytesMax && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           extra.find(c) != std::string_view::npos;
  });
}

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_place(std::string_view text) {
  if (is_country(text) || text == "EEA") return true;
  const bool region =
      text.size() >= 4 && text.size() <= 6 && is_country(text.substr(0, 2)) && text[2] == '-';
  return region && is_word(text.substr(3), "");
}

Result<FactValue> parse_count(const nlohmann::json& value, const FactDefinition& fact) {
  const std::string of = fact.unit.empty() ? "" : " of " + fact.unit;
  if (value.is_number_integer()) {
    const auto count = value.get<std::int64_t>();
    if (count < 0) return invalid(shown(value) + " is below zero");
    if (count > kCountMax) return invalid(shown(value) + " is beyond all measure");
    return FactValue(Number{count * 1000});
  }
  if (fact.type == FactType::number && value.is_string()) {
    if (auto number = parse_number(value.get<std::string>())) return FactValue(*number);
    return invalid(shown(value) + " is not a number" + of, "write it without unit, as in \"12.5\"");
  }
  std::string digits;
  if (value.is_string()) {
    for (const char c : value.get<std::string>()) {
      if (c >= '0' && c <= '9') digits += c;
    }
  }
  return invalid(shown(value) + " is not a whole number" + of,
                 "write it without quotation marks, unit and separators" +
                     (digits.empty() || digits.size() > 12 ? std::string() : ", as in " + digits));
}

Result<std::string> parse_word(const nlohmann::json& value, const FactDefinition& fact,
                               ZoneDatabase& zones) {
  if (!value.is_string())
    return invalid(shown(value) + " is not text", "it takes " + form_text(fact));
  auto word = value.get<std::string>();
  if (!fact.values.empty()) {
    if (std::ranges::find(fact.values, word) != fact.values.end()) return word;
    const std::string near = nearest(word, fact.values);
    const std::string list =
        fact.values.size() > 8 ? "casebook facts template --all lists them" : form_text(fact);
    return invalid(shown(value) + " is not one of its values",
                   near.empty() ? list : "did you mean " + near + "?");
  }
  if (fact.form == "zone") {
    if (auto zone = zones.find(word); !zone) return std::move(zone).error();
    return word;
  }
  if (fact.form == "date") {
    if (auto date = parse_date(word); !date) return std::move(date).error();
    return word;
  }
  const bool fits = fact.form == "country" ? is_country(word)
                    : fact.form == "place" ? is_place(word)
                                           : is_word(word, "_-.");
  if (!fits) return invalid(shown(value) + " does not fit", "it takes " + form_text(fact));
  return word;
}

Result<FactValue> parse_set(const nlohmann::json& value, const FactDefinition& fact,
                            ZoneDatabase& zones) {
  if (!value.is_array())
    return invalid(shown(value) + " is not a list", "write it in brackets: [" + shown(value) + "]");
  std::set<std::string> words;
  for (const auto& item : value) {
    auto word = parse_word(item, fact, zones);
    if (!word) return std::move(word).error();
    words.insert(*std::move(word));
  }
  return FactValue(std::move(words));
}

/// Reads digits of fixed places; -1 when they are none.
int digits_at(std::string_view text, std::size_t at, std::size_t size) {
  if (text.size() < at + size) return -1;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + size, value);
  return error == std::errc() && end == text.data() + at + size && text[at] != '-' ? value : -1;
}

/// "2026-10-23T18:00" or with ":05"; the text is cut off as far as it was read.
Result<LocalSeconds> read_local(std::string_view& text, const std::string& whole) {
  const Error malformed =
      invalid(whole + " is not a time",
              "write 2026-10-23T18:00 Europe/Paris, or 2026-10-23T18:00:00+02:00");
  if (text.size() < 10) return malformed;
  auto date = parse_date(text.substr(0, 10));
  if (!date) {
    const bool shaped =
        digits_at(text, 0, 4) >= 0 && digits_at(text, 5, 2) >= 0 && digits_at(text, 8, 2) >= 0;
    return shaped ? invalid(std::string(text.substr(0, 10)) + " is a day that does not exist")
                  : malformed;
  }
  const int year = static_cast<int>(date->year());
  if (year < kFirstYear || year > kLastYear)
    return invalid("the year " + std::to_string(year) + " cannot be meant");
  if (text.size() == 10)
    return invalid(whole + " has no time of day",
                   "write " + std::string(text) + "T18:00 Europe/Paris");
  const int hour = digits_at(text, 11, 2);
  const int minute = digits_at(text, 14, 2);
  if ((text[10] != 'T' && text[10] != ' ') || hour < 0 || minute < 0 || text[13] != ':')
    return malformed;
  int second = 0;
  std::size_t size = 16;
  if (text.size() > 16 && text[16] == ':') {
    second = digits_at(text, 17, 2);
    if (second < 0) return malformed;
    size = 19;
  }
  if (hour > 23 || minute > 59 || second > 59)
    return invalid(whole + " is a time of day that does not exist");
  text.remove_prefix(size);
  return LocalSeconds(std::chrono::local_days(*date)) + seconds(hour * 3600 + minute * 60 + second);
}

/// "+02:00" or "Z". Nothing when it is not an offset.
std::optional<seconds> read_offset(std::string_view text) {
  if (text == "Z") return seconds(0);
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int hours = digits_at(text, 1, 2);
  const int minutes = digits_at(text, 4, 2);
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return std::nullopt;
  const seconds offset((hours * 60 + minutes) * 60);
  return text[0] == '-' ? -offset : offset;
}

}  // namespace

Result<UtcSeconds> parse_moment(std::string_view text, ZoneDatabase& zones) {
  const std::string whole = "\"" + printable(text.substr(0, 60)) + "\"";
  std::string_view rest = text;
  auto local = read_local(rest, whole);
  if (!local) return std::move(local).error();
  if (rest.empty()) {
    return invalid(whole + " has no time zone",
                   "add one: " + printable(text.substr(0, 60)) + " Europe/Paris, or +02:00, or Z");
  }
  if (const auto offset = read_offset(rest)) return UtcSeconds(local->time_since_epoch()) - *offset;
  if (rest.front() != ' ')
    return invalid(whole + " is not a time",
                   "write 2026-10-23T18:00 Europe/Paris, or 2026-10-23T18:00:00+02:00");
  auto zone = zones.find(rest.substr(1));
  if (!zone) return std::move(zone).error();
  const LocalMoment moment = (*zone)->from_local(*local);
  if (moment.kind == LocalMoment::Kind::skipped) {
    return invalid(whole + " never was: the clocks went forward over it",
                   "write the time that the clocks showed");
  }
  if (moment.kind == LocalMoment::Kind::repeated) {
    const std::string shown_local = std::string(text.substr(0, text.size() - rest.size()));
    return invalid(whole + " was there twice: the clocks went back",
                   "write " + printable(shown_local) +
                       offset_text((*zone)->offset_at(moment.first)) + " or " +
                       printable(shown_local) + offset_text((*zone)->offset_at(moment.second)));
  }
  return moment.first;
}

Result<FactValue> parse_fact_value(const nlohmann::json& value, const FactDefinition& fact,
                                   ZoneDatabase& zones) {
  if (fact.derived) return invalid("is worked out and cannot be entered", "enter discovered_at");
  switch (fact.type) {
    case FactType::boolean:
      if (value.is_boolean()) return FactValue(value.get<bool>());
      return invalid(shown(value) + " is neither true nor false",
                     "write true or false, without quotation marks");
    case FactType::integer:
    case FactType::number:
      return parse_count(value, fact);
    case FactType::time: {
      if (!value.is_string())
        return invalid(shown(value) + " is not a time", "write \"2026-10-23T18:00 Europe/Paris\"");
      auto moment = parse_moment(value.get<std::string>(), zones);
      if (!moment) return std::move(moment).error();
      return FactValue(*moment);
    }
    case FactType::set:
      return parse_set(value, fact, zones);
    case FactType::text:
    case FactType::choice: {
      auto word = parse_word(value, fact, zones);
      if (!word) return std::move(word).error();
      return FactValue(*std::move(word));
    }
    case FactType::wildcard:
      break;
  }
  return invalid("stands for many places", "enter each place, for example residents.US-CA");
}

Error unknown_fact(const std::string& name, const FactCatalog& catalog) {
  Error error = invalid("unknown fact \"" + printable(name.substr(0, 80)) + "\"");
  if (name.starts_with("facts.")) {
    error.hint = "leave out \"facts.\"";
  } else if (name.starts_with("residents.") &&
             std::ranges::find(kEea, name.substr(10)) != kEea.end()) {
    error.hint = "count all countries of the EEA together in residents.EEA";
  } else if (name == "residents.US") {
    error.hint = "count by state, for example residents.US-CA";
  } else if (const std::string near = catalog.near_name(name); !near.empty()) {
    error.hint = "did you mean " + near + "?";
  } else {
    error.hint = "casebook facts template --all lists them";
  }
  return error;
}

std::string form_text(const FactDefinition& fact) {
  std::string values;
  for (const std::string& value : fact.values) values += (values.empty() ? "" : ", ") + value;
  switch (fact.type) {
    case FactType::boolean:
      return "true or false";
    case FactType::integer:
      return "whole number" + (fact.unit.empty() ? std::string() : " of " + fact.unit);
    case FactType::number:
      return "number" + (fact.unit.empty() ? std::string() : ", " + fact.unit) +
             "; with a fraction as text: \"12.5\"";
    case FactType::choice:
      return "one of: " + values;
    case FactType::time:
      return "time with zone, as in 2026-10-23T18:00 Europe/Paris";
    case FactType::set:
      if (!values.empty()) return "list of: " + values;
      return fact.form == "place" ? "list of ISO 3166 codes, as in [\"FR\", \"US-CA\"]"
                                  : "list of words, as in [\"telecom\", \"health\"]";
    case FactType::text:
      if (fact.form == "zone") return "time zone, as in Europe/Paris";
      if (fact.form == "date") return "date, as in 2026-10-23";
      if (fact.form == "country") return "two letters of ISO 3166, as in FR";
      return "a code without blanks, or none";
    case FactType::wildcard:
      break;
  }
  return "not entered itself";
}

}  // namespace casebook::reports
