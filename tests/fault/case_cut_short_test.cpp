// Changes of who may open what, by the whole program, killed before each call by which files get
// their names or become durable: whoever reads goes on reading, nothing is half, nothing is lost.
// docs/spec/slots.md "Granting" and "New generation".
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/durable_file.h"
#include "core/json_text.h"
#include "tests/support/cli_runtime.h"
#include "tests/support/temporary_folder.h"

namespace {

int calls_left = 0;  // 0: not counting.

/// Ends this process as SIGKILL does, before the call that was chosen.
void count_call() {
  if (calls_left == 0 || --calls_left > 0) return;
  ::kill(::getpid(), SIGKILL);
}

}  // namespace

// These stand before those of the C library, for the engine of the databases, too.
extern "C" int rename(const char* from, const char* to) noexcept {
  count_call();
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
extern "C" int link(const char* from, const char* to) noexcept {
  count_call();
  return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}
extern "C" int unlink(const char* path) noexcept {
  // One for each table of a copy: all of these states are alike.
  const std::string_view name(path);
  if (!name.ends_with("-journal") && !name.ends_with("-shm")) count_call();
  return static_cast<int>(::syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
extern "C" int fsync(int fd) {
  count_call();
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

class CutShort : public testing::Test {
 protected:
  CutShort() : folder_(folder_in_memory()) {
    at_home("home");
    for (const char* name : {"ada", "ben", "cy"}) must({"key", "new", name, "--no-passphrase"});
    must({"open", "Odd logins", "--as", "ada", "--dir", place().string()});
    must({"person", "add", "ben", "--as", "ada", "--with", "ben"});
    must({"person", "add", "cy", "--as", "ada", "--with", "ben", "--with", "cy"});
    must({"access", "begin", "board", "--as", "ada"});
    must({"access", "grant", "board", "ben", "--as", "ada"});
    for (const char* compartment : {"general", "board"}) {
      test_.in.clear();
      test_.in.str("a heron");
      must({"note", "--in", compartment, "--as", "ada"});
    }
    // Another machine of Ada's, which may read and may not write.
    fs::create_directories(folder_.path() / "other");
    fs::copy(folder_.path() / "home" / "config", folder_.path() / "other" / "config",
             fs::copy_options::recursive);
    at_home("home");
    copy("case", "before-case");
    copy("home", "before-home");
  }
  void at_home(const std::string& name) {
    fs::create_directories(folder_.path() / name / "config");
    test_.environment["XDG_CONFIG_HOME"] = (folder_.path() / name / "config").string();
    test_.environment["XDG_STATE_HOME"] = (folder_.path() / name / "state").string();
  }
  void copy(const std::string& from, const std::string& to) {
    fs::remove_all(folder_.path() / to);
    fs::copy(folder_.path() / from, folder_.path() / to, fs::copy_options::recursive);
  }
  ExitStatus run(std::vector<std::string> words) {
    if (words.front() != "key" && words.front() != "open") {
      words.insert(words.end(), {"--case", place().string()});
    }
    return test_.run(words);
  }
  void must(std::vector<std::string> words) {
    ASSERT_EQ(run(words), ExitStatus::done) << words.front() << ": " << test_.err.str();
  }
  Json json_of(std::vector<std::string> words) {
    EXPECT_EQ(run(words), ExitStatus::done) << test_.err.str();
    std::string text = test_.out.str();
    if (text.ends_with('\n')) text.pop_back();
    auto json = parse_json(text);
    return json ? *json : Json::object();
  }
  /// Whether `person` reads the heron there. Anything but that and "locked" fails the test.
  bool reads(const std::string& person, const std::string& compartment) {
    const ExitStatus status = run({"find", "heron", "--in", compartment, "--as", person});
    EXPECT_TRUE(status == ExitStatus::done || status == ExitStatus::locked) << test_.err.str();
    if (status != ExitStatus::done) return false;
    EXPECT_NE(test_.out.str().find("1 hit"), std::string::npos) << test_.out.str();
    return true;
  }
  [[nodiscard]] std::string slots_of(const std::string& compartment) const {
    const auto file = read_file(place() / "vault" / (compartment + ".slots"), 1 << 20);
    return file ? std::string(as_text(*file)) : std::string();
  }
  bool may_open(const std::string& person, const std::string& compartment) {
    std::string id;
    const Json persons = json_of({"person", "show", "--json", "--as", "ada"});
    const Json access = json_of({"access", "list", "--json", "--as", "ada"});
    for (const Json& one : persons["persons"]) {
      if (one["name"] == person) id = one["id"];
    }
    for (const Json& one : access["access"]) {
      if (one["compartment"] != compartment) continue;
      return std::ranges::find(one["persons"], Json(id)) != one["persons"].end();
    }
    return false;
  }

  void verifies() {
    EXPECT_EQ(run({"verify", place().string(), "--as", "ada"}), ExitStatus::incomplete)
        << test_.out.str() << test_.err.str();
    EXPECT_NE(test_.out.str().find("CONSISTENT"), std::string::npos) << test_.out.str();
  }
  /// Who may not write takes what the ledger names or is told what goes on, and changes nothing.
  void check_from_elsewhere() {
    at_home("other");
    const Bytes ledger = *read_file(place() / "ledger", 1 << 20);
    const std::string board = slots_of("board");
    for (const char* compartment : {"general", "board"}) {
      if (reads("ada", compartment)) continue;
      EXPECT_NE(test_.err.str().find("is being given new keys"), std::string::npos)
          << test_.err.str();
      EXPECT_EQ(test_.err.str().find("in use"), std::string::npos) << test_.err.str();
    }
    EXPECT_EQ(*read_file(place() / "ledger", 1 << 20), ledger);
    EXPECT_EQ(slots_of("board"), board);
    at_home("home");
  }
  void check_whole() {
    verifies();
    check_from_elsewhere();
    EXPECT_TRUE(reads("ada", "general")) << test_.err.str();
    EXPECT_TRUE(reads("ada", "board")) << test_.err.str();
    for (const char* person : {"ben", "cy"}) {
      const bool may = may_open(person, "board");
      EXPECT_EQ(reads(person, "board"), may) << person << ": " << test_.err.str();
    }
    must({"note", "add", "acknowledged", "--as", "ada"});
    EXPECT_TRUE(reads("ada", "board")) << test_.err.str();
    for (const auto& entry : fs::directory_iterator(place() / "vault")) {
      EXPECT_FALSE(entry.path().filename().string().ends_with(".next")) << entry.path();
    }
    verifies();
  }
  /// @return at how many calls it was killed.
  int kill_at_each_call(const std::vector<std::string>& words) {
    for (int n = 1;; ++n) {
      SCOPED_TRACE(words[0] + " killed before call " + std::to_string(n));
      copy("before-case", "case");
      copy("before-home", "home");
      const pid_t child = ::fork();
      if (child == 0) {
        calls_left = n;
        const ExitStatus status = run(words);
        calls_left = 0;
        ::_exit(static_cast<int>(status));
      }
      int status = 0;
      ::waitpid(child, &status, 0);
      check_whole();
      if (WIFEXITED(status)) {
        EXPECT_EQ(WEXITSTATUS(status), 0);
        std::printf("killed before each of %d calls\n", n - 1);
        return n - 1;
      }
      if (HasFailure()) return n;
    }
  }
  [[nodiscard]] fs::path place() const { return folder_.path() / "case"; }

  TemporaryFolder folder_;
  TestRuntime test_;
};

TEST_F(CutShort, NewKeysOfACompartment) {
  EXPECT_GE(kill_at_each_call({"rotate", "board", "--as", "ada"}), 15);
}
TEST_F(CutShort, NewKeysOfGeneral) {
  EXPECT_GE(kill_at_each_call({"rotate", "general", "--as", "ada"}), 15);
}
TEST_F(CutShort, TakingSomebodyOut) {
  EXPECT_GE(kill_at_each_call({"access", "revoke", "board", "ben", "--as", "ada"}), 15);
  EXPECT_FALSE(may_open("ben", "board"));
}
TEST_F(CutShort, LettingSomebodyIn) {
  EXPECT_GE(kill_at_each_call({"access", "grant", "board", "cy", "--as", "ada"}), 8);
  EXPECT_TRUE(may_open("cy", "board"));
}
TEST_F(CutShort, ARecoveryIdentity) {
  const std::string page = (folder_.path() / "home" / "page").string();
  EXPECT_GE(kill_at_each_call({"access", "recovery", "board", "--out", page, "--as", "ada"}), 8);
}

}  // namespace
}  // namespace casebook::cli
