#include "collector/self_test.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

TEST(SelfTest, PassesOnASoundMachine) {
  const Status status = self_test();
  EXPECT_TRUE(status) << status.error().message;
}

}  // namespace
}  // namespace casebook
