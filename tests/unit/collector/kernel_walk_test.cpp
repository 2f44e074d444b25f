#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "collector/tree_walk.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/collector/kernel_test_support.h"

namespace casebook {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

/// A small tree taken as a mounted image.
class KernelWalk : public testing::Test {
 protected:
  std::string add(const std::string& path, const std::string& bytes, mode_t mode = 0644) {
    const auto full = folder.path() / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << bytes;
    ::chmod(full.c_str(), mode);
    return full.string();
  }
  /// Paths that each reading gave, all from one walk.
  std::map<std::string, std::vector<std::string>> walk(const std::vector<std::string>& readings) {
    std::vector<ReadingRequest> requests;
    for (const std::string& reading : readings)
      requests.push_back({.rule = "files.test/" + reading, .stage = 15, .reading = reading});
    RecordingSink sink;
    EXPECT_TRUE(bool(take_readings(requests, host, sink, stop)));
    std::map<std::string, std::vector<std::string>> paths;
    for (const auto& entry : sink.entries) {
      auto& found = paths[entry.line.reading];
      for (const Json& line : json_lines(entry.bytes))
        found.push_back(line.contains("path") ? line["path"].get<std::string>()
                                              : line["path_base64"].get<std::string>());
    }
    return paths;
  }

  TemporaryFolder folder;
  SystemClock clock;
  HostView host{clock, folder.path()};
  StopRequest stop;
};

TEST_F(KernelWalk, FindsWhatIsOddInOnePass) {
  add("usr/bin/su", "x", 04755);
  add("usr/bin/wall", "x", 02755);
  add("home/ada/su", "x", 04755);
  add("etc/open", "x", 0666);
  add("tmp/run",
      "\x7f"
      "ELF....",
      0755);
  add("tmp/script", "#!/bin/sh\n");
  add("var/.cache/thing", "x");
  ::mkfifo((folder.path() / "tmp/pipe").c_str(), 0600);
  std::filesystem::create_symlink("/dev/null", folder.path() / "home/ada/.bash_history");
  std::filesystem::create_symlink("/etc/passwd", folder.path() / "tmp/link");

  const auto found = walk({"walk.setuid", "walk.setgid", "walk.setuid-in-nosuid-free-places",
                           "walk.world-writable-files", "walk.elf-in-temp", "walk.scripts-in-temp",
                           "walk.hidden-folders", "walk.fifos", "walk.links-to-null",
                           "walk.links-out-of-home", "walk.sockets"});
  EXPECT_THAT(found.at("walk.setuid"), UnorderedElementsAre("/home/ada/su", "/usr/bin/su"));
  EXPECT_THAT(found.at("walk.setgid"), ElementsAre("/usr/bin/wall"));
  EXPECT_THAT(found.at("walk.setuid-in-nosuid-free-places"), ElementsAre("/home/ada/su"));
  EXPECT_THAT(found.at("walk.world-writable-files"), ElementsAre("/etc/open"));
  EXPECT_THAT(found.at("walk.elf-in-temp"), ElementsAre("/tmp/run"));
  EXPECT_THAT(found.at("walk.scripts-in-temp"), ElementsAre("/tmp/script"));
  EXPECT_THAT(found.at("walk.hidden-folders"), ElementsAre("/var/.cache"));
  EXPECT_THAT(found.at("walk.fifos"), ElementsAre("/tmp/pipe"));
  EXPECT_THAT(found.at("walk.links-to-null"), ElementsAre("/home/ada/.bash_history"));
  EXPECT_THAT(found.at("walk.links-out-of-home"), ElementsAre("/tmp/link"));
  EXPECT_THAT(found.at("walk.sockets"), IsEmpty());
}

TEST_F(KernelWalk, KeepsNamesThatAreNoText) {
  add("tmp/new\nline", "x");
  add("tmp/\xff\xfe", "x");
  add("tmp/...", "x");
  add("tmp/plain", "x");
  const auto found = walk({"walk.odd-names"});
  EXPECT_THAT(
      found.at("walk.odd-names"),
      UnorderedElementsAre("/tmp/new\nline", to_base64(as_bytes("/tmp/\xff\xfe")), "/tmp/..."));
}

TEST_F(KernelWalk, NeverFollowsALinkOutOfTheTree) {
  std::filesystem::create_directory_symlink("/usr", folder.path() / "outside");
  std::filesystem::create_directory_symlink("..", folder.path() / "loop");
  TreeWalk tree(host);
  std::vector<std::string> paths;
  for (WalkedObject object; tree.next(object);) paths.push_back(object.path);
  EXPECT_THAT(paths, UnorderedElementsAre("/loop", "/outside"));
}

TEST_F(KernelWalk, ReportsFoldersThatAreTooDeep) {
  std::filesystem::path deep = folder.path();
  for (int depth = 0; depth < 250; ++depth) deep /= "d";
  std::filesystem::create_directories(deep);
  walk({"walk.setuid"});
  EXPECT_THAT(host.footprint().refusals, SizeIs(1));
  EXPECT_EQ(host.footprint().refusals.at(0).errno_name, "ENAMETOOLONG");
}

TEST_F(KernelWalk, FindsEntriesLeftInTheFuture) {
  const std::string path = add("etc/later", "x");
  std::filesystem::last_write_time(
      path, std::filesystem::file_time_type::clock::now() + std::chrono::hours(480));
  EXPECT_THAT(walk({"walk.future-times"}).at("walk.future-times"), ElementsAre("/etc/later"));
}

TEST_F(KernelWalk, StopsWhenAsked) {
  add("usr/bin/su", "x", 04755);
  stop.stop(StopReason::interrupted);
  const auto found = walk({"walk.setuid"});
  EXPECT_TRUE(!found.contains("walk.setuid") || found.at("walk.setuid").empty());
}

}  // namespace
}  // namespace casebook
