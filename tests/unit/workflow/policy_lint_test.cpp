#include "workflow/policy_lint.h"

#include "tests/unit/workflow/small_policy.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

using Changes = std::vector<std::pair<const char*, Json>>;

Json parsed(const char* text) { return *parse_json(text); }

Policy changed(const Changes& changes) {
  Json json = small_policy_json();
  for (const auto& [pointer, value] : changes) json[Json::json_pointer(pointer)] = value;
  return policy_of(json);
}

/// "L4 /gates/0/need", joined; without hints.
std::string faults_of(const Policy& policy, const RosterShape& roster) {
  std::string all;
  for (const LintFinding& finding : lint(policy, roster)) {
    EXPECT_FALSE(finding.message.empty());
    if (!finding.is_hint) all += (all.empty() ? "" : ", ") + finding.id + " " + finding.pointer;
  }
  return all;
}

std::string faults(const Changes& changes) {
  const Policy policy = changed(changes);
  return faults_of(policy, ample_roster(policy));
}

const char* const kNeed = "/gates/0/need";

Json move_to_closed(bool is_exit) {
  Json move = parsed(
      R"({"label":{"en":"L","nl":"L"},"from":["open"],"to":"closed","persons":1,"roles":[],"action":true})");
  move["exit"] = is_exit;
  return move;
}

TEST(PolicyLint, FindsNothingInASoundPolicy) { EXPECT_EQ(faults({}), ""); }

TEST(PolicyLint, L2FindsExitsPastTheGates) {
  EXPECT_EQ(faults({{"/moves/slip", move_to_closed(false)}}), "L2 /moves/slip/exit");
  EXPECT_EQ(faults({{"/moves/leave", move_to_closed(true)}}), "L2 /moves/leave, L2 /moves/leave");
  EXPECT_EQ(faults({{"/moves/leave", move_to_closed(true)}, {"/gates/1/on", {"close", "leave"}}}),
            "L2 /moves/leave");
  EXPECT_EQ(faults({{"/moves/leave", move_to_closed(true)},
                    {"/gates/0/on", {"close", "leave"}},
                    {"/gates/1/on", {"close", "leave"}}}),
            "");
  Json json = small_policy_json();
  json["facts"]["severity"].erase("rule_out");
  const Policy policy = policy_of(json);
  EXPECT_EQ(faults_of(policy, ample_roster(policy)), "L2 /facts/severity");
}

TEST(PolicyLint, L3FindsGatesThatNobodyCanOpen) {
  const Json two = parsed(
      R"(["attest",{"verb":"reviewed","role":"legal","covers":["impact"],"count":2,"not":["requester_of:impact"]}])");
  EXPECT_EQ(faults({{kNeed, two}}), "");
  EXPECT_EQ(faults({{kNeed, two}, {"/roles/legal/single", true}}), "L3 /gates/0/need");
  EXPECT_EQ(
      faults(
          {{kNeed,
            parsed(
                R"(["attest",{"verb":"a","role":"legal","covers":["impact"],"not":["holder:legal","requester_of:impact"]}])")}}),
      "L3 /gates/0/need");
  EXPECT_EQ(
      faults(
          {{"/gates/1/need",
            parsed(
                R"(["ge",["functions",{"of":"test","among":["engineering","communication"]}],2])")}}),
      "L3 /gates/1/need, L5 /facets/fix");
  // One engineer cannot test their own fix; somebody else can.
  const Policy policy = changed({{"/registers/test/add/roles", {"engineer"}}});
  EXPECT_EQ(faults_of(policy, ample_roster(policy)), "");
  EXPECT_EQ(faults_of(policy, {{{"commander"}, {"legal"}, {"engineer"}}}), "L3 /gates/1/need");
  EXPECT_EQ(faults_of(policy, {{{"commander"}, {"legal"}, {"engineer"}, {"engineer"}}}), "");
  EXPECT_EQ(faults_of(small_policy(), {{{"commander"}, {"engineer"}}}), "L3 /gates/0/need");
}

