#include "core/characters.h"

#include <gtest/gtest.h>

#include <array>

namespace casebook {
namespace {

constexpr std::string_view kText = "a\u00e9\u20ac\U0001F600";  // 1, 2, 3 and 4 bytes.

TEST(Characters, AreNeverCutByAFrontOfSoManyBytes) {
  const std::array<std::size_t, 12> expected = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t most = 0; most < expected.size(); ++most) {
    EXPECT_EQ(front_within(kText, most), kText.substr(0, expected[most])) << most;
  }
}

TEST(Characters, AreCountedNotTheirBytes) {
  EXPECT_EQ(character_count(kText), 4U);
  EXPECT_EQ(first_characters(kText, 2), "a\u00e9");
  EXPECT_EQ(first_characters(kText, 9), kText);
  EXPECT_EQ(first_characters(kText, 0), "");
}

}  // namespace
}  // namespace casebook
