/// The worst hosts of collector.md 5c, one test each: is what was there taken (recall), and what
/// could not be taken told (honesty)?

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <thread>

#include "collector/match_spool.h"
#include "tests/support/deep_tree.h"
#include "tests/support/taken_tree.h"
#include "tests/support/temporary_folder.h"

namespace casebook::collector {
namespace {

namespace fs = std::filesystem;

class HostileTree : public ::testing::Test {
 protected:
  fs::path put(const std::string& path, std::string_view content) {
    const fs::path file = folder_.path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  fs::path at(const std::string& path) const { return folder_.path() / path; }

  /// Whether a line says that what is mounted there was left out.
  bool passed_by(std::string_view path, std::string_view code) const {
    return std::ranges::any_of(tree_.sink.entries, [&](const RecordedBag::Recorded& entry) {
      return entry.line.path == path && entry.line.outcome == Outcome::lost &&
             has_finding(entry.line, code);
    });
  }
  static bool has_finding(const CatalogLine& line, std::string_view code) {
    return std::ranges::find(line.findings, code) != line.findings.end();
  }

  TemporaryFolder folder_{folder_in_memory()};
  TakenTree tree_{folder_.path()};
};

/// Runs `body` in a child with a mount namespace of its own. @return its exit status, or -1 when
/// the privilege is missing.
int in_own_mounts(const std::function<int()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
      ::_exit(99);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 98;
  return code == 99 ? -1 : code;
}

TEST_F(HostileTree, NamesWithLineFeedsEscapesAndBytesThatAreNoUtf8AreKeptAsTheyAre) {
  const std::vector<std::string> names = {"line\nfeed",
                                          "\x1b[31mred",
                                          "bad\xff\xfe\x80",
                                          "-rf",
                                          " leading",
                                          "trailing ",
                                          "\xe2\x80\xae"
                                          "txt",
                                          "back\\slash",
                                          "quote'\"",
                                          "*",
                                          "[a]",
                                          "con",
                                          "...",
                                          std::string(255, 'n'),
                                          "a\tb",
                                          "\x01\x7f"};
  for (const std::string& name : names) put(name, name);
  tree_.take({make_rule("/*")});
  for (const std::string& name : names) {
    EXPECT_EQ(tree_.bytes("/" + name), name);
    EXPECT_EQ(tree_.line("/" + name).path, "/" + name);
  }
  EXPECT_EQ(tree_.summary.lost, 0U);
}

TEST_F(HostileTree, NamesThatDifferOnlyInCaseOrEscapingStayApart) {
  put("File", "1");
  put("file", "2");
  put("a=0Ab", "3");
  put("a\nb", "4");
  tree_.take({make_rule("/*")});
  EXPECT_EQ(tree_.bytes("/File") + tree_.bytes("/file"), "12");
  EXPECT_EQ(tree_.bytes("/a=0Ab") + tree_.bytes("/a\nb"), "34");
}

TEST_F(HostileTree, PathsBeyondPathMaxAreTaken) {
  fs::create_directories(at("t"));
  const DeepTree deep(at("t"), 40, std::string(255, 'p'));
  tree_.take({make_rule("/t/**/bottom")});
  ASSERT_EQ(tree_.sink.entries.size(), 1U);
  EXPECT_GT(tree_.sink.entries[0].line.path.size(), 10'000U);
  EXPECT_EQ(tree_.sink.entries[0].bytes, "bottom");
}

TEST_F(HostileTree, ATreeTenThousandDeepIsTakenToTheBottom) {
  fs::create_directories(at("t"));
  const DeepTree deep(at("t"), 10'000, "d");
  tree_.take({make_rule("/t/**/bottom")});
  ASSERT_EQ(tree_.sink.entries.size(), 1U);
  EXPECT_EQ(tree_.sink.entries[0].bytes, "bottom");
  EXPECT_EQ(tree_.summary.lost, 0U);
}

TEST_F(HostileTree, FifosWithoutWritersSocketsAndDevicesAreListedAndNeverOpened) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  const UniqueFd server(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  at("sock").native().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  bool opened = false;
  tree_.watcher = [&](TakeMoment moment, const std::string&) {
    opened = opened || moment == TakeMoment::opened;
  };
  tree_.take({make_rule("/*")});
  EXPECT_EQ(tree_.line("/fifo").type, EntryType::fifo);
  EXPECT_EQ(tree_.line("/sock").type, EntryType::socket);
  EXPECT_EQ(tree_.line("/fifo").outcome, Outcome::listed);
  EXPECT_FALSE(opened);
}

TEST_F(HostileTree, DevicesAreListedWithTheirNumbersAndNeverOpened) {
  if (::mknod(at("null").c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0)
    GTEST_SKIP() << "needs CAP_MKNOD";
  ASSERT_EQ(::mknod(at("disk").c_str(), S_IFBLK | 0600, makedev(7, 200)), 0);
  bool opened = false;
  tree_.watcher = [&](TakeMoment moment, const std::string&) {
    opened = opened || moment == TakeMoment::opened;
  };
  tree_.take({make_rule("/*")});
  EXPECT_EQ(tree_.line("/null").type, EntryType::char_device);
  EXPECT_EQ(tree_.line("/null").stat->rdev, std::pair(1U, 3U));
  EXPECT_EQ(tree_.line("/disk").type, EntryType::block_device);
  EXPECT_EQ(tree_.line("/disk").stat->rdev, std::pair(7U, 200U));
  EXPECT_FALSE(opened);
}

TEST_F(HostileTree, AFifoPutInPlaceOfAFileIsNotRead) {
  const fs::path file = put("f", "x");
  tree_.watcher = [&](TakeMoment moment, const std::string&) {
    if (moment != TakeMoment::looked_at) return;
    fs::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  };
  tree_.take({make_rule("/f")});
  EXPECT_EQ(tree_.line("/f").outcome, Outcome::lost);
  EXPECT_TRUE(tree_.has_finding("/f", "replaced"));
}

TEST_F(HostileTree, ASparseFileOfEightTebibytesTakesItsDataOnly) {
  const fs::path file = put("huge", "start");
  {
    const UniqueFd fd(::open(file.c_str(), O_WRONLY));
    // The far end of what the file system allows, up to 8 TiB.
    off_t size = off_t{8} << 40;
    while (::ftruncate(fd.get(), size) != 0) size /= 2;
    ASSERT_GE(size, off_t{1} << 40);
    ASSERT_EQ(::pwrite(fd.get(), "end", 3, size - 3), 3);
  }
  tree_.take({make_rule("/huge")});
  const CatalogLine& line = tree_.line("/huge");
  EXPECT_GE(line.stat->size_bytes, std::uint64_t{1} << 40U);
  ASSERT_EQ(line.extents.size(), 2U);
  const std::string bytes = tree_.bytes("/huge");
  EXPECT_LE(bytes.size(), std::size_t{256} << 10U);
  EXPECT_TRUE(bytes.starts_with("start"));
  EXPECT_TRUE(bytes.ends_with("end"));
  EXPECT_EQ(line.extents[1].offset + line.extents[1].length, line.stat->size_bytes);
  EXPECT_TRUE(line.findings.empty());
}

TEST_F(HostileTree, AFileThatIsOneHoleStoresNothingAndSaysWhere) {
  const fs::path file = put("hole", "");
  ASSERT_EQ(::truncate(file.c_str(), 1 << 20), 0);
  tree_.take({make_rule("/hole")});
  EXPECT_EQ(tree_.bytes("/hole"), "");
  EXPECT_EQ(tree_.line("/hole").stat->size_bytes, 1U << 20U);
  EXPECT_EQ(tree_.line("/hole").stored_size_bytes, 0U);
}

/// Changes the file at a moment of taking it.
void change_at(TakenTree& tree, TakeMoment when, const std::function<void()>& change) {
  tree.watcher = [=, done = false](TakeMoment moment, const std::string&) mutable {
    if (moment == when && !std::exchange(done, true)) change();
  };
}

TEST_F(HostileTree, AFileThatGrowsIsTakenAsItWasAndSaysSo) {
  const fs::path file = put("log", "first\n");
  change_at(tree_, TakeMoment::opened, [&] { std::ofstream(file, std::ios::app) << "more\n"; });
  tree_.take({make_rule("/log")});
  EXPECT_EQ(tree_.bytes("/log"), "first\n");
  EXPECT_TRUE(tree_.has_finding("/log", "grew"));
  EXPECT_TRUE(tree_.has_finding("/log", "changed_while_read"));
  EXPECT_EQ(tree_.line("/log").size_closed, 11U);
}

TEST_F(HostileTree, AFileThatShrinksIsFilledUpAndSaysFromWhere) {
  const fs::path file = put("log", "0123456789");
  change_at(tree_, TakeMoment::opened, [&] { fs::resize_file(file, 4); });
  tree_.take({make_rule("/log")});
  EXPECT_EQ(tree_.bytes("/log"), std::string("0123\0\0\0\0\0\0", 10));
  EXPECT_EQ(tree_.line("/log").filled_from, 4U);
  EXPECT_TRUE(tree_.has_finding("/log", "shrank"));
}

TEST_F(HostileTree, AFileRotatedAwayWhileReadIsTakenWholeAndSaysSo) {
  const fs::path file = put("log", "old lines");
  change_at(tree_, TakeMoment::opened, [&] {
    fs::rename(file, at("log.1"));
    put("log", "new");
  });
  tree_.take({make_rule("/log")});
  EXPECT_EQ(tree_.bytes("/log"), "old lines");
  EXPECT_FALSE(tree_.has_finding("/log", "vanished"));  // It has another name now.
}

TEST_F(HostileTree, AFileRotatedBeforeItIsOpenedIsTakenForWhatItIs) {
  const fs::path file = put("log", "old");
  change_at(tree_, TakeMoment::looked_at, [&] {
    fs::rename(file, at("log.1"));
    put("log", "new");
  });
  tree_.take({make_rule("/log")});
  EXPECT_EQ(tree_.bytes("/log"), "new");
  EXPECT_TRUE(tree_.has_finding("/log", "replaced"));
}

TEST_F(HostileTree, AFileThatVanishesIsALostLineOrIsTakenWhole) {
  const fs::path early = put("early", "x");
  const fs::path late = put("late", "y");
  tree_.watcher = [&](TakeMoment moment, const std::string& path) {
    if (path == "/early" && moment == TakeMoment::looked_at) fs::remove(early);
    if (path == "/late" && moment == TakeMoment::opened) fs::remove(late);
  };
  tree_.take({make_rule("/*")});
  EXPECT_EQ(tree_.line("/early").outcome, Outcome::lost);
  EXPECT_TRUE(tree_.has_finding("/early", "vanished"));
  EXPECT_EQ(tree_.bytes("/late"), "y");
  EXPECT_TRUE(tree_.has_finding("/late", "vanished"));
}

TEST_F(HostileTree, ALinkPutInPlaceOfAFileIsNotFollowed) {
  put("outside/secret", "s");
  const fs::path file = put("in/f", "x");
  change_at(tree_, TakeMoment::looked_at, [&] {
    fs::remove(file);
    fs::create_symlink(at("outside/secret"), file);
  });
  tree_.take({make_rule("/in/*")});
  EXPECT_EQ(tree_.line("/in/f").outcome, Outcome::lost);
  EXPECT_TRUE(tree_.has_finding("/in/f", "replaced"));
  EXPECT_EQ(tree_.line("/in/f").error->errno_name, "ELOOP");
}

TEST_F(HostileTree, ALinkPutInPlaceOfAFolderIsNotFollowed) {
  put("outside/x", "s");
  put("in/a/x", "1");
  put("in/b/x", "2");
  // When the first file was taken, the other folder is not open yet.
  change_at(tree_, TakeMoment::read, [&] {
    for (const char* name : {"in/a", "in/b"}) {
      fs::remove_all(at(name));
      fs::create_directory_symlink(at("outside"), at(name));
    }
  });
  tree_.take({make_rule("/in/*/x")});
  std::size_t taken = 0;
  for (const auto& entry : tree_.sink.entries) {
    EXPECT_NE(entry.bytes, "s");
    taken += entry.line.outcome == Outcome::stored ? 1 : 0;
  }
  EXPECT_EQ(taken, 1U);
  EXPECT_EQ(tree_.summary.lost, 1U);
}

TEST_F(HostileTree, FoldersAndLinksSwappedAllTheTimeNeverLeadOut) {
  put("outside/x", "s");
  put("in/a/x", "ok");
  std::atomic<bool> stop = false;
  std::thread swapper([&] {
    while (!stop) {
      std::error_code ignored;
      fs::rename(at("in/a"), at("kept"), ignored);
      fs::create_directory_symlink(at("outside"), at("in/a"), ignored);
      fs::remove(at("in/a"), ignored);
      fs::rename(at("kept"), at("in/a"), ignored);
    }
  });
  for (int round = 0; round < 300; ++round) tree_.take({make_rule("/in/**"), make_rule("/in/a/x")});
  stop = true;
  swapper.join();
  for (const auto& entry : tree_.sink.entries) EXPECT_NE(entry.bytes, "s");
}

TEST_F(HostileTree, LinksInCirclesAreListedOnce) {
  put("a/x", "1");
  fs::create_directory_symlink("../a", at("a/self"));
  fs::create_symlink("two", at("one"));
  fs::create_symlink("one", at("two"));
  fs::create_symlink("/", at("a/root"));
  tree_.take({make_rule("/**")});
  EXPECT_EQ(tree_.sink.entries.size(), 7U);  // Root, a, x, self, root, one, two.
  EXPECT_EQ(tree_.line("/one").link_target, "two");
  EXPECT_EQ(tree_.line("/a/root").link_target, "/");
}

TEST_F(HostileTree, AHundredThousandFilesInOneFolderAreAllTaken) {
  constexpr int kFiles = 100'000;
  const UniqueFd fd(::open(folder_.path().c_str(), O_PATH | O_DIRECTORY));
  for (int i = 0; i < kFiles; ++i)
    ASSERT_TRUE(
        UniqueFd(::openat(fd.get(), ("f" + std::to_string(i)).c_str(), O_CREAT | O_WRONLY, 0600)));
  tree_.take({make_rule("/f*")});
  EXPECT_EQ(tree_.sink.entries.size(), static_cast<std::size_t>(kFiles));
  EXPECT_EQ(tree_.summary.folders_read, 1U);
}

/// Answers nothing: whoever looks at the mount waits for ever.
TEST_F(HostileTree, ADeadNetworkMountIsPassedByAndNamed) {
  if (::access("/dev/fuse", R_OK | W_OK) != 0) GTEST_SKIP() << "needs /dev/fuse";
  fs::create_directories(at("mnt/dead"));
  put("mnt/alive", "x");
  const int status = in_own_mounts([&] {
    const int fuse = ::open("/dev/fuse", O_RDWR);
    const std::string options =
        "fd=" + std::to_string(fuse) + ",rootmode=40000,user_id=0,group_id=0";
    if (fuse < 0 || ::mount("far", at("mnt/dead").c_str(), "fuse.far", 0, options.c_str()) != 0)
      return 99;
    ::alarm(20);  // Hanging ends the child by a signal.
    tree_.take({make_rule("/**")});
    return passed_by("/mnt/dead", "mount_remote") && tree_.bytes("/mnt/alive") == "x" ? 0 : 1;
  });
  if (status < 0) GTEST_SKIP() << "needs CAP_SYS_ADMIN to mount";
  EXPECT_EQ(status, 0);
}

TEST_F(HostileTree, AMountOverAnotherIsToldAsHidden) {
  fs::create_directories(at("m"));
  const int status = in_own_mounts([&] {
    for (int i = 0; i < 2; ++i)
      if (::mount("tmpfs", at("m").c_str(), "tmpfs", 0, "size=64k") != 0) return 99;
    tree_.take({make_rule("/**")});
    return tree_.summary.hidden_mounts == std::vector<std::string>{"/m"} ? 0 : 1;
  });
  if (status < 0) GTEST_SKIP() << "needs CAP_SYS_ADMIN to mount";
  EXPECT_EQ(status, 0);
}

TEST_F(HostileTree, FileSystemsOfTheKernelAreEnteredOnlyByName) {
  fs::create_directories(at("proc"));
  const int status = in_own_mounts([&] {
    if (::mount("proc", at("proc").c_str(), "proc", 0, nullptr) != 0) return 99;
    tree_.take({make_rule("/**")});
    if (!passed_by("/proc", "mount_of_kernel") || tree_.sink.find("/proc/version")) return 1;
    tree_.take({make_rule("/proc/version")});
    return tree_.bytes("/proc/version").starts_with("Linux") ? 0 : 2;
  });
  if (status < 0) GTEST_SKIP() << "needs CAP_SYS_ADMIN to mount";
  EXPECT_EQ(status, 0);
}

TEST_F(HostileTree, HiddenProcessesAreLossesThatAreTold) {
  fs::create_directories(at("proc"));
  fs::permissions(folder_.path(), fs::perms(0755));
  const int status = in_own_mounts([&] {
    if (::mount("proc", at("proc").c_str(), "proc", 0, "hidepid=1") != 0) return 99;
    ::prctl(PR_SET_DUMPABLE, 1);
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 99;
    tree_.take({make_rule("/proc/1/status"), make_rule("/proc/*/cmdline")});
    const CatalogLine& line = tree_.line("/proc/1");
    return line.outcome == Outcome::lost && line.error ? 0 : 1;
  });
  if (status < 0) GTEST_SKIP() << "needs CAP_SYS_ADMIN to mount";
  EXPECT_EQ(status, 0);
}

TEST_F(HostileTree, RunsWithoutPrivilegesAndTellsEachRefusal) {
  put("open/a", "a");
  put("closed/b", "b");
  put("open/private", "p");
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(at("closed"), fs::perms(0700));
  fs::permissions(at("open/private"), fs::perms(0600));
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(9);
    tree_.take({make_rule("/**")});
    const bool recall = tree_.bytes("/open/a") == "a";
    const bool folder = tree_.summary.lost == 1;
    const bool file = tree_.line("/open/private").outcome == Outcome::lost &&
                      tree_.line("/open/private").error->errno_name == "EACCES";
    ::_exit((recall ? 0 : 1) | (folder ? 0 : 2) | (file ? 0 : 4));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  fs::permissions(at("closed"), fs::perms(0700));
  if (::geteuid() != 0) GTEST_SKIP() << "needs another user than the owner of the files";
  EXPECT_EQ(status, 0);
}

TEST_F(HostileTree, WaitsInMemoryWhereNoFileCanBeMade) {
  put("a/x", "1");
  auto root = RootFs::open(folder_.path());
  ASSERT_TRUE(root);
  Matcher matcher({make_rule("/a/*")}, {});
  const MountTable mounts;
  SystemRandomness randomness;
  MatchSpool spool(std::nullopt, randomness, tree_.sink);
  ASSERT_TRUE(walk(matcher, *root, mounts, spool, {tree_.clock, tree_.stop}));
  EXPECT_EQ(spool.waiting(9), 1U);
  FileTaker taker({*root, mounts, matcher.rules(), tree_.sink, tree_.clock});
  auto done = take_matches(spool, 9, taker, tree_.stop);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->taken, 1U);
  EXPECT_EQ(tree_.bytes("/a/x"), "1");
}

TEST_F(HostileTree, StagesThatBeginInDifferentFoldersAreNotMixedUp) {
  put("a/x", "1");
  put("b/x", "2");
  auto root = RootFs::open(folder_.path());
  ASSERT_TRUE(root);
  MatchRule first = make_rule("/a/x");
  first.stage = 2;
  Matcher matcher({first, make_rule("/b/x")}, {});
  const MountTable mounts;
  SystemRandomness randomness;
  MatchSpool spool(std::nullopt, randomness, tree_.sink);
  ASSERT_TRUE(walk(matcher, *root, mounts, spool, {tree_.clock, tree_.stop}));
  FileTaker taker({*root, mounts, matcher.rules(), tree_.sink, tree_.clock});
  for (int stage = 0; stage < kStages; ++stage)
    ASSERT_TRUE(take_matches(spool, stage, taker, tree_.stop));
  EXPECT_EQ(tree_.bytes("/a/x"), "1");
  EXPECT_EQ(tree_.bytes("/b/x"), "2");
}

TEST_F(HostileTree, AClockSetBackAYearHidesNoFile) {
  put("new", "x");
  MatchRule young = make_rule("/new");
  young.age_days_max = 30;
  // By the host's clock the file comes from the far future.
  tree_.clock.set(UtcNanoseconds(std::chrono::hours(24 * 365 * 40)));
  tree_.take({young});
  EXPECT_EQ(tree_.bytes("/new"), "x");
  EXPECT_EQ(tree_.line("/new").taken_at, tree_.clock.now().time_since_epoch());
  EXPECT_GT(tree_.line("/new").monotonic.count(), 0);
}

TEST_F(HostileTree, ADeviceThatFailsWhileReadIsToldAndFilledUp) {
  // Reading our own memory at address 0 fails with EIO, as a bad sector does.
  TakenTree proc("/proc");
  proc.take({make_rule("/self/mem")});
  const CatalogLine& line = proc.sink.entries.back().line;
  EXPECT_TRUE(std::ranges::find(line.findings, "read_error") != line.findings.end());
  EXPECT_EQ(line.error->errno_name, "EIO");
}

}  // namespace
}  // namespace casebook::collector
