#include "collector/glob.h"

#include <gtest/gtest.h>

namespace casebook::collector {
namespace {

PathPattern pattern(std::string_view text) {
  auto parsed = parse_pattern(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *std::move(parsed) : PathPattern{};
}

bool part_fits(std::string_view part, std::string_view name) {
  auto compiled = GlobPart::compile(part);
  EXPECT_TRUE(compiled) << part;
  return compiled && compiled->matches(name);
}

bool contains(std::string_view wide, std::string_view narrow) {
  return pattern_contains(pattern(wide), 2, pattern(narrow), 2);
}

TEST(GlobPart, FitsNamesByteByByte) {
  EXPECT_TRUE(part_fits("*.log", "a.log"));
  EXPECT_TRUE(part_fits("*.log", ".log"));
  EXPECT_FALSE(part_fits("*.log", "log"));
  EXPECT_FALSE(part_fits("ab*ba", "aba"));
  EXPECT_TRUE(part_fits("ab*ba", "abba"));
  EXPECT_TRUE(part_fits("*Cookies*", "Extension Cookies-journal"));
  EXPECT_TRUE(part_fits("?", "\xff"));
  EXPECT_FALSE(part_fits("?", "\xc3\xa4"));
  EXPECT_TRUE(part_fits("*", ".hidden"));
  EXPECT_TRUE(part_fits("a*b*c", "aXbbYc"));
  EXPECT_FALSE(part_fits("a*b*c", "aXcYb"));
}

TEST(GlobPart, FitsSetsWithRangesAndNegation) {
  EXPECT_TRUE(part_fits(".*.sw[a-p]", ".x.swp"));
  EXPECT_FALSE(part_fits(".*.sw[a-p]", ".x.swq"));
  EXPECT_TRUE(part_fits("[!a]x", "bx"));
  EXPECT_FALSE(part_fits("[^a]x", "ax"));
  EXPECT_TRUE(part_fits("[]]", "]"));
  EXPECT_TRUE(part_fits("[a-]", "-"));
  EXPECT_TRUE(part_fits("[[]x", "[x"));
  EXPECT_TRUE(part_fits("[\x80-\xff]", "\xe4"));
}

TEST(GlobPart, TakesTimeBoundedByTheProductOfLengths) {
  const std::string stars = "a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b";
  EXPECT_FALSE(part_fits(stars, std::string(255, 'a')));
}

TEST(PathPattern, RefusesWhatIsNoPattern) {
  for (const char* text : {"", "etc/passwd", "/a/../b", "/a/./b", "/a/[b", "%home%", "%user%/x"})
    EXPECT_FALSE(parse_pattern(text)) << text;
  EXPECT_FALSE(parse_pattern(std::string("/a\0b", 4)));
  EXPECT_FALSE(parse_pattern("/" + std::string(kPatternBytesMax, 'a')));
  std::string deep;
  for (std::size_t i = 0; i <= kPatternPartsMax; ++i) deep += "/a";
  EXPECT_FALSE(parse_pattern(deep));
}

TEST(PathPattern, CountsFixedPartsAndWeight) {
  EXPECT_EQ(pattern("/home/*/*").fixed_parts(), 1U);
  EXPECT_EQ(pattern("/etc/passwd").fixed_parts(), 2U);
  EXPECT_EQ(pattern("%home%/.ssh/id_*").fixed_parts(), 1U);
  EXPECT_EQ(pattern_weight(pattern("%home%/.ssh/id_*"), 2), 7U);
  EXPECT_EQ(pattern_weight(pattern("/**/.git/hooks/*"), 2), 4U);
}

TEST(PatternContainment, IsTrueOnlyWhereItHolds) {
  EXPECT_TRUE(contains("/a/**", "/a/b/c"));
  EXPECT_TRUE(contains("/a/**", "/a/**/b"));
  EXPECT_TRUE(contains("/a/*", "/a/b*"));
  EXPECT_TRUE(contains("/a/b*", "/a/bc*"));
  EXPECT_TRUE(contains("/**/x", "/a/**/x"));
  EXPECT_FALSE(contains("/a/*", "/a/**"));
  EXPECT_FALSE(contains("/a/b*", "/a/*c"));
  EXPECT_FALSE(contains("/a/**/b", "/a/**"));
  EXPECT_FALSE(contains("/a/b", "/a/[b]"));
}

TEST(PatternContainment, TakesHomesForTheLiteralOppositeThem) {
  EXPECT_TRUE(contains("/home/*/*", "%home%/.bashrc"));
  EXPECT_TRUE(contains("%home%/*", "/home/u/.bashrc"));
  EXPECT_FALSE(contains("%home%/*", "/home/*/.bashrc"));
  EXPECT_FALSE(contains("%home%/.ssh/*", "/home/**"));
}

TEST(Excludes, HoldAtAnyDepthWhenRelative) {
  auto exclude = parse_exclude("*.bak");
  ASSERT_TRUE(exclude);
  EXPECT_TRUE(pattern_contains(*exclude, 0, pattern("/a/b/x.bak"), 0));
}

}  // namespace
}  // namespace casebook::collector
