#include "core/nearest.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

TEST(Nearest, CountsASwapOfNeighboursAsOneEdit) {
  EXPECT_EQ(edit_distance("verify", "verify"), 0U);
  EXPECT_EQ(edit_distance("veirfy", "verify"), 1U);
  EXPECT_EQ(edit_distance("", "ls"), 2U);
  EXPECT_EQ(edit_distance("colect", "collect"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, NamesTheNearestWordAndNothingFarAway) {
  const std::vector<std::string> known = {"collect", "verify", "version", "ls"};
  EXPECT_EQ(nearest("verfy", known), "verify");
  EXPECT_EQ(nearest("vers", known), "version");
  EXPECT_EQ(nearest("sl", known), "ls");
  EXPECT_EQ(nearest("banana", known), "");
  EXPECT_EQ(nearest("", known), "");
}

TEST(Nearest, LooksAtNoEndlessWord) {
  EXPECT_EQ(nearest(std::string(100'000, 'l'), std::vector<std::string>{"ls"}), "");
}

}  // namespace
}  // namespace casebook
