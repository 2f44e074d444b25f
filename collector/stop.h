#pragma once
/// Why a collection should end early. Set by signals and budgets, asked for between reads.

#include <atomic>
#include <cstdint>
#include <string_view>

namespace casebook {

/// The closed list of reasons to cut a run; enumerators are the codes in `context.json`.
enum class StopReason : std::uint8_t {
  none,
  interrupted,
  terminated,
  bytes,
  time,
  free_space,
  output_failed,
  input_ended
};

/// Shared by the run and its signal handlers. The first reason stands.
class StopRequest {
 public:
  void stop(StopReason reason) noexcept {
    StopReason none = StopReason::none;
    reason_.compare_exchange_strong(none, reason);
  }
  [[nodiscard]] StopReason reason() const noexcept {
    return reason_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] bool requested() const noexcept { return reason() != StopReason::none; }

 private:
  std::atomic<StopReason> reason_{StopReason::none};
  static_assert(std::atomic<StopReason>::is_always_lock_free, "used in a signal handler");
};

}  // namespace casebook
