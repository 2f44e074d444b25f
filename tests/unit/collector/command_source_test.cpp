#include "collector/command_source.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <fstream>

#include "collector/proc_text.h"
#include "tests/support/recording_sink.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class CommandSourceTest : public testing::Test {
 protected:
  CommandRequest shell(std::string script, std::chrono::milliseconds time_max = 10s) {
    return {.rule = "test.command/one",
            .stage = 2,
            .argv = {"/bin/sh", "-c", std::move(script)},
            .time_max = time_max};
  }
  void take(const CommandRequest& request) {
    CommandSource source(host, placeholders, sink, stop);
    ASSERT_TRUE(bool(source.take(request)));
    count = source.count();
  }
  const RecordingSink::Entry& output() {
    const auto* entry = sink.find("stdout");
    check(entry != nullptr, "the command has an output");
    return *entry;
  }

  SystemClock clock;
  HostView host{clock};
  PlaceholderValues placeholders{host};
  RecordingSink sink;
  StopRequest stop;
  CommandCount count;
};

/// True once nobody in the group runs any more; a signal takes a moment to arrive.
bool group_ends(pid_t group) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    bool runs = false;
    const SystemClock clock;
    const HostView host(clock);
    for (const std::string& name : host.names("/proc").names) {
      const auto stat = parse_process_stat(host.read_text("/proc/" + name + "/stat").bytes);
      runs = runs || (stat && stat->pgrp == group && stat->state != 'Z' && stat->state != 'X');
    }
    if (!runs) return true;
    ::usleep(10'000);
  }
  return false;
}

TEST_F(CommandSourceTest, KeepsOutputErrorTextExitAndDigest) {
  take(shell("echo out; echo err >&2; exit 3"));
  ASSERT_THAT(sink.entries, SizeIs(2));
  EXPECT_EQ(output().bytes, "out\n");
  EXPECT_EQ(output().line.type, EntryType::command);
  EXPECT_EQ(output().line.command->exit_code, 3);
  EXPECT_THAT(output().line.command->program_sha256, SizeIs(64));
  EXPECT_TRUE(has_finding(output().line, "untrusted_output"));
  ASSERT_NE(sink.find("stderr"), nullptr);
  EXPECT_EQ(sink.find("stderr")->bytes, "err\n");
  EXPECT_TRUE(has_finding(sink.find("stderr")->line, "untrusted_output"));
  ASSERT_THAT(host.footprint().programs, SizeIs(1));
  EXPECT_EQ(host.footprint().programs[0].output_bytes, 4U);
}

TEST_F(CommandSourceTest, LeavesOutTheErrorEntryWhenNothingWasWritten) {
  take(shell("true"));
  EXPECT_THAT(sink.entries, SizeIs(1));
  EXPECT_EQ(output().bytes, "");
}

TEST_F(CommandSourceTest, GivesACleanEnvironmentWhateverTheCallerHas) {
  ::setenv("PATH", "/tmp/hostile", 1);
  ::setenv("LD_PRELOAD", "", 1);
  ::setenv("CASEBOOK_HOSTILE", "yes", 1);
  take({.rule = "test.command/env", .argv = {"/usr/bin/env"}});
  std::vector<std::string> lines;
  std::istringstream text(output().bytes);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  EXPECT_THAT(lines, UnorderedElementsAre("LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                          "HOME=/", "TERM=dumb"));
}

TEST_F(CommandSourceTest, RunsInASessionOfItsOwnAtTheRootWithoutForeignDescriptors) {
  const TemporaryFolder folder;
  std::ofstream held(folder.path() / "held");
  take(shell("pwd; ls /proc/self/fd | tr '\\n' ' '; read line; echo \"end $?\"; ps -o sid= -p $$"));
  EXPECT_THAT(output().bytes, HasSubstr("/\n0 1 2 3 end 1\n"));  // 3 is the folder that ls reads.
  EXPECT_THAT(output().bytes, HasSubstr(std::to_string(host.footprint().programs.at(0).pid)));
}

TEST_F(CommandSourceTest, NeverSearchesThePath) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "uname") << "#!/bin/sh\necho hostile\n";
  ::setenv("PATH", folder.path().c_str(), 1);
  const CommandRequest relative{.rule = "test.command/relative", .argv = {"uname"}};
  EXPECT_FALSE(supports_command(relative));
  take({.rule = "test.command/uname",
        .argv = {"/nonexistent/uname", "-s"},
        .alternatives = {"/bin/missing/uname", "/usr/bin/uname", "/bin/uname"}});
  EXPECT_EQ(output().bytes, "Linux\n");
  EXPECT_THAT(output().line.command->argv, ElementsAre("/usr/bin/uname", "-s"));
}

TEST_F(CommandSourceTest, CountsAProgramTheHostDoesNotHave) {
  take({.rule = "test.command/none", .argv = {"/nonexistent/program"}});
  EXPECT_THAT(sink.entries, SizeIs(0));
  EXPECT_EQ(count.absent, 1U);
  EXPECT_EQ(count.entries.lost, 0U);
}

TEST_F(CommandSourceTest, RecordsAProgramThatCannotBeStarted) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "not-executable") << "text";
  take({.rule = "test.command/denied", .argv = {(folder.path() / "not-executable").string()}});
  ASSERT_THAT(sink.entries, SizeIs(1));
  EXPECT_EQ(sink.entries[0].line.outcome, Outcome::lost);
  EXPECT_EQ(sink.entries[0].line.error->errno_name, "EACCES");
}

