/// Several processes that write into one compartment at the same time.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>

#include "tests/support/fault_rounds.h"
#include "tests/support/small_case.h"

namespace casebook::vault {
namespace {

constexpr int kWriters = 8;

/// Writes `count` records. @return the number of those that failed, or of waits over a second.
int write_many(const DatabaseOptions& options, int writer, int count) {
  auto compartment = Compartment::open(options, some_key(), some_name());
  if (!compartment) return 1;
  for (int n = 0; n < count; ++n) {
    const auto number = static_cast<std::uint64_t>(writer * 100000 + n);
    const auto made = some_record("record " + std::to_string(number), number + 1);
    const std::vector<ItemVersion> items{some_note(number, "heron")};
    if (!compartment->put_pending(made.commit, made.salt, made.record, {.items = items})) return 1;
    if (!compartment->mark_appended(made.commit, number)) return 1;
    if (n % 100 == 99) static_cast<void>(bool(compartment->checkpoint()));
  }
  return 0;
}

TEST(VaultWriters, EightAtOnceLoseNothing) {
  const TemporaryFolder folder(folder_in_memory());
  const SmallCase small(folder.path());
  small.create();
  const int count = fault_rounds(500);
  std::vector<pid_t> children;
  for (int writer = 0; writer < kWriters; ++writer) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) ::_exit(write_many(small.options(), writer, count));
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  auto compartment = Compartment::open(small.options(), some_key(), some_name());
  ASSERT_TRUE(compartment);
  EXPECT_TRUE(compartment->pending()->empty());
  EXPECT_EQ(*compartment->count({.words = "heron"}), static_cast<std::uint64_t>(kWriters * count));
  ASSERT_TRUE(std::move(*compartment).close());
  auto report = Compartment::verify(small.options(), some_key(), some_name());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->records, static_cast<std::uint64_t>(kWriters * count));
}

}  // namespace
}  // namespace casebook::vault
