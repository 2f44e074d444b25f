#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "collector/kernel_registry.h"
#include "tests/unit/collector/kernel_test_support.h"

namespace casebook {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

using KernelFiles = KernelReadingTest;

TEST_F(KernelFiles, ReadsAFileOfTheKernelToItsEnd) {
  take({.rule = "kernel.cmdline/proc-version",
        .stage = 5,
        .reading = "proc.version",
        .path = "/proc/version"});
  ASSERT_THAT(sink.entries, SizeIs(1));
  EXPECT_THAT(sink.entries[0].bytes, HasSubstr("Linux version"));
  EXPECT_EQ(sink.entries[0].line.type, EntryType::reading);
  EXPECT_EQ(sink.entries[0].line.reading, "proc.version");
  EXPECT_EQ(sink.entries[0].line.stage, 5);
  EXPECT_GT(sink.entries[0].line.taken_at.count(), 0);
}

TEST_F(KernelFiles, CountsAFileTheKernelDoesNotHave) {
  take({.rule = "a.b/c", .reading = "proc.bootconfig", .path = "/proc/no-such-file"});
  EXPECT_THAT(sink.entries, SizeIs(0));
  EXPECT_EQ(count.absent, 1U);
}

TEST_F(KernelFiles, ReadsFilesLargerThanOneChunk) {
  take({.rule = "a.b/c", .reading = "memory.kallsyms", .path = "/proc/kallsyms"});
  ASSERT_THAT(sink.entries, SizeIs(1));
  std::ifstream file("/proc/kallsyms");
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(sink.entries[0].bytes.size(), expected.size());
}

TEST_F(KernelFiles, TakesEachProcessWithItsHostileName) {
  const std::string name = "a\n\x1b[2J\xff) R 1";
  const Child child([&] { ::prctl(PR_SET_NAME, name.c_str()); });
  take({.rule = "process.identity/comm", .reading = "proc.pid.comm", .path = "/proc/%pid%/comm"});
  const auto* entry = sink.find(std::to_string(child.pid()));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->bytes, name + "\n");
  EXPECT_NE(sink.find("1"), nullptr);
}

TEST_F(KernelFiles, RecordsAProcessThatEndedWhileItWasLookedAt) {
  std::string number;
  {
    const Child child;
    number = std::to_string(child.pid());
    host.pids();
  }
  take({.rule = "process.identity/comm", .reading = "proc.pid.comm", .path = "/proc/%pid%/comm"});
  const auto* entry = sink.find(number);
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->line.outcome, Outcome::lost);
  EXPECT_TRUE(has_finding(entry->line, "vanished"));
  EXPECT_EQ(entry->line.error->errno_name, "ENOENT");
}

TEST_F(KernelFiles, TakesReadingsOfOneProcessTogether) {
  const std::vector<ReadingRequest> requests = {
      {.rule = "a.b/comm", .reading = "proc.pid.comm", .path = "/proc/%pid%/comm"},
      {.rule = "a.b/stat", .reading = "proc.pid.stat", .path = "/proc/%pid%/stat"}};
  ASSERT_TRUE(bool(take_readings(requests, host, sink, stop)));
  ASSERT_GT(sink.entries.size(), 3U);
  EXPECT_EQ(sink.entries[0].line.instance, sink.entries[1].line.instance);
  EXPECT_NE(sink.entries[0].line.rule, sink.entries[1].line.rule);
}

TEST_F(KernelFiles, MakesATableOfManySmallFiles) {
  take({.rule = "a.b/tasks", .reading = "proc.pid.task-comm", .path = "/proc/%pid%/task/*/comm"});
  const std::string number = std::to_string(::getpid());
  const auto* entry = sink.find(number);
  ASSERT_NE(entry, nullptr);
  const Json line = only_line(entry->bytes);
  EXPECT_EQ(line["path"], "/proc/" + number + "/task/" + number + "/comm");
  EXPECT_EQ(line["type"], "file");
}

TEST_F(KernelFiles, GivesTheTextOfLinksInsteadOfFollowingThem) {
  take({.rule = "a.b/cwd", .reading = "proc.pid.cwd", .path = "/proc/%pid%/cwd"});
  const auto* entry = sink.find(std::to_string(::getpid()));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(only_line(entry->bytes)["target"], std::filesystem::current_path().string());
}

TEST_F(KernelFiles, ReadsTheTablesOfAnotherNetworkNamespace) {
  const Child child([] { check(::unshare(CLONE_NEWNET) == 0, "unshare"); });
  if (!child.ready()) GTEST_SKIP() << "needs CAP_SYS_ADMIN for a network namespace";
  take({.rule = "network.interfaces/dev",
        .reading = "proc.net.dev",
        .path = "/proc/%netns%/net/dev"});
  ASSERT_GE(sink.entries.size(), 2U);
  const auto space = std::ranges::find_if(
      host.net_namespaces(), [&](const NetNamespace& one) { return one.pid == child.pid(); });
  ASSERT_NE(space, host.net_namespaces().end());
  const auto* entry = sink.find(std::to_string(space->inode));
  ASSERT_NE(entry, nullptr);
  EXPECT_THAT(entry->bytes, HasSubstr("lo:"));
}

TEST_F(KernelFiles, NeverOpensAnythingBelowDev) {
  const std::string name = "/dev/shm/casebook-test-" + std::to_string(::getpid());
  std::ofstream(name) << "secret";
  take({.rule = "kernel.device-nodes/dev-walk", .reading = "dev.walk", .path = "/dev/**"});
  ::unlink(name.c_str());
  ASSERT_THAT(sink.entries, SizeIs(1));
  EXPECT_THAT(sink.entries[0].bytes, HasSubstr(name));
  EXPECT_THAT(sink.entries[0].bytes, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace casebook