TEST_F(CommandSourceTest, KeepsPartialOutputOfACommandThatHangsWithAGrandchild) {
  const auto begin = std::chrono::steady_clock::now();
  take(shell("echo before; sleep 300 & sleep 300; echo after", 300ms));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(output().bytes, "before\n");
  EXPECT_TRUE(has_finding(output().line, "timed_out"));
  EXPECT_EQ(output().line.command->signal, SIGTERM);
  EXPECT_TRUE(group_ends(host.footprint().programs.at(0).pid));
}

TEST_F(CommandSourceTest, IsNotHeldByAGrandchildInAnotherSessionThatKeepsThePipe) {
  const auto begin = std::chrono::steady_clock::now();
  take(shell("echo begun; setsid sleep 20 & sleep 0.1; exit 0", 10s));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_EQ(output().bytes, "begun\n");
  EXPECT_EQ(output().line.command->exit_code, 0);
  EXPECT_FALSE(has_finding(output().line, "timed_out"));
}

TEST_F(CommandSourceTest, KillsACommandThatIgnoresBeingAsked) {
  const auto begin = std::chrono::steady_clock::now();
  take(shell("trap '' TERM HUP INT; echo deaf; while :; do sleep 0.05; done", 200ms));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 6s);
  EXPECT_EQ(output().bytes, "deaf\n");
  EXPECT_EQ(output().line.command->signal, SIGKILL);
  EXPECT_TRUE(has_finding(output().line, "timed_out"));
}

TEST_F(CommandSourceTest, CutsACommandThatFloodsItsOutput) {
  CommandRequest request = shell("exec cat /dev/zero", 30s);
  request.size_bytes_max = 100'000;
  const auto begin = std::chrono::steady_clock::now();
  take(request);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
  EXPECT_THAT(output().bytes, SizeIs(100'000));
  EXPECT_TRUE(has_finding(output().line, "cut_at_limit"));
}

TEST_F(CommandSourceTest, EndsAFloodAtItsTimeLimit) {
  CommandRequest request = shell("exec cat /dev/zero", 200ms);
  request.size_bytes_max = std::uint64_t{1} << 40U;
  CallFailure failure;
  auto started = CommandProcess::start("/bin/sh", request.argv, {.time_max = 200ms}, stop, failure);
  ASSERT_TRUE(started.has_value());
  std::vector<std::byte> chunk(65536);
  for (auto count_read = started->read(chunk); count_read && *count_read > 0;)
    count_read = started->read(chunk);
  EXPECT_TRUE(started->finish().timed_out);
}

TEST_F(CommandSourceTest, BoundsTheErrorText) {
  take(shell("head -c 3000000 /dev/zero >&2; echo done"));
  EXPECT_EQ(output().bytes, "done\n");
  EXPECT_THAT(sink.find("stderr")->bytes, SizeIs(std::size_t{1} << 20U));
  EXPECT_TRUE(has_finding(sink.find("stderr")->line, "cut_at_limit"));
}

TEST_F(CommandSourceTest, ObeysAStopRequest) {
  stop.stop(StopReason::interrupted);
  const auto begin = std::chrono::steady_clock::now();
  take(shell("sleep 300", 300s));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_FALSE(has_finding(output().line, "timed_out"));
}

TEST_F(CommandSourceTest, FillsAPlaceholderIntoOneArgumentPerValue) {
  take({.rule = "test.command/user", .argv = {"/bin/echo", "user=%user%"}});
  ASSERT_NE(sink.find("root/stdout"), nullptr);
  EXPECT_EQ(sink.find("root/stdout")->bytes, "user=root\n");
}

TEST_F(CommandSourceTest, RefusesValuesThatCouldActAsAnOptionOrLeaveTheirPart) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "etc");
  std::ofstream(folder.path() / "etc/passwd") << "good:x:1:\n-rf:x:2:\na/b:x:3:\n:x:4:\n";
  HostView image(clock, folder.path());
  PlaceholderValues values(image, {"/etc/shadow", "-x", "relative", "/a/../b", "/ok"});
  EXPECT_THAT(values.of("user"), ElementsAre("good"));
  EXPECT_THAT(values.of("file"), ElementsAre("/etc/shadow", "/ok"));
}

TEST_F(CommandSourceTest, MasksWhatItsRuleSaysIsSecret) {
  CommandRequest request = shell("echo 'host: db1'; echo 'password: hunter2'");
  request.take = ReadingTake::redacted;
  take(request);
  EXPECT_THAT(output().bytes, HasSubstr("host: db1"));
  EXPECT_THAT(output().bytes, testing::Not(HasSubstr("hunter2")));
  EXPECT_EQ(output().line.outcome, Outcome::redacted);
  EXPECT_EQ(output().line.redactions, 1);
  EXPECT_TRUE(has_finding(output().line, "masked"));
  EXPECT_TRUE(has_finding(output().line, "untrusted_output"));
}

TEST_F(CommandSourceTest, DoesNotTakeWhatCannotBeFilled) {
  EXPECT_FALSE(supports_command({.argv = {"/usr/bin/x", "%vbox-machine%"}}));
  EXPECT_TRUE(supports_command({.argv = {"/usr/bin/x", "%interface%"}}));
}

}  // namespace
}  // namespace casebook
