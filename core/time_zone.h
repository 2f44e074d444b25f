#pragma once
/// Time zones of the machine: compiled zone files (RFC 9636, "TZif") with the rule for the time
/// after their last entry. Nothing is ever downloaded. Specification: docs/spec/calendar.md 2.

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/posix_zone_rule.h"
#include "core/result.h"

namespace casebook {

using LocalSeconds = std::chrono::local_seconds;
using LocalDate = std::chrono::year_month_day;

/// What a reading of a wall clock can mean.
struct LocalMoment {
  enum class Kind { unique, repeated, skipped };
  Kind kind;
  UtcSeconds first;   ///< The earlier moment; for `skipped` the moment at which the clocks jumped.
  UtcSeconds second;  ///< The later moment; equal to `first` unless `repeated`.
};

/// One zone. Immutable.
class TimeZone {
 public:
  /// Reads a compiled zone file, version 2 or later. @return `corrupt` for anything else.
  static Result<TimeZone> parse(std::string name, std::span<const std::byte> tzif);
  /// The zone without offset, for when nobody has said where the days are counted.
  static TimeZone utc();

  [[nodiscard]] const std::string& name() const { return name_; }
  /// The last part of the name with blanks: "New York" of "America/New_York".
  [[nodiscard]] std::string short_name() const;
  /// What is added to UTC at that moment.
  [[nodiscard]] std::chrono::seconds offset_at(UtcSeconds time) const;
  [[nodiscard]] LocalSeconds to_local(UtcSeconds time) const;
  [[nodiscard]] LocalMoment from_local(LocalSeconds local) const;
  [[nodiscard]] LocalDate local_date(UtcSeconds time) const;
  /// 23:59:59 on that day, the earlier one when the clocks show it twice.
  [[nodiscard]] UtcSeconds end_of_day(LocalDate day) const;

 private:
  TimeZone() = default;
  std::string name_;
  std::chrono::seconds first_offset_{0};       // Before the first change.
  std::vector<UtcSeconds> changes_;            // Ascending.
  std::vector<std::chrono::seconds> offsets_;  // Valid from the change at the same place.
  std::optional<PosixZoneRule> rule_;          // After the last change.
};

/// The zones of one folder of compiled zone files, each read once. Not shared between threads.
class ZoneDatabase {
 public:
  explicit ZoneDatabase(std::filesystem::path folder = "/usr/share/zoneinfo")
      : folder_(std::move(folder)) {}
  /// @return the zone, which lives as long as this object; `not_found` naming the zone (with a
  ///         near name as hint) or the folder when the whole database is missing.
  Result<const TimeZone*> find(std::string_view name);

 private:
  [[nodiscard]] std::string near_name(std::string_view name) const;
  std::filesystem::path folder_;
  std::map<std::string, std::unique_ptr<TimeZone>, std::less<>> zones_;
};

}  // namespace casebook
