#include "collector/budget.h"

#include <sys/statvfs.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include "core/printable.h"

namespace casebook {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kGibibyte = std::uint64_t{1} << 30U;
constexpr std::uint64_t kReserveParts = 20;  // 5 %
// Often enough to notice a full disk in time, seldom enough to cost nothing.
constexpr std::uint64_t kCheckEveryBytes = std::uint64_t{4} << 20U;
// Short, so that the used share stays near the limit and a signal is seen soon.
constexpr nanoseconds kSleepMax = std::chrono::milliseconds(200);

nanoseconds process_time() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + nanoseconds(used.tv_nsec);
}

Result<struct statvfs> file_system_of(const std::filesystem::path& folder) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) {
    return system_error("statvfs", errno).context(printable(folder.native()));
  }
  return status;
}

/// "1.5 GiB", for messages.
std::string gibibytes(std::uint64_t size_bytes) {
  const std::uint64_t tenths = size_bytes / (kGibibyte / 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

}  // namespace

Result<std::uint64_t> default_reserve_bytes(const std::filesystem::path& folder) {
  const auto status = file_system_of(folder);
  if (!status) return status.error();
  const std::uint64_t size_bytes = std::uint64_t{status->f_blocks} * status->f_frsize;
  return std::max(kGibibyte, size_bytes / kReserveParts);
}

Result<std::uint64_t> free_bytes(const std::filesystem::path& folder) {
  const auto status = file_system_of(folder);
  if (!status) return status.error();
  return std::uint64_t{status->f_bavail} * status->f_frsize;
}

Result<std::uint64_t> reserve_on(const std::filesystem::path& folder,
                                 const std::optional<std::uint64_t>& wanted) {
  auto reserve = wanted ? Result<std::uint64_t>(*wanted) : default_reserve_bytes(folder);
  auto available = free_bytes(folder);
  if (!reserve) return std::move(reserve).error();
  if (!available) return std::move(available).error();
  if (*available >= *reserve) return *reserve;
  return Error{ErrorCode::limit_exceeded,
               printable(folder.native()) + ": only " + gibibytes(*available) + " free, and " +
                   gibibytes(*reserve) + " are to stay free",
               "collect to another disk with --out, or lower --reserve"};
}

Budget::Budget(BudgetLimits limits, StopRequest& stop)
    : limits_(std::move(limits)),
      stop_(&stop),
      started_at_(std::chrono::steady_clock::now()),
      cpu_at_start_(process_time()) {}

void Budget::spent(std::uint64_t size_bytes) {
  bytes_read_ += size_bytes;
  unchecked_bytes_ += size_bytes;
  if (limits_.bytes_max && bytes_read_ >= *limits_.bytes_max) stop_->stop(StopReason::bytes);
  const bool often = limits_.cpu_limit_percent.has_value();
  if (unchecked_bytes_ >= (often ? kCheckEveryBytes / 16 : kCheckEveryBytes)) check_now();
}

void Budget::check_now() {
  unchecked_bytes_ = 0;
  const SteadyTime now = std::chrono::steady_clock::now();
  if (limits_.time_max && now - started_at_ >= *limits_.time_max) stop_->stop(StopReason::time);
  if (!limits_.output_folder.empty()) {
    const auto available = free_bytes(limits_.output_folder);
    if (available && *available < limits_.reserve_bytes) stop_->stop(StopReason::free_space);
  }
  throttle(now);
}

void Budget::throttle(SteadyTime now) {
  if (!limits_.cpu_limit_percent) return;
  const nanoseconds used = process_time() - cpu_at_start_;
  // The wall time in which `used` would have been within the limit.
  const nanoseconds owed = used * 100 / std::max(1U, *limits_.cpu_limit_percent);
  for (nanoseconds left = owed - (now - started_at_); left.count() > 0 && !stop_->requested();) {
    const nanoseconds nap = std::min(left, kSleepMax);
    const timespec request{.tv_sec = nap / std::chrono::seconds(1),
                           .tv_nsec = (nap % std::chrono::seconds(1)).count()};
    ::nanosleep(&request, nullptr);
    left -= nap;
    const bool late =
        limits_.time_max && std::chrono::steady_clock::now() - started_at_ >= *limits_.time_max;
    if (late) stop_->stop(StopReason::time);
  }
}

Result<std::size_t> BudgetedSource::read(std::span<std::byte> buffer) {
  if (budget_->stopped()) return Error{ErrorCode::io, "stopped: Interrupted system call"};
  auto count = source_->read(buffer);
  if (count) budget_->spent(*count);
  return count;
}

}  // namespace casebook
