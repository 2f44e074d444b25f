#include "tests/unit/workflow/small_policy.h"
#include "workflow/policy.h"

namespace casebook::workflow {
namespace {

Json second_json() {
  Json json = small_policy_json();
  json["id"] = "second";
  return json;
}

TEST(JoinedPolicies, OfEqualsAreTheSame) {
  const auto joined = join_policies({small_policy(), policy_of(second_json())});
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->gates, small_policy().gates);
  EXPECT_EQ(joined->registers, small_policy().registers);
  EXPECT_EQ(joined->digest, small_policy().digest);
  EXPECT_FALSE(join_policies({}));
}

TEST(JoinedPolicies, AddUpGatesStepsAndClocks) {
  Json json = second_json();
  json["gates"][0]["need"] = {"held", "legal"};
  json["gates"][1]["id"] = "tested-again";
  json["steps"][0]["done"] = {"exists", "test"};
  json["roles"]["legal"]["needed"] = {"step", "look"};
  json["registers"]["change"]["settle"]["not"] = {"signer_of:legal"};
  const auto joined = join_policies({small_policy(), policy_of(json)});
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_NE(joined->gate("legal"), nullptr);
  ASSERT_NE(joined->gate("second.legal"), nullptr);
  EXPECT_EQ(joined->gate("second.legal")->need.kind, Predicate::Kind::held);
  EXPECT_EQ(joined->gates.size(), 4U);
  ASSERT_NE(joined->step("second.look"), nullptr);
  // What named the second's step and gate still does.
  EXPECT_EQ(joined->roles.at("legal").needed.children.back().names.front(), "second.look");
  EXPECT_EQ(joined->registers.at("change").settle->exclusions.back().name, "second.legal");
}

TEST(JoinedPolicies, RenameWhatHangsOnSomethingRenamed) {
  Json json = second_json();
  json["clocks"][0]["within"] = "PT1H";
  const auto joined = join_policies({small_policy(), policy_of(json)});
  ASSERT_TRUE(joined) << joined.error().message;
  ASSERT_NE(joined->clock("second.first-look"), nullptr);
  ASSERT_NE(joined->step("second.look"), nullptr);
  EXPECT_EQ(joined->step("second.look")->clock, "second.first-look");
  EXPECT_EQ(joined->clock("second.first-look")->start, "step:second.look");
  EXPECT_EQ(joined->clock("first-look")->start, "step:look");
}

TEST(JoinedPolicies, TakeTheStricterOfTwo) {
  Json json = second_json();
  json["facts"]["personal_data"]["rule_out"] = {
      {"to", {"ruled_out"}}, {"persons", 3}, {"evidence", 0}};
  json["roles"]["legal"]["single"] = true;
  json["roles"]["engineer"]["excludes"] = {"commander"};
  json["moves"]["close"]["persons"] = 2;
  json["registers"]["test"]["add"]["roles"] = {"engineer"};
  json["facets"]["impact"] = {"severity", "countries"};
  const auto joined = join_policies({small_policy(), policy_of(json)});
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->facts.at("personal_data").rule_out->persons, 3U);
  EXPECT_EQ(joined->facts.at("personal_data").rule_out->evidence, 1U);
  EXPECT_TRUE(joined->roles.at("legal").single);
  EXPECT_EQ(joined->roles.at("engineer").excludes.size(), 1U);
  EXPECT_EQ(joined->moves.at("close").persons, 2U);
  EXPECT_EQ(joined->registers.at("test").add_roles.size(), 1U);
  EXPECT_EQ(joined->facets.at("impact").size(), 3U);
}

TEST(JoinedPolicies, ShowTheFirstsWords) {
  Json json = second_json();
  json["gates"][0]["label"] = words("Other");
  json["facts"]["severity"]["label"] = words("Other");
  const auto joined = join_policies({small_policy(), policy_of(json)});
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->gates.size(), 2U);
  EXPECT_EQ(joined->facts.at("severity").label.en, "Words");
}

TEST(JoinedPolicies, RefuseTwoThatDisagree) {
  const std::vector<std::pair<const char*, Json>> changes = {
      {"/facts/personal_data/values/3", "perhaps"},
      {"/facts/aware_at/type", "count"},
      {"/roles/engineer/function", "other"},
      {"/registers/change/fields/2/values/2", "same"},
      {"/registers/fix/add/roles/0", "legal"},
      {"/phases/1/stage", "recover"},
      {"/moves/close/exit", false},
      {"/matrices/plain/1/level", 2},
  };
  for (const auto& [pointer, value] : changes) {
    Json json = second_json();
    json[Json::json_pointer(pointer)] = value;
    if (pointer == std::string("/moves/close/exit")) {
      json["registers"]["change"]["blocks"] = Json::array();
      json["steps"][0]["blocks"] = Json::array();
    }
    const auto joined = join_policies({small_policy(), policy_of(json)});
    ASSERT_FALSE(joined) << pointer;
    EXPECT_TRUE(joined.error().message.starts_with("policies small and second disagree on "))
        << joined.error().message;
  }
}

}  // namespace
}  // namespace casebook::workflow
