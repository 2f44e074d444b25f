#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "collector/proc_text.h"
#include "collector/process_table.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/collector/kernel_test_support.h"

namespace casebook {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class KernelProcess : public KernelReadingTest {
 protected:
  std::vector<Json> lines_about(const std::string& reading, pid_t pid) {
    std::vector<Json> lines = lines_of(reading);
    std::erase_if(lines, [&](const Json& line) { return line["pid"] != pid; });
    return lines;
  }
};

/// A child that runs `program` with `argv`; ready once the new program is there.
class Program {
 public:
  Program(
      const std::string& program, std::vector<std::string> argv,
      const std::function<void()>& prepare = [] {}) {
    std::array<int, 2> pipe{};
    check(::pipe2(pipe.data(), O_CLOEXEC) == 0, "pipe");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setpgid(0, 0);
      prepare();
      std::vector<char*> arguments;
      for (std::string& argument : argv) arguments.push_back(argument.data());
      arguments.push_back(nullptr);
      ::execv(program.c_str(), arguments.data());
      ::_exit(127);
    }
    ::close(pipe[1]);
    char byte = 0;
    const ssize_t count = ::read(pipe[0], &byte, 1);  // The end comes with exec.
    check(count == 0, "the program started");
    ::close(pipe[0]);
    // The kernel sets up the arguments a moment after it closed the pipe.
    const SystemClock clock;
    const HostView host(clock);
    for (int attempt = 0; attempt < 1000; ++attempt) {
      if (!host.read_text("/proc/" + std::to_string(pid_) + "/cmdline").bytes.empty()) return;
      ::usleep(1000);
    }
  }
  ~Program() {
    ::kill(-pid_, SIGKILL);  // With what it started in turn.
    ::waitpid(pid_, nullptr, 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
};

TEST(ProcText, ParsesANameThatImitatesTheRestOfTheLine) {
  const auto stat = parse_process_stat(
      "42 (a) R 1 (b\n) S 7 8 9 34816 8 4194304 1 2 3 4 5 6 0 0 20 0 3 0 12345 4096 77 1 0\n");
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->comm, "a) R 1 (b\n");
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->ppid, 7);
  EXPECT_EQ(stat->threads, 3U);
  EXPECT_EQ(stat->start_ticks, 12345U);
  EXPECT_FALSE(parse_process_stat("42 (a R 1").has_value());
  EXPECT_FALSE(parse_process_stat("42 (a) R 1 2").has_value());
}

TEST(ProcText, ParsesMappingsWithBlanksInTheirPaths) {
  const auto maps = parse_maps(
      "7f00-7f10 r-xp 00000010 fd:01 99                 /a b (deleted)\n"
      "garbage\n"
      "ffff-0000 r-xp 0 0:0 0\n"
      "1000-2000 rwxp 00000000 00:00 0 \n");
  ASSERT_THAT(maps, SizeIs(2));
  EXPECT_EQ(maps[0].path, "/a b (deleted)");
  EXPECT_EQ(maps[0].inode, 99U);
  EXPECT_EQ(maps[1].perms, "rwxp");
  EXPECT_EQ(maps[1].path, "");
}

TEST(ProcText, TakesNamesOfSecretsForSecretsAndFoldersNot) {
  EXPECT_TRUE(names_secret("github_token"));
  EXPECT_TRUE(names_secret("MYSQL_PWD"));
  EXPECT_TRUE(names_secret("AWS_SECRET_ACCESS_KEY"));
  EXPECT_FALSE(names_secret("PWD"));
  EXPECT_FALSE(names_secret("LD_PRELOAD"));
}

TEST_F(KernelProcess, ListsTheTreeAsPsDoes) {
  const Program child("/bin/sleep", {"odd \x1b[2J name\n", "300"});
  const auto lines = lines_about("process.tree", child.pid());
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0]["argv"][0], "odd \x1b[2J name\n");
  EXPECT_EQ(lines[0]["ppid"], ::getpid());
  EXPECT_EQ(lines[0]["comm"], "sleep");
  EXPECT_THAT(lines[0]["started_at"].get<std::string>(), HasSubstr("Z"));
  EXPECT_FALSE(lines[0].contains("unlisted"));
}

