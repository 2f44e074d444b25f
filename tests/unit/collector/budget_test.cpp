#include "collector/budget.h"

#include <gtest/gtest.h>
#include <time.h>

#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

std::chrono::nanoseconds now_of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

TEST(Budget, StopsOnceItsBytesAreSpent) {
  StopRequest stop;
  Budget budget({.bytes_max = 10}, stop);
  budget.spent(9);
  EXPECT_FALSE(stop.requested());
  budget.spent(1);
  EXPECT_EQ(stop.reason(), StopReason::bytes);
}

TEST(Budget, StopsWhenItsTimeIsOver) {
  StopRequest stop;
  Budget budget({.time_max = std::chrono::seconds(0)}, stop);
  budget.check_now();
  EXPECT_EQ(stop.reason(), StopReason::time);
}

TEST(Budget, StopsBeforeTheReserveIsTouched) {
  const TemporaryFolder folder;
  const auto available = free_bytes(folder.path());
  ASSERT_TRUE(available);
  StopRequest enough;
  Budget roomy({.output_folder = folder.path(), .reserve_bytes = 0}, enough);
  roomy.check_now();
  EXPECT_FALSE(enough.requested());
  StopRequest stop;
  Budget tight({.output_folder = folder.path(), .reserve_bytes = *available * 2 + 1}, stop);
  tight.check_now();
  EXPECT_EQ(stop.reason(), StopReason::free_space);
}

TEST(Budget, LeavesAtLeastAGibibyte) {
  const TemporaryFolder folder;
  EXPECT_GE(*default_reserve_bytes(folder.path()), std::uint64_t{1} << 30U);
}

TEST(Budget, TheFirstReasonStands) {
  StopRequest stop;
  stop.stop(StopReason::interrupted);
  Budget budget({.bytes_max = 0}, stop);
  budget.spent(1);
  EXPECT_EQ(stop.reason(), StopReason::interrupted);
}

// Peer trouble: a limit that had no effect. Half a second of work at 50 % must take about a second.
TEST(Budget, GivesBackProcessorTimeBeyondItsLimit) {
  StopRequest stop;
  const auto wall = now_of(CLOCK_MONOTONIC);
  const auto work = now_of(CLOCK_PROCESS_CPUTIME_ID);
  Budget budget({.cpu_limit_percent = 50}, stop);
  while (now_of(CLOCK_PROCESS_CPUTIME_ID) - work < std::chrono::milliseconds(200)) {
    budget.spent(std::uint64_t{1} << 20U);
  }
  const auto elapsed = now_of(CLOCK_MONOTONIC) - wall;
  EXPECT_GE(elapsed, std::chrono::milliseconds(360));
}

TEST(BudgetedSource, EndsWithAnErrorOnceTheRunMustStop) {
  StopRequest stop;
  Budget budget({.bytes_max = 3}, stop);
  MemorySource memory(as_bytes("abcdef"));
  BudgetedSource source(memory, budget);
  Bytes buffer(3);
  EXPECT_EQ(*source.read(buffer), 3U);
  EXPECT_FALSE(source.read(buffer));
  EXPECT_EQ(budget.bytes_read(), 3U);
}

}  // namespace
}  // namespace casebook
