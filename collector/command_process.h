#pragma once
/// One program of the host while it runs: started without a shell in a clean environment, in a
/// session of its own, its output read through pipes, and ended as a whole when its time is over.

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collector/host_view.h"
#include "collector/stop.h"
#include "core/bytes.h"
#include "core/c_handle.h"

namespace casebook {

struct CommandLimits {
  std::chrono::milliseconds time_max{10'000};
  std::size_t error_bytes_max = std::size_t{1} << 20U;  ///< Of standard error that is kept.
};

/// How a program ended.
struct CommandEnd {
  std::optional<int> exit_code;
  std::optional<int> signal;
  std::chrono::milliseconds duration{};
  bool timed_out = false;
  bool stopped = false;  ///< By the stop request.
  bool error_text_cut = false;
};

/// Reading gives standard output until its end, the time limit, or the stop request. Standard error
/// is gathered meanwhile. Nothing outlives `finish`: the process group is killed and reaped.
class CommandProcess final : public ByteSource {
 public:
  /// Starts `program` with `argv`. @return the process, or nothing with errno in `failure`.
  static std::optional<CommandProcess> start(const std::string& program,
                                             const std::vector<std::string>& argv,
                                             const CommandLimits& limits, const StopRequest& stop,
                                             CallFailure& failure);
  CommandProcess(CommandProcess&& other) noexcept;
  CommandProcess& operator=(CommandProcess&&) = delete;
  ~CommandProcess() override;

  Result<std::size_t> read(std::span<std::byte> buffer) override;
  /// Ends what still runs and says how it went. Called once reading is over; repeats its answer.
  const CommandEnd& finish();
  [[nodiscard]] const std::string& error_text() const { return error_text_; }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::uint64_t output_bytes() const { return output_bytes_; }

 private:
  using Moment = std::chrono::steady_clock::time_point;
  CommandProcess(pid_t pid, UniqueFd output, UniqueFd error, const CommandLimits& limits,
                 const StopRequest& stop);
  void wait_for_event();  ///< Output, an error text, the child's end, or a moment.
  void drain_error();
  void end_if_late();  ///< SIGTERM at the limit or on a stop request, then SIGKILL.
  void end_group(int signal);
  void note_end();
  [[nodiscard]] Moment next_deadline() const;

  pid_t pid_ = -1;
  UniqueFd pidfd_;  ///< None before Linux 5.3.
  UniqueFd output_;
  UniqueFd error_;
  CommandLimits limits_;
  const StopRequest* stop_;
  Moment started_;
  std::optional<Moment> ended_at_;   ///< When the child was seen to have ended.
  std::optional<Moment> asked_at_;   ///< When SIGTERM was sent.
  std::optional<Moment> killed_at_;  ///< When SIGKILL was.
  bool finished_ = false;
  std::uint64_t output_bytes_ = 0;
  std::size_t late_bytes_ = 0;  ///< Read after SIGKILL.
  std::string error_text_;
  CommandEnd end_;
};

}  // namespace casebook
