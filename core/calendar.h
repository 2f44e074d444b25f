#pragma once
/// How legal periods run: pure functions from a start and a limit to a deadline, with the steps of
/// the arithmetic in words. Specification: docs/spec/calendar.md.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/holiday_calendar.h"
#include "core/result.h"
#include "core/time_zone.h"

namespace casebook {

/// A length of time as a law states it.
struct Limit {
  enum class Unit { hours, days, months, business_days };
  Unit unit = Unit::hours;
  int amount = 0;
  friend bool operator==(const Limit&, const Limit&) = default;
};

/// "PT72H", "P30D", "P1M". @return `invalid_input` for other durations, or amounts above 100,000.
Result<Limit> parse_limit(std::string_view iso8601);
std::string limit_text(const Limit& limit);  ///< "72 hours", "1 month", "4 business days".

struct Deadline {
  UtcSeconds earliest;              ///< Nobody can call this late. Always known.
  std::optional<UtcSeconds> legal;  ///< As the rule has it; none when data are missing.
  std::vector<std::string> steps;   ///< The arithmetic, one sentence each.
  std::optional<Error> problem;     ///< Why there is no legal deadline.
};

/// Where and by which days a period runs. Both outlive the call.
struct Place {
  const TimeZone& zone;
  const HolidayCalendar* holidays = nullptr;  ///< Needed by the rules that count or skip days.
};

/// Continuous hours; nights, weekends, holidays and changes of the clocks change nothing.
Deadline elapsed_hours(UtcSeconds start, int hours, const TimeZone& zone);

/// Regulation 1182/71 Art 3 for hours. Earliest: counted from the moment itself. Legal: the hour in
/// which the start falls is not counted, which is disputed and therefore only shown.
Deadline eu_hours(UtcSeconds start, int hours, const TimeZone& zone);

/// Regulation 1182/71 Art 3 for days and months: the day of the start is not counted; an end on a
/// day off moves to the next working day; two days or more hold at least two working days.
/// `limit` in days or months.
Deadline eu_days(UtcSeconds start, const Limit& limit, const Place& place);

/// Days or months without any moving; the day of the start is not counted.
Deadline calendar_days(UtcSeconds start, const Limit& limit, const TimeZone& zone);

/// Working days of `place.holidays`; the day of the start is not counted, so a start on a day off
/// counts from the next working day. Without holidays (only weekends known) there is no legal date.
Deadline business_days(UtcSeconds start, int count, const Place& place);

/// RTS (EU) 2025/301 Art 5: a limit on a day off moves to noon of the next working day.
/// @param limit_at  the limit before moving; it stays the earliest deadline.
Deadline weekend_noon(UtcSeconds limit_at, const Place& place);

/// The moment before any moving: hours run in UTC, days and months end at 23:59:59 local.
UtcSeconds plain_end(UtcSeconds start, const Limit& limit, const TimeZone& zone);

}  // namespace casebook
