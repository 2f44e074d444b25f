// The map from fields of laws to what fills them: docs/spec/filing.md 2.
#include <gmock/gmock.h>

#include "tests/unit/filing/filing_story.h"

namespace casebook::filing {
namespace {

using testing::IsEmpty;

TEST(FilingMap, CoversEveryFieldOfEveryLaw) {
  EXPECT_THAT(FilingMap::built_in().lint(laws()), IsEmpty());
}

TEST(FilingMap, NamesWhatItForgets) {
  auto map = FilingMap::parse(R"({"format":"casebook-filing-map/1","profile":{},"answers":{},)"
                              R"("audiences":{"otherwise":"authority","persons":["nobody"]},)"
                              R"("no_notice":[],"customer":[],"reasons":["eu-dora never"],)"
                              R"("fields":{"contact":{"org":["phone"]},"no_such":{"write":true},)"
                              R"("measures":{"answers":["deeds"],"facts":["height"]}}})");
  ASSERT_TRUE(map) << map.error().message;
  const auto problems = map->lint(laws());
  EXPECT_THAT(problems,
              testing::IsSupersetOf(
                  {"eu-gdpr sa_initial nature: not mapped and not declared to be written",
                   "no_such: no law has this field", "reasons: no law has the stage eu-dora never",
                   "nobody: no law has this stage", "contact: the profile has no entry phone",
                   "measures: no answer is called deeds", "measures: no fact is called height"}));
}

TEST(FilingMap, RefusesFeedsThatSayTwoThings) {
  const std::string before =
      R"({"format":"casebook-filing-map/1","profile":{},"answers":{},)"
      R"("audiences":{"otherwise":"authority"},"no_notice":[],"customer":[],"reasons":[],)"
      R"("fields":{"a":)";
  for (const char* feed : {R"({})", R"({"write":true,"answers":["x"]})", R"({"made":"up"})",
                           R"({"write":true,"when":"never"})", R"({"else":1})", "7"}) {
    EXPECT_FALSE(FilingMap::parse(before + feed + "}}")) << feed;
  }
}

TEST(FilingMap, KnowsWhoReads) {
  const FilingMap& map = FilingMap::built_in();
  EXPECT_EQ(map.audience(law("eu-gdpr"), "sa_initial"), Audience::authority);
  EXPECT_EQ(map.audience(law("eu-gdpr"), "data_subjects"), Audience::persons);
  EXPECT_EQ(map.audience(law("eu-gdpr"), "processor_to_controller"), Audience::customer);
  EXPECT_EQ(map.audience(law("us-sec-8k-105"), "form_8k"), Audience::public_);
  EXPECT_EQ(map.audience(law("sg-pdpa"), "assess"), Audience::internal);
}

TEST(FilingMap, InheritsOnlyFromStagesWithTheSameReaders) {
  const FilingMap& map = FilingMap::built_in();
  const auto followup = fields_of(law("eu-gdpr"), "sa_followup", map);
  EXPECT_EQ(followup.basis, StageFields::Basis::inherited);
  EXPECT_EQ(followup.from, "sa_initial");
  EXPECT_EQ(fields_of(law("eu-gdpr"), "processor_to_controller", map).from, "sa_initial");
  EXPECT_EQ(fields_of(law("us-tx"), "individuals", map).basis, StageFields::Basis::none)
      << "people are not told what the attorney general is told";
  EXPECT_EQ(fields_of(law("eu-dora"), "initial", map).fields.size(), 25U);
}

}  // namespace
}  // namespace casebook::filing
