#include "collector/command_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace casebook {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kTermGrace = 1000ms;  // From SIGTERM to SIGKILL.
constexpr std::chrono::milliseconds kKillGrace =
    2000ms;  // For a child that is stuck in the kernel.
constexpr std::chrono::milliseconds kOrphanGrace = 200ms;  // For a pipe held after the child's end.
constexpr std::chrono::milliseconds kPollStep = 100ms;     // How soon a stop request is seen.
constexpr std::size_t kLateBytesMax = std::size_t{256}
                                      << 10U;  // Taken from the pipe after SIGKILL.
constexpr rlim_t kChildFileBytesMax = rlim_t{64} << 20U;
constexpr int kChildNice = 10;
constexpr int kIoPriorityIdle = 3 << 13;  // IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0)

/// The whole environment of a host program.
constexpr std::array<const char*, 5> kEnvironment = {
    "LC_ALL=C", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=dumb", nullptr};

struct SpawnAttributes {
  posix_spawnattr_t value{};
  SpawnAttributes() { ::posix_spawnattr_init(&value); }
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&value); }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
};

struct SpawnActions {
  posix_spawn_file_actions_t value{};
  SpawnActions() { ::posix_spawn_file_actions_init(&value); }
  ~SpawnActions() { ::posix_spawn_file_actions_destroy(&value); }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;
};

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return std::nullopt;
  Pipe pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return pipe;
}

/// Lower than anybody else on the host, and unable to fill its disk or drop a core.
void restrain(pid_t pid) {
  const auto limit = [pid](__rlimit_resource resource, rlim_t value) {
    const rlimit both{value, value};
    ::prlimit(pid, resource, &both, nullptr);
  };
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, kChildFileBytesMax);
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(pid), kChildNice);
  ::syscall(SYS_ioprio_set, 1 /* IOPRIO_WHO_PROCESS */, pid, kIoPriorityIdle);
}

int spawn(pid_t& pid, const std::string& program, const std::vector<std::string>& argv,
          const Pipe& output, const Pipe& error) {
  SpawnAttributes attributes;
  sigset_t all, none;
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&attributes.value, &all);
  ::posix_spawnattr_setsigmask(&attributes.value, &none);
  ::posix_spawnattr_setflags(&attributes.value,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  SpawnActions actions;
  ::posix_spawn_file_actions_addopen(&actions.value, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions.value, output.write_end.get(), 1);
  ::posix_spawn_file_actions_adddup2(&actions.value, error.write_end.get(), 2);
  ::posix_spawn_file_actions_addclosefrom_np(&actions.value, 3);
  ::posix_spawn_file_actions_addchdir_np(&actions.value, "/");
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  return ::posix_spawn(&pid, program.c_str(), &actions.value, &attributes.value, arguments.data(),
                       const_cast<char* const*>(kEnvironment.data()));
}

}  // namespace

std::optional<CommandProcess> CommandProcess::start(const std::string& program,
                                                    const std::vector<std::string>& argv,
                                                    const CommandLimits& limits,
                                                    const StopRequest& stop, CallFailure& failure) {
  std::optional<Pipe> output = make_pipe();
  std::optional<Pipe> error = output ? make_pipe() : std::nullopt;
  if (!error) {
    failure = {"pipe", errno};
    return std::nullopt;
  }
  pid_t pid = -1;
  if (const int errno_value = spawn(pid, program, argv, *output, *error); errno_value != 0) {
    failure = {"execve", errno_value};
    return std::nullopt;
  }
  restrain(pid);
  return CommandProcess(pid, std::move(output->read_end), std::move(error->read_end), limits, stop);
}

CommandProcess::CommandProcess(pid_t pid, UniqueFd output, UniqueFd error,
                               const CommandLimits& limits, const StopRequest& stop)
    : pid_(pid),
      pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))),
      output_(std::move(output)),
      error_(std::move(error)),
      limits_(limits),
      stop_(&stop),
      started_(std::chrono::steady_clock::now()) {}

