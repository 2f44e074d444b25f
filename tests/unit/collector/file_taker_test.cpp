#include "collector/file_taker.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>

#include "collector/file_source.h"
#include "tests/support/taken_tree.h"
#include "tests/support/temporary_folder.h"

namespace casebook::collector {
namespace {

namespace fs = std::filesystem;

class FileTakerTest : public ::testing::Test {
 protected:
  fs::path put(const std::string& path, std::string_view content) {
    const fs::path file = folder_.path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }
  TemporaryFolder folder_{folder_in_memory()};
  TakenTree tree_{folder_.path()};
};

TEST_F(FileTakerTest, StoresBytesAndMetadata) {
  const fs::path file = put("etc/conf", "content");
  fs::permissions(file, fs::perms(0640));
  tree_.take({make_rule("/etc/*")});
  const CatalogLine& line = tree_.line("/etc/conf");
  EXPECT_EQ(tree_.bytes("/etc/conf"), "content");
  EXPECT_EQ(line.rule, "/etc/*");
  EXPECT_EQ(line.outcome, Outcome::stored);
  EXPECT_EQ(line.type, EntryType::file);
  EXPECT_EQ(line.stat->mode, 0100640U);
  EXPECT_EQ(line.stat->size_bytes, 7U);
  EXPECT_TRUE(line.findings.empty());
  EXPECT_TRUE(line.extents.empty());
  struct stat seen {};
  ASSERT_EQ(::stat(file.c_str(), &seen), 0);
  EXPECT_EQ(line.stat->mtime.count() % 1'000'000'000, seen.st_mtim.tv_nsec);
  EXPECT_EQ(line.taken_at, tree_.clock.now().time_since_epoch());
}

TEST_F(FileTakerTest, LeavesAccessTimesAlone) {
  const fs::path file = put("f", "x");
  const timespec old[2] = {{1000, 5}, {2000, 6}};
  ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), old, 0), 0);
  tree_.take({make_rule("/*")});
  struct stat seen {};
  ASSERT_EQ(::stat(file.c_str(), &seen), 0);
  EXPECT_EQ(seen.st_atim.tv_sec, 1000);
  EXPECT_FALSE(tree_.has_finding("/f", "atime_touched"));
}

TEST_F(FileTakerTest, SaysWhenTheAccessTimeCouldNotBeLeftAlone) {
  const fs::path file = put("f", "x");
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0644));
  ::setfsuid(65534);  // Neither owner nor privileged.
  tree_.take({make_rule("/*")});
  ::setfsuid(::geteuid());
  EXPECT_EQ(tree_.bytes("/f"), "x");
  EXPECT_TRUE(tree_.has_finding("/f", "atime_touched"));
}

TEST_F(FileTakerTest, ListsAFileThatItMayNotRead) {
  const fs::path file = put("f", "x");
  fs::permissions(folder_.path(), fs::perms(0755));
  fs::permissions(file, fs::perms(0600));
  ::setfsuid(65534);
  tree_.take({make_rule("/*")});
  ::setfsuid(::geteuid());
  EXPECT_EQ(tree_.line("/f").outcome, Outcome::lost);
  EXPECT_EQ(tree_.line("/f").error->errno_name, "EACCES");
  EXPECT_TRUE(tree_.line("/f").stat);
}

TEST_F(FileTakerTest, OpensNothingThatItsRuleOnlyLists) {
  put("secret", "x");
  bool opened = false;
  tree_.watcher = [&](TakeMoment moment, const std::string&) {
    opened = opened || moment == TakeMoment::opened;
  };
  tree_.take({make_rule("/*", Take::metadata)});
  EXPECT_EQ(tree_.line("/secret").outcome, Outcome::listed);
  EXPECT_EQ(tree_.line("/secret").stat->size_bytes, 1U);
  EXPECT_FALSE(opened);
}

TEST_F(FileTakerTest, MasksWhatItsRuleWantsRedacted) {
  put("conf", "user = u\npassword = hunter2\n");
  put("binary", std::string("password=hunter2\0", 17));
  tree_.take({make_rule("/*", Take::redacted)});
  EXPECT_EQ(tree_.bytes("/conf"), "user = u\npassword = [masked]\n");
  EXPECT_EQ(tree_.line("/conf").outcome, Outcome::redacted);
  EXPECT_EQ(tree_.line("/conf").redactions, 1);
  EXPECT_EQ(tree_.line("/binary").outcome, Outcome::listed);
  EXPECT_TRUE(tree_.has_finding("/binary", "not_text"));
  EXPECT_EQ(tree_.bytes("/binary"), "");
}

