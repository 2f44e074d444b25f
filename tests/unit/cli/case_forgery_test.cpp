// What verify says of a case that somebody wrote to with another program: docs/spec/case.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/case_check.h"
#include "cli/note_writing.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/temporary_folder.h"

namespace casebook::cli {
namespace {

class CaseForgery : public testing::Test {
 protected:
  CaseForgery() : folder_(folder_in_memory()) {
    test_.environment["XDG_CONFIG_HOME"] = (folder_.path() / "config").string();
    test_.environment["XDG_STATE_HOME"] = (folder_.path() / "state").string();
    for (const char* name : {"ada", "ben"}) {
      EXPECT_EQ(test_.run({"key", "new", name, "--no-passphrase"}), ExitStatus::done);
    }
    EXPECT_EQ(test_.run({"open", "Odd logins", "--as", "ada", "--dir", place().string()}),
              ExitStatus::done);
    EXPECT_EQ(test_.run({"person", "add", "ben", "--as", "ada", "--with", "ben"}),
              ExitStatus::done);
  }
  [[nodiscard]] std::filesystem::path place() const { return folder_.path() / "case"; }
  std::unique_ptr<CaseSession> session(const std::string& person) {
    test_.runtime.common.person = person;
    auto opened = CaseSession::open(test_.runtime, SessionKind::writes, "testing");
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? *std::move(opened) : nullptr;
  }
  std::vector<std::string> findings() {
    test_.runtime.common.person = "ada";
    auto check = check_case(test_.runtime, {place()}, {});
    EXPECT_TRUE(check) << check.error().message;
    return check ? check->findings : std::vector<std::string>{"not checked"};
  }

  TemporaryFolder folder_;
  TestRuntime test_;
};

// RT-40: the writer says Ada, and Ben signed.
TEST_F(CaseForgery, Rt40TheAuthorIsWhoeverSigned) {
  {
    auto ada = session("ada");
    auto item = new_item(*ada, {}, "note");
    ASSERT_TRUE(item);
    item->text.body = "mine";
    ASSERT_TRUE(give_leaf(*item, test_.randomness));
    ASSERT_TRUE(ada->write("general", "note", *item));
    ASSERT_TRUE(ada->close());
  }
  EXPECT_TRUE(findings().empty());
  auto ben = session("ben");
  auto item = new_item(*ben, {}, "note");
  ASSERT_TRUE(item);
  const auto ada = ben->find_person("ada");
  ASSERT_TRUE(ada);
  item->author = ada->text();
  item->text.body = "put into her mouth";
  ASSERT_TRUE(give_leaf(*item, test_.randomness));
  ASSERT_TRUE(ben->write("general", "note", *item));
  ASSERT_TRUE(ben->close());
  const auto found = findings();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found.front().find("did not sign it"), std::string::npos) << found.front();
}

}  // namespace
}  // namespace casebook::cli
