// docs/spec/keeping.md: a hold beats retention, retention beats a request.
#include "vault/retention.h"

#include <gtest/gtest.h>

namespace casebook::vault {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

class RetentionTest : public testing::Test {
 protected:
  [[nodiscard]] KeepingVerdict after(days passed) const {
    return keeping_of(thing_, holds_, rules_, thing_.received + passed);
  }
  KeptThing thing_{"pii", "message", "01", *parse_utc("2026-01-01T00:00:00Z")};
  std::vector<LegalHold> holds_;
  std::vector<RetentionRule> rules_;
};

TEST_F(RetentionTest, WithoutARuleWhateverIsAskedForMayGo) {
  EXPECT_EQ(after(days(0)).keeping, Keeping::may_go);
}

TEST_F(RetentionTest, AHoldBeatsEverythingUntilItIsLifted) {
  rules_ = {{.name = "privacy", .erase_after = days(30)}};
  holds_ = {{.name = "suit 7", .compartment = "pii"},
            {.name = "elsewhere", .compartment = "legal"}};
  const auto held = after(days(400));
  EXPECT_EQ(held.keeping, Keeping::held);
  EXPECT_EQ(held.because, std::vector<std::string>{"suit 7"});
  holds_[0].lifted_at = thing_.received + days(500);
  EXPECT_EQ(after(days(499)).keeping, Keeping::held);
  EXPECT_EQ(after(days(500)).keeping, Keeping::due);
}

TEST_F(RetentionTest, TheLongestRuleThatCoversItCounts) {
  rules_ = {{.name = "short", .keep_at_least = days(10)},
            {.name = "messages", .kind = "message", .keep_at_least = days(90)},
            {.name = "notes", .kind = "note", .keep_at_least = days(900)},
            {.name = "privacy", .compartment = "pii", .erase_after = days(30)}};
  const auto kept = after(days(5));
  EXPECT_EQ(kept.keeping, Keeping::retained);
  EXPECT_EQ(kept.because, (std::vector<std::string>{"messages", "short"}));
  EXPECT_EQ(kept.until, thing_.received + days(90));
  EXPECT_EQ(after(days(60)).keeping, Keeping::retained) << "being due does not beat being kept";
  EXPECT_EQ(after(days(90)).keeping, Keeping::due);
  EXPECT_EQ(after(days(90)).because, std::vector<std::string>{"privacy"});
}

TEST_F(RetentionTest, AHoldOnOneThingLeavesTheOthers) {
  holds_ = {{.name = "one", .subject = "02"}};
  EXPECT_EQ(after(days(1)).keeping, Keeping::may_go);
  thing_.subject = "02";
  EXPECT_EQ(after(days(1)).keeping, Keeping::held);
}

}  // namespace
}  // namespace casebook::vault
