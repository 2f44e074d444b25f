#pragma once
/// Times as people's programs write them at the front of a line. Nothing that is not written is
/// assumed. Specification: docs/spec/imports.md section 5.

#include <chrono>
#include <optional>
#include <string_view>

#include "core/time_zone.h"

namespace casebook::imports {

/// The fields of a written time; which number is the day may be open.
struct WrittenTime {
  enum class Date { none, iso, slashes, dots };
  Date date = Date::none;
  int first = 0;   ///< Of slashes and dots: the first number; of ISO: the month.
  int second = 0;  ///< The second number; of ISO: the day.
  int year = 0;
  std::chrono::seconds of_day{0};
  std::optional<std::chrono::seconds> offset;  ///< When a zone is written.
};

/// Takes a time off the front of `text`. @return nothing, and `text` as it was, when none is there.
std::optional<WrittenTime> take_written_time(std::string_view& text);

enum class DayOrder { day_first, month_first };

/// What a file as a whole says about the order of its dates.
class DayOrderEvidence {
 public:
  void add(const WrittenTime& time);
  /// Nothing when no number decides it, or two disagree.
  [[nodiscard]] std::optional<DayOrder> verdict() const;

 private:
  bool has_day_first_ = false;
  bool has_month_first_ = false;
};

/// Turns written times into moments, in the order of the file: a time without date belongs to the
/// last date known, or to the next day when it went back by more than twelve hours.
class MomentResolver {
 public:
  MomentResolver(std::optional<DayOrder> order, const TimeZone* zone, std::optional<LocalDate> date)
      : order_(order), zone_(zone), date_(date) {}

  /// What kept the last time from being a moment.
  enum class Missing { nothing, order, zone, date, impossible };
  std::optional<UtcSeconds> resolve(const WrittenTime& time);
  [[nodiscard]] Missing missing() const { return missing_; }
  /// A line of the file said which day begins.
  void set_date(LocalDate date);

 private:
  std::optional<LocalDate> date_of(const WrittenTime& time);
  std::optional<DayOrder> order_;
  const TimeZone* zone_;
  std::optional<LocalDate> date_;
  std::optional<std::chrono::seconds> last_of_day_;
  Missing missing_ = Missing::nothing;
};

/// "--- Day changed Sat Nov 21 2026" and "--- Log opened Sat Nov 21 02:11:26 2026" of irssi.
std::optional<LocalDate> day_of_log_line(std::string_view line);

}  // namespace casebook::imports
