/// A hostile tree in a real bag, looked at with stock tools: what was there comes out again, and
/// nothing of its names or types acts on whoever unpacks it (RT-20, RT-21, RT-22).

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "collector/bag_output.h"
#include "collector/bag_writer.h"
#include "collector/file_taker.h"
#include "core/bytes.h"
#include "core/json_text.h"
#include "tests/support/taken_tree.h"
#include "tests/support/temporary_folder.h"

namespace casebook::collector {
namespace {

namespace fs = std::filesystem;

/// Exit status of a shell script; $1, $2 … are `arguments`.
int shell(const std::string& script, const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<const char*> argv = {"sh", "-ec", script.c_str(), "sh"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    argv.push_back(nullptr);
    ::execv("/bin/sh", const_cast<char* const*>(argv.data()));
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/// Walks `tree` and writes everything into one bag below `output`.
Status collect_everything(const fs::path& tree, FolderOutput& output) {
  SystemClock clock;
  SystemRandomness randomness;
  const StopRequest stop;
  auto root = RootFs::open(tree);
  if (!root) return std::move(root).error();
  Matcher matcher({make_rule("/**")}, {});
  const MountTable mounts = MountTable::read(*root);
  auto bag = BagId::make(randomness);
  auto run = RunId::make(randomness);
  if (!bag || !run) return Error{ErrorCode::crypto, "no id"};
  auto writer = BagWriter::create({.bag = *bag,
                                   .run = *run,
                                   .software = "casebook-test 1",
                                   .started_at = clock.now_seconds(),
                                   .recipient = std::nullopt},
                                  {output, clock, randomness});
  if (!writer) return std::move(writer).error();
  MatchSpool spool(output.spool_folder(), randomness, *writer);
  auto walked = walk(matcher, *root, mounts, spool, {clock, stop});
  if (!walked) return std::move(walked).error();
  FileTaker taker({*root, mounts, matcher.rules(), *writer, clock});
  auto taken = take_matches(spool, 9, taker, stop);
  if (!taken) return std::move(taken).error();
  auto sealed = std::move(*writer).seal(
      {.context_json = "{}",
       .seal_key =
           "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPKSUTyz1HwHReFVvD5obVsALAgJRNarH4TRpNePnAS",
       .sign = [](std::span<const std::byte>) { return Result<std::string>("no signature\n"); }});
  if (!sealed) return std::move(sealed).error();
  return ok();
}

class HostileBag : public ::testing::Test {
 protected:
  void put(const std::string& path, std::string_view content) {
    const fs::path file = tree_.path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
  }
  /// Collects, unpacks with tar and zstd, checks with sha256sum. @return the unpacked bag.
  fs::path round_trip() {
    FolderOutput output(output_.path());
    auto done = collect_everything(tree_.path(), output);
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    EXPECT_EQ(shell("cd \"$2\"; zstd -qdc \"$1\"/bag.tar.zst | tar x; cd */; "
                    "sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt",
                    {output.folder().native(), unpacked_.path().native()}),
              0);
    return fs::directory_iterator(unpacked_.path())->path();
  }
  /// Catalog lines by raw path.
  static std::map<std::string, Json> catalog(const fs::path& bag) {
    std::map<std::string, Json> lines;
    for (const auto& entry : fs::directory_iterator(bag / "catalog")) {
      if (entry.path().extension() != ".jsonl") continue;
      std::ifstream file(entry.path());
      for (std::string text; std::getline(file, text);) {
        Json line = Json::parse(text);
        std::string path;
        if (line.contains("path_base64"))
          path = as_text(*from_base64(line["path_base64"].get<std::string>()));
        else
          path = line["path"].get<std::string>();
        lines[path] = std::move(line);
      }
    }
    return lines;
  }
  static std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder tree_{folder_in_memory()};
  TemporaryFolder output_{folder_in_memory()};
  TemporaryFolder unpacked_{folder_in_memory()};
};

TEST_F(HostileBag, GivesEveryHostileNameBackThroughStockTools) {
  const std::vector<std::string> names = {"line\nfeed",
                                          "\x1b[31mred",
                                          "bad\xff\xfe\x80",
                                          "-rf",
                                          " leading",
                                          "trailing ",
                                          "File",
                                          "file",
                                          "back\\slash",
                                          "*",
                                          "con",
                                          "aux.txt",
                                          "...",
                                          "a=0Ab",
                                          std::string(255, 'n'),
                                          "\x01\x7f",
                                          "tab\t",
                                          "a\nb",
                                          "\xe2\x80\xae"
                                          "x",
                                          std::string(100, '\x02')};
  for (const std::string& name : names) put(name, "content of " + name);
  const fs::path bag = round_trip();
  const auto lines = catalog(bag);
  for (const std::string& name : names) {
    const auto line = lines.find("/" + name);
    ASSERT_NE(line, lines.end()) << name;
    EXPECT_EQ(read(bag / line->second["stored"].get<std::string>()), "content of " + name);
  }
}

TEST_F(HostileBag, UnpacksToPlainFilesWhateverTheHostHeld) {
  put("suid", "x");
  fs::permissions(tree_.path() / "suid", fs::perms(04755));
  fs::create_symlink("/etc/passwd", tree_.path() / "link");
  fs::create_hard_link(tree_.path() / "suid", tree_.path() / "twin");
  ASSERT_EQ(::mkfifo((tree_.path() / "fifo").c_str(), 0600), 0);
  put("sparse", "");
  ASSERT_EQ(::truncate((tree_.path() / "sparse").c_str(), off_t{1} << 40), 0);
  const fs::path bag = round_trip();
  for (const auto& entry : fs::recursive_directory_iterator(bag)) {
    struct stat seen {};
    ASSERT_EQ(::lstat(entry.path().c_str(), &seen), 0);
    EXPECT_TRUE(S_ISREG(seen.st_mode) || S_ISDIR(seen.st_mode)) << entry.path();
    if (S_ISREG(seen.st_mode)) {
      EXPECT_EQ(seen.st_mode & 07777U, 0400U);
      EXPECT_EQ(seen.st_nlink, 1U);
      EXPECT_LT(seen.st_size, 1 << 20);
    }
  }
  const auto lines = catalog(bag);
  EXPECT_EQ(lines.at("/link")["link_target"], "/etc/passwd");
  EXPECT_EQ(lines.at("/link")["outcome"], "listed");
  EXPECT_EQ(lines.at("/fifo")["type"], "fifo");
  EXPECT_EQ(lines.at("/sparse")["stat"]["size"], "1099511627776");
  const bool twin_first = lines.at("/suid")["outcome"] == "linked";
  const Json& linked = lines.at(twin_first ? "/suid" : "/twin");
  EXPECT_EQ(linked["outcome"], "linked");
  EXPECT_EQ(linked["link_of"], lines.at(twin_first ? "/twin" : "/suid")["stored"]);
  EXPECT_EQ(lines.at("/suid")["stat"]["mode"], "104755");
}

TEST_F(HostileBag, KeepsTimesAndNumbersBeyondFiftyThreeBitsExact) {
  put("f", "x");
  const timespec times[2] = {{1'700'000'000, 123'456'789}, {1'700'000'001, 987'654'321}};
  ASSERT_EQ(::utimensat(AT_FDCWD, (tree_.path() / "f").c_str(), times, 0), 0);
  const auto lines = catalog(round_trip());
  EXPECT_EQ(lines.at("/f")["stat"]["mtime"], "1700000001.987654321");
  EXPECT_EQ(lines.at("/f")["stat"]["atime"], "1700000000.123456789");
  EXPECT_TRUE(lines.at("/f")["stat"]["ino"].is_string());
}

TEST_F(HostileBag, AFullDiskIsAnErrorAndLeavesWhatWasWritten) {
  for (int i = 0; i < 40; ++i) {
    SystemRandomness randomness;
    Bytes noise(std::size_t{1} << 20U);
    ASSERT_TRUE(randomness.fill(noise));
    put("f" + std::to_string(i), as_text(noise));
  }
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", output_.path().c_str(), "tmpfs", 0, "size=16m") != 0)
      ::_exit(99);
    FolderOutput output(output_.path());
    auto done = collect_everything(tree_.path(), output);
    if (done || done.error().code != ErrorCode::io) ::_exit(1);
    if (fs::exists(output.folder() / "seal.json")) ::_exit(2);
    // A cut archive is readable up to the cut: zstd complains, tar has the members before it.
    ::_exit(shell("zstd -qdc < \"$(ls \"$1\"/*.part)\" 2>/dev/null | tar t 2>/dev/null | grep -q "
                  "data/files/f",
                  {output.folder().native()}) == 0
                ? 0
                : 3);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 99)
    GTEST_SKIP() << "needs CAP_SYS_ADMIN to mount";
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace casebook::collector
