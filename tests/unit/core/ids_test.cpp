#include "core/ids.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

TEST(Id, ReadsBackItsTextAndDiffersEachTime) {
  SystemRandomness randomness;
  const auto first = BagId::make(randomness);
  const auto second = BagId::make(randomness);
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
  EXPECT_EQ(first->text().size(), 32U);
  EXPECT_EQ(*BagId::parse(first->text()), *first);
}

TEST(Id, RefusesOtherText) {
  for (const char* text :
       {"", "00", "0123456789ABCDEF0123456789ABCDEF", "../../../../../../../../etc/xx"}) {
    EXPECT_FALSE(BagId::parse(text)) << text;
  }
}

}  // namespace
}  // namespace casebook
