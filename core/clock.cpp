#include "core/clock.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace casebook {
namespace {

/// Reads exactly `count` decimal digits from the front of `text`, or -1.
int take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take_char(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string format_utc(UtcSeconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return text.data();
}

Result<UtcSeconds> parse_utc(std::string_view text) {
  const Error refused{ErrorCode::invalid_input, "not a UTC time like 2026-11-21T02:11:26Z"};
  std::string_view left = text;
  const int year = take_digits(left, 4);
  const bool first = take_char(left, '-');
  const int month = take_digits(left, 2);
  const bool second = take_char(left, '-');
  const int day = take_digits(left, 2);
  const bool middle = take_char(left, 'T');
  const int hour = take_digits(left, 2);
  const bool third = take_char(left, ':');
  const int minute = take_digits(left, 2);
  const bool fourth = take_char(left, ':');
  const int second_of_minute = take_digits(left, 2);
  if (!first || !second || !middle || !third || !fourth || left != "Z") return refused;
  if (year < 1970 || month < 0 || day < 0) return refused;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) return refused;
  if (second_of_minute < 0 || second_of_minute > 59) return refused;
  return UtcSeconds(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second_of_minute);
}

std::string format_nanoseconds(std::chrono::nanoseconds since_1970) {
  constexpr std::uint64_t kPerSecond = 1'000'000'000;
  const std::int64_t count = since_1970.count();
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  std::string text = count < 0 ? "-" : "";
  text += std::to_string(size / kPerSecond);
  const std::string fraction = std::to_string(size % kPerSecond);
  text.append(".").append(9 - fraction.size(), '0').append(fraction);
  return text;
}

UtcNanoseconds SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
}

}  // namespace casebook
