#include "cli/suggest.h"

#include <gtest/gtest.h>

namespace casebook::cli {
namespace {

TEST(Suggest, CountsASwapOfNeighboursAsOneEdit) {
  EXPECT_EQ(edit_distance("verify", "verify"), 0U);
  EXPECT_EQ(edit_distance("veirfy", "verify"), 1U);
  EXPECT_EQ(edit_distance("", "ls"), 2U);
  EXPECT_EQ(edit_distance("colect", "collect"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggest, NamesTheNearestWordAndNothingFarAway) {
  const std::vector<std::string> known = {"collect", "verify", "version", "ls"};
  EXPECT_EQ(nearest_word("verfy", known), "verify");
  EXPECT_EQ(nearest_word("vers", known), "version");
  EXPECT_EQ(nearest_word("sl", known), "ls");
  EXPECT_EQ(nearest_word("banana", known), "");
  EXPECT_EQ(nearest_word("", known), "");
}

TEST(Suggest, LooksAtNoEndlessWord) {
  EXPECT_EQ(nearest_word(std::string(100'000, 'l'), {"ls"}), "");
}

}  // namespace
}  // namespace casebook::cli
