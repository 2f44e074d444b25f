#pragma once
/// Working days of one place: weekend and public holidays as data, by year. A year that the data
/// do not hold is an error, never "no holidays". Specification: docs/spec/calendar.md 3.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/time_zone.h"

namespace casebook {

class HolidayCalendar {
 public:
  /// Reads a calendar file (JSON, policies/schema/calendar.schema.json).
  /// @return `invalid_input` naming what is wrong, also for a date outside its year.
  static Result<HolidayCalendar> parse(std::string_view text);
  /// A calendar that knows only weekends, for places whose holidays nobody has listed:
  /// good for an earliest date, never for a legal one.
  static HolidayCalendar weekends_only(std::string id);

  /// True on a working day. @return `not_found` when the day is no weekend day and its year has
  /// no data.
  [[nodiscard]] Result<bool> is_working_day(LocalDate day) const;
  /// "Saturday" or "1 May: Labour Day"; empty on a working day or without data.
  [[nodiscard]] std::string why_not_working(LocalDate day) const;

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] const std::string& checked() const { return checked_; }
  [[nodiscard]] const std::string& note() const { return note_; }
  /// False for a calendar that knows only weekends.
  [[nodiscard]] bool has_holidays() const { return !weekends_only_; }
  [[nodiscard]] std::optional<int> first_year() const;
  [[nodiscard]] std::optional<int> last_year() const;

 private:
  HolidayCalendar() = default;
  [[nodiscard]] bool is_weekend(LocalDate day) const;
  std::string id_, name_, source_, checked_, note_;
  unsigned weekend_ = 0;  // Bit n set: weekday n (0 is Sunday) is not worked.
  bool weekends_only_ = false;
  std::map<int, std::map<std::chrono::sys_days, std::string>> years_;
};

/// "2026-11-26" to a date. @return `invalid_input` also for a day that does not exist.
Result<LocalDate> parse_date(std::string_view text);

}  // namespace casebook
