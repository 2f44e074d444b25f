#include "workflow/policy.h"

#include "tests/unit/workflow/small_policy.h"

namespace casebook::workflow {
namespace {

/// The refusal of the small policy with `value` at `pointer`; empty when it is taken.
std::string refusal(const char* pointer, const Json& value) {
  Json json = small_policy_json();
  json[Json::json_pointer(pointer)] = value;
  const auto policy = parse_policy(canonical_json(json));
  return policy ? std::string() : policy.error().message;
}

// S0-0, S1-1, S2-1, S2-2: the runbook, its kinds of incident and severities are versioned data.
TEST(Policy, IsReadWithAllItsParts) {
  const Json json = small_policy_json();
  const Policy policy = policy_of(json);
  EXPECT_EQ(policy.digest, *sha256(as_bytes(canonical_json(json))));
  EXPECT_EQ(policy.id, "small");
  EXPECT_EQ(policy.title.in(Language::nl), "Words (nl)");
  EXPECT_EQ(policy.facts.at("severity").levels, (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_TRUE(policy.facts.at("severity").rule_out->milder);
  EXPECT_EQ(policy.facts.at("personal_data").worst_unknown, Value("suspected"));
  EXPECT_EQ(policy.registers.at("change").settle->exclusions.front().name, "change");
  EXPECT_TRUE(policy.registers.at("change").field("effect")->at_settle);
  EXPECT_EQ(policy.registers.at("test").field("fix")->of, "fix");
  EXPECT_EQ(policy.step("look")->clock, "first-look");
  EXPECT_EQ(policy.gate("legal")->waive->sign_within, std::chrono::hours(24));
  EXPECT_EQ(policy.clock("report")->within.at("2"), std::chrono::hours(4));
  EXPECT_EQ(policy.clock("report")->within.at("3"), std::nullopt);
  EXPECT_EQ(policy.clock("effect")->within.at(""), std::chrono::hours(1));
  EXPECT_EQ(policy.matrices.at("plain").size(), 2U);
  EXPECT_TRUE(is_exit(policy, "close"));
  EXPECT_TRUE(is_exit(policy, "downgrade"));
  EXPECT_FALSE(is_exit(policy, "reopen"));
}

// S3-37: nothing that people read is accepted in one language only.
TEST(Policy, WantsEveryKeyAndNoOther) {
  const Json json = small_policy_json();
  for (const auto& [key, value] : json.items()) {
    Json less = json;
    less.erase(key);
    const auto read = parse_policy(canonical_json(less));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message, "/" + key + ": missing");
  }
  EXPECT_EQ(refusal("/colour", "red"), "/colour: not a known key");
  EXPECT_EQ(refusal("/gates/0/colour", "red"), "/gates/0/colour: not a known key");
  EXPECT_EQ(refusal("/gates/0/waive/force", true), "/gates/0/waive/force: not a known key");
  EXPECT_EQ(refusal("/title", Json{{"en", "x"}}), "/title/nl: missing");
  EXPECT_EQ(refusal("/title/nl", ""), "/title/nl: empty");
}

TEST(Policy, IsTheCanonicalFileOnly) {
  EXPECT_FALSE(parse_policy(small_policy_json().dump(2)));
  EXPECT_FALSE(parse_policy(std::string(kPolicyBytesMax + 1, ' ')));
  EXPECT_FALSE(parse_policy("[]"));
}

struct BadValue {
  const char* pointer;
  Json value;
  const char* error_at;
};

TEST(Policy, RefusesWhatIsNotThereAtItsPointer) {
  const Json attest = *parse_json(R"(["attest",{"verb":"a","role":"nurse","covers":[]}])");
  const Json covers = *parse_json(R"(["attest",{"verb":"a","role":"legal","covers":["wallet"]}])");
  const Json lost_this = *parse_json(R"(["eq",["this","version"],"1"])");
  const std::vector<BadValue> cases = {
      {"/owner", "nurse", "/owner"},
      {"/kinds/breach/severities", "none", "/kinds/breach/severities"},
      {"/facets/impact/0", "wallet", "/facets/impact/0"},
      {"/facets/fix/0", "fix.about", "/facets/fix/0"},
      {"/facets/fix/0", "fix.colour", "/facets/fix/0"},
      {"/facts/personal_data/roles/0", "nurse", "/facts/personal_data/roles/0"},
      {"/roles/commander/excludes/0", "nurse", "/roles/commander/excludes/0"},
      {"/roles/commander/excludes/0", "commander", "/roles/commander/excludes"},
      {"/roles/legal/needed", {"held", "nurse"}, "/roles/legal/needed/1"},
      {"/registers/test/fields/0/of", "nothing", "/registers/test/fields/0/of"},
      {"/registers/test/add/phases/0", "asleep", "/registers/test/add/phases/0"},
      {"/registers/fix/add/attempt", "close", "/registers/fix/add/attempt"},
      {"/registers/change/blocks/0", "reopen", "/registers/change/blocks/0"},
      {"/registers/fix/blocks", {"close"}, "/registers/fix/blocks"},
      {"/registers/change/clock", "none", "/registers/change/clock"},
      {"/registers/change/owner", "class", "/registers/change/owner"},
      {"/registers/change/settle/not/0", "author_of:none", "/registers/change/settle/not/0"},
      {"/moves/close/to", "asleep", "/moves/close/to"},
      {"/moves/close/roles/0", "nurse", "/moves/close/roles/0"},
      {"/steps/0/role", "nurse", "/steps/0/role"},
      {"/steps/0/blocks/0", "change", "/steps/0/blocks/0"},
      {"/steps/0/done", nullptr, "/steps/0/done"},
      {"/steps/0/done", {"exists", "none"}, "/steps/0/done/1"},
      {"/gates/0/on/0", "leave", "/gates/0/on/0"},
      {"/gates/1/on/1", "action:nuclear", "/gates/1/on/1"},
      {"/gates/0/need", attest, "/gates/0/need/1/role"},
      {"/gates/0/need", covers, "/gates/0/need/1/covers/0"},
      {"/gates/0/need", lost_this, "/gates/0/need/1"},
      {"/gates/0/need", {"step", "none"}, "/gates/0/need/1"},
      {"/gates/0/need", {"phase", Json::array({"asleep"})}, "/gates/0/need/1/0"},
      {"/gates/0/waive/grant", "nurse", "/gates/0/waive/grant"},
      {"/gates/0/waive/only_on/0", "reopen", "/gates/0/waive/only_on"},
      {"/clocks/0/start", "step:none", "/clocks/0/start"},
      {"/clocks/2/stop", nullptr, "/clocks/2/stop"},
      {"/clocks/2/by", "wallet", "/clocks/2/by"},
      {"/clocks/2/within/4", "PT1H", "/clocks/2/within/4"},
      {"/clocks/2/escalate/0/roles/0", "nurse", "/clocks/2/escalate/0/roles/0"},
      {"/practices/S4-16a/0", "gates/none", "/practices/S4-16a/0"},
  };
  for (const BadValue& bad : cases) {
    const std::string message = refusal(bad.pointer, bad.value);
    EXPECT_TRUE(message.starts_with(std::string(bad.error_at) + ": "))
        << bad.pointer << " gave: " << message;
  }
}

TEST(Policy, ComparesLikeWithLike) {
  const char* const need = "/gates/0/need";
  for (const char* bad :
       {R"(["eq",["fact","personal_data"],"maybe"])", R"(["eq",["fact","severity"],"1"])",
        R"(["eq",["fact","severity"],4])", R"(["lt",["fact","personal_data"],"unknown"])",
        R"(["eq",1,1])", R"(["eq",["fact","severity"],["fact","personal_data"]])",
        R"(["eq",["fact","countries"],"nl"])", R"(["le",["max_ever","personal_data"],2])",
        R"(["in",["fact","countries"],["fr"]])", R"(["ever_in","severity",["bad"]])",
        R"(["exists",{"of":"test","where":{"result":"perhaps"}}])",
        R"(["exists",{"of":"test","where":{"colour":"red"}}])",
        R"(["exists",{"of":"fix","where":{"about":"x"}}])",
        R"(["exists",{"of":"fix","settled":true}])",
        R"(["ge",["functions",{"of":"test","among":["astrology"]}],2])",
        R"(["ge",["count","test"],"one"])", R"(["eq",["attempt","colour"],"red"])"}) {
    EXPECT_NE(refusal(need, *parse_json(bad)), "") << bad;
  }
  for (const char* good :
       {R"(["in",["fact","countries"],["nl"]])", R"(["le",["max_ever","severity"],2])",
        R"(["ge",["fact","aware_at"],"2026-11-21T02:11:26Z"])",
        R"(["eq",["attempt","class"],"destructive"])", R"(["eq",["attempt","verb"],"close"])",
        R"(["each","test",["exists",{"of":"fix","where":{"version":"1.2"}}]])",
        R"(["each","change",["eq",["this","class"],"normal"]])",
        R"(["unique","class",{"of":"change","settled":false}])",
        R"(["eq",["fact","severity"],["max_ever","severity"]])"}) {
    EXPECT_EQ(refusal(need, *parse_json(good)), "") << good;
  }
}

TEST(Policy, ChecksTypesOfFactsAndFields) {
  const std::vector<BadValue> cases = {
      {"/facts/severity/worst", 2, "/facts/severity/worst"},
      {"/facts/severity/type", "choice", "/facts/severity/values/0"},
      {"/facts/severity/initial", 9, "/facts/severity/initial"},
      {"/facts/aware_at/values", {"x"}, "/facts/aware_at/values"},
      {"/facts/aware_at/type", "person", "/facts/aware_at/type"},
      {"/facts/personal_data/rule_out/to", "milder", "/facts/personal_data/rule_out/to"},
      {"/facts/personal_data/rule_out/to/0", "gone", "/facts/personal_data/rule_out/to/0"},
      {"/registers/fix/fields/1/name", "version", "/registers/fix/fields/1/name"},
      {"/registers/fix/fields/0/at", "settle", "/registers/fix/fields/0/at"},
      {"/registers/fix/fields/0/of", "fix", "/registers/fix/fields/0/of"},
      {"/registers/fix/compartment", "secret", "/registers/fix/compartment"},
      {"/roles/legal/function", "magic", "/roles/legal/function"},
      {"/review_by", "2030-02-30", "/review_by"},
      {"/steps/0/kind", "reminder", "/steps/0/blocks"},
      {"/gates/0/waive/reason_chars", 0, "/gates/0/waive/reason_chars"},
      {"/clocks/0/within", "1 hour", "/clocks/0/within"},
      {"/title/en", "red \x1b[31m", "/title/en"},
      {"/gates/1/id", "legal", "/gates/1/id"},
  };
  for (const BadValue& bad : cases) {
    const std::string message = refusal(bad.pointer, bad.value);
    EXPECT_TRUE(message.starts_with(std::string(bad.error_at) + ": "))
        << bad.pointer << " gave: " << message;
  }
}

TEST(Policy, HasLimits) {
  Json json = small_policy_json();
  for (int i = 0; i < 62; ++i) json["facets"]["more-" + std::to_string(i)] = {"severity"};
  EXPECT_TRUE(parse_policy(canonical_json(json)));
  json["facets"]["one-too-many"] = {"severity"};
  EXPECT_EQ(parse_policy(canonical_json(json)).error().message, "/facets: more than 64 items");
  Json fields = small_policy_json();
  for (int i = 0; i < 31; ++i) {
    Json field = fields["registers"]["fix"]["fields"][0];
    field["name"] = "more-" + std::to_string(i);
    fields["registers"]["fix"]["fields"].push_back(field);
  }
  EXPECT_EQ(parse_policy(canonical_json(fields)).error().message,
            "/registers/fix/fields: more than 32 items");
}

/// A policy that extends the small one and says nothing.
Json overlay_json(const Policy& base) {
  Json json = small_policy_json();
  for (auto& [key, part] : json.items()) {
    if (part.is_object() && key != "title") part = Json::object();
    if (part.is_array()) part = Json::array();
  }
  json["id"] = "stricter";
  json["extends"] = {{"id", base.id}, {"digest", to_hex(base.digest)}};
  return json;
}

// S4-17c: what a policy does not say comes from its base.
TEST(Policy, AddsToTheOneItExtendsAndTakesNothingAway) {
  const Policy base = small_policy();
  Json json = overlay_json(base);
  Json gate = small_policy_json()["gates"][1];
  gate["id"] = "tested-twice";
  json["gates"].push_back(gate);
  const auto policy = parse_policy(canonical_json(json), &base);
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_EQ(policy->gates.size(), base.gates.size() + 1);
  EXPECT_NE(policy->gate("legal"), nullptr);
  EXPECT_NE(policy->digest, base.digest);
  EXPECT_EQ(parse_policy(canonical_json(json)).error().message,
            "/extends: the policy that this one extends is not at hand");
  Policy other = base;
  other.digest[0] ^= std::byte{1};
  EXPECT_FALSE(parse_policy(canonical_json(json), &other));
  json["gates"][0]["id"] = "legal";
  EXPECT_EQ(parse_policy(canonical_json(json), &base).error().message, "/gates/0/id: given twice");
  json["gates"] = Json::array();
  json["facts"]["severity"] = small_policy_json()["facts"]["severity"];
  EXPECT_TRUE(
      parse_policy(canonical_json(json), &base).error().message.starts_with("/facts/severity: "));
}

TEST(PolicySource, LosesItsCommentsOnly) {
  const std::string source =
      "// first\n{ \"b\": [1, // one\n    \"// no comment\", \"\\\"//\"],\n  \"a\": true } // last";
  const auto read = read_policy_source(source);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->canonical, R"({"a":true,"b":[1,"// no comment","\"//"]})");
  EXPECT_EQ(read->places.at("/b/0").line, 2U);
  EXPECT_EQ(read->places.at("/b/0").column, 9U);
  EXPECT_EQ(read->places.at("/b/1").line, 3U);
  EXPECT_EQ(read->places.at("/a").line, 4U);
  EXPECT_EQ(*canonical_policy(source), read->canonical);
}

TEST(PolicySource, SaysLineAndColumnOfWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{\n \"a\": 1,\n}", "line 3, column 1: a key in quotes expected"},
      {"{\"a\": 1,\n\"a\": 2}", "line 2, column 1: key given twice"},
      {"[1,\n 2.5]", "line 2, column 2: not a value"},
      {"[1 2]", "line 1, column 4: ',' or ']' expected"},
      {"{\"a\" 1}", "line 1, column 6: ':' expected"},
      {"[\"no end]\n", "line 1, column 2: text without an end"},
      {"/* no */ {}", "line 1, column 1: not a value"},
      {"[1] [2]", "line 1, column 5: something after the end"},
      {"", "line 1, column 1: ends before a value"},
      {"[\"\\q\"]", "line 1, column 4: not JSON at byte 4"},
  };
  for (const auto& [source, expected] : cases) {
    const auto read = canonical_policy(source);
    ASSERT_FALSE(read) << source;
    EXPECT_EQ(read.error().message, expected);
  }
  EXPECT_FALSE(canonical_policy(std::string(17, '[') + std::string(17, ']')));
  EXPECT_TRUE(canonical_policy(std::string(16, '[') + std::string(16, ']')));
}

}  // namespace
}  // namespace casebook::workflow
