#pragma once
/// Runs another program in a test: the peers we are compared with.

#include <fcntl.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace casebook {

struct Program {
  std::vector<std::string> arguments;          ///< The first is looked up in PATH.
  std::filesystem::path input = "/dev/null";   ///< Becomes standard input.
  std::filesystem::path output = "/dev/null";  ///< Receives standard output.
};

namespace program_detail {

[[noreturn]] inline void become(const Program& program, bool on_terminal) {
  const int input = ::open(program.input.c_str(), O_RDONLY);
  const int output = ::open(program.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (input >= 0 && output >= 0) {
    ::dup2(input, 0);
    ::dup2(output, 1);
    if (!on_terminal) ::dup2(::open("/dev/null", O_WRONLY), 2);
    std::vector<char*> argv;
    for (const std::string& argument : program.arguments) {
      argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
  }
  ::_exit(127);
}

inline int exit_status(pid_t pid) {
  int status = 0;
  check(::waitpid(pid, &status, 0) == pid, "wait for a program");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace program_detail

/// @return the exit status; 127 when the program is not there.
inline int run_program(const Program& program) {
  const pid_t pid = ::fork();
  check(pid >= 0, "start a program");
  if (pid == 0) program_detail::become(program, /*on_terminal=*/false);
  return program_detail::exit_status(pid);
}

/// Runs a program on a terminal of its own and types one answer each time it asks something, that
/// is, whenever its text ends with a colon and a blank.
inline int run_on_terminal(const Program& program, const std::vector<std::string>& answers) {
  int terminal = -1;
  const pid_t pid = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  check(pid >= 0, "start a program on a terminal");
  if (pid == 0) program_detail::become(program, /*on_terminal=*/true);
  std::string shown;
  std::size_t answered = 0;
  char buffer[512];
  for (ssize_t count = 0; (count = ::read(terminal, buffer, sizeof buffer)) > 0;) {
    shown.append(buffer, static_cast<std::size_t>(count));
    if (answered < answers.size() && shown.ends_with(": ")) {
      const std::string typed = answers[answered++] + "\r";
      check(::write(terminal, typed.data(), typed.size()) >= 0, "type an answer");
      shown.clear();
    }
  }
  ::close(terminal);
  return program_detail::exit_status(pid);
}

}  // namespace casebook
