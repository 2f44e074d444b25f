#include <gmock/gmock.h>
#include <sys/utsname.h>

#include "collector/proc_text.h"
#include "tests/unit/collector/kernel_test_support.h"

namespace casebook {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

using KernelSelf = KernelReadingTest;

TEST_F(KernelSelf, ReadsTheClocksBackToBack) {
  const auto lines = lines_of("clock.realtime");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_LE(lines[0]["realtime"].get<std::string>(), lines[0]["realtime_again"].get<std::string>());
  EXPECT_TRUE(lines[0].contains("boottime"));
  EXPECT_TRUE(lines_of("adjtimex.state").at(0)["synchronised"].is_boolean());
}

TEST_F(KernelSelf, NamesTheKernelAsUnameDoes) {
  utsname name{};
  ASSERT_EQ(::uname(&name), 0);
  EXPECT_EQ(lines_of("uname.all").at(0)["release"], name.release);
}

TEST_F(KernelSelf, DigestsItsOwnProgramAndItsVdso) {
  EXPECT_THAT(lines_of("self.exe-digest").at(0)["sha256"].get<std::string>(), SizeIs(64));
  EXPECT_THAT(lines_of("self.vdso").at(0)["sha256"].get<std::string>(), SizeIs(64));
}

TEST_F(KernelSelf, FollowsItsParentsUpToTheFirst) {
  const auto lines = lines_of("self.parents");
  EXPECT_EQ(lines.front()["pid"], ::getpid());
  EXPECT_EQ(lines.at(1)["pid"], ::getppid());
  EXPECT_EQ(lines.back()["pid"], 1);
}

TEST_F(KernelSelf, ReportsWhatTheRunDid) {
  host.footprint().programs.push_back({.argv = {"/bin/x", "-y"}, .pid = 7, .exit_code = 0});
  host.footprint().files_written.push_back("/out/bag");
  EXPECT_EQ(lines_of("self.processes").at(0)["argv"][1], "-y");
  EXPECT_EQ(lines_of("self.files-written").at(0)["path"], "/out/bag");
  EXPECT_TRUE(taken_last("self.processes"));
  EXPECT_FALSE(taken_last("self.parents"));
}

TEST_F(KernelSelf, GivesEveryRemainingFactAboutItself) {
  EXPECT_GE(lines_of("rlimits.all").size(), 10U);
  EXPECT_EQ(lines_of("self.umask").size(), 1U);
  EXPECT_GE(lines_of("host.counters-before").size(), 5U);
  EXPECT_GE(lines_of("self.access-probe").size(), 10U);
  EXPECT_EQ(lines_of("self.connections").size(), 0U);
  EXPECT_GE(host.footprint().refusals.size(), 1U);
  EXPECT_EQ(lines_of("self.refusals").size(), host.footprint().refusals.size());
}

TEST_F(KernelSelf, MasksSecretLookingVariables) {
  const ReadingRequest request{.rule = "a.b/environ", .reading = "self.environ"};
  SourceCount counted;
  ReadingRun run(request, host, sink, stop, counted);
  using namespace std::string_literals;
  ASSERT_TRUE(bool(store_environment(
      run, "9", "PATH=/bin\0DB_PASSWORD=hunter2\0AWS_SECRET_ACCESS_KEY=abc\0LD_PRELOAD=/x.so\0"s)));
  const auto& entry = sink.entries.at(0);
  EXPECT_THAT(entry.bytes, HasSubstr("LD_PRELOAD=/x.so"));
  EXPECT_THAT(entry.bytes, HasSubstr("DB_PASSWORD="));
  EXPECT_THAT(entry.bytes, Not(HasSubstr("hunter2")));
  EXPECT_EQ(entry.line.outcome, Outcome::redacted);
  EXPECT_EQ(entry.line.redactions, 2);
}

}  // namespace
}  // namespace casebook
