#include "core/posix_zone_rule.h"

#include <charconv>
#include <optional>
#include <string>

namespace casebook {
namespace {

using std::chrono::seconds;

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Reads the rule from left to right. Each step returns nothing when the text does not fit.
class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : rest_(text) {}
  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// "CET" or "<+0330>".
  bool name() {
    std::size_t size = 0;
    if (take('<')) {
      size = rest_.find('>');
      if (size == std::string_view::npos) return false;
      rest_.remove_prefix(size + 1);
      return size > 0;
    }
    while (size < rest_.size() && is_letter(rest_[size])) ++size;
    rest_.remove_prefix(size);
    return size >= 3;
  }
  std::optional<int> number(int max) {
    int value = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (error != std::errc() || value < 0 || value > max) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return value;
  }
  /// [+-]hh[:mm[:ss]]; hours up to 167 as RFC 9636 allows for changes.
  std::optional<seconds> time() {
    const bool negative = take('-');
    if (!negative) take('+');
    const auto hours = number(167);
    if (!hours) return std::nullopt;
    int total = *hours * 3600;
    for (const int scale : {60, 1}) {
      if (!take(':')) break;
      const auto part = number(59);
      if (!part) return std::nullopt;
      total += *part * scale;
    }
    return seconds(negative ? -total : total);
  }
  std::optional<ZoneChangeDay> change_day() {
    ZoneChangeDay change;
    if (!date_of(change)) return std::nullopt;
    if (take('/')) {
      const auto at = time();
      if (!at) return std::nullopt;
      change.time = *at;
    }
    return change;
  }

 private:
  bool date_of(ZoneChangeDay& change) {
    if (!take('M')) {
      const bool julian = take('J');
      change.kind =
          julian ? ZoneChangeDay::Kind::julian_without_leap : ZoneChangeDay::Kind::day_of_year;
      const auto day = number(365);
      change.day = day.value_or(0);
      return day.has_value() && (!julian || *day >= 1);
    }
    const auto month = number(12);
    if (!month || *month == 0 || !take('.')) return false;
    const auto week = number(5);
    if (!week || *week == 0 || !take('.')) return false;
    const auto day = number(6);
    if (!day) return false;
    change.month = *month;
    change.week = *week;
    change.day = *day;
    return true;
  }
  std::string_view rest_;
};

}  // namespace

std::chrono::local_seconds ZoneChangeDay::in_year(std::chrono::year year) const {
  using namespace std::chrono;
  const local_days new_year{year / January / 1};
  switch (kind) {
    case Kind::day_of_year:
      return new_year + days(day) + time;
    case Kind::julian_without_leap: {
      const bool after_february = year.is_leap() && day >= 60;
      return new_year + days(day - 1 + (after_february ? 1 : 0)) + time;
    }
    case Kind::month_week_day:
      break;
  }
  const auto of_month = year / std::chrono::month(static_cast<unsigned>(month));
  const weekday wanted(static_cast<unsigned>(day));
  if (week == 5) return local_days{of_month / wanted[last]} + time;
  return local_days{of_month / wanted[static_cast<unsigned>(week)]} + time;
}

Result<PosixZoneRule> PosixZoneRule::parse(std::string_view text) {
  const Error malformed{ErrorCode::corrupt,
                        "rule for later years cannot be read: " + std::string(text.substr(0, 60))};
  RuleReader reader(text);
  PosixZoneRule rule;
  if (!reader.name()) return malformed;
  const auto standard = reader.time();
  if (!standard) return malformed;
  rule.standard_ = -*standard;  // POSIX counts westward.
  if (reader.at_end()) return rule;

  rule.has_summer_ = true;
  if (!reader.name()) return malformed;
  rule.summer_ = rule.standard_ + std::chrono::hours(1);
  if (!reader.take(',')) {
    const auto summer = reader.time();
    if (!summer || !reader.take(',')) return malformed;
    rule.summer_ = -*summer;
  }
  const auto begins = reader.change_day();
  if (!begins || !reader.take(',')) return malformed;
  const auto ends = reader.change_day();
  if (!ends || !reader.at_end()) return malformed;
  rule.begins_ = *begins;
  rule.ends_ = *ends;
  return rule;
}

seconds PosixZoneRule::offset_at(UtcSeconds time) const {
  if (!has_summer_) return standard_;
  const auto local_day = std::chrono::floor<std::chrono::days>(time + standard_);
  const auto year = std::chrono::year_month_day(local_day).year();
  const UtcSeconds begins((begins_.in_year(year) - standard_).time_since_epoch());
  const UtcSeconds ends((ends_.in_year(year) - summer_).time_since_epoch());
  const bool in_summer =
      begins < ends ? begins <= time && time < ends : begins <= time || time < ends;
  return in_summer ? summer_ : standard_;
}

}  // namespace casebook
