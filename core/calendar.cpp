#include "core/calendar.h"

#include <charconv>
#include <cstdlib>

#include "core/calendar_text.h"
#include "core/printable.h"

namespace casebook {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

constexpr int kAmountMax = 100'000;
constexpr int kSearchDaysMax = 400;  // No calendar has more days off in a row.

LocalDate plus_days(LocalDate day, int count) {
  return LocalDate(std::chrono::sys_days(day) + days(count));
}

/// The same day `count` months later, or the last day of that month when it has no such day.
LocalDate plus_months(LocalDate day, int count) {
  const LocalDate moved = day + std::chrono::months(count);
  if (moved.ok()) return moved;
  return LocalDate(moved.year() / moved.month() / std::chrono::last);
}

/// The last day of a period in days or months whose first day is the day after `start`.
LocalDate last_day(LocalDate start, const Limit& limit) {
  return limit.unit == Limit::Unit::months ? plus_months(start, limit.amount)
                                           : plus_days(start, limit.amount);
}

std::string start_step(UtcSeconds start, const TimeZone& zone) {
  return "start " + local_text(zone, start) + ", " + utc_text(zone, start);
}

/// "Local time differs by an hour: the clocks go back in between."
void add_clock_change(std::vector<std::string>& steps, UtcSeconds start, UtcSeconds end,
                      const TimeZone& zone) {
  const seconds change = zone.offset_at(end) - zone.offset_at(start);
  if (change == seconds(0)) return;
  const long minutes = std::abs(change.count()) / 60;
  steps.push_back("the clocks go " + std::string(change.count() < 0 ? "back" : "forward") + " by " +
                  std::to_string(minutes) + " minutes in between; the hours run on");
}

struct WorkingDay {
  LocalDate day;
  std::vector<std::string> skipped;
};

/// The first working day from `day` on, itself included.
Result<WorkingDay> next_working_day(LocalDate day, const HolidayCalendar& holidays) {
  WorkingDay found{day, {}};
  for (int i = 0; i < kSearchDaysMax; ++i) {
    const auto works = holidays.is_working_day(found.day);
    if (!works) return works.error();
    if (*works) return found;
    found.skipped.push_back(holidays.why_not_working(found.day));
    found.day = plus_days(found.day, 1);
  }
  return Error{ErrorCode::invalid_input,
               "calendar " + holidays.id() + " has no working day for more than a year"};
}

/// Working days after `start` up to and including `end`, counted until `enough`.
Result<int> working_days_between(LocalDate start, LocalDate end, int enough,
                                 const HolidayCalendar& holidays) {
  int count = 0;
  for (LocalDate day = plus_days(start, 1); day <= end && count < enough; day = plus_days(day, 1)) {
    const auto works = holidays.is_working_day(day);
    if (!works) return works.error();
    if (*works) ++count;
  }
  return count;
}

Error no_holidays() {
  return Error{
      ErrorCode::not_found, "no calendar of public holidays is known here",
      "set entity.member_state, or add a calendar file and pass its folder with --policies"};
}

/// Where `end` moves under Art 3(4) and (5) of Regulation 1182/71.
Result<LocalDate> moved_end(LocalDate start, LocalDate end, const Limit& limit,
                            const HolidayCalendar& holidays, std::vector<std::string>& steps) {
  auto working = next_working_day(end, holidays);
  if (!working) return std::move(working).error();
  for (const std::string& reason : working->skipped) steps.push_back(reason + ", moved on");
  const bool two_days_or_more = limit.unit == Limit::Unit::months || limit.amount >= 2;
  if (!two_days_or_more) return working->day;
  const auto held = working_days_between(start, working->day, 2, holidays);
  if (!held) return held.error();
  if (*held >= 2) return working->day;
  auto second = next_working_day(plus_days(working->day, 1), holidays);
  if (!second) return std::move(second).error();
  steps.push_back("two working days must lie in the period: " + date_text(second->day));
  return second->day;
}

}  // namespace

Result<Limit> parse_limit(std::string_view iso8601) {
  const Error malformed{ErrorCode::invalid_input, "\"" + printable(iso8601.substr(0, 40)) +
                                                      "\" is not a limit like PT72H, P30D or P1M"};
  const bool is_time = iso8601.starts_with("PT");
  if (!iso8601.starts_with("P") || iso8601.size() < 3) return malformed;
  const std::string_view digits =
      iso8601.substr(is_time ? 2 : 1, iso8601.size() - (is_time ? 3 : 2));
  Limit limit;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), limit.amount);
  if (error != std::errc() || end != digits.data() + digits.size() || limit.amount < 0 ||
      limit.amount > kAmountMax) {
    return malformed;
  }
  const char unit = iso8601.back();
  if (is_time && unit == 'H') return limit;
  if (!is_time && unit == 'D') return Limit{Limit::Unit::days, limit.amount};
  if (!is_time && unit == 'M') return Limit{Limit::Unit::months, limit.amount};
  return malformed;
}

