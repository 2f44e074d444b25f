#include "core/clock.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {
using namespace std::chrono_literals;

TEST(UtcText, ReadsBackWhatItWrote) {
  const UtcSeconds time =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 21) + 2h + 11min + 26s;
  EXPECT_EQ(format_utc(time), "2026-11-21T02:11:26Z");
  EXPECT_EQ(*parse_utc("2026-11-21T02:11:26Z"), time);
  EXPECT_TRUE(parse_utc("2028-02-29T23:59:59Z"));
}

TEST(UtcText, RefusesEveryOtherForm) {
  for (const char* text :
       {"", "2026-11-21", "2026-11-21T02:11:26", "2026-11-21t02:11:26z",
        "2026-11-21T02:11:26+00:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T02:11:60Z", "1969-12-31T23:59:59Z",
        "2026-11-21T02:11:26.0Z", "2026-11-21T02:11:26Z "}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

TEST(NanosecondText, HasNineDecimalsAndASignBeforeTheEpoch) {
  EXPECT_EQ(format_nanoseconds(1700000000123456789ns), "1700000000.123456789");
  EXPECT_EQ(format_nanoseconds(5ns), "0.000000005");
  EXPECT_EQ(format_nanoseconds(-500000000ns), "-0.500000000");
  EXPECT_EQ(format_nanoseconds(std::chrono::nanoseconds::min()), "-9223372036.854775808");
}

}  // namespace
}  // namespace casebook
