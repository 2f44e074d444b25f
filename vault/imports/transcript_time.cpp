#include "vault/imports/transcript_time.h"

#include <algorithm>
#include <array>

namespace casebook::imports {
namespace {

using std::chrono::seconds;

/// Reads from the front of a text; every step may fail and then takes nothing.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  [[nodiscard]] std::string_view rest() const { return text_; }

  bool take(std::string_view literal) {
    if (!text_.starts_with(literal)) return false;
    text_.remove_prefix(literal.size());
    return true;
  }
  /// A number of `min` to `max` digits that is not the front of a longer one.
  std::optional<int> number(std::size_t min, std::size_t max) {
    std::size_t size = 0;
    int value = 0;
    while (size < text_.size() && text_[size] >= '0' && text_[size] <= '9' && size <= max) {
      value = value * 10 + (text_[size++] - '0');
    }
    if (size < min || size > max) return std::nullopt;
    text_.remove_prefix(size);
    last_size_ = size;
    return value;
  }
  [[nodiscard]] std::size_t last_size() const { return last_size_; }
  /// Blanks of any kind that these programs use.
  bool blanks() {
    bool any = false;
    while (take(" ") || take("\xC2\xA0") || take("\xE2\x80\xAF")) any = true;
    return any;
  }

 private:
  std::string_view text_;
  std::size_t last_size_ = 0;
};

bool take_date(Reader& reader, WrittenTime& time) {
  Reader trial = reader;
  const auto first = trial.number(1, 4);
  if (!first) return false;
  const std::size_t first_size = trial.last_size();
  const std::string_view separator = trial.rest().substr(0, 1);
  if (separator != "-" && separator != "/" && separator != ".") return false;
  trial.take(separator);
  const auto second = trial.number(1, 2);
  if (!second || !trial.take(separator)) return false;
  const bool is_iso = first_size == 4;  // The year first, by whatever separator.
  const auto third = is_iso ? trial.number(1, 2) : trial.number(2, 4);
  if (!third || first_size == 3 || trial.last_size() == 3) return false;
  if (is_iso) {
    time.date = WrittenTime::Date::iso;
    time.year = *first;
    time.first = *second;
    time.second = *third;
  } else {
    if (first_size > 2) return false;
    // With dashes the day comes first everywhere that writes so.
    time.date = separator == "/" ? WrittenTime::Date::slashes : WrittenTime::Date::dots;
    time.first = *first;
    time.second = *second;
    time.year = trial.last_size() == 2 ? 2000 + *third : *third;
  }
  reader = trial;
  return true;
}

std::optional<bool> take_half(Reader& reader) {
  Reader trial = reader;
  trial.blanks();
  constexpr std::array<std::pair<std::string_view, bool>, 8> kHalves = {{{"AM", false},
                                                                         {"am", false},
                                                                         {"a.m.", false},
                                                                         {"A.M.", false},
                                                                         {"PM", true},
                                                                         {"pm", true},
                                                                         {"p.m.", true},
                                                                         {"P.M.", true}}};
  for (const auto& [word, is_afternoon] : kHalves) {
    if (!trial.take(word)) continue;
    reader = trial;
    return is_afternoon;
  }
  return std::nullopt;
}

void take_offset(Reader& reader, WrittenTime& time) {
  Reader trial = reader;
  if (trial.take("Z")) {
    time.offset = seconds(0);
    reader = trial;
    return;
  }
  const bool is_west = trial.take("-");
  if (!is_west && !trial.take("+")) return;
  const auto hours = trial.number(2, 4);
  if (!hours) return;
  int minutes = 0;
  int whole_hours = *hours;
  if (trial.last_size() == 4) {
    minutes = *hours % 100;
    whole_hours = *hours / 100;
  } else if (trial.last_size() != 2) {
    return;
  } else if (trial.take(":")) {
    const auto given = trial.number(2, 2);
    if (!given) return;
    minutes = *given;
  }
  if (whole_hours > 14 || minutes > 59) return;
  const seconds offset = std::chrono::hours(whole_hours) + std::chrono::minutes(minutes);
  time.offset = is_west ? -offset : offset;
  reader = trial;
}

bool take_clock(Reader& reader, WrittenTime& time) {
  Reader trial = reader;
  const auto hour = trial.number(1, 2);
  if (!hour || !trial.take(":")) return false;
  const auto minute = trial.number(2, 2);
  if (!minute || *minute > 59) return false;
  int second = 0;
  if (trial.take(":")) {
    const auto given = trial.number(2, 2);
    if (!given || *given > 59) return false;
    second = *given;
    if (trial.take(".")) trial.number(1, 9);
  }
  int hours = *hour;
  if (const auto is_afternoon = take_half(trial)) {
    if (hours < 1 || hours > 12) return false;
    hours = hours % 12 + (*is_afternoon ? 12 : 0);
  }
  if (hours > 23) return false;
  time.of_day = std::chrono::hours(hours) + std::chrono::minutes(*minute) + seconds(second);
  take_offset(trial, time);
  reader = trial;
  return true;
}

}  // namespace

