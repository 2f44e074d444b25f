#pragma once
/// The one-line rule at the end of a compiled zone file ("CET-1CEST,M3.5.0,M10.5.0/3"), which says
/// how the clocks go after the last listed change. Specification: POSIX TZ as extended by RFC 9636.

#include <chrono>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace casebook {

/// A day of the year on which the clocks change, and the local time of the change.
struct ZoneChangeDay {
  enum class Kind { julian_without_leap, day_of_year, month_week_day };
  Kind kind = Kind::month_week_day;
  int day = 0;  ///< 1-365 without 29 February, 0-365 with it, or the weekday (0 is Sunday).
  int month = 0;
  int week = 0;  ///< 1-5; 5 is the last one of the month.
  std::chrono::seconds time{7200};

  /// The wall-clock moment of the change in `year`.
  [[nodiscard]] std::chrono::local_seconds in_year(std::chrono::year year) const;
};

class PosixZoneRule {
 public:
  /// @return `corrupt` when the text is not such a rule.
  static Result<PosixZoneRule> parse(std::string_view text);
  [[nodiscard]] std::chrono::seconds offset_at(UtcSeconds time) const;

 private:
  std::chrono::seconds standard_{0};
  std::chrono::seconds summer_{0};
  bool has_summer_ = false;
  ZoneChangeDay begins_;
  ZoneChangeDay ends_;
};

}  // namespace casebook
