#pragma once
/// Points in time, their text, and where "now" comes from. Text: RFC 3339, UTC only, upper-case.

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace casebook {

using UtcSeconds = std::chrono::sys_seconds;
using UtcNanoseconds = std::chrono::sys_time<std::chrono::nanoseconds>;

/// "2026-11-21T02:11:26Z".
std::string format_utc(UtcSeconds time);
/// Accepts exactly the form that format_utc writes, years 1970 to 9999. @return `invalid_input`.
Result<UtcSeconds> parse_utc(std::string_view text);
/// Seconds since 1970 with nine decimals, "1700000000.123456789"; times before 1970 carry a minus
/// sign before the whole number ("-0.500000000" is half a second before 1970).
std::string format_nanoseconds(std::chrono::nanoseconds since_1970);

/// Where "now" comes from. Pure code takes the time as a value instead.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UtcNanoseconds now() const = 0;
  [[nodiscard]] UtcSeconds now_seconds() const {
    return std::chrono::floor<std::chrono::seconds>(now());
  }
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] UtcNanoseconds now() const override;
};

/// For tests: stands still until told.
class FixedClock final : public Clock {
 public:
  explicit FixedClock(UtcNanoseconds time) : time_(time) {}
  [[nodiscard]] UtcNanoseconds now() const override { return time_; }
  void set(UtcNanoseconds time) { time_ = time; }

 private:
  UtcNanoseconds time_;
};

}  // namespace casebook
