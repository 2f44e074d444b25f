#include <gmock/gmock.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"
#include "tests/unit/collector/kernel_test_support.h"

namespace casebook {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

using KernelState = KernelReadingTest;

TEST_F(KernelState, TakesEveryReadingOfKernelAndStorageWithoutALoss) {
  for (const auto rows : {state_rows(), storage_rows(), bpf_rows()}) {
    for (const ReadingRow& row : rows) {
      sink.entries.clear();
      take({.rule = "a.b/c", .reading = std::string(row.name)});
      // A disk that may not be opened here is named with its errno; nothing else may be lost.
      const bool is_disk = row.name.starts_with("block.");
      for (const auto& entry : sink.entries) {
        EXPECT_TRUE(entry.line.outcome != Outcome::lost || entry.line.error) << row.name;
      }
      EXPECT_TRUE(count.lost == 0 || is_disk) << row.name;
      EXPECT_GE(count.stored + count.absent + (is_disk ? count.lost : 0), 1U) << row.name;
    }
  }
}

TEST_F(KernelState, ReadsTheKernelLogFromItsBeginning) {
  take({.rule = "kernel.log/kmsg", .reading = "syslog.kmsg", .path = "/dev/kmsg"});
  if (sink.entries.empty()) GTEST_SKIP() << "no /dev/kmsg here";
  // "priority,sequence,microseconds,flags;text"
  EXPECT_THAT(sink.entries[0].bytes.substr(0, 40), HasSubstr(","));
  EXPECT_THAT(sink.entries[0].bytes, HasSubstr(";"));
}

TEST_F(KernelState, TellsSpacePerMountAsStatfsDoes) {
  struct statfs status {};
  ASSERT_EQ(::statfs("/proc", &status), 0);
  const auto lines = lines_of("statfs.all");
  const auto proc = std::ranges::find_if(
      lines, [](const Json& line) { return line.value("mount_point", "") == "/proc"; });
  ASSERT_NE(proc, lines.end());
  EXPECT_EQ((*proc)["type"], "proc");
  EXPECT_EQ((*proc)["block_bytes"], static_cast<std::uint64_t>(status.f_bsize));
}

TEST_F(KernelState, NamesTheRunningKernel) {
  utsname name{};
  ASSERT_EQ(::uname(&name), 0);
  const auto lines = lines_of("kernel.installed-versus-running");
  EXPECT_TRUE(std::ranges::any_of(lines, [&](const Json& line) {
    return line["release"] == name.release && line["running"] == true;
  }));
}

TEST(KernelStateOfAnImage, NeverShowsAHash) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "etc");
  std::ofstream(folder.path() / "etc/shadow") << "root:$y$j9T$secret:19000:0:99999:7:::\nsys:*:"
                                                 "18000:::::\nold:!$6$hash:0:::::\nbare::1:::::\n";
  const SystemClock clock;
  HostView host(clock, folder.path());
  RecordingSink sink;
  const StopRequest stop;
  const ReadingRequest request{.rule = "a.b/c", .reading = "shadow.recent-changes"};
  ASSERT_TRUE(bool(take_reading(request, host, sink, stop)));
  const auto lines = json_lines(sink.entries.at(0).bytes);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0]["password"], "set");
  EXPECT_EQ(lines[0]["changed_on"], "2022-01-08");
  EXPECT_EQ(lines[1]["password"], "none");
  EXPECT_EQ(lines[2]["password"], "locked");
  EXPECT_EQ(lines[3]["password"], "empty");
  EXPECT_THAT(sink.entries[0].bytes, Not(HasSubstr("secret")));
  EXPECT_THAT(sink.entries[0].bytes, Not(HasSubstr("hash")));
}

TEST(KernelStateOfAnImage, ReadsPackagesAndHistories) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "var/lib/dpkg");
  std::filesystem::create_directories(folder.path() / "etc");
  std::filesystem::create_directories(folder.path() / "home/ada");
  std::ofstream(folder.path() / "var/lib/dpkg/status")
      << "Package: a\nVersion: 1\nStatus: install ok installed\n\nPackage: b\nVersion: 2\n";
  std::ofstream(folder.path() / "etc/passwd") << "ada:x:1000:1000::/home/ada:/bin/sh\n";
  std::filesystem::create_symlink("/dev/null", folder.path() / "home/ada/.bash_history");
  const SystemClock clock;
  HostView host(clock, folder.path());
  RecordingSink sink;
  const StopRequest stop;
  for (const char* reading : {"dpkg.packages", "shell.history-tampering", "home.list"}) {
    const ReadingRequest request{.rule = "a.b/c", .reading = reading};
    ASSERT_TRUE(bool(take_reading(request, host, sink, stop)));
  }
  EXPECT_EQ(json_lines(sink.entries.at(0).bytes).at(1)["package"], "b");
  EXPECT_EQ(json_lines(sink.entries.at(1).bytes).at(0)["target"], "/dev/null");
  EXPECT_EQ(json_lines(sink.entries.at(2).bytes).at(0)["home"], "/home/ada");
}

}  // namespace
}  // namespace casebook
