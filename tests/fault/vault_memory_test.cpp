/// The n-th allocation of the engine failing, for n = 1, 2, … until the run passes.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "tests/support/small_case.h"

namespace casebook::vault {
namespace {

sqlite3_mem_methods usual_memory;
std::int64_t allocations_left = -1;
bool allocation_failed = false;

bool allocation_fails() {
  if (allocations_left < 0) return false;
  if (allocations_left > 0) --allocations_left;
  if (allocations_left > 0) return false;
  allocations_left = -1;  // Only this one.
  allocation_failed = true;
  return true;
}
void* allocate(int size) { return allocation_fails() ? nullptr : usual_memory.xMalloc(size); }
void* allocate_again(void* old, int size) {
  return allocation_fails() ? nullptr : usual_memory.xRealloc(old, size);
}

/// Puts itself between the engine and its memory before the engine is first used.
const bool is_between = [] {
  sqlite3_config(SQLITE_CONFIG_GETMALLOC, &usual_memory);
  sqlite3_mem_methods failing = usual_memory;
  failing.xMalloc = allocate;
  failing.xRealloc = allocate_again;
  return sqlite3_config(SQLITE_CONFIG_MALLOC, &failing) == SQLITE_OK;
}();

TEST(VaultMemory, EveryAllocationFailingOnce) {
  ASSERT_TRUE(is_between);
  std::int64_t n = 1;
  for (;; ++n) {
    const TemporaryFolder folder(folder_in_memory());
    const SmallCase small(folder.path());
    small.create();
    auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
    allocation_failed = false;
    std::uint64_t written = 0;
    bool passed = false;
    {
      allocations_left = n;
      auto compartment = Compartment::open(small.options(), some_key(), some_name());
      if (compartment) {
        while (written < 2 && SmallCase::write(*compartment, *ledger, written)) ++written;
        auto hits = compartment->search({.words = "heron"});
        passed = written == 2 && hits && hits->size() == 2 && std::move(*compartment).close();
      }
      allocations_left = -1;
    }
    const auto size = small.recover();
    ASSERT_TRUE(size) << "allocation " << n;
    ASSERT_GE(*size, written) << "allocation " << n;
    if (!allocation_failed) {
      EXPECT_TRUE(passed);
      break;
    }
    // The first one by one, then every seventeenth: the later ones repeat the same statements.
    if (n > 300) n += 16;
    ASSERT_LT(n, 100000);
  }
  std::printf("%lld allocations failed in turn\n", static_cast<long long>(n - 1));
}

}  // namespace
}  // namespace casebook::vault