TEST(PolicyLint, L4FindsWordsOverOnesOwnWork) {
  const Json own = parsed(R"(["attest",{"verb":"reviewed","role":"legal","covers":["impact"]}])");
  EXPECT_EQ(faults({{kNeed, own}}), "L4 /gates/0/need");
  EXPECT_EQ(faults({{kNeed, Json::array({"and", own, Json::array({"held", "legal"})})}}),
            "L4 /gates/0/need/1");
  // Who may set neither fact and never holds a role that may has nothing of their own to sign.
  EXPECT_EQ(faults({{kNeed, own},
                    {"/facts/severity/roles", {"commander"}},
                    {"/facts/personal_data/roles", {"commander"}}}),
            "");
}

// S3-37: every text in both languages.
TEST(PolicyLint, L5FindsNamesThatNothingUsesAndTextsThatDiffer) {
  EXPECT_EQ(faults({{"/facets/more", {"severity"}}}), "L5 /facets/more");
  EXPECT_EQ(faults({{"/matrices/more", small_policy_json()["matrices"]["plain"]}}),
            "L5 /matrices/more");
  EXPECT_EQ(faults({{"/templates/sitrep", {{"en", "{number} and {date}"}, {"nl", "{number}"}}}}),
            "L5 /templates/sitrep");
  EXPECT_EQ(faults({{"/templates/sitrep", {{"en", "{number"}, {"nl", "{number}"}}}}),
            "L5 /templates/sitrep/en");
  const std::string same = "The same long sentence in both languages, forgotten.";
  EXPECT_EQ(faults({{"/gates/0/label", {{"en", same}, {"nl", same}}}}), "L5 /gates/0/label");
  EXPECT_EQ(faults({{"/templates/sitrep", {{"en", "{a} of {b}"}, {"nl", "{b}: {a}"}}}}), "");
  const auto found = lint(small_policy(), ample_roster(small_policy()));
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(found.front().is_hint);  // A fact that nothing asks for.
}

TEST(PolicyLint, L6FindsConditionsThatSayNothing) {
  EXPECT_EQ(faults({{"/gates/1/need", parsed(R"(["true"])")}}), "L5 /facets/fix, L6 /gates/1/need");
  EXPECT_EQ(
      faults({{"/gates/1/need", parsed(R"(["and",["held","legal"],["not",["held","legal"]]])")}}),
      "L5 /facets/fix, L6 /gates/1/need");
  EXPECT_EQ(faults({{"/gates/0/when", parsed(R"(["eq",["attempt","verb"],"reopen"])")}}),
            "L6 /gates/0/when");
  EXPECT_EQ(faults({{"/gates/0/when",
                     parsed(R"(["or",["held","engineer"],["eq",["attempt","verb"],"reopen"]])")}}),
            "L6 /gates/0/when/2");
  EXPECT_EQ(faults({{"/gates/1/when",
                     parsed(R"(["or",["held","engineer"],["eq",["attempt","verb"],"close"]])")}}),
            "");
  EXPECT_EQ(faults({{"/gates/1/need",
                     parsed(R"(["ge",["count",{"of":"test","where":{"result":"pass"}}],0])")}}),
            "L5 /facets/fix, L6 /gates/1/need");
}

TEST(PolicyLint, L7FindsStepsThatNeverBeginOrEnd) {
  EXPECT_EQ(faults({{"/steps/0/opens", parsed(R"(["step","look"])")}}), "L7 /steps/0/opens");
  EXPECT_EQ(faults({{"/steps/0/done", parsed(R"(["phase",["closed"]])")}}), "L7 /steps/0/done");
  EXPECT_EQ(
      faults({{"/steps/0/done", parsed(R"(["and",["held","legal"],["not",["held","legal"]]])")}})
          .substr(0, 16),
      "L7 /steps/0/done");
  Json second = small_policy_json()["steps"][0];
  second["id"] = "second";
  second["opens"] = parsed(R"(["step","look"])");
  EXPECT_EQ(faults({{"/steps/1", second}}), "");
  // Each waits for the other.
  EXPECT_EQ(faults({{"/steps/1", second}, {"/steps/0/opens", parsed(R"(["step","second"])")}}),
            "L7 /steps/0/opens, L7 /steps/1/opens");
  EXPECT_EQ(
      faults(
          {{"/phases/2",
            parsed(
                R"({"id":"limbo","label":{"en":"L","nl":"L"},"stage":"respond","open":true})")}}),
      "L7 /phases/2");
}

