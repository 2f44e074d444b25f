#include "workflow/predicate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/json_text.h"

namespace casebook::workflow {
namespace {

using std::chrono::seconds;
using namespace std::chrono_literals;

Json vectors() {
  std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/policy/predicates.json");
  std::stringstream text;
  text << file.rdbuf();
  return *parse_json(text.str());
}

TEST(Predicates, TakeTheGoodVectorsAndWriteThemAgain) {
  int count = 0;
  const Json file = vectors();
  for (const Json& good : file.at("good")) {
    const auto parsed = parse_predicate(good, "");
    ASSERT_TRUE(parsed) << good << ": " << parsed.error().message;
    const Json written = predicate_json(*parsed);
    const auto again = parse_predicate(written, "");
    ASSERT_TRUE(again) << written;
    EXPECT_EQ(*again, *parsed);
    EXPECT_EQ(predicate_json(*again), written);
    ++count;
  }
  EXPECT_GE(count, 14);
}

TEST(Predicates, RefuseTheBadVectorsAtTheirPointer) {
  int count = 0;
  const Json file = vectors();
  for (const Json& bad : file.at("bad")) {
    const auto parsed = parse_predicate(bad.at("value"), "");
    ASSERT_FALSE(parsed) << bad;
    const std::string pointer = bad.at("pointer");
    const std::string& message = parsed.error().message;
    if (pointer.empty()) {
      EXPECT_FALSE(message.starts_with("/")) << message;
    } else {
      EXPECT_TRUE(message.starts_with(pointer + ": ")) << message;
    }
    const auto below = parse_predicate(bad.at("value"), "/gates/3/need");
    EXPECT_TRUE(below.error().message.starts_with("/gates/3/need" + pointer + ": "));
    ++count;
  }
  EXPECT_GE(count, 11);
}

TEST(Predicates, WriteTheShortestForm) {
  const std::vector<std::pair<Json, Json>> pairs = {
      {{"exists", {{"of", "fix"}}}, {"exists", "fix"}},
      {*parse_json(R"(["exists",{"of":"test","where":{"result":["pass"]}}])"),
       *parse_json(R"(["exists",{"of":"test","where":{"result":"pass"}}])")},
      {*parse_json(R"(["elapsed",{"since":"rollout","ge":"PT72H"}])"),
       *parse_json(R"(["elapsed",{"since":"rollout","ge":"P3D"}])")},
      {*parse_json(R"(["attest",{"verb":"seen","role":"legal","covers":[],"count":1}])"),
       *parse_json(R"(["attest",{"verb":"seen","role":"legal","covers":[]}])")},
  };
  for (const auto& [from, to] : pairs) EXPECT_EQ(predicate_json(*parse_predicate(from, "")), to);
}

TEST(Predicates, ReadReferencesInWhereAndTimesAsTimes) {
  const auto each = parse_predicate(
      *parse_json(R"(["exists",{"of":"snapshot","where":{"host":["this","host"]}}])"), "");
  EXPECT_EQ(each->query->where.front().values.front().kind, Operand::Kind::self);
  const auto list = parse_predicate(
      *parse_json(R"(["exists",{"of":"x","where":{"host":["this","host","that"]}}])"), "");
  EXPECT_EQ(list->query->where.front().values.size(), 3U);
  const auto time =
      parse_predicate(*parse_json(R"(["ge",["fact","aware_at"],"2026-11-21T02:11:26Z"])"), "");
  EXPECT_TRUE(std::holds_alternative<Moment>(time->right.literal));
}

TEST(Predicates, HaveLimits) {
  Json deep = {"true"};
  for (std::size_t i = 1; i < kPredicateDepthMax; ++i) deep = Json::array({"not", deep});
  EXPECT_TRUE(parse_predicate(deep, ""));
  EXPECT_FALSE(parse_predicate(Json::array({"not", deep}), ""));
  Json wide = Json::array({"and"});
  for (std::size_t i = 1; i < kPredicateNodesMax; ++i) wide.push_back(Json::array({"true"}));
  EXPECT_TRUE(parse_predicate(wide, ""));
  wide.push_back(Json::array({"true"}));
  EXPECT_FALSE(parse_predicate(wide, ""));
}

TEST(Durations, ReadWholeUnitsInTheirOrder) {
  EXPECT_EQ(*parse_duration("PT4H"), 4h);
  EXPECT_EQ(*parse_duration("P3D"), 72h);
  EXPECT_EQ(*parse_duration("P1W"), 168h);
  EXPECT_EQ(*parse_duration("P1DT2H3M4S"), 26h + 3min + 4s);
  EXPECT_EQ(*parse_duration("PT0S"), 0s);
  for (const char* bad : {"", "P", "PT", "4h", "P4", "PT4", "P1M", "P1Y", "PT1H2H", "PT1M1H", "P1H",
                          "P1DT", "PT1.5H", "-PT1H", "PT-1H", "pt1h", "PT1H ", "PT123456789S"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Durations, AreWrittenSoThatTheyReadTheSame) {
  for (const seconds duration : std::vector<seconds>{0s, 1s, 60s, 90s, 3600s, 86399s, 86400s, 72h,
                                                     168h, 26h + 3min + 4s, 24h * 400}) {
    EXPECT_EQ(*parse_duration(format_duration(duration)), duration) << format_duration(duration);
  }
  EXPECT_EQ(format_duration(72h), "P3D");
  EXPECT_EQ(format_duration(90min), "PT1H30M");
}

}  // namespace
}  // namespace casebook::workflow
