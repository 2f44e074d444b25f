// The facts file a person fills in: docs/spec/facts.md.
#include "reports/facts_file.h"

#include "tests/support/vector_lines.h"
#include "tests/unit/reports/support.h"

namespace casebook::reports {
namespace {

FactsFile read(const std::string& facts) {
  return parse_facts_file(
      "{\n  \"format\": \"casebook-facts/1\",\n  \"author\": \"Cy\",\n  \"facts\": {\n" + facts +
          "\n  }\n}\n",
      "facts.json", policies().catalog, zones());
}

/// The single problem as one line: message and hint.
std::string problem_of(const std::string& facts) {
  const FactsFile file = read(facts);
  if (file.problems.size() != 1) return std::to_string(file.problems.size()) + " problems";
  return file.problems.front().message + " | " + file.problems.front().hint;
}

TEST(FactsFile, TakesBareValuesAndValuesWithTheirOrigin) {
  const FactsFile file = read(R"(    "encrypted": false,
    "awareness_at": {"value": "2026-10-23T18:00 Europe/Paris", "by": "Ada", "source": "first alert", "at": "2026-10-23T19:00Z"},
    "clients_affected_pct": "12.5",
    "residents.US-CA": 600,
    "data_categories": ["ssn", "health"],
    "material": null,
    "entity.nis2": "")");
  ASSERT_TRUE(file.problems.empty()) << file.problems.front().message;
  EXPECT_EQ(file.facts.get<bool>("encrypted"), false);
  EXPECT_EQ(file.facts.find("encrypted")->author, "Cy");
  EXPECT_EQ(format_utc(*file.facts.get<UtcSeconds>("awareness_at")), "2026-10-23T16:00:00Z");
  EXPECT_EQ(file.facts.find("awareness_at")->author, "Ada");
  EXPECT_EQ(file.facts.find("awareness_at")->source, "first alert");
  EXPECT_EQ(file.facts.get<Number>("clients_affected_pct")->thousandths, 12500);
  EXPECT_EQ(file.facts.get<Number>("residents.US-CA")->thousandths, 600'000);
  EXPECT_EQ(file.facts.find("material"), nullptr);
  EXPECT_EQ(file.facts.find("entity.nis2"), nullptr);
}

TEST(FactsFile, SaysPlaceAndHintOfEveryProblem) {
  for (const auto& line : vector_lines("deadlines/bad_facts.txt", 3)) {
    EXPECT_EQ(problem_of("    " + line[0]), line[1] + " | " + line[2]) << line[0];
  }
}

TEST(FactsFile, ReportsEveryProblemInTheOrderOfTheFile) {
  const FactsFile file = read(
      "    \"material\": 1,\n    \"awareness_at\": \"2026-10-23T18:00\",\n    \"encrypted\": "
      "true,\n    \"zzz\": 1");
  ASSERT_EQ(file.problems.size(), 3U);
  EXPECT_TRUE(file.problems[0].message.starts_with("facts.json:5:5: material: "));
  EXPECT_TRUE(file.problems[1].message.starts_with("facts.json:6:5: awareness_at: "));
  EXPECT_TRUE(file.problems[2].message.starts_with("facts.json:8:5: unknown fact \"zzz\""));
  EXPECT_EQ(file.facts.get<bool>("encrypted"), true);
}

TEST(FactsFile, PointsAtBrokenJson) {
  const FactsFile missing_comma = read("    \"encrypted\": true\n    \"material\": true");
  ASSERT_EQ(missing_comma.problems.size(), 1U);
  EXPECT_TRUE(missing_comma.problems[0].message.starts_with("facts.json:6:"))
      << missing_comma.problems[0].message;
  const FactsFile twice = read("    \"encrypted\": true,\n    \"encrypted\": false");
  ASSERT_EQ(twice.problems.size(), 1U);
  EXPECT_EQ(twice.problems[0].message, "facts.json:6:5: \"encrypted\" is there twice");
  const FactsFile fraction = read("    \"clients_affected_pct\": 12.5");
  ASSERT_EQ(fraction.problems.size(), 1U);
  EXPECT_EQ(fraction.problems[0].hint, "write it as text: \"12.5\"");
  EXPECT_EQ(parse_facts_file("", "f", policies().catalog, zones()).problems.size(), 1U);
  EXPECT_EQ(parse_facts_file("[]", "f", policies().catalog, zones()).problems.size(), 1U);
  EXPECT_EQ(parse_facts_file("{}", "f", policies().catalog, zones()).problems.size(), 1U);
}

TEST(FactsTemplate, IsItselfAnEmptyFactsFile) {
  for (const TemplateKind kind : {TemplateKind::brief, TemplateKind::all, TemplateKind::profile}) {
    const FactsFile file = parse_facts_file(facts_template(policies().catalog, kind), "t",
                                            policies().catalog, zones());
    EXPECT_TRUE(file.problems.empty()) << file.problems.front().message;
    EXPECT_TRUE(file.facts.all().empty());
  }
}

TEST(Moment, TakesOffsetsAndZones) {
  EXPECT_EQ(format_utc(*parse_moment("2026-10-23T18:00 Europe/Paris", zones())),
            "2026-10-23T16:00:00Z");
  EXPECT_EQ(format_utc(*parse_moment("2026-10-23 18:00 Europe/Paris", zones())),
            "2026-10-23T16:00:00Z");
  EXPECT_EQ(format_utc(*parse_moment("2026-10-23T18:00:30+02:00", zones())),
            "2026-10-23T16:00:30Z");
  EXPECT_EQ(format_utc(*parse_moment("2026-10-23T18:00-03:30", zones())), "2026-10-23T21:30:00Z");
  EXPECT_EQ(format_utc(*parse_moment("2026-10-23T18:00Z", zones())), "2026-10-23T18:00:00Z");
  for (const char* text : {"", "T", "2026", "2026-10-23T", "2026-10-23T18", "2026-10-23T18:00+2",
                           "2026-10-23T18:00 +02:00", "2026-10-23T18:00+02:0x",
                           "2026-10-23T18:00:00.5Z", "2026-10-23T1-:00Z", "23.10.2026 18:00"}) {
    EXPECT_FALSE(parse_moment(text, zones())) << text;
  }
}

}  // namespace
}  // namespace casebook::reports
