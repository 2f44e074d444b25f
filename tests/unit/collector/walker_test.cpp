#include "collector/walker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "tests/support/deep_tree.h"
#include "tests/support/temporary_folder.h"

namespace casebook::collector {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

MatchRule rule(std::string_view pattern) {
  MatchRule made;
  made.id = std::string(pattern);
  made.pattern = *parse_pattern(pattern);
  made.stage = 9;
  made.chosen = true;
  return made;
}

class RecordingSink final : public MatchSink {
 public:
  Status match(const Match& match) override {
    paths.push_back(std::string(match.folder) + "/" + std::string(match.name));
    return ok();
  }
  Status lost(CatalogLine line) override {
    losses.push_back(std::move(line));
    return ok();
  }
  Texts paths;
  std::vector<CatalogLine> losses;
};

class Walker : public ::testing::Test {
 protected:
  void put(const std::string& path) {
    fs::create_directories((folder_.path() / path).parent_path());
    std::ofstream(folder_.path() / path) << path;
  }
  /// Sorted paths of all matches.
  Texts walk_for(std::vector<MatchRule> rules, const Texts& homes = {}) {
    auto root = RootFs::open(folder_.path());
    EXPECT_TRUE(root);
    Matcher matcher(std::move(rules), homes);
    follow_literal_links(matcher, *root);
    sink_ = {};
    auto done = walk(matcher, *root, MountTable::read(*root), sink_, {clock_, stop_});
    EXPECT_TRUE(done);
    summary_ = *std::move(done);
    std::ranges::sort(sink_.paths);
    return sink_.paths;
  }
  TemporaryFolder folder_{folder_in_memory()};
  FixedClock clock_{UtcNanoseconds(std::chrono::hours(24 * 20'000))};
  StopRequest stop_;
  RecordingSink sink_;
  WalkSummary summary_;
};

TEST_F(Walker, ReadsOnlyFoldersThatAPatternCanReach) {
  put("etc/passwd");
  put("etc/ssl/key");
  put("usr/share/doc/a/b/c");
  put("var/log/syslog");
  EXPECT_EQ(walk_for({rule("/etc/passwd"), rule("/var/log/*")}),
            (Texts{"/etc/passwd", "/var/log/syslog"}));
  EXPECT_EQ(summary_.folders_read, 4U);  // The root, etc, var, var/log.
}

TEST_F(Walker, ReadsEachFolderOnceHoweverManyPatternsThereAre) {
  put("a/b/x");
  std::vector<MatchRule> rules = {rule("/**")};
  for (int i = 0; i < 500; ++i) {
    std::string pattern = "/a/**/*";
    pattern += std::to_string(i);
    rules.push_back(rule(pattern));
  }
  EXPECT_EQ(walk_for(rules), (Texts{"/", "/a", "/a/b", "/a/b/x"}));
  EXPECT_EQ(summary_.folders_read, 3U);
}

TEST_F(Walker, CountsForEachRuleHowMuchItFitted) {
  put("a/1");
  put("a/2");
  walk_for({rule("/a/*"), rule("/a/1"), rule("/b")});
  EXPECT_EQ(summary_.fits, (std::vector<std::uint64_t>{2, 1, 0}));
  EXPECT_EQ(summary_.matched, 2U);
}

TEST_F(Walker, FollowsLinksOnLiteralPathsInsideTheRoot) {
  put("run/sshd.pid");
  put("usr/lib/modules/m.ko");
  put("data/u/.ssh/k");
  fs::create_directories(folder_.path() / "var");
  fs::create_directories(folder_.path() / "home");
  fs::create_directory_symlink("/run", folder_.path() / "var/run");  // Absolute: still inside.
  fs::create_directory_symlink("usr/lib", folder_.path() / "lib");
  fs::create_directory_symlink("../data/u", folder_.path() / "home/u");
  const Texts homes = {"/home/u"};
  EXPECT_EQ(
      walk_for({rule("/var/run/*.pid"), rule("/lib/modules/*"), rule("%home%/.ssh/*")}, homes),
      (Texts{"/data/u/.ssh/k", "/run/sshd.pid", "/usr/lib/modules/m.ko"}));
}

TEST_F(Walker, TakesTheFileThatALiteralLinkLeadsToUnderItsRealName) {
  put("run/resolve/stub.conf");
  fs::create_directories(folder_.path() / "etc");
  fs::create_symlink("../run/resolve/stub.conf", folder_.path() / "etc/resolv.conf");
  EXPECT_EQ(walk_for({rule("/etc/resolv.conf")}),
            (Texts{"/etc/resolv.conf", "/run/resolve/stub.conf"}));
}

TEST_F(Walker, NeverFollowsALinkThatAWildcardFits) {
  put("secret/x");
  fs::create_directories(folder_.path() / "a");
  fs::create_directory_symlink("../secret", folder_.path() / "a/l");
  EXPECT_EQ(walk_for({rule("/a/**")}), (Texts{"/a", "/a/l"}));
}

TEST_F(Walker, EndsInSpiteOfLinksInCircles) {
  put("a/x");
  fs::create_directory_symlink("loop2", folder_.path() / "loop1");
  fs::create_directory_symlink("loop1", folder_.path() / "loop2");
  fs::create_directory_symlink("../a", folder_.path() / "a/self");
  fs::create_directory_symlink("../../../..", folder_.path() / "up");
  EXPECT_EQ(walk_for({rule("/loop1/x"), rule("/a/self/self/x"), rule("/up/a/x")}), Texts{"/a/x"});
}

TEST_F(Walker, SaysWhichFolderCouldNotBeRead) {
  put("a/closed/x");
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(folder_.path() / "a/closed", fs::perms::none);
  // Root reads everything, unless it looks at files with another user's rights.
  ::setfsuid(65534);
  walk_for({rule("/a/**")});
  ::setfsuid(::geteuid());
  fs::permissions(folder_.path() / "a/closed", fs::perms::owner_all);
  ASSERT_EQ(sink_.losses.size(), 1U);
  EXPECT_EQ(sink_.losses[0].path, "/a/closed");
  EXPECT_EQ(sink_.losses[0].error->errno_name, "EACCES");
  EXPECT_EQ(sink_.losses[0].outcome, Outcome::lost);
}

TEST_F(Walker, PassesByTheFolderThatTheRunWritesTo) {
  put("root/bag/archive");
  put("root/x");
  auto root = RootFs::open(folder_.path());
  ASSERT_TRUE(root);
  const Matcher matcher({rule("/root/**")}, {});
  const std::string own = root->path_inside(folder_.path() / "root/bag");
  EXPECT_EQ(own, "/root/bag");
  EXPECT_EQ(root->path_inside("/"), "");
  ASSERT_TRUE(walk(matcher, *root, MountTable(), sink_, {clock_, stop_, own}));
  std::ranges::sort(sink_.paths);
  EXPECT_EQ(sink_.paths, (Texts{"/root", "/root/bag", "/root/x"}));
  ASSERT_EQ(sink_.losses.size(), 1U);
  EXPECT_EQ(sink_.losses[0].findings, Texts{"own_output"});
}

TEST_F(Walker, StopsWhenAsked) {
  put("a/x");
  stop_.stop(StopReason::interrupted);
  walk_for({rule("/a/*")});
  EXPECT_TRUE(summary_.stopped);
}

TEST_F(Walker, ReachesTheBottomOfATreeTenThousandDeep) {
  fs::create_directories(folder_.path() / "t");
  const DeepTree tree(folder_.path() / "t", 10'000, "d");
  const Texts paths = walk_for({rule("/t/**/bottom")});
  ASSERT_EQ(paths.size(), 1U);
  EXPECT_EQ(paths[0].size(), 2U + 20'000U + 7U);
  EXPECT_EQ(summary_.folders_read, 10'002U);
  EXPECT_TRUE(sink_.losses.empty());
}

TEST_F(Walker, ReachesPathsOfLongParts) {
  fs::create_directories(folder_.path() / "t");
  const DeepTree tree(folder_.path() / "t", 100, std::string(255, 'n'));
  put("t/z/after");
  const Texts paths = walk_for({rule("/t/**/bottom"), rule("/t/z/*")});
  EXPECT_EQ(paths.size(), 2U);
}

TEST_F(Walker, GoesOnWhereItStoppedInAFolderOfVeryManyFolders) {
  // Names of 255 bytes fill the queue after some 30,000 folders.
  const fs::path many = folder_.path() / "many";
  fs::create_directories(many);
  const UniqueFd fd(::open(many.c_str(), O_PATH | O_DIRECTORY));
  constexpr int kFolders = 40'000;
  const std::string filler(240, 'f');
  for (int i = 0; i < kFolders; ++i) {
    const std::string name = filler + std::to_string(i);
    ASSERT_EQ(::mkdirat(fd.get(), name.c_str(), 0700), 0);
  }
  const UniqueFd some(::openat(fd.get(), (filler + "39999").c_str(), O_PATH | O_DIRECTORY));
  ASSERT_EQ(::mkdirat(some.get(), "x", 0700), 0);
  const Texts paths = walk_for({rule("/many/*/x")});
  EXPECT_EQ(paths.size(), 1U);
  EXPECT_EQ(summary_.folders_read, 2U + kFolders);
}

TEST(Homes, ComeFromPasswdAndTheUsualParents) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "etc");
  fs::create_directories(folder.path() / "home/-dash");
  std::ofstream(folder.path() / "etc/passwd")
      << "root:x:0:0:r:/root:/bin/sh\nsvc:x:9:9::/srv/svc/:/bin/sh\nodd:x:1:1::relative:/x\n"
         "up:x:1:1::/a/../b:/x\nshort\n+::::::\n";
  auto root = RootFs::open(folder.path());
  ASSERT_TRUE(root);
  EXPECT_EQ(find_homes(*root), (Texts{"/home/-dash", "/root", "/srv/svc"}));
}

TEST(RootFs, ResolvesLinksInsideTheRootOnly) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "etc");
  std::ofstream(folder.path() / "etc/real") << "inside";
  fs::create_symlink("/etc/real", folder.path() / "absolute");
  fs::create_symlink("../../../../etc/real", folder.path() / "etc/up");
  fs::create_symlink("/etc/absent", folder.path() / "dangling");
  auto root = RootFs::open(folder.path());
  ASSERT_TRUE(root);
  EXPECT_FALSE(root->live());
  EXPECT_EQ(root->resolve("/absolute"), "/etc/real");
  EXPECT_EQ(root->resolve("/etc/up"), "/etc/real");
  EXPECT_EQ(root->resolve("/etc/../../.."), "/");
  EXPECT_EQ(root->resolve("/dangling"), std::nullopt);
  EXPECT_EQ(*root->read_small_file("/absolute", 100), "inside");
  EXPECT_EQ(root->read_small_file("/absolute", 3).error().code, ErrorCode::limit_exceeded);
  EXPECT_FALSE(root->read_small_file("/etc", 100));
}

}  // namespace
}  // namespace casebook::collector
