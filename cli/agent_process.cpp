#include "cli/agent_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "core/durable_file.h"
#include "core/key_agent_keys.h"
#include "core/printable.h"
#include "core/ssh_wire.h"

extern char** environ;  // NOLINT: POSIX names it so.

namespace casebook::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kListenerFd = 3;
constexpr milliseconds kRequestTime{2000};
constexpr milliseconds kTick{500};  // How late an expiry may be noticed.

volatile std::sig_atomic_t g_is_ended = 0;
extern "C" void on_end(int /*number*/) { g_is_ended = 1; }

/// Reads one request and answers it. A caller that is slow, another user or talks nonsense is hung
/// up on; that is no failure of ours.
void serve_one(LocalSocket& caller, uid_t uid, key_agent::HeldKeys& keys) {
  if (!caller.check_peer(uid)) return;
  const auto deadline = steady_clock::now() + kRequestTime;
  std::array<std::byte, 4> prefix{};
  if (!caller.receive(prefix, deadline)) return;
  const std::uint32_t size = *SshReader(prefix).uint32();
  SecretBytes answer;
  if (size == 0 || size > key_agent::kMessageBytesMax) {
    answer = keys.answer({});
  } else {
    SecretBytes request(size);
    if (!caller.receive(request.reveal_mutable(), deadline)) return;
    answer = keys.answer(request.reveal());
  }
  SshWriter length;
  length.uint32(static_cast<std::uint32_t>(answer.size()));
  if (caller.send(length.bytes(), deadline)) {
    const auto sent = caller.send(answer.reveal(), deadline);
    (void)sent;  // Whoever asked is gone.
  }
}

/// Nobody may look into this process, and it leaves nothing on a disk when it dies.
bool harden() {
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  return ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && ::setrlimit(RLIMIT_CORE, &no_core) == 0;
}

void handle_signals() {
  struct sigaction action {};
  action.sa_handler = on_end;  // No SA_RESTART: it wakes the loop.
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    check(::sigaction(number, &action, nullptr) == 0, "sigaction");
  }
}

Result<pid_t> spawn_agent(const LocalSocket& listener) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  ::posix_spawn_file_actions_adddup2(&actions, listener.fd(), kListenerFd);
  ::posix_spawn_file_actions_addchdir_np(&actions, "/");
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::string name = "casebook";
  std::string word = kAgentProcessWord;
  char* const words[] = {name.data(), word.data(), nullptr};
  pid_t pid = -1;
  const int failure = ::posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, words, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0) return system_error("start the key agent", failure);
  return pid;
}

}  // namespace

UtcNanoseconds BootClock::now() const {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return UtcNanoseconds(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

Status serve_key_agent(LocalSocket listener, const AgentServing& serving) {
  key_agent::HeldKeys keys(serving.clock);
  auto empty_since = steady_clock::now();
  while (g_is_ended == 0) {
    auto caller = listener.accept(steady_clock::now() + kTick);
    if (caller) {
      serve_one(*caller, serving.uid, keys);
      empty_since = steady_clock::now();  // Whoever asks may be about to add keys.
    } else if (!caller.error().message.ends_with("in time") &&
               caller.error().message.find("Interrupted") == std::string::npos) {
      return std::move(caller).error();
    }
    keys.expire();
    const auto now = steady_clock::now();
    if (!keys.empty()) empty_since = now;
    if (now - empty_since >= serving.empty_for) break;
  }
  return ok();
}

int run_key_agent_process() {
  if (!harden() || ::close_range(kListenerFd + 1, ~0U, 0) != 0) return 1;
  ::umask(0077);
  handle_signals();
  auto listener = LocalSocket::adopt(UniqueFd(kListenerFd));
  if (!listener) return 1;
  const BootClock clock;
  const auto served =
      serve_key_agent(*std::move(listener),
                      {.clock = clock, .uid = ::geteuid(), .empty_for = milliseconds(10'000)});
  return served ? 0 : 1;
}

Status start_key_agent(const KeyAgentPlace& place, uid_t uid) {
  if (auto made = make_key_agent_place(place, uid); !made) return made;
  auto lock = FileLock::acquire(place.folder / "agent.lock");
  if (!lock) return std::move(lock).error().context("key agent");
  KeyAgent agent(place, uid);
  auto held = agent.held();
  if (held) return ok();
  if (held.error().code != ErrorCode::not_found) return std::move(held).error();
  if (::unlink(place.socket().c_str()) != 0 && errno != ENOENT) {
    return system_error("remove " + printable(place.socket().string()), errno);
  }
  auto listener = LocalSocket::listen(place.socket());
  if (!listener) return std::move(listener).error().context("key agent");
  auto pid = spawn_agent(*listener);
  if (!pid) return std::move(pid).error();
  auto answers = agent.held();
  return answers ? ok() : Status(std::move(answers).error());
}

}  // namespace casebook::cli