std::optional<WrittenTime> take_written_time(std::string_view& text) {
  Reader reader(text);
  WrittenTime time;
  if (take_date(reader, time)) {
    const bool has_comma = reader.take(",");
    if (!reader.blanks() && !reader.take("T") && !has_comma) return std::nullopt;
  }
  if (!take_clock(reader, time)) return std::nullopt;
  text = reader.rest();
  return time;
}

void DayOrderEvidence::add(const WrittenTime& time) {
  if (time.date != WrittenTime::Date::slashes) return;
  has_day_first_ = has_day_first_ || (time.first > 12 && time.second <= 12);
  has_month_first_ = has_month_first_ || (time.second > 12 && time.first <= 12);
}

std::optional<DayOrder> DayOrderEvidence::verdict() const {
  if (has_day_first_ == has_month_first_) return std::nullopt;
  return has_day_first_ ? DayOrder::day_first : DayOrder::month_first;
}

void MomentResolver::set_date(LocalDate date) {
  date_ = date;
  last_of_day_.reset();
}

std::optional<LocalDate> MomentResolver::date_of(const WrittenTime& time) {
  using std::chrono::day;
  using std::chrono::month;
  using std::chrono::year;
  if (time.date == WrittenTime::Date::none) {
    if (!date_) {
      missing_ = Missing::date;
      return std::nullopt;
    }
    const bool is_next_day = last_of_day_ && *last_of_day_ - time.of_day > std::chrono::hours(12);
    if (is_next_day) date_ = std::chrono::sys_days(*date_) + std::chrono::days(1);
    last_of_day_ = time.of_day;
    return date_;
  }
  const bool is_open = time.date == WrittenTime::Date::slashes;
  if (is_open && !order_) {
    missing_ = Missing::order;
    return std::nullopt;
  }
  const bool is_month_first =
      time.date == WrittenTime::Date::iso || (is_open && *order_ == DayOrder::month_first);
  const auto month_number = static_cast<unsigned>(is_month_first ? time.first : time.second);
  const auto day_number = static_cast<unsigned>(is_month_first ? time.second : time.first);
  const LocalDate date = year(time.year) / month(month_number) / day(day_number);
  if (!date.ok() || time.year < 1970) {
    missing_ = Missing::impossible;
    return std::nullopt;
  }
  set_date(date);
  last_of_day_ = time.of_day;
  return date;
}

std::optional<UtcSeconds> MomentResolver::resolve(const WrittenTime& time) {
  missing_ = Missing::nothing;
  const auto date = date_of(time);
  if (!date) return std::nullopt;
  const auto local = std::chrono::local_days(*date) + time.of_day;
  if (time.offset) return UtcSeconds(local.time_since_epoch() - *time.offset);
  if (zone_ == nullptr) {
    missing_ = Missing::zone;
    return std::nullopt;
  }
  const LocalMoment moment = zone_->from_local(local);
  if (moment.kind == LocalMoment::Kind::unique) return moment.first;
  missing_ = Missing::impossible;
  return std::nullopt;
}

std::optional<LocalDate> day_of_log_line(std::string_view line) {
  Reader reader(line);
  if (!reader.take("--- Day changed ") && !reader.take("--- Log opened ")) return std::nullopt;
  auto rest = reader.rest();
  if (rest.size() < 8 || rest[3] != ' ') return std::nullopt;
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto month = std::ranges::find(kMonths, rest.substr(4, 3));
  if (month == kMonths.end()) return std::nullopt;
  Reader numbers(rest.substr(7));
  numbers.blanks();
  const auto day = numbers.number(1, 2);
  if (!day || !numbers.blanks()) return std::nullopt;
  WrittenTime time;
  if (take_clock(numbers, time)) numbers.blanks();
  const auto year = numbers.number(4, 4);
  if (!year) return std::nullopt;
  const LocalDate date = std::chrono::year(*year) /
                         std::chrono::month(static_cast<unsigned>(month - kMonths.begin() + 1)) /
                         std::chrono::day(static_cast<unsigned>(*day));
  if (!date.ok()) return std::nullopt;
  return date;
}

}  // namespace casebook::imports
