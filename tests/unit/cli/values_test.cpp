#include "cli/values.h"

#include <gtest/gtest.h>

namespace casebook::cli {
namespace {

TEST(Values, ReadsSizesInBinaryUnits) {
  EXPECT_EQ(*parse_size("0"), 0U);
  EXPECT_EQ(*parse_size("4096"), 4096U);
  EXPECT_EQ(*parse_size("500K"), 512'000U);
  EXPECT_EQ(*parse_size("20G"), std::uint64_t{20} << 30U);
  EXPECT_EQ(*parse_size("1MiB"), 1'048'576U);
  EXPECT_EQ(*parse_size("1TB"), std::uint64_t{1} << 40U);
  EXPECT_EQ(*parse_size("12B"), 12U);
}

TEST(Values, RefusesWhatIsNoSize) {
  for (const char* text : {"", "G", "-1", "1.5G", "10Q", "1iB", "1 G", "99999999999999999999",
                           "18446744073709551615K"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(Values, ReadsSpansOfTimeOnlyWithAUnit) {
  EXPECT_EQ(parse_time_span("90s")->count(), 90);
  EXPECT_EQ(parse_time_span("15m")->count(), 900);
  EXPECT_EQ(parse_time_span("2h")->count(), 7'200);
  EXPECT_EQ(parse_time_span("7d")->count(), 604'800);
  for (const char* text : {"", "7", "d", "7w", "7dd", "-1d", "99999999999999999d"}) {
    EXPECT_FALSE(parse_time_span(text)) << text;
  }
}

TEST(Values, KeepsNumbersWithinTheirBounds) {
  EXPECT_EQ(*parse_number("1", 1, 100), 1U);
  EXPECT_FALSE(parse_number("0", 1, 100));
  EXPECT_FALSE(parse_number("101", 1, 100));
  EXPECT_FALSE(parse_number("1x", 1, 100));
}

}  // namespace
}  // namespace casebook::cli
