#include "core/time_zone.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "core/durable_file.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t kHeaderBytes = 44;
constexpr std::uint32_t kChangesMax = 10'000;
constexpr std::uint32_t kTypesMax = 256;
constexpr std::uint64_t kZoneFileBytesMax = 1U << 20U;
constexpr std::size_t kNameBytesMax = 64;

Error corrupt(std::string message) { return Error{ErrorCode::corrupt, std::move(message)}; }

std::uint64_t big_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (const std::byte b : bytes) value = value << 8U | std::to_integer<std::uint64_t>(b);
  return value;
}

/// Counts of one block, in the order of RFC 9636 3.1.
struct Header {
  char version = 0;
  std::uint32_t ut_marks = 0, standard_marks = 0, leaps = 0, changes = 0, types = 0, name_bytes = 0;
  [[nodiscard]] std::size_t block_bytes(std::size_t time_bytes) const {
    return changes * (time_bytes + 1) + std::size_t{types} * 6 + name_bytes +
           leaps * (time_bytes + 4) + standard_marks + ut_marks;
  }
};

std::optional<Header> read_header(std::span<const std::byte> bytes) {
  constexpr std::array magic{std::byte{'T'}, std::byte{'Z'}, std::byte{'i'}, std::byte{'f'}};
  if (bytes.size() < kHeaderBytes || !std::ranges::equal(bytes.first(4), magic))
    return std::nullopt;
  const auto count = [&](std::size_t place) {
    return static_cast<std::uint32_t>(big_endian(bytes.subspan(20 + place * 4, 4)));
  };
  Header header{
      std::to_integer<char>(bytes[4]), count(0), count(1), count(2), count(3), count(4), count(5)};
  if (header.changes > kChangesMax || header.types > kTypesMax || header.types == 0 ||
      header.name_bytes > kChangesMax || header.leaps > kChangesMax ||
      header.standard_marks > kTypesMax || header.ut_marks > kTypesMax) {
    return std::nullopt;
  }
  return header;
}

bool is_zone_name(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
           c == '_' || c == '-' || c == '+';
  });
  return plain && !name.empty() && name.size() <= kNameBytesMax && name.front() != '/' &&
         name.front() != '-' && name.back() != '/';
}

}  // namespace

Result<TimeZone> TimeZone::parse(std::string name, std::span<const std::byte> tzif) {
  const std::string what = "time zone file of " + name + ": ";
  const auto first = read_header(tzif);
  if (!first || first->version < '2')
    return corrupt(what + "not a zone file of version 2 or later");
  const std::size_t skipped = kHeaderBytes + first->block_bytes(4);
  if (skipped > tzif.size()) return corrupt(what + "cut short");
  auto rest = tzif.subspan(skipped);
  const auto header = read_header(rest);
  if (!header || kHeaderBytes + header->block_bytes(8) > rest.size())
    return corrupt(what + "cut short");

  const auto times = rest.subspan(kHeaderBytes, header->changes * std::size_t{8});
  const auto indices = rest.subspan(kHeaderBytes + times.size(), header->changes);
  const auto types =
      rest.subspan(kHeaderBytes + times.size() + indices.size(), header->types * std::size_t{6});
  const auto offset_of = [&](std::size_t type) {
    return seconds(static_cast<std::int32_t>(big_endian(types.subspan(type * 6, 4))));
  };
  TimeZone zone;
  zone.name_ = std::move(name);
  zone.first_offset_ = offset_of(0);
  for (std::size_t i = 0; i < header->changes; ++i) {
    const auto at = static_cast<std::int64_t>(big_endian(times.subspan(i * 8, 8)));
    const auto type = std::to_integer<std::size_t>(indices[i]);
    const UtcSeconds change{seconds(at)};
    if (type >= header->types || (!zone.changes_.empty() && change <= zone.changes_.back())) {
      return corrupt(what + "changes are not in order");
    }
    zone.changes_.push_back(change);
    zone.offsets_.push_back(offset_of(type));
  }
  auto footer = rest.subspan(kHeaderBytes + header->block_bytes(8));
  if (footer.size() < 2 || footer.front() != std::byte{'\n'} || footer.back() != std::byte{'\n'}) {
    return corrupt(what + "no rule for later years");
  }
  std::string rule;
  for (const std::byte b : footer.subspan(1, footer.size() - 2)) rule += std::to_integer<char>(b);
  if (rule.empty()) return zone;
  auto parsed = PosixZoneRule::parse(rule);
  if (!parsed) return std::move(parsed).error().context(what.substr(0, what.size() - 2));
  zone.rule_ = *parsed;
  return zone;
}

