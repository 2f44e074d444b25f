// The casebook command line: parse, call, render, set the exit status.
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

#include "cli/agent_process.h"
#include "cli/commands.h"
#include "cli/runtime.h"

namespace casebook::cli {
namespace {

/// True for a pipe or socket whose other end was closed.
bool reader_is_gone(int descriptor) {
  pollfd polled{.fd = descriptor, .events = POLLOUT, .revents = 0};
  return ::poll(&polled, 1, 0) == 1 && (polled.revents & POLLERR) != 0;
}

ExitStatus run(const std::vector<std::string>& words) {
  const SystemClock clock;
  SystemRandomness randomness;
  TerminalPassphrases passphrases;
  Runtime runtime{.clock = clock,
                  .randomness = randomness,
                  .in = std::cin,
                  .out = std::cout,
                  .err = std::cerr,
                  .environment = from_environment,
                  .terminal = look_at_terminal(from_environment),
                  .passphrases = passphrases};
  Command root("casebook", "Sealed evidence of a security incident");
  add_common_options(root, runtime, passphrases);
  add_all_commands(root);
  const ExitStatus status = run_command_line(root, words, runtime);
  std::cout.flush();
  if (!std::cout) {
    // `casebook ls B-1 | head` is no fault of anybody.
    if (reader_is_gone(STDOUT_FILENO)) return status;
    return fail(runtime, {ErrorCode::io, "the output could not be written", "is the disk full?"});
  }
  return status;
}

}  // namespace
}  // namespace casebook::cli

int main(int count, char** words) {
  // Before anything else touches OpenSSL: no configuration of the host is read (OPENSSL_CONF).
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &no_core);  // A crash must not write keys to the disk.
  std::signal(SIGPIPE, SIG_IGN);     // NOLINT(cert-err33-c): a closed pipe shows as EPIPE.
  if (count == 2 && std::string_view(words[1]) == casebook::cli::kAgentProcessWord) {
    return casebook::cli::run_key_agent_process();
  }
  try {
    return static_cast<int>(casebook::cli::run({words + (count > 0 ? 1 : 0), words + count}));
  } catch (const std::exception& failure) {
    std::cerr << "casebook: internal error: " << failure.what() << '\n';
  } catch (...) {
    std::cerr << "casebook: internal error\n";
  }
  return static_cast<int>(casebook::cli::ExitStatus::internal_error);
}