std::string limit_text(const Limit& limit) {
  std::string unit;
  switch (limit.unit) {
    case Limit::Unit::hours:
      unit = "hour";
      break;
    case Limit::Unit::days:
      unit = "day";
      break;
    case Limit::Unit::months:
      unit = "month";
      break;
    case Limit::Unit::business_days:
      unit = "business day";
      break;
  }
  return std::to_string(limit.amount) + " " + unit + (limit.amount == 1 ? "" : "s");
}

UtcSeconds plain_end(UtcSeconds start, const Limit& limit, const TimeZone& zone) {
  if (limit.unit == Limit::Unit::hours) return start + hours(limit.amount);
  return zone.end_of_day(last_day(zone.local_date(start), limit));
}

Deadline elapsed_hours(UtcSeconds start, int count, const TimeZone& zone) {
  const UtcSeconds end = start + hours(count);
  Deadline deadline{end, end, {start_step(start, zone)}, {}};
  deadline.steps.push_back("plus " + limit_text({Limit::Unit::hours, count}) + " = " +
                           local_text(zone, end) + ", " + utc_text(zone, end));
  add_clock_change(deadline.steps, start, end, zone);
  return deadline;
}

Deadline eu_hours(UtcSeconds start, int count, const TimeZone& zone) {
  Deadline deadline = elapsed_hours(start, count, zone);
  const LocalSeconds local = zone.to_local(start);
  const seconds into_hour = local - std::chrono::floor<hours>(local);
  deadline.legal = deadline.earliest - into_hour + hours(1);
  deadline.steps.push_back(
      "if the hour of the start is not counted (Reg. 1182/71 Art 3(1), disputed): " +
      local_text(zone, *deadline.legal));
  return deadline;
}

Deadline calendar_days(UtcSeconds start, const Limit& limit, const TimeZone& zone) {
  const UtcSeconds end = plain_end(start, limit, zone);
  Deadline deadline{end, end, {start_step(start, zone)}, {}};
  deadline.steps.push_back("plus " + limit_text(limit) +
                           ", the day of the start not counted = end of " +
                           date_text(zone.local_date(end)));
  return deadline;
}

Deadline eu_days(UtcSeconds start, const Limit& limit, const Place& place) {
  Deadline deadline = calendar_days(start, limit, place.zone);
  deadline.legal.reset();
  if (place.holidays == nullptr) {
    deadline.problem = no_holidays();
    return deadline;
  }
  const LocalDate first = place.zone.local_date(start);
  const auto end = moved_end(first, last_day(first, limit), limit, *place.holidays, deadline.steps);
  if (!end) {
    deadline.problem = end.error();
    return deadline;
  }
  deadline.legal = place.zone.end_of_day(*end);
  if (*deadline.legal != deadline.earliest) {
    deadline.steps.push_back("working days of " + place.holidays->id() + ": legal end " +
                             date_text(*end));
  }
  return deadline;
}

Deadline business_days(UtcSeconds start, int count, const Place& place) {
  const LocalDate first = place.zone.local_date(start);
  Deadline deadline{
      place.zone.end_of_day(plus_days(first, count)), {}, {start_step(start, place.zone)}, {}};
  if (place.holidays == nullptr) {
    deadline.problem = no_holidays();
    return deadline;
  }
  LocalDate day = first;
  for (int counted = 0; counted < count;) {
    day = plus_days(day, 1);
    const auto works = place.holidays->is_working_day(day);
    // Without data a weekday counts, which never makes the earliest deadline later.
    if (!works && !deadline.problem) deadline.problem = works.error();
    if (!works || *works) {
      ++counted;
    } else if (const auto why = place.holidays->why_not_working(day); !why.ends_with(": weekend")) {
      deadline.steps.push_back(why + ", not counted");
    }
  }
  deadline.earliest = place.zone.end_of_day(day);
  if (!place.holidays->has_holidays()) deadline.problem = no_holidays();
  if (!deadline.problem) deadline.legal = deadline.earliest;
  deadline.steps.push_back("plus " + limit_text({Limit::Unit::business_days, count}) + " (" +
                           place.holidays->name() + ") = end of " + date_text(day));
  return deadline;
}

Deadline weekend_noon(UtcSeconds limit_at, const Place& place) {
  Deadline deadline{limit_at, {}, {}, {}};
  if (place.holidays == nullptr) {
    deadline.problem = no_holidays();
    return deadline;
  }
  const LocalDate day = place.zone.local_date(limit_at);
  auto working = next_working_day(day, *place.holidays);
  if (!working) {
    deadline.problem = std::move(working).error();
    return deadline;
  }
  if (working->day == day) {
    deadline.legal = limit_at;
    return deadline;
  }
  for (const std::string& reason : working->skipped) deadline.steps.push_back(reason);
  deadline.legal = place.zone.from_local(std::chrono::local_days(working->day) + hours(12)).first;
  deadline.steps.push_back("noon of the next working day: " +
                           local_text(place.zone, *deadline.legal));
  return deadline;
}

}  // namespace casebook