CommandProcess::CommandProcess(CommandProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      output_(std::move(other.output_)),
      error_(std::move(other.error_)),
      limits_(other.limits_),
      stop_(other.stop_),
      started_(other.started_),
      ended_at_(other.ended_at_),
      asked_at_(other.asked_at_),
      killed_at_(other.killed_at_),
      finished_(std::exchange(other.finished_, true)),
      output_bytes_(other.output_bytes_),
      late_bytes_(other.late_bytes_),
      error_text_(std::move(other.error_text_)),
      end_(other.end_) {}

CommandProcess::~CommandProcess() {
  if (pid_ > 0) finish();
}

CommandProcess::Moment CommandProcess::next_deadline() const {
  if (killed_at_) return *killed_at_ + kKillGrace;
  if (ended_at_) return *ended_at_ + kOrphanGrace;
  if (asked_at_) return *asked_at_ + kTermGrace;
  return started_ + limits_.time_max;
}

Result<std::size_t> CommandProcess::read(std::span<std::byte> buffer) {
  while (output_) {
    end_if_late();
    const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
    if (count > 0) {
      output_bytes_ += static_cast<std::uint64_t>(count);
      if (killed_at_) late_bytes_ += static_cast<std::size_t>(count);
      if (late_bytes_ > kLateBytesMax) output_.reset();
      return static_cast<std::size_t>(count);
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN && !killed_at_) {
      wait_for_event();
    } else {
      output_.reset();  // The end; or killed, and nothing is left in the pipe.
    }
  }
  return std::size_t{0};
}

void CommandProcess::end_if_late() {
  const bool stop = stop_->requested() && !asked_at_ && !ended_at_;
  if (killed_at_ || (!stop && std::chrono::steady_clock::now() < next_deadline())) return;
  if (!ended_at_) {
    end_.stopped = end_.stopped || stop;
    end_.timed_out = !end_.stopped;
  }
  end_group(asked_at_ || ended_at_ ? SIGKILL : SIGTERM);
}

void CommandProcess::wait_for_event() {
  const auto now = std::chrono::steady_clock::now();
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_deadline() - now);
  std::array<pollfd, 3> polled = {{{output_ ? output_.get() : -1, POLLIN, 0},
                                   {error_ ? error_.get() : -1, POLLIN, 0},
                                   {pidfd_ && !ended_at_ ? pidfd_.get() : -1, POLLIN, 0}}};
  const auto step = pidfd_ ? kPollStep : 5ms;
  ::poll(polled.data(), polled.size(), static_cast<int>(std::clamp(left, 1ms, step).count()));
  if (polled[1].revents != 0) drain_error();
  note_end();
}

void CommandProcess::drain_error() {
  std::array<char, 16384> chunk;
  while (error_) {
    const ssize_t count = ::read(error_.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // Nothing more for now.
    if (count == 0) {
      error_.reset();
      return;
    }
    const std::size_t room = limits_.error_bytes_max - error_text_.size();
    const auto got = static_cast<std::size_t>(count);
    error_text_.append(chunk.data(), std::min(got, room));
    end_.error_text_cut = end_.error_text_cut || got > room;
    if (got < chunk.size()) return;  // So that a flood here cannot starve the deadline.
  }
}

void CommandProcess::end_group(int signal) {
  ::kill(-pid_, signal);
  const auto now = std::chrono::steady_clock::now();
  if (!asked_at_) asked_at_ = now;
  if (signal == SIGKILL && !killed_at_) killed_at_ = now;
}

/// Sees whether the child has ended. It stays unreaped until finish, so that its number, which is
/// also that of its group, cannot pass to anybody else.
void CommandProcess::note_end() {
  if (ended_at_) return;
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      info.si_pid == 0)
    return;
  ended_at_ = std::chrono::steady_clock::now();
  if (info.si_code == CLD_EXITED) {
    end_.exit_code = info.si_status;
  } else {
    end_.signal = info.si_status;
  }
}

const CommandEnd& CommandProcess::finish() {
  if (finished_) return end_;
  finished_ = true;
  const bool cut = bool(output_);  // Nobody wants the rest of its output.
  output_.reset();
  note_end();
  if (cut && !ended_at_) end_group(SIGTERM);
  while (!ended_at_ && !killed_at_) {
    wait_for_event();
    end_if_late();
  }
  drain_error();
  end_group(SIGKILL);  // Whatever stayed behind in the group.
  while (!ended_at_ && std::chrono::steady_clock::now() < next_deadline()) wait_for_event();
  const auto ended = ended_at_.value_or(std::chrono::steady_clock::now());
  end_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(ended - started_);
  ::waitid(P_PID, static_cast<id_t>(pid_), nullptr, WEXITED | WNOHANG);
  return end_;
}

}  // namespace casebook
