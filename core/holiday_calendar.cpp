#include "core/holiday_calendar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/calendar_text.h"
#include "core/json_text.h"
#include "core/printable.h"

namespace casebook {
namespace {

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::size_t kHolidaysOfYearMax = 100;

Result<unsigned> parse_weekend(const Json& value) {
  if (!value.is_array() || value.empty()) return invalid("weekend is not a list of days");
  unsigned bits = 0;
  for (const Json& day : value) {
    const auto known = std::ranges::find(kWeekdays, day.is_string() ? day.get<std::string>() : "");
    if (known == kWeekdays.end()) return invalid("weekend names something that is not a weekday");
    bits |= 1U << static_cast<unsigned>(known - kWeekdays.begin());
  }
  if (bits == 0x7FU) return invalid("weekend leaves no working day");
  return bits;
}

std::optional<int> parse_digits(std::string_view text, std::size_t size) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole =
      text.size() == size && error == std::errc() && end == text.data() + text.size();
  return whole && value >= 0 ? std::optional(value) : std::nullopt;
}

Result<std::map<std::chrono::sys_days, std::string>> parse_year(int year, const Json& list) {
  if (!list.is_array() || list.size() > kHolidaysOfYearMax)
    return invalid("holidays are not a list");
  std::map<std::chrono::sys_days, std::string> days;
  for (const Json& entry : list) {
    if (!entry.is_object()) return invalid("a holiday is not an object");
    if (auto known = json_only_members(entry, {"date", "name"}); !known)
      return std::move(known).error();
    auto text = json_text_member(entry, "date");
    if (!text) return std::move(text).error();
    auto name = json_text_member(entry, "name");
    if (!name) return std::move(name).error();
    const auto date = parse_date(*text);
    if (!date) return date.error();
    if (static_cast<int>(date->year()) != year)
      return invalid(*text + " does not lie in " + std::to_string(year));
    if (!days.emplace(std::chrono::sys_days(*date), *name).second)
      return invalid(*text + " is listed twice");
  }
  return days;
}

}  // namespace

Result<LocalDate> parse_date(std::string_view text) {
  const Error malformed =
      invalid("\"" + printable(text.substr(0, 40)) + "\" is not a date like 2026-11-26");
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return malformed;
  const auto year = parse_digits(text.substr(0, 4), 4);
  const auto month = parse_digits(text.substr(5, 2), 2);
  const auto day = parse_digits(text.substr(8, 2), 2);
  if (!year || !month || !day) return malformed;
  const LocalDate date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                       std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return invalid(std::string(text) + " is not a day of any calendar");
  return date;
}

Result<HolidayCalendar> HolidayCalendar::parse(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return std::move(json).error();
  if (!json->is_object()) return invalid("a calendar is not an object");
  if (auto known = json_only_members(*json, {"format", "id", "name", "source", "weekend", "years",
                                             "note", "checked", "as_of"});
      !known) {
    return std::move(known).error();
  }
  if (auto format = json_text_member(*json, "format");
      !format || *format != "casebook-calendar/1") {
    return invalid("format is not casebook-calendar/1");
  }
  HolidayCalendar calendar;
  const std::array<std::pair<std::string_view, std::string*>, 4> texts{
      {{"id", &calendar.id_},
       {"name", &calendar.name_},
       {"source", &calendar.source_},
       {"checked", &calendar.checked_}}};
  for (const auto& [key, target] : texts) {
    auto member = json_text_member(*json, key);
    if (!member) return std::move(member).error();
    *target = *std::move(member);
  }
  if (json->contains("note")) {
    auto note = json_text_member(*json, "note");
    if (!note) return std::move(note).error();
    calendar.note_ = *std::move(note);
  }
  auto weekend = json_member(*json, "weekend");
  if (!weekend) return std::move(weekend).error();
  auto bits = parse_weekend(**weekend);
  if (!bits) return std::move(bits).error();
  calendar.weekend_ = *bits;
  auto years = json_member(*json, "years");
  if (!years) return std::move(years).error();
  if (!(*years)->is_object()) return invalid("years is not an object");
  for (const auto& [key, list] : (*years)->items()) {
    const auto year = parse_digits(key, 4);
    if (!year) return invalid("\"" + printable(key) + "\" is not a year");
    auto days = parse_year(*year, list);
    if (!days) return std::move(days).error().context("year " + key);
    calendar.years_[*year] = *std::move(days);
  }
  return calendar;
}

HolidayCalendar HolidayCalendar::weekends_only(std::string id) {
  HolidayCalendar calendar;
  calendar.id_ = std::move(id);
  calendar.name_ = "weekends only";
  calendar.weekend_ = calendar.id_ == "EG" ? 0x60U : 0x41U;  // Egypt rests on Friday and Saturday.
  calendar.weekends_only_ = true;
  return calendar;
}

bool HolidayCalendar::is_weekend(LocalDate day) const {
  return (weekend_ >> std::chrono::weekday(std::chrono::sys_days(day)).c_encoding() & 1U) != 0;
}

Result<bool> HolidayCalendar::is_working_day(LocalDate day) const {
  if (is_weekend(day)) return false;
  if (weekends_only_) return true;
  const auto year = years_.find(static_cast<int>(day.year()));
  if (year == years_.end()) {
    return Error{
        ErrorCode::not_found,
        "calendar " + id_ + " has no holidays for " + std::to_string(static_cast<int>(day.year())),
        "add the year to the calendar file and pass its folder with --policies"};
  }
  return !year->second.contains(std::chrono::sys_days(day));
}

std::string HolidayCalendar::why_not_working(LocalDate day) const {
  if (const auto year = years_.find(static_cast<int>(day.year())); year != years_.end()) {
    if (const auto holiday = year->second.find(std::chrono::sys_days(day));
        holiday != year->second.end()) {
      return date_text(day) + ": " + holiday->second;
    }
  }
  return is_weekend(day) ? date_text(day) + ": weekend" : std::string();
}

std::optional<int> HolidayCalendar::first_year() const {
  return years_.empty() ? std::nullopt : std::optional(years_.begin()->first);
}

std::optional<int> HolidayCalendar::last_year() const {
  return years_.empty() ? std::nullopt : std::optional(years_.rbegin()->first);
}

}  // namespace casebook
