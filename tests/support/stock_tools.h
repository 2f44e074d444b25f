#pragma once
/// Runs the stock programs that our formats are compared with, by absolute path.

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/c_handle.h"
#include "core/durable_file.h"

namespace casebook {

/// Where a program lies, or none. A test that needs it is skipped by its name then.
inline std::optional<std::string> stock_tool(const std::string& name) {
  for (const char* folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
  }
  return std::nullopt;
}

struct ToolRun {
  int exit_status;  ///< 128 plus the signal when one ended it.
  std::string out;  ///< Standard output.
};

/// Runs `arguments` (the first is a path) with `input` on standard input. Standard error goes to
/// ours only when CASEBOOK_SHOW_TOOLS is set.
inline ToolRun run_tool(const std::vector<std::string>& arguments, std::string_view input = {},
                        const std::vector<std::string>& environment = {"PATH=/usr/bin:/bin",
                                                                       "LC_ALL=C"}) {
  const UniqueFd in(::memfd_create("input", MFD_CLOEXEC));
  const UniqueFd out(::memfd_create("output", MFD_CLOEXEC));
  check(in && out && bool(write_all(in.get(), as_bytes(input))) &&
            ::lseek(in.get(), 0, SEEK_SET) == 0,
        "prepare the streams of a program");
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (const auto& variable : environment) envp.push_back(const_cast<char*>(variable.c_str()));
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.get(), 0);
  posix_spawn_file_actions_adddup2(&actions, out.get(), 1);
  if (::getenv("CASEBOOK_SHOW_TOOLS") == nullptr) {
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
  }
  pid_t pid = 0;
  const int spawned = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  check(spawned == 0, "start " + arguments.front());
  int status = 0;
  check(::waitpid(pid, &status, 0) == pid, "wait for " + arguments.front());
  check(::lseek(out.get(), 0, SEEK_SET) == 0, "read the output of a program");
  FdSource source(out.get());
  auto text = read_all(source, std::uint64_t{64} << 20U);
  check(bool(text), "read the output of a program");
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          std::string(as_text(*text))};
}

/// Writes a small file of a test.
inline std::string write_test_file(const std::filesystem::path& path, std::string_view text) {
  check(bool(write_file(path, as_bytes(text), 0600, IfExists::replace)), "write a test file");
  return path.native();
}

}  // namespace casebook
