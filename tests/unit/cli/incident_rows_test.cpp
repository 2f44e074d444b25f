#include "cli/incident_rows.h"

#include <gtest/gtest.h>

// docs/spec/org.md, section "Incidents".
namespace casebook::cli {
namespace {

CaseId case_id(char digit) {
  auto id = CaseId::parse(std::string(32, digit));
  return *id;
}

IncidentRow row(char digit, std::uint64_t entries) {
  IncidentRow one{case_id(digit), "amber-heron", UtcSeconds(std::chrono::seconds(1000)),
                  UtcSeconds(std::chrono::seconds(2000))};
  one.is_personal_data = true;
  one.head.count = entries;
  one.en = {"Odd logins", "12 people", "Sessions ended", "told"};
  one.nl = {"Vreemde aanmeldingen", "12 mensen", "Sessies beëindigd", "gemeld"};
  return one;
}

TEST(IncidentRows, AreReadAsTheyWereWritten) {
  const std::vector<IncidentRow> rows = {row('a', 10), row('b', 20)};
  const std::string text = format_incidents(rows);
  const auto read = parse_incidents(text);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ(format_incidents(*read), text);
  EXPECT_EQ(read->back().case_id, case_id('b'));
  EXPECT_EQ(read->back().head.count, 20U);
  EXPECT_EQ(read->front().nl.nature, "Vreemde aanmeldingen");
  EXPECT_TRUE(read->front().is_personal_data);
}

TEST(IncidentRows, ALaterLookAtACaseTakesTheRowsPlace) {
  std::vector<IncidentRow> rows;
  EXPECT_EQ(*keep_incident(rows, row('a', 10)), RowKept::added);
  EXPECT_EQ(*keep_incident(rows, row('a', 10)), RowKept::unchanged);
  IncidentRow later = row('a', 12);
  later.en.measures = "Sessions ended; keys replaced";
  EXPECT_EQ(*keep_incident(rows, later), RowKept::replaced);
  EXPECT_EQ(*keep_incident(rows, row('b', 3)), RowKept::added);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows.front().en.measures, "Sessions ended; keys replaced");
}

TEST(IncidentRows, AnOldCopyOfACaseTakesNothingBack) {
  std::vector<IncidentRow> rows = {row('a', 12)};
  const auto kept = keep_incident(rows, row('a', 10));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, ErrorCode::invalid_input);
  EXPECT_EQ(rows.front().head.count, 12U);
}

TEST(IncidentRows, LongTextsAreCutAtACharacter) {
  std::vector<IncidentRow> rows = {row('a', 1)};
  for (int i = 0; i < 9000; ++i) rows.front().en.nature += "é";
  const auto read = parse_incidents(format_incidents(rows));
  ASSERT_TRUE(read);
  EXPECT_LE(read->front().en.nature.size(), 8000U);
  EXPECT_TRUE(read->front().en.nature.ends_with("é ..."));
}

TEST(IncidentRows, OtherTextsAreRefused) {
  for (const char* text : {"", "{}", R"({"format":"casebook-incidents/2","rows":[]})",
                           R"({"format":"casebook-incidents/1","rows":[{}]})",
                           R"({"format":"casebook-incidents/1","more":1,"rows":[]})",
                           R"({ "format":"casebook-incidents/1","rows":[]})"}) {
    EXPECT_FALSE(parse_incidents(text)) << text;
  }
}

}  // namespace
}  // namespace casebook::cli
