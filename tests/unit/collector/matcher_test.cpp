#include "collector/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace casebook::collector {
namespace {

MatchRule rule(std::string_view pattern, Take take = Take::content) {
  MatchRule made;
  made.id = std::string(pattern);
  made.pattern = *parse_pattern(pattern);
  made.stage = 9;
  made.take = take;
  made.chosen = true;
  return made;
}

PathState* state_of(PathStates& states, std::string_view path) {
  PathState* state = states.root();
  for (path.remove_prefix(1); !path.empty();) {
    const std::size_t end = std::min(path.find('/'), path.size());
    state = states.step(state, path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return state;
}

/// Each rule that fits `path`, by pattern, sorted.
std::vector<std::string> fits(const Matcher& matcher, std::string_view path) {
  PathStates states(matcher);
  std::vector<std::string> found;
  for (const Fit& fit : state_of(states, path)->chosen_fits())
    found.push_back(matcher.rules()[fit.rule].id);
  std::ranges::sort(found);
  return found;
}

bool descends(const Matcher& matcher, std::string_view path) {
  PathStates states(matcher);
  return state_of(states, path)->descends();
}

using Texts = std::vector<std::string>;

TEST(Matcher, FindsAllRulesOfAPath) {
  const Matcher matcher({rule("/etc/passwd"), rule("/etc/**"), rule("/etc/p*"), rule("/**/passwd"),
                         rule("/etc/*/passwd"), rule("/etc/[a-p]asswd")},
                        {});
  EXPECT_EQ(fits(matcher, "/etc/passwd"),
            (Texts{"/**/passwd", "/etc/**", "/etc/[a-p]asswd", "/etc/p*", "/etc/passwd"}));
  EXPECT_EQ(fits(matcher, "/etc/x/passwd"), (Texts{"/**/passwd", "/etc/**", "/etc/*/passwd"}));
  EXPECT_EQ(fits(matcher, "/etc"), Texts{"/etc/**"});
  EXPECT_EQ(fits(matcher, "/passwd"), Texts{"/**/passwd"});
}

TEST(Matcher, GoesNowhereNoPatternLeads) {
  const Matcher matcher(
      {rule("/etc/ssh/sshd_config"), rule("/var/log/*.log"), rule("/opt/*/log/**")}, {});
  EXPECT_TRUE(descends(matcher, "/etc"));
  EXPECT_TRUE(descends(matcher, "/etc/ssh"));
  EXPECT_FALSE(descends(matcher, "/etc/ssl"));
  EXPECT_FALSE(descends(matcher, "/var/log/apt"));
  EXPECT_FALSE(descends(matcher, "/etc/ssh/sshd_config"));
  EXPECT_TRUE(descends(matcher, "/opt/any/log/a/b"));
  EXPECT_FALSE(descends(matcher, "/opt/any/etc"));
}

TEST(Matcher, CountsDepthBelowTheFirstWildcardPart) {
  MatchRule limited = rule("/home/*/*");
  limited.depth_max = 1;
  MatchRule tree = rule("/root/**");
  tree.depth_max = 1;
  const Matcher matcher({limited, tree}, {});
  EXPECT_EQ(fits(matcher, "/home/u/f").size(), 1U);
  EXPECT_EQ(fits(matcher, "/root/a/b").size(), 1U);
  EXPECT_EQ(fits(matcher, "/root/a/b/c").size(), 0U);
  EXPECT_TRUE(descends(matcher, "/root/a"));
  EXPECT_FALSE(descends(matcher, "/root/a/b"));
}

TEST(Matcher, ExpandsHomesAndCountsDepthFromThem) {
  MatchRule deep = rule("%home%/**/x");
  deep.depth_max = 1;
  const Texts homes = {"/home/u", "/srv/people/v"};
  const Matcher matcher({deep, rule("%home%/.ssh/*")}, homes);
  EXPECT_EQ(fits(matcher, "/srv/people/v/.ssh/k"), Texts{"%home%/.ssh/*"});
  EXPECT_EQ(fits(matcher, "/home/u/a/x"), Texts{"%home%/**/x"});
  EXPECT_EQ(fits(matcher, "/home/u/a/b/x"), Texts{});
  EXPECT_EQ(fits(matcher, "/home/w/x"), Texts{});
}

TEST(Matcher, ListsNoSystemTreeForAccountsThatLiveThere) {
  const Texts homes = {"/", "/usr/sbin", "/var/lib/postgresql"};
  const Matcher matcher({rule("%home%/**"), rule("%home%/.ssh/*")}, homes);
  EXPECT_EQ(fits(matcher, "/usr/sbin/useradd"), Texts{});
  EXPECT_EQ(fits(matcher, "/usr/sbin/.ssh/k"), Texts{"%home%/.ssh/*"});
  EXPECT_EQ(fits(matcher, "/.ssh/k"), Texts{"%home%/.ssh/*"});
  EXPECT_EQ(fits(matcher, "/etc"), Texts{});
  EXPECT_EQ(fits(matcher, "/var/lib/postgresql/x"), Texts{"%home%/**"});
}

TEST(Matcher, AppliesExcludesToTheirRuleAlone) {
  MatchRule etc = rule("/etc/**");
  etc.excludes = {*parse_exclude("/etc/ssl/**"), *parse_exclude("*.sample")};
  const Matcher matcher({etc, rule("/etc/ssl/openssl.cnf")}, {});
  EXPECT_EQ(fits(matcher, "/etc/ssl/openssl.cnf"), Texts{"/etc/ssl/openssl.cnf"});
  EXPECT_EQ(fits(matcher, "/etc/ssl"), Texts{});
  EXPECT_EQ(fits(matcher, "/etc/a/b.sample"), Texts{});
  EXPECT_EQ(fits(matcher, "/etc/a/b"), Texts{"/etc/**"});
}

TEST(Matcher, WalksNowhereForRulesThatOnlyHoldBack) {
  MatchRule careful = rule("/srv/**", Take::metadata);
  careful.chosen = false;
  const Matcher matcher({careful, rule("/etc/*")}, {});
  EXPECT_FALSE(descends(matcher, "/srv"));
  EXPECT_TRUE(descends(matcher, "/etc"));
}

TEST(Matcher, FindsWhatALinkLeadsTo) {
  Matcher matcher({rule("/var/run/*.pid"), rule("/run/lock/*"), rule("%home%/.config/app/x")},
                  Texts{"/home/u"});
  const std::vector<Matcher::Link> links = {{"/var/run", "/run"},
                                            {"/home/u/.config", "/data/config"}};
  matcher.add_links(links);
  EXPECT_EQ(fits(matcher, "/run/a.pid"), Texts{"/var/run/*.pid"});
  EXPECT_EQ(fits(matcher, "/run/lock/l"), Texts{"/run/lock/*"});
  EXPECT_EQ(fits(matcher, "/data/config/app/x"), Texts{"%home%/.config/app/x"});
  EXPECT_TRUE(descends(matcher, "/data"));
}

TEST(Matcher, SurvivesLinksThatLeadInCircles) {
  Matcher matcher({rule("/a/self/self/x"), rule("/a/**/y")}, {});
  const std::vector<Matcher::Link> links = {
      {"/a/self", "/a"}, {"/a/self/self", "/a"}, {"/a", "/a/self"}};
  matcher.add_links(links);
  EXPECT_EQ(fits(matcher, "/a/x"), Texts{"/a/self/self/x"});
  EXPECT_EQ(fits(matcher, "/a/self/q/y"), Texts{"/a/**/y"});
}

TEST(Matcher, DropsOldFilesButNeverThoseFromTheFuture) {
  MatchRule young = rule("/var/crash/*");
  young.age_days_max = 90;
  const Matcher matcher({young}, {});
  PathStates states(matcher);
  const PathState* state = state_of(states, "/var/crash/x");
  ASSERT_TRUE(state->depends_on_age());
  const std::chrono::nanoseconds now = std::chrono::hours(24 * 20'000);
  EXPECT_TRUE(states.decide_by_age(*state, now - std::chrono::hours(24 * 90), now).taken);
  EXPECT_FALSE(states.decide_by_age(*state, now - std::chrono::hours(24 * 91), now).taken);
  EXPECT_TRUE(states.decide_by_age(*state, now + std::chrono::hours(24 * 900), now).taken);
}

TEST(PathStates, KeepsOnlyWhatPatternsNamePartByPart) {
  const Matcher matcher({rule("/**/hooks"), rule("/proc/*/maps")}, {});
  PathStates states(matcher);
  PathState* proc = state_of(states, "/proc");
  ASSERT_TRUE(states.is_named(proc));
  PathState* named = states.only_named(proc);
  EXPECT_TRUE(states.step(states.step(named, "1"), "maps")->decision().taken);
  EXPECT_FALSE(states.step(named, "hooks")->decision().taken);
  EXPECT_FALSE(states.is_named(state_of(states, "/mnt")));
}

TEST(PathStates, AnswersTheSameAfterForgetting) {
  const Matcher matcher({rule("/a/**/x*"), rule("/a/b/*")}, {});
  PathStates states(matcher);
  PathState* kept = state_of(states, "/a/b");
  state_of(states, "/a/c/d/x1");
  const std::vector<PathState*> keep = {kept};
  states.trim(keep);
  EXPECT_EQ(states.step(kept, "x2")->chosen_fits().size(), 2U);
  EXPECT_EQ(state_of(states, "/a/b"), kept);
}

/// Reference: one pattern against one path, part by part.
bool plain_match(const std::vector<GlobPart>& parts, std::size_t at,
                 const std::vector<std::string>& path, std::size_t seen) {
  if (at == parts.size()) return seen == path.size();
  if (parts[at].kind() == GlobPart::Kind::deep) {
    for (std::size_t skip = seen; skip <= path.size(); ++skip)
      if (plain_match(parts, at + 1, path, skip)) return true;
    return false;
  }
  return seen < path.size() && parts[at].matches(path[seen]) &&
         plain_match(parts, at + 1, path, seen + 1);
}

/// All patterns at once answer as each one alone, and a folder is entered whenever something below
/// it fits.
TEST(Matcher, AgreesWithMatchingEachPatternAlone) {
  const unsigned seed = 42;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const Texts parts = {"a", "b", "*", "**", "a*", "*b", "?", "[ab]", "ab"};
  const Texts names = {"a", "b", "ab", "c", "aab"};
  for (int round = 0; round < 300; ++round) {
    std::vector<MatchRule> rules;
    for (int i = 0; i < 8; ++i) {
      std::string text;
      for (std::size_t depth = 1 + random() % 4; depth > 0; --depth)
        text += "/" + parts[random() % parts.size()];
      rules.push_back(rule(text));
    }
    const Matcher matcher(rules, {});
    for (int tries = 0; tries < 40; ++tries) {
      std::vector<std::string> path;
      std::string text;
      for (std::size_t depth = 1 + random() % 5; depth > 0; --depth) {
        path.push_back(names[random() % names.size()]);
        text += "/" + path.back();
      }
      Texts expected;
      for (const MatchRule& one : rules)
        if (plain_match(one.pattern.parts, 0, path, 0)) expected.push_back(one.id);
      std::ranges::sort(expected);
      EXPECT_EQ(fits(matcher, text), expected) << text;
      const std::string folder = text.substr(0, text.rfind('/'));
      if (!expected.empty() && !folder.empty()) {
        EXPECT_TRUE(descends(matcher, folder)) << text;
      }
    }
  }
}

}  // namespace
}  // namespace casebook::collector
