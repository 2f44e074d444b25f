#include "core/calendar.h"

#include <gtest/gtest.h>

#include <map>

#include "core/calendar_text.h"
#include "core/durable_file.h"
#include "tests/support/vector_lines.h"

namespace casebook {
namespace {
using namespace std::chrono_literals;

HolidayCalendar shipped(const std::string& id) {
  if (id == "CO" || id == "AU" || id == "EG") return HolidayCalendar::weekends_only(id);
  std::string file = id;
  for (char& c : file) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  auto bytes = read_file(std::string(CASEBOOK_SOURCE_DIR) + "/policies/calendars/" + file + ".json",
                         1 << 20);
  if (!bytes) ADD_FAILURE() << bytes.error().message;
  auto calendar =
      HolidayCalendar::parse({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  if (!calendar) ADD_FAILURE() << calendar.error().message;
  return *calendar;
}

Deadline apply(const std::string& rule, UtcSeconds start, const std::string& limit,
               const Place& place) {
  if (rule == "weekend_noon") return weekend_noon(start, place);
  if (rule == "business_days") return business_days(start, std::stoi(limit), place);
  const Limit parsed = *parse_limit(limit);
  if (rule == "elapsed_hours") return elapsed_hours(start, parsed.amount, place.zone);
  if (rule == "eu_hours") return eu_hours(start, parsed.amount, place.zone);
  if (rule == "eu_days") return eu_days(start, parsed, place);
  EXPECT_EQ(rule, "calendar_days");
  return calendar_days(start, parsed, place.zone);
}

TEST(CalendarRules, GiveTheDatesWorkedOutElsewhere) {
  ZoneDatabase zones;
  std::map<std::string, HolidayCalendar> calendars;
  const auto lines = vector_lines("calendar/rules.txt", 7);
  ASSERT_GE(lines.size(), 250U);
  for (const auto& line : lines) {
    const std::string shown =
        line[0] + " " + line[1] + " " + line[2] + " " + line[3] + " " + line[4];
    if (line[4] != "-" && !calendars.contains(line[4]))
      calendars.emplace(line[4], shipped(line[4]));
    const Place place{**zones.find(line[3]), line[4] == "-" ? nullptr : &calendars.at(line[4])};
    const Deadline deadline = apply(line[0], *parse_utc(line[1]), line[2], place);
    EXPECT_EQ(format_utc(deadline.earliest), line[5]) << shown;
    EXPECT_EQ(deadline.legal ? format_utc(*deadline.legal) : "no-data", line[6]) << shown;
    EXPECT_EQ(deadline.problem.has_value(), line[6] == "no-data") << shown;
  }
}

TEST(CalendarRules, ExplainTheArithmetic) {
  ZoneDatabase zones;
  const TimeZone& paris = **zones.find("Europe/Paris");
  const Deadline hours = elapsed_hours(*parse_utc("2026-10-23T16:00:00Z"), 72, paris);
  ASSERT_EQ(hours.steps.size(), 3U);
  EXPECT_EQ(hours.steps[0], "start Fri 23 Oct 2026 18:00 Paris, 16:00 UTC");
  EXPECT_EQ(hours.steps[1], "plus 72 hours = Mon 26 Oct 2026 17:00 Paris, 16:00 UTC");
  EXPECT_EQ(hours.steps[2], "the clocks go back by 60 minutes in between; the hours run on");

  const HolidayCalendar france = shipped("FR");
  const Deadline month =
      eu_days(*parse_utc("2026-04-01T07:00:00Z"), {Limit::Unit::months, 1}, {paris, &france});
  ASSERT_EQ(month.steps.size(), 6U);
  EXPECT_EQ(month.steps[2], "Fri 1 May 2026: Fete du travail, moved on");
  EXPECT_EQ(month.steps[5], "working days of FR: legal end Mon 4 May 2026");
}

TEST(CalendarRules, SayWhichYearOrCalendarIsMissing) {
  ZoneDatabase zones;
  const TimeZone& paris = **zones.find("Europe/Paris");
  const HolidayCalendar france = shipped("FR");
  const Deadline late =
      eu_days(*parse_utc("2028-12-15T08:00:00Z"), {Limit::Unit::months, 1}, {paris, &france});
  ASSERT_TRUE(late.problem);
  EXPECT_EQ(late.problem->message, "calendar FR has no holidays for 2029");
  EXPECT_EQ(local_text(paris, late.earliest), "Mon 15 Jan 2029 23:59 Paris");
  const Deadline nowhere = weekend_noon(*parse_utc("2026-11-20T08:00:00Z"), {paris, nullptr});
  ASSERT_TRUE(nowhere.problem);
  EXPECT_FALSE(nowhere.legal);
}

TEST(Limit, ReadsTheDurationsThatLawsUse) {
  EXPECT_EQ(*parse_limit("PT72H"), (Limit{Limit::Unit::hours, 72}));
  EXPECT_EQ(*parse_limit("P0D"), (Limit{Limit::Unit::days, 0}));
  EXPECT_EQ(*parse_limit("P1M"), (Limit{Limit::Unit::months, 1}));
  for (const char* text : {"", "P", "PT", "P1", "PT1", "PT1M", "P1H", "P-1D", "P1.5D", "P1DT2H",
                           "p1d", "P999999D", "P 1D"}) {
    EXPECT_FALSE(parse_limit(text)) << text;
  }
  EXPECT_EQ(limit_text({Limit::Unit::months, 1}), "1 month");
  EXPECT_EQ(limit_text({Limit::Unit::business_days, 4}), "4 business days");
}

TEST(HolidayCalendar, RefusesDamagedFiles) {
  const std::string good =
      R"({"format":"casebook-calendar/1","id":"XX","name":"n","source":"s","checked":"c","weekend":["sunday"],)"
      R"("years":{"2026":[{"date":"2026-05-01","name":"May"}]}})";
  ASSERT_TRUE(HolidayCalendar::parse(good));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return HolidayCalendar::parse(text);
  };
  EXPECT_FALSE(with("2026-05-01", "2026-02-30"));
  EXPECT_FALSE(with("2026-05-01", "2027-05-01"));
  EXPECT_FALSE(with("2026-05-01", "1 May 2026"));
  EXPECT_FALSE(with("\"sunday\"", "\"Sunday\""));
  EXPECT_FALSE(with("[\"sunday\"]", "[]"));
  EXPECT_FALSE(with("calendar/1", "calendar/2"));
  EXPECT_FALSE(with("\"checked\"", "\"cheked\""));
  EXPECT_FALSE(with("}]", "},{\"date\":\"2026-05-01\",\"name\":\"again\"}]"));
}

TEST(HolidayCalendar, KnowsNoYearItWasNotGiven) {
  const HolidayCalendar us = shipped("US");
  EXPECT_FALSE(*us.is_working_day(std::chrono::year(2026) / 11 / 26));
  EXPECT_EQ(us.why_not_working(std::chrono::year(2026) / 11 / 26),
            "Thu 26 Nov 2026: Thanksgiving Day");
  EXPECT_TRUE(*us.is_working_day(std::chrono::year(2026) / 11 / 27));
  EXPECT_FALSE(us.is_working_day(std::chrono::year(2029) / 1 / 2));
  EXPECT_FALSE(us.is_working_day(std::chrono::year(2024) / 1 / 2));
}

TEST(Countdown, NeverPromisesMoreThanIsLeft) {
  EXPECT_EQ(countdown_text(21h), "in 21 h");
  EXPECT_EQ(countdown_text(21h - 1s), "in 20 h");
  EXPECT_EQ(countdown_text(69h), "in 2 d 21 h");
  EXPECT_EQ(countdown_text(119min + 59s), "in 119 min");
  EXPECT_EQ(countdown_text(0s), "in 0 min");
  EXPECT_EQ(countdown_text(-1s), "1 min late");
  EXPECT_EQ(countdown_text(-72h), "3 d 0 h late");
}

TEST(MomentText, ShowsTheZoneAndTheUtcDateWhenItDiffers) {
  ZoneDatabase zones;
  const TimeZone& york = **zones.find("America/New_York");
  const UtcSeconds time = *parse_utc("2026-11-24T04:59:59Z");
  EXPECT_EQ(local_text(york, time), "Mon 23 Nov 2026 23:59 New York");
  EXPECT_EQ(utc_text(york, time), "Tue 24 Nov 2026 04:59 UTC");
  EXPECT_EQ(rfc3339_text(york, time), "2026-11-23T23:59:59-05:00");
}

}  // namespace
}  // namespace casebook