TEST_F(FileTakerTest, StoresAFileWithSeveralNamesOnce) {
  const fs::path first = put("a/one", "content");
  fs::create_hard_link(first, folder_.path() / "a/two");
  tree_.take({make_rule("/a/*")});
  const bool one_first = tree_.line("/a/one").outcome == Outcome::stored;
  const std::string stored = one_first ? "/a/one" : "/a/two";
  const std::string linked = one_first ? "/a/two" : "/a/one";
  EXPECT_EQ(tree_.bytes(stored), "content");
  EXPECT_EQ(tree_.line(linked).outcome, Outcome::linked);
  EXPECT_EQ(tree_.line(linked).link_of, tree_.line(stored).stored);
}

TEST_F(FileTakerTest, GivesNoLinkToAMaskedOrCutCopy) {
  // What lies in the root is taken before what lies in its folders.
  const fs::path first = put("cut", "password=x\n");
  fs::create_directories(folder_.path() / "a");
  fs::create_hard_link(first, folder_.path() / "a/whole");
  fs::create_hard_link(put("masked", "password=y\n"), folder_.path() / "a/plain");
  MatchRule cut = make_rule("/cut");
  cut.bytes_max = 3;
  tree_.take({cut, make_rule("/masked", Take::redacted), make_rule("/a/*")});
  EXPECT_TRUE(tree_.has_finding("/cut", "cut_at_limit"));
  EXPECT_EQ(tree_.bytes("/cut"), "pas");
  EXPECT_EQ(tree_.bytes("/a/whole"), "password=x\n");
  EXPECT_EQ(tree_.bytes("/a/plain"), "password=y\n");
}

TEST_F(FileTakerTest, KeepsExtendedAttributes) {
  const fs::path file = put("f", "x");
  ASSERT_EQ(::setxattr(file.c_str(), "trusted.note", "v\0w", 3, 0), 0);
  tree_.take({make_rule("/f")});
  ASSERT_EQ(tree_.line("/f").xattrs.size(), 1U);
  EXPECT_EQ(tree_.line("/f").xattrs[0].name, "trusted.note");
  EXPECT_EQ(tree_.line("/f").xattrs[0].value, std::string("v\0w", 3));
}

TEST_F(FileTakerTest, KeepsExtendedAttributesOfWhatIsNotOpened) {
  fs::create_directories(folder_.path() / "d");
  ASSERT_EQ(::setxattr((folder_.path() / "d").c_str(), "trusted.note", "v", 1, 0), 0);
  tree_.take({make_rule("/d")});
  ASSERT_EQ(tree_.line("/d").xattrs.size(), 1U);
  EXPECT_EQ(tree_.line("/d").type, EntryType::directory);
}

TEST_F(FileTakerTest, ReadsFilesOfTheKernelToTheirEnd) {
  auto root = RootFs::open("/proc");
  ASSERT_TRUE(root);
  TakenTree proc("/proc");
  proc.take({make_rule("/version"), make_rule("/self/stat")});
  EXPECT_TRUE(proc.bytes("/version").starts_with("Linux version"));
  EXPECT_EQ(proc.line("/version").stat->size_bytes, 0U);
  EXPECT_TRUE(proc.line("/version").findings.empty());
}

TEST_F(FileTakerTest, TakesEmptyFilesAndFolders) {
  put("empty", "");
  fs::create_directories(folder_.path() / "folder");
  tree_.take({make_rule("/*")});
  EXPECT_EQ(tree_.line("/empty").outcome, Outcome::stored);
  EXPECT_EQ(tree_.bytes("/empty"), "");
  EXPECT_EQ(tree_.line("/folder").outcome, Outcome::listed);
}

TEST(DataRanges, AreCutAndCountedByBytesOfData) {
  std::vector<DataRange> ranges = {{0, 10}, {100, 20}, {500, 5}};
  EXPECT_EQ(total_bytes(ranges), 35U);
  cut_ranges(ranges, 15);
  ASSERT_EQ(ranges.size(), 2U);
  EXPECT_EQ(ranges[1].length, 5U);
  cut_ranges(ranges, 10);
  EXPECT_EQ(ranges.size(), 1U);
  cut_ranges(ranges, 0);
  EXPECT_TRUE(ranges.empty());
}

TEST_F(FileTakerTest, JoinsRangesWhenThereAreTooMany) {
  const fs::path file = put("holes", "");
  const UniqueFd fd(::open(file.c_str(), O_WRONLY));
  constexpr std::uint64_t kStep = 16384;
  const std::size_t count = kRangesMax + 1000;
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_EQ(::pwrite(fd.get(), "x", 1, static_cast<off_t>(i * kStep)), 1);
  const std::uint64_t size = (count - 1) * kStep + 1;
  const UniqueFd reading(::open(file.c_str(), O_RDONLY));
  const auto ranges = find_data_ranges(reading.get(), size);
  EXPECT_LE(ranges.size(), kRangesMax);
  EXPECT_GE(total_bytes(ranges), count);
  EXPECT_EQ(ranges.back().offset + ranges.back().length, size);
}

}  // namespace
}  // namespace casebook::collector