TEST_F(KernelProcess, KeepsTheWholeOfADeletedExecutable) {
  const TemporaryFolder folder;
  const std::string copy = (folder.path() / "gone").string();
  std::filesystem::copy_file("/bin/sleep", copy);
  const Program child(copy, {"sleep", "300"});
  std::filesystem::remove(copy);
  take({.rule = "a.b/exe", .reading = "proc.pid.deleted-exe", .path = "/proc/%pid%/exe"});
  const auto* entry = sink.find(std::to_string(child.pid()));
  ASSERT_NE(entry, nullptr);
  EXPECT_EQ(entry->bytes.size(), std::filesystem::file_size("/bin/sleep"));
  EXPECT_EQ(entry->line.link_target, copy + " (deleted)");
  sink.entries.clear();
  EXPECT_THAT(lines_about("process.exe-mismatch", child.pid()), SizeIs(1));
}

TEST_F(KernelProcess, FindsAProgramThatRunsFromAMemoryFile) {
  const int memory = ::memfd_create("hidden", 0);
  const int file = ::open("/bin/sleep", O_RDONLY | O_CLOEXEC);
  struct stat status {};
  ASSERT_EQ(::fstat(file, &status), 0);
  std::vector<char> bytes(static_cast<std::size_t>(status.st_size));
  ASSERT_EQ(::read(file, bytes.data(), bytes.size()), status.st_size);
  ASSERT_EQ(::write(memory, bytes.data(), bytes.size()), status.st_size);
  ::close(file);
  const std::string path = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(memory);
  const Program child(path, {"[kworker/0:1]", "300"});
  ::close(memory);

  take({.rule = "a.b/memfd", .reading = "proc.pid.memfd"});
  const std::string number = std::to_string(child.pid());
  const auto* list = sink.find(number + "/list");
  ASSERT_NE(list, nullptr);
  EXPECT_THAT(list->bytes, HasSubstr("/memfd:hidden"));
  const bool whole = std::ranges::any_of(sink.entries, [&](const RecordingSink::Entry& entry) {
    return entry.line.instance.starts_with(number + "/") && entry.bytes.size() == bytes.size();
  });
  EXPECT_TRUE(whole);
  sink.entries.clear();
  EXPECT_THAT(lines_about("process.exe-from-memfd", child.pid()), SizeIs(1));
  EXPECT_THAT(lines_about("process.fake-kernel-threads", child.pid()), SizeIs(1));
  EXPECT_THAT(lines_about("process.name-mismatch", child.pid()), SizeIs(1));
}

TEST_F(KernelProcess, KeepsDeletedOpenFilesWithTheirHoles) {
  const TemporaryFolder folder;
  const std::string path = (folder.path() / "gone").string();
  const Child child([&] {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT, 0600);
    check(::pwrite(fd, "begin", 5, 0) == 5 && ::pwrite(fd, "end", 3, 1 << 20) == 3, "write");
    check(::dup2(fd, 50) == 50 && ::unlink(path.c_str()) == 0, "unlink");
  });
  take({.rule = "a.b/fd", .reading = "proc.pid.deleted-fd", .path = "/proc/%pid%/fd/*"});
  const auto* entry = sink.find(std::to_string(child.pid()) + "/50");
  ASSERT_NE(entry, nullptr);
  EXPECT_THAT(entry->bytes, HasSubstr("begin"));
  EXPECT_THAT(entry->bytes, HasSubstr("end"));
  std::uint64_t data = entry->line.extents.empty() ? entry->bytes.size() : 0;
  for (const DataRange& range : entry->line.extents) data += range.length;
  EXPECT_EQ(entry->bytes.size(), data);
}

