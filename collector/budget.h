#pragma once
/// The limits of a run: bytes, time, free space, processor time. Stands between sources and the
/// bag.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "collector/entry_sink.h"
#include "collector/stop.h"

namespace casebook {

struct BudgetLimits {
  std::optional<std::uint64_t> bytes_max = std::nullopt;
  std::optional<std::chrono::seconds> time_max = std::nullopt;
  std::optional<unsigned> cpu_limit_percent = std::nullopt;  ///< Of one core, 1 and up.
  /// Folder whose file system keeps `reserve_bytes` free; empty: not checked (streams).
  std::filesystem::path output_folder = {};
  std::uint64_t reserve_bytes = 0;
};

/// max(1 GiB, 5 % of the file system of `folder`), bytes. @return `io` when it cannot be asked.
Result<std::uint64_t> default_reserve_bytes(const std::filesystem::path& folder);

/// Free bytes for us on the file system of `folder`.
Result<std::uint64_t> free_bytes(const std::filesystem::path& folder);

/// What a run must leave free on the file system of `folder`: `wanted`, else the default.
/// @return `limit_exceeded` when less than that is free already.
Result<std::uint64_t> reserve_on(const std::filesystem::path& folder,
                                 const std::optional<std::uint64_t>& wanted);

/// Counts what is read and asks `stop` to end the run when a limit is reached; sleeps when more
/// processor time was used than `cpu_limit_percent` allows. One thread.
class Budget {
 public:
  Budget(BudgetLimits limits, StopRequest& stop);

  /// After `size_bytes` more were read. Cheap: space and clocks are asked for now and then.
  void spent(std::uint64_t size_bytes);
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] bool stopped() const { return stop_->requested(); }
  /// Measured again at once, whatever was spent: between entries of unknown cost.
  void check_now();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;
  void throttle(SteadyTime now);

  BudgetLimits limits_;
  StopRequest* stop_;
  SteadyTime started_at_;
  std::chrono::nanoseconds cpu_at_start_;
  std::uint64_t bytes_read_ = 0;
  std::uint64_t unchecked_bytes_ = 0;
};

/// A source that reports what it gives to a budget and ends with an error once the run must stop.
class BudgetedSource final : public ByteSource {
 public:
  BudgetedSource(ByteSource& source, Budget& budget) : source_(&source), budget_(&budget) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  ByteSource* source_;
  Budget* budget_;
};

}  // namespace casebook