TEST(PolicyLint, L8FindsMatricesAndClocksWithHolesOrUpsideDown) {
  const char* const matrix = "/matrices/plain";
  EXPECT_EQ(faults({{matrix, Json::array({small_policy_json()["matrices"]["plain"][0]})}}),
            "L8 /matrices/plain");
  EXPECT_EQ(
      faults({{"/matrices/plain/0/when", parsed(R"(["eq",["fact","personal_data"],"unknown"])")}}),
      "L8 /matrices/plain");
  EXPECT_EQ(faults({{"/matrices/plain/0/level", 7}}).substr(0, 26), "L8 /matrices/plain/0/level");
  EXPECT_EQ(faults({{"/clocks/2/within", {{"1", "PT1H"}, {"2", "PT4H"}}}}), "L8 /clocks/2/within");
  EXPECT_EQ(faults({{"/clocks/2/within/1", "PT5H"}}), "L8 /clocks/2/within");
  EXPECT_EQ(faults({{"/clocks/2/within/1", nullptr}}), "L8 /clocks/2/within");
  const Changes named = {{"/clocks/0/id", "triage"},
                         {"/steps/0/clock", "triage"},
                         {"/clocks/1/id", "acknowledge"},
                         {"/registers/change/clock", "acknowledge"}};
  EXPECT_EQ(faults(named), "");
  Changes upside_down = named;
  upside_down.emplace_back("/clocks/0/within", "PT30M");
  EXPECT_EQ(faults(upside_down), "L8 /clocks/0/within");
}

TEST(PolicyLint, L9FindsWaiversThatGuardNothing) {
  EXPECT_EQ(faults({{"/gates/0/waive/grant", "commander"}}), "L9 /gates/0/waive/grant");
  const Json waive = parsed(R"({"ask":"commander","grant":"engineer","reason_chars":20})");
  EXPECT_EQ(faults({{"/gates/0/waive", waive}, {"/gates/0/on", {"close", "policy"}}}),
            "L9 /gates/0/waive");
  Json guarded = waive;
  guarded["except_on"] = {"policy"};
  EXPECT_EQ(faults({{"/gates/0/waive", guarded}, {"/gates/0/on", {"close", "policy"}}}), "");
  Json late = waive;
  late["sign_within"] = "PT1H";
  EXPECT_EQ(faults({{"/gates/1/waive", late}}), "L9 /gates/1/waive/sign_within");
}

// S1-14, S4-2b
TEST(PolicyLint, L10FindsRoomNamesThatDoNotWorkOrSayTooMuch) {
  const char* const room = "/kinds/breach/room";
  for (const char* bad :
       {"inc-{date}", "Inc {code_name}", "inc-{date}-{code_name}-{slug}", "inc-{title}-{code_name}",
        "a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-"
        "and-on-and-on-{code_name}"}) {
    EXPECT_EQ(faults({{room, bad}}), "L10 /kinds/breach/room") << bad;
  }
  EXPECT_EQ(faults({{room, "war-room-{slug}"}, {"/kinds/breach/restricted", false}}), "");
}

TEST(PolicyLint, L11FindsAGranterWhoCouldHaveSigned) {
  EXPECT_EQ(faults({{"/gates/0/waive/grant", "legal"}}), "L11 /gates/0/waive/grant");
}

TEST(PolicyLint, SortsByIdAndKeepsToTheShippedPacks) {
  for (const EmbeddedPack& pack : embedded_packs()) {
    const Policy policy = *parse_policy(pack.text);
    const auto findings = lint(policy, ample_roster(policy));
    for (const LintFinding& finding : findings)
      EXPECT_TRUE(finding.is_hint)
          << pack.name << " " << finding.id << " " << finding.pointer << " " << finding.message;
  }
  const Policy policy = changed({{"/gates/0/waive/grant", "legal"},
                                 {"/kinds/breach/room", "X"},
                                 {"/facets/more", {"severity"}}});
  EXPECT_TRUE(std::ranges::is_sorted(
      lint(policy, ample_roster(policy)), {},
      [](const LintFinding& finding) { return std::pair(finding.id.size(), finding.id); }));
}

}  // namespace
}  // namespace casebook::workflow