TimeZone TimeZone::utc() {
  TimeZone zone;
  zone.name_ = "UTC";
  return zone;
}

std::string TimeZone::short_name() const {
  std::string text = name_.substr(name_.rfind('/') + 1);
  std::ranges::replace(text, '_', ' ');
  return text;
}

seconds TimeZone::offset_at(UtcSeconds time) const {
  if (rule_ && (changes_.empty() || time >= changes_.back())) return rule_->offset_at(time);
  const auto later = std::ranges::upper_bound(changes_, time);
  if (later == changes_.begin()) return first_offset_;
  return offsets_[static_cast<std::size_t>(later - changes_.begin()) - 1];
}

LocalSeconds TimeZone::to_local(UtcSeconds time) const {
  return LocalSeconds((time + offset_at(time)).time_since_epoch());
}

LocalMoment TimeZone::from_local(LocalSeconds local) const {
  const UtcSeconds as_utc(local.time_since_epoch());
  const seconds before = offset_at(as_utc - days(1));
  const seconds after = offset_at(as_utc + days(1));
  const UtcSeconds with_before = as_utc - before;
  const UtcSeconds with_after = as_utc - after;
  const bool before_fits = offset_at(with_before) == before;
  const bool after_fits = offset_at(with_after) == after;
  if (before_fits && after_fits && with_before != with_after) {
    return {LocalMoment::Kind::repeated, std::min(with_before, with_after),
            std::max(with_before, with_after)};
  }
  if (before_fits) return {LocalMoment::Kind::unique, with_before, with_before};
  if (after_fits) return {LocalMoment::Kind::unique, with_after, with_after};
  // The clocks jumped over it: look for the second at which they did.
  UtcSeconds low = std::min(with_before, with_after) - days(1);
  UtcSeconds high = std::max(with_before, with_after) + days(1);
  while (high - low > seconds(1)) {
    const UtcSeconds middle = low + (high - low) / 2;
    (offset_at(middle) == before ? low : high) = middle;
  }
  return {LocalMoment::Kind::skipped, high, high};
}

LocalDate TimeZone::local_date(UtcSeconds time) const {
  return LocalDate(std::chrono::floor<days>(to_local(time)));
}

UtcSeconds TimeZone::end_of_day(LocalDate day) const {
  return from_local(std::chrono::local_days(day) + days(1) - seconds(1)).first;
}

Result<const TimeZone*> ZoneDatabase::find(std::string_view name) {
  if (const auto known = zones_.find(name); known != zones_.end()) return known->second.get();
  const std::string shown = printable(name.substr(0, kNameBytesMax));
  Error missing{ErrorCode::not_found, "no time zone \"" + shown + "\"", {}};
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder_, ignored)) {
    return Error{ErrorCode::not_found,
                 "time zone database " + folder_.string() + " is missing (zone " + shown + ")",
                 "install the package tzdata"};
  }
  const auto path = folder_ / std::string(name);
  if (!is_zone_name(name) || !std::filesystem::is_regular_file(path, ignored)) {
    const std::string near = near_name(name);
    missing.hint = near.empty() ? "zones are named as in Europe/Paris or America/New_York"
                                : "did you mean " + near + "?";
    return missing;
  }
  auto bytes = read_file(path, kZoneFileBytesMax);
  if (!bytes) return std::move(bytes).error();
  auto zone = TimeZone::parse(std::string(name), *bytes);
  if (!zone) return std::move(zone).error();
  auto& kept = zones_[std::string(name)];
  kept = std::make_unique<TimeZone>(*std::move(zone));
  return kept.get();
}

std::string ZoneDatabase::near_name(std::string_view name) const {
  auto table = read_file(folder_ / "zone1970.tab", kZoneFileBytesMax);
  if (!table) return {};
  const std::string text(reinterpret_cast<const char*>(table->data()), table->size());
  std::vector<std::string> zones;
  std::vector<std::string> cities;  // The same zones without their continent.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t first = line.find('\t');
    const std::size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
    if (line.starts_with('#') || second == std::string::npos) continue;
    zones.push_back(line.substr(second + 1, line.find('\t', second + 1) - second - 1));
    cities.push_back(zones.back().substr(zones.back().rfind('/') + 1));
  }
  const std::string city = nearest(name, cities);
  if (city.empty()) return nearest(name, zones);
  return zones[static_cast<std::size_t>(std::ranges::find(cities, city) - cities.begin())];
}

}  // namespace casebook