TEST_F(KernelProcess, FindsCodeInAnonymousMemory) {
  const Child child([] {
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(page != MAP_FAILED, "mmap");
    std::snprintf(static_cast<char*>(page), 4096, "shellcode-here");
  });
  const std::string number = std::to_string(child.pid());
  take({.rule = "a.b/list", .reading = "proc.pid.anon-exec", .path = "/proc/%pid%/maps"});
  ASSERT_NE(sink.find(number), nullptr);
  EXPECT_THAT(sink.find(number)->bytes, HasSubstr("rwxp"));
  take({.rule = "a.b/bytes", .reading = "proc.pid.anon-exec-bytes", .path = "/proc/%pid%/mem"});
  const bool found = std::ranges::any_of(sink.entries, [&](const RecordingSink::Entry& entry) {
    return entry.line.instance.starts_with(number + "/") &&
           entry.bytes.starts_with("shellcode-here");
  });
  EXPECT_TRUE(found);
}

TEST_F(KernelProcess, FindsAShellOnASocket) {
  std::array<int, 2> pair{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair.data()), 0);
  const Program child("/bin/sh", {"sh"}, [&] {
    for (const int fd : {0, 1, 2}) ::dup2(pair[0], fd);
  });
  const auto lines = lines_about("process.socket-stdio", child.pid());
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0]["fd0"].get<std::string>(), HasSubstr("socket:["));
  EXPECT_THAT(lines_about("process.stdin-scripts", child.pid()), SizeIs(1));
  for (const int fd : pair) ::close(fd);
}

TEST_F(KernelProcess, FindsCodeInArguments) {
  const Program child("/bin/sh", {"sh", "-c", "sleep 300; true"});
  EXPECT_EQ(lines_about("process.inline-scripts", child.pid()).at(0)["flag"], "-c");
}

TEST_F(KernelProcess, GivesDescriptorsLinksAndStats) {
  const Child child;
  const std::string number = std::to_string(child.pid());
  for (const char* reading : {"proc.pid.fd", "proc.pid.fdinfo", "proc.pid.fd-stat", "proc.pid.exe",
                              "proc.pid.seccomp", "proc.pid.environ"}) {
    const std::string name = std::string(reading).substr(9);
    take({.rule = "a.b/x", .reading = reading, .path = "/proc/%pid%/" + name});
    const auto* entry = sink.find(number);
    ASSERT_NE(entry, nullptr) << reading;
    EXPECT_EQ(entry->line.reading, reading);
    EXPECT_FALSE(entry->bytes.empty()) << reading;
    sink.entries.clear();
  }
}

TEST_F(KernelProcess, NamesTheDigestOfWhatRuns) {
  const Child child;
  take({.rule = "a.b/exe", .reading = "proc.pid.exe", .path = "/proc/%pid%/exe"});
  const auto* entry = sink.find(std::to_string(child.pid()));
  const auto* own = sink.find(std::to_string(::getpid()));
  ASSERT_TRUE(entry != nullptr && own != nullptr);
  EXPECT_EQ(only_line(entry->bytes)["sha256"], only_line(own->bytes)["sha256"]);
}

TEST_F(KernelProcess, WalksNamespacesWithTheirOwners) {
  const auto lines = lines_of("namespace.walk");
  const bool own = std::ranges::any_of(lines, [](const Json& line) {
    const auto pids = line["pids"].get<std::vector<pid_t>>();
    return line["type"] == "pid" && std::ranges::find(pids, ::getpid()) != pids.end();
  });
  EXPECT_TRUE(own);
}

TEST_F(KernelProcess, TakesEveryListWithoutALoss) {
  for (const ReadingRow& row : process_list_rows()) {
    lines_of(std::string(row.name));
    EXPECT_EQ(count.lost, 0U) << row.name;
  }
  for (const ReadingRow& row : process_map_rows()) {
    lines_of(std::string(row.name));
    EXPECT_EQ(count.lost, 0U) << row.name;
  }
}

TEST(Capabilities, AreNamedFromTheirBits) {
  EXPECT_THAT(capability_names(0b1001), testing::ElementsAre("CAP_CHOWN", "CAP_FOWNER"));
  EXPECT_THAT(capability_names(std::uint64_t{1} << 63U), testing::ElementsAre("CAP_63"));
}

}  // namespace
}  // namespace casebook
