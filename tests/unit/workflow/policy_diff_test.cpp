#include "workflow/policy_diff.h"

#include "tests/unit/workflow/small_policy.h"
#include "workflow/embedded_packs.h"
#include "workflow/formula.h"

namespace casebook::workflow {
namespace {

Policy changed(const std::vector<std::pair<const char*, Json>>& changes) {
  Json json = small_policy_json();
  for (const auto& [pointer, value] : changes) json[Json::json_pointer(pointer)] = value;
  return policy_of(json);
}

PolicyDiff diff_to(const std::vector<std::pair<const char*, Json>>& changes) {
  PolicyDiff diff = diff_policies(small_policy(), changed(changes), Language::en);
  EXPECT_TRUE(diff.cut.empty());
  return diff;
}

/// Pointers of what is loosened, joined.
std::string loosened(const std::vector<std::pair<const char*, Json>>& changes) {
  std::string all;
  for (const Loosening& each : diff_to(changes).loosened) {
    all +=
        (all.empty() ? "" : " ") + each.pointer + (each.attempt.empty() ? "" : ":" + each.attempt);
  }
  return all;
}

Json parsed(const char* text) { return *parse_json(text); }

TEST(PolicyDiff, OfAPolicyWithItselfIsEmpty) {
  EXPECT_EQ(loosened({}), "");
  for (const EmbeddedPack& pack : embedded_packs()) {
    const Policy policy = *parse_policy(pack.text);
    const PolicyDiff diff = diff_policies(policy, policy, Language::en);
    EXPECT_TRUE(diff.loosened.empty()) << pack.name << " " << diff.loosened.front().what;
    EXPECT_TRUE(diff.cut.empty());
    EXPECT_GT(diff.attempts_compared, 5U);
  }
}

TEST(PolicyDiff, L1NamesAnExitThatOpensWithAWitness) {
  const PolicyDiff diff =
      diff_to({{"/gates/0/when", parsed(R"(["eq",["fact","personal_data"],"suspected"])")}});
  ASSERT_EQ(diff.loosened.size(), 1U);
  const Loosening& found = diff.loosened.front();
  EXPECT_EQ(found.pointer, "gates/legal");
  EXPECT_EQ(found.attempt, "close");
  const auto has = [&](const std::string& line) {
    return std::ranges::find(found.witness, line) != found.witness.end();
  };
  // Suspected once, said otherwise since: only the old version still asks counsel.
  EXPECT_TRUE(has("Words was ever suspected"));
  EXPECT_TRUE(has("Words: ruled out") || has("Words: unknown"));
}

TEST(PolicyDiff, L1FindsEachWayToLoosenAGate) {
  const char* const need = "/gates/0/need";
  const std::vector<std::pair<const char*, Json>> looser = {
      {need, parsed(R"(["true"])")},
      {need, parsed(R"(["attest",{"verb":"reviewed","role":"legal","covers":["impact"]}])")},
      {need,
       parsed(
           R"(["attest",{"verb":"reviewed","role":"legal","covers":[],"not":["requester_of:impact"]}])")},
      {need,
       parsed(
           R"(["attest",{"verb":"reviewed","role":"engineer","covers":["impact"],"not":["requester_of:impact"]}])")},
      {need,
       parsed(
           R"(["or",["attest",{"verb":"reviewed","role":"legal","covers":["impact"],"not":["requester_of:impact"]}],["held","legal"]])")},
      {"/gates/0/when",
       parsed(
           R"(["and",["ever_in","personal_data",["suspected"]],["le",["max_ever","severity"],2]])")},
      {"/gates/0/waive/reason_chars", 5},
      {"/gates/0/waive/grant", "commander"},
      {"/facets/impact", {"severity"}},
  };
  for (const auto& change : looser)
    EXPECT_EQ(loosened({change}), "gates/legal:close") << change.first << " " << change.second;
  const char* const tested = "/gates/1/need";
  for (
      const char* text :
      {R"(["ge",["count",{"of":"test","where":{"result":"pass"},"covers":["fix"]}],1])",
       R"(["ge",["count",{"of":"test","where":{"result":"pass"},"not":["author_of:fix"]}],1])",
       R"(["exists",{"of":"test","where":{"result":["pass","fail"]},"covers":["fix"],"not":["author_of:fix"]}])",
       R"(["exists","test"])"}) {
    EXPECT_EQ(loosened({{tested, parsed(text)}}),
              "gates/tested:close gates/tested:change (destructive)")
        << text;
  }
  EXPECT_EQ(loosened({{"/gates/1/on", {"close"}}}), "gates/tested:change (destructive)");
  EXPECT_EQ(loosened({{"/steps/0/blocks", Json::array()}}), "steps/look:close");
  EXPECT_EQ(loosened({{"/steps/0/opens", parsed(R"(["held","legal"])")}}), "steps/look:close");
  EXPECT_EQ(loosened({{"/registers/change/blocks", Json::array()}}), "registers/change:close");
  EXPECT_EQ(loosened({{"/registers/change/add/attempt", nullptr}, {"/gates/1/on", {"close"}}}),
            "gates/tested:change (destructive)");
}

TEST(PolicyDiff, L1IsQuietAboutTighteningAndSaysTheSameOtherwise) {
  const char* const need = "/gates/0/need";
  const std::vector<std::pair<const char*, Json>> tighter = {
      {need,
       parsed(
           R"(["attest",{"verb":"reviewed","role":"legal","covers":["impact","fix"],"not":["requester_of:impact","holder:commander"],"valid":"PT72H"}])")},
      {need,
       parsed(
           R"(["and",["held","legal"],["attest",{"verb":"reviewed","role":"legal","covers":["impact"],"not":["requester_of:impact"]}]])")},
      {"/gates/0/when", parsed(R"(["true"])")},
      {"/gates/0/waive", nullptr},
      {"/gates/0/waive/reason_chars", 40},
      {"/facets/impact", {"severity", "personal_data", "countries"}},
      {"/gates/1/need",
       parsed(
           R"(["ge",["count",{"of":"test","where":{"result":"pass"},"covers":["fix"],"not":["author_of:fix"]}],2])")},
      {"/gates/1/need",
       parsed(
           R"(["exists",{"of":"test","where":{"result":"pass"},"covers":["fix"],"not":["author_of:fix"],"attested":true}])")},
      {"/gates/1/need",
       parsed(
           R"(["not",["eq",["count",{"of":"test","where":{"result":"pass"},"covers":["fix"],"not":["author_of:fix"]}],0]])")},
      {"/gates/1/on", {"close", "change"}},
  };
  for (const auto& change : tighter) EXPECT_EQ(loosened({change}), "") << change.second;
}

TEST(PolicyDiff, L1NamesRulesBesideGates) {
  const std::vector<std::pair<std::pair<const char*, Json>, std::string>> changes = {
      {{"/facts/personal_data/rule_out/persons", 1}, "facts/personal_data"},
      {{"/facts/personal_data/rule_out/evidence", 0}, "facts/personal_data"},
      {{"/facts/severity/rule_out", parsed(R"({"to":["x"],"persons":2,"evidence":1})")}, ""},
      {{"/facts/personal_data/roles", Json::array()}, "facts/personal_data"},
      {{"/roles/commander/excludes", Json::array()}, "roles/commander"},
      {{"/roles/commander/single", false}, "roles/commander"},
      {{"/moves/close/roles", Json::array()}, "moves/close"},
      {{"/moves/close/action", false}, "moves/close"},
      {{"/moves/close/from", {"open", "closed"}}, "moves/close"},
      {{"/registers/fix/add/roles", Json::array()}, "registers/fix"},
      {{"/registers/change/settle/not", Json::array()}, "registers/change"},
      {{"/registers/fix/fields/0/required", false}, "registers/fix"},
      {{"/kinds/breach/restricted", false}, "kinds/breach"},
      {{"/clocks/0/within", "PT3H"}, "clocks/first-look"},
      {{"/clocks/2/escalate", Json::array()}, "clocks/report"},
  };
  for (const auto& [change, expected] : changes) {
    if (expected.empty()) continue;
    EXPECT_EQ(loosened({change}), expected) << change.first;
  }
  EXPECT_EQ(
      loosened({{"/moves/leave",
                 parsed(R"({"label":{"en":"L","nl":"L"},"from":["open"],"to":"closed","exit":true,
                                  "persons":1,"roles":[],"action":true})")}}),
      "moves/leave:leave");
}

TEST(PolicyDiff, SaysWhenItStoppedLooking) {
  const PolicyDiff diff = diff_policies(
      small_policy(), changed({{"/gates/0/need", parsed(R"(["held","legal"])")}}), Language::en, 1);
  EXPECT_TRUE(diff.loosened.empty());
  EXPECT_FALSE(diff.cut.empty());
}

TEST(Formulas, FindValuesOrProveThatThereAreNone) {
  const Formula a = Formula::of(0, {kNo, kYes, kUnknown});
  const Formula b = Formula::of(1, {kNo, kYes});
  const Domains all = {7, 3};
  EXPECT_TRUE(solve(Formula::all({a, Formula::negation(b)}), all, 100).solution);
  EXPECT_FALSE(solve(Formula::all({a, Formula::negation(a)}), all, 100).solution);
  // Unknown is neither.
  EXPECT_TRUE(
      solve(Formula::test(Formula::any({a, Formula::negation(a)}), kUnknown), all, 100).solution);
  EXPECT_FALSE(
      solve(Formula::test(Formula::all({a, Formula::negation(a)}), kYes), all, 100).solution);
  const auto found = solve(Formula::any({a, b}), all, 100);
  // Only one of the two has to be said.
  EXPECT_EQ(found.solution->domains,
            (Domains{7, 2}) == found.solution->domains ? (Domains{7, 2}) : (Domains{2, 3}));
}

}  // namespace
}  // namespace casebook::workflow
