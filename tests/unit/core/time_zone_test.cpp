#include "core/time_zone.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "core/durable_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vector_lines.h"

namespace casebook {
namespace {
using namespace std::chrono_literals;

const TimeZone& zone(ZoneDatabase& zones, std::string_view name) {
  static const TimeZone missing = TimeZone::utc();
  auto found = zones.find(name);
  if (!found) ADD_FAILURE() << found.error().message;
  return found ? **found : missing;
}

TEST(TimeZone, HasTheOffsetsOfAnotherImplementation) {
  ZoneDatabase zones;
  const auto lines = vector_lines("calendar/zones.txt", 3);
  ASSERT_GE(lines.size(), 400U);
  for (const auto& line : lines) {
    EXPECT_EQ(std::to_string(zone(zones, line[0]).offset_at(*parse_utc(line[1])).count()), line[2])
        << line[0] << ' ' << line[1];
  }
}

TEST(TimeZone, TellsRepeatedAndSkippedTimesFromOthers) {
  ZoneDatabase zones;
  const TimeZone& paris = zone(zones, "Europe/Paris");
  const auto at = [](int month, int day, std::chrono::minutes time) {
    return std::chrono::local_days(std::chrono::year(2026) / month / day) +
           std::chrono::seconds(time);
  };
  EXPECT_EQ(paris.from_local(at(10, 23, 18h)).kind, LocalMoment::Kind::unique);
  EXPECT_EQ(format_utc(paris.from_local(at(10, 23, 18h)).first), "2026-10-23T16:00:00Z");
  const LocalMoment twice = paris.from_local(at(10, 25, 2h + 30min));
  EXPECT_EQ(twice.kind, LocalMoment::Kind::repeated);
  EXPECT_EQ(twice.second - twice.first, 1h);
  const LocalMoment never = paris.from_local(at(3, 29, 2h + 30min));
  EXPECT_EQ(never.kind, LocalMoment::Kind::skipped);
  EXPECT_EQ(format_utc(never.first), "2026-03-29T01:00:00Z");
}

TEST(TimeZone, EndsADayThatEndsTwiceAtTheEarlierMoment) {
  ZoneDatabase zones;
  const TimeZone& cairo = zone(zones, "Africa/Cairo");  // Clocks go back at midnight.
  const LocalDate day = std::chrono::year(2026) / 10 / 29;
  EXPECT_EQ(cairo.from_local(std::chrono::local_days(day) + 23h + 59min + 59s).kind,
            LocalMoment::Kind::repeated);
  EXPECT_EQ(format_utc(cairo.end_of_day(day)), "2026-10-29T20:59:59Z");
}

TEST(TimeZone, ReadsTheShortFilesOfZicAsItReadsTheLongOnes) {
  TemporaryFolder folder;
  const std::string make =
      "zic -b slim -d " + folder.path().string() + " /usr/share/zoneinfo/tzdata.zi 2>/dev/null";
  if (std::system(make.c_str()) != 0)
    GTEST_SKIP() << "zic or its data are not installed";  // NOLINT
  ZoneDatabase slim(folder.path());
  ZoneDatabase fat;
  for (const char* name : {"Europe/Paris", "America/New_York", "Africa/Casablanca",
                           "Australia/Lord_Howe", "America/Sao_Paulo"}) {
    for (UtcSeconds t = *parse_utc("2000-01-01T00:00:00Z"); t < *parse_utc("2060-01-01T00:00:00Z");
         t += 7 * 24h + 1h) {
      ASSERT_EQ(zone(slim, name).offset_at(t), zone(fat, name).offset_at(t))
          << name << ' ' << format_utc(t);
    }
  }
}

TEST(ZoneDatabase, NamesWhatIsMissing) {
  ZoneDatabase zones;
  const auto typo = zones.find("Europe/Pari");
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().message, "no time zone \"Europe/Pari\"");
  EXPECT_EQ(typo.error().hint, "did you mean Europe/Paris?");
  EXPECT_EQ(zones.find("new york").error().hint, "did you mean America/New_York?");
  for (const char* bad :
       {"", "/etc/passwd", "../zoneinfo/UTC", "Europe/../UTC", "-x", "Europe/", "Europe"}) {
    EXPECT_FALSE(zones.find(bad)) << bad;
  }
  TemporaryFolder folder;
  ZoneDatabase none(folder.path() / "zoneinfo");
  const auto missing = none.find("Europe/Paris");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.find("is missing"), std::string::npos);
  EXPECT_EQ(missing.error().hint, "install the package tzdata");
}

TEST(ZoneFile, IsRefusedWhenCutOrDamaged) {
  auto bytes = read_file("/usr/share/zoneinfo/Europe/Paris", 1 << 20);
  ASSERT_TRUE(bytes);
  ASSERT_TRUE(TimeZone::parse("Europe/Paris", *bytes));
  for (std::size_t size = 0; size < bytes->size(); ++size) {
    EXPECT_FALSE(TimeZone::parse("cut", std::span(*bytes).first(size))) << size;
  }
}

TEST(PosixZoneRule, RefusesWhatIsNotARule) {
  for (const char* rule :
       {"CET-1", "CET-1CEST,M3.5.0,M10.5.0/3", "<+03>-3", "EST5EDT,M3.2.0,M11.1.0",
        "<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "IST-1GMT0,M10.5.0,M3.5.0/1", "XXX0YYY,J60,J300"}) {
    EXPECT_TRUE(PosixZoneRule::parse(rule)) << rule;
  }
  for (const char* rule :
       {"", "CE-1", "CET", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0 ",
        "CET-1CEST,J0,J300", "CET-1CEST,J366,J300", "<CET-1", "CET-200"}) {
    EXPECT_FALSE(PosixZoneRule::parse(rule)) << rule;
  }
}

}  // namespace
}  // namespace casebook
