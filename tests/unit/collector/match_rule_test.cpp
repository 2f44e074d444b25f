/// What holds when several rules fit one object, on the shipped definitions and on small ones.
#include "collector/match_rule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "collector/embedded_artifacts.h"

namespace casebook::collector {
namespace {

MatchRule rule(std::string_view pattern, Take take, int stage = 9, bool secret = false) {
  MatchRule made;
  made.id = std::string(pattern);
  made.pattern = *parse_pattern(pattern);
  made.take = take;
  made.stage = stage;
  made.secret = secret;
  made.chosen = true;
  return made;
}

/// All of `rules` fit one object below a home of two parts.
Decision decide_all(const std::vector<MatchRule>& rules) {
  std::vector<Fit> chosen;
  std::vector<Fit> careful;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (rules[i].chosen) chosen.push_back({i, 2});
    if (rules[i].take != Take::content) careful.push_back({i, 2});
  }
  return decide(rules, chosen, careful);
}

TEST(SeveralRules, TakeNoSecretThroughABroadPattern) {
  EXPECT_EQ(decide_all({rule("%home%/.config/**", Take::content),
                        rule("%home%/**/*.kdbx", Take::metadata)})
                .take,
            Take::metadata);
  EXPECT_EQ(
      decide_all({rule("/etc/**", Take::content), rule("/etc/openvpn/**", Take::redacted)}).take,
      Take::redacted);
  EXPECT_EQ(decide_all({rule("/opt/**/*.log", Take::content),
                        rule("/opt/vault/**", Take::metadata, 9, true)})
                .take,
            Take::metadata);
}

TEST(SeveralRules, HonourAnExceptionWrittenIntoAWiderRule) {
  EXPECT_EQ(decide_all({rule("%home%/.ssh/config", Take::content),
                        rule("%home%/.ssh/*", Take::metadata, 10, true)})
                .take,
            Take::content);
  EXPECT_EQ(decide_all({rule("%home%/.bash_history", Take::content),
                        rule("/home/*/*", Take::metadata), rule("%home%/*", Take::metadata)})
                .take,
            Take::content);
}

TEST(SeveralRules, LetNoInventoryHideWhatIsNamedAsClosely) {
  EXPECT_EQ(
      decide_all({rule("/**/.git/hooks/*", Take::content), rule("/usr/local/**", Take::metadata)})
          .take,
      Take::content);
  EXPECT_EQ(decide_all({rule("/**/.git/hooks/*", Take::content),
                        rule("/usr/local/**", Take::metadata, 9, true)})
                .take,
            Take::metadata);
}

TEST(SeveralRules, AGuardHoldsEvenAgainstAnException) {
  MatchRule guard = rule("/etc/*", Take::metadata);
  guard.guard = true;
  EXPECT_EQ(decide_all({rule("/etc/shadow", Take::content), guard}).take, Take::metadata);
}

TEST(SeveralRules, ARuleThatWasNotChosenStillHoldsBack) {
  MatchRule careful = rule("/etc/krb5.keytab", Take::metadata);
  careful.chosen = false;
  const Decision decision = decide_all({rule("/etc/**", Take::content, 15), careful});
  EXPECT_EQ(decision.take, Take::metadata);
  EXPECT_EQ(decision.rule, 1U);
  EXPECT_EQ(decision.asked_by, 0U);
  EXPECT_EQ(decision.stage, 15);
}

TEST(SeveralRules, TheEarliestStageOfTheRichestTakes) {
  const Decision decision =
      decide_all({rule("/a/**", Take::content, 12), rule("/a/b", Take::content, 4),
                  rule("/a/*", Take::metadata, 2)});
  EXPECT_EQ(decision.take, Take::content);
  EXPECT_EQ(decision.stage, 4);
}

/// Union semantics: choosing more never takes less of any object, and never more than the whole
/// set's careful rules allow.
TEST(SeveralRules, ChoosingMoreNeverTakesLess) {
  const unsigned seed = 20261121;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> patterns = {
      "/a/**", "/a/*", "/a/b",     "/**/b",  "/a/**/b", "/a/b*", "/*/b",      "%home%/b",
      "/**",   "/*/*", "%home%/*", "/a/[b]", "/**/*b",  "/a/?",  "%home%/**", "/*/b*"};
  for (int round = 0; round < 2000; ++round) {
    std::vector<MatchRule> rules;
    for (const std::string& text : patterns) {
      if (random() % 2 == 0) continue;
      MatchRule made = rule(text, static_cast<Take>(random() % 3),
                            1 + static_cast<int>(random() % 16), random() % 4 == 0);
      made.guard = random() % 8 == 0 && made.take != Take::content;
      made.chosen = random() % 2 == 0;
      rules.push_back(made);
    }
    const Decision before = decide_all(rules);
    for (std::size_t more = 0; more < rules.size(); ++more) {
      auto wider = rules;
      wider[more].chosen = true;
      const Decision after = decide_all(wider);
      EXPECT_GE(after.taken, before.taken);
      if (before.taken) {
        EXPECT_LE(after.take, before.take);
      }
      for (const MatchRule& guard : wider)
        if (guard.guard && after.taken) {
          EXPECT_GE(after.take, guard.take);
        }
    }
  }
}

TEST(MatchRules, HoldEveryCarefulRuleOfTheShippedSet) {
  auto text = embedded_artifact_set();
  ASSERT_TRUE(text);
  auto set = ArtifactSet::parse(*text);
  ASSERT_TRUE(set) << set.error().message;
  auto rules = make_match_rules(*set, {}, {}, {});
  ASSERT_TRUE(rules);
  std::size_t careful = 0;
  for (const ChosenEntry& item : set->all())
    careful += item.entry->kind == EntryKind::file && item.entry->take != Take::content ? 1 : 0;
  EXPECT_GT(careful, 1000U);
  EXPECT_EQ(rules->size(), careful);
}

TEST(MatchRules, TakeAGuardForLiftedWhenATicketNamesIt) {
  auto set = ArtifactSet::parse(*embedded_artifact_set());
  ASSERT_TRUE(set);
  const std::string id = "identity.password-state/etc-shadow";
  const auto shadow = set->find_entry(id);
  ASSERT_TRUE(shadow);
  ASSERT_TRUE(shadow->entry->guard);
  const std::vector<ChosenEntry> chosen = {*shadow};
  const auto take_of = [&](std::vector<std::string> lifted) {
    const auto rules = make_match_rules(*set, chosen, lifted, {});
    return std::ranges::find(*rules, id, &MatchRule::id)->take;
  };
  EXPECT_EQ(take_of({}), Take::redacted);
  EXPECT_EQ(take_of({id}), Take::content);
}

}  // namespace
}  // namespace casebook::collector
