#include "core/calendar_text.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace casebook {
namespace {

using std::chrono::days;

constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string two(long value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string clock_text(LocalSeconds local) {
  const auto in_day = local - std::chrono::floor<days>(local);
  return two(in_day.count() / 3600) + ":" + two(in_day.count() / 60 % 60);
}

}  // namespace

std::string date_text(LocalDate day) {
  const std::chrono::weekday weekday{std::chrono::sys_days(day)};
  return std::string(kDays[weekday.c_encoding()]) + " " +
         std::to_string(static_cast<unsigned>(day.day())) + " " +
         std::string(kMonths[static_cast<unsigned>(day.month()) - 1]) + " " +
         std::to_string(static_cast<int>(day.year()));
}

std::string local_text(const TimeZone& zone, UtcSeconds time) {
  const LocalSeconds local = zone.to_local(time);
  return date_text(zone.local_date(time)) + " " + clock_text(local) + " " + zone.short_name();
}

std::string utc_text(const TimeZone& zone, UtcSeconds time) {
  const LocalSeconds utc(time.time_since_epoch());
  const LocalDate day(std::chrono::floor<days>(utc));
  const std::string clock = clock_text(utc) + " UTC";
  return day == zone.local_date(time) ? clock : date_text(day) + " " + clock;
}

std::string offset_text(std::chrono::seconds offset) {
  const long total = std::abs(offset.count());
  std::string text =
      (offset.count() < 0 ? "-" : "+") + two(total / 3600) + ":" + two(total / 60 % 60);
  if (total % 60 != 0) text += ":" + two(total % 60);
  return text;
}

std::string rfc3339_text(const TimeZone& zone, UtcSeconds time) {
  const auto local = zone.to_local(time);
  std::string text = format_utc(UtcSeconds(local.time_since_epoch()));
  text.pop_back();
  const auto offset = zone.offset_at(time);
  return text + (offset.count() == 0 ? "Z" : offset_text(offset));
}

std::string countdown_text(std::chrono::seconds left) {
  const bool late = left.count() < 0;
  const long total = std::abs(left.count());
  const long minutes = late ? (total + 59) / 60 : total / 60;
  std::string span;
  if (minutes < 120) {
    span = std::to_string(minutes) + " min";
  } else if (minutes < 48L * 60) {
    span = std::to_string(minutes / 60) + " h";
  } else {
    span = std::to_string(minutes / 1440) + " d " + std::to_string(minutes / 60 % 24) + " h";
  }
  return late ? span + " late" : "in " + span;
}

}  // namespace casebook
