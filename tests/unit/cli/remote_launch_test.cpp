#include "cli/remote_launch.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace casebook::cli {
namespace {

using testing::HasSubstr;

TEST(RemoteLaunch, ForbidsForwardingAndEndsTheOptionsBeforeTheHost) {
  const auto words =
      launch_words({.host = "ada@web-03", .jump = "gate", .ssh_options = {}}, 65'537, {"--json"});
  ASSERT_TRUE(words);
  EXPECT_THAT(*words,
              testing::IsSupersetOf({"ForwardAgent=no", "ClearAllForwardings=yes", "-J", "gate"}));
  const auto host = std::ranges::find(*words, "ada@web-03");
  ASSERT_NE(host, words->end());
  EXPECT_EQ(*(host - 1), "--");
  EXPECT_EQ(host + 2, words->end());
  EXPECT_TRUE(words->back().ends_with(" 2 '--json'")) << "two blocks, then the words";
}

TEST(RemoteLaunch, QuotesWordsForTheOtherShell) {
  const auto words = launch_words({.host = "h", .jump = "", .ssh_options = {}}, 1,
                                  {"--path", "/x'; reboot; '$(id)"});
  ASSERT_TRUE(words);
  EXPECT_THAT(words->back(), HasSubstr(R"('/x'\''; reboot; '\''$(id)')"));
}

TEST(RemoteLaunch, RefusesAHostThatIsAnOption) {
  EXPECT_FALSE(launch_words({.host = "-oProxyCommand=id", .jump = "", .ssh_options = {}}, 1, {}));
  EXPECT_FALSE(launch_words({.host = "h", .jump = "-oProxyCommand=id", .ssh_options = {}}, 1, {}));
}

TEST(RemoteLaunch, ReadsTheNotice) {
  const auto notice = parse_launch_notice("casebook-launch: sudo; /dev/shm, unlinked; uid 0");
  ASSERT_TRUE(notice);
  EXPECT_EQ(notice->way, "sudo");
  EXPECT_EQ(notice->place, "/dev/shm, unlinked");
  EXPECT_TRUE(notice->is_root);
  EXPECT_FALSE(parse_launch_notice("bash: line 1: casebook-launch: not found"));
}

}  // namespace
}  // namespace casebook::cli
