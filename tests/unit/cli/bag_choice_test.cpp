#include "cli/bag_choice.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

const std::string kFirst = "0123456789abcdef0123456789abcdef";
const std::string kSecond = "0123ffffffffffffffffffffffffffff";

class BagChoice : public testing::Test {
 protected:
  BagChoice() {
    for (const std::string& id : {kFirst, kSecond}) fs::create_directory(folder_.path() / id);
    EXPECT_EQ(*give_short_name(folder_.path(), kFirst), "B-1");
  }
  TemporaryFolder folder_;
};

TEST_F(BagChoice, FindsABagByPathShortNameAndBeginningOfItsId) {
  EXPECT_EQ(choose_bag(folder_.path(), "B-1")->id, kFirst);
  EXPECT_EQ(choose_bag(folder_.path(), "0123f")->id, kSecond);
  EXPECT_EQ(choose_bag("/nowhere", (folder_.path() / kSecond).string())->id, kSecond);
  const auto by_link = choose_bag("/nowhere", (folder_.path() / "B-1").string());
  EXPECT_EQ(by_link->id, kFirst);
  EXPECT_EQ(by_link->name(), "B-1");
  EXPECT_EQ(choose_bag(folder_.path(), kSecond)->name(), "0123ffff");
}

TEST_F(BagChoice, TakesTheNewestWhenNoneIsNamed) {
  using std::chrono::hours;
  fs::last_write_time(folder_.path() / kFirst, fs::file_time_type::clock::now() + hours(1));
  EXPECT_EQ(choose_bag(folder_.path(), "")->id, kFirst);
}

TEST_F(BagChoice, SaysWhatThereIs) {
  const auto missing = choose_bag(folder_.path(), "B-9");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_EQ(missing.error().hint, "there are: B-1, 0123ffff");
  const auto several = choose_bag(folder_.path(), "0123");
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ErrorCode::invalid_input);
  EXPECT_FALSE(choose_bag("/nowhere", ""));
}

TEST_F(BagChoice, NumbersShortNamesOnward) {
  EXPECT_EQ(*give_short_name(folder_.path(), kSecond), "B-2");
  EXPECT_EQ(bags_in(folder_.path()).size(), 2U);
  EXPECT_EQ(bags_in(folder_.path()).at(1).short_name, "B-2");
}

TEST_F(BagChoice, EscapesAHostileNameInItsRefusal) {
  const auto missing = choose_bag(folder_.path(), "\x1b]0;x");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace casebook::cli
