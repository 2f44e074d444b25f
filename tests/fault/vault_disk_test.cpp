/// The n-th read, write, sync, truncate or open failing, for n = 1, 2, … until the run passes; and
/// a disk that is full from the n-th write on.

#include <gtest/gtest.h>

#include "tests/support/faulty_layer.h"
#include "tests/support/small_case.h"

namespace casebook::vault {
namespace {

/// A run that touches every kind of change. @return how many notes were acknowledged.
std::uint64_t run_all(const SmallCase& small, bool& passed) {
  passed = false;
  DatabaseOptions options = small.options();
  options.layer = FaultyLayer::kName;
  auto ledger = LedgerFile::open(small.ledger_path(), small_ledger_id());
  auto compartment = Compartment::open(options, some_key(), some_name());
  if (!compartment || !ledger) return 0;
  std::uint64_t written = 0;
  for (; written < 4; ++written) {
    if (!SmallCase::write(*compartment, *ledger, written)) return written;
  }
  const std::vector<Digest256> commits{some_record("record 1", 2).commit};
  passed = compartment->optimize() && compartment->erase(commits) && compartment->checkpoint() &&
           std::move(*compartment).close();
  return written;
}

class VaultDisk : public testing::Test {
 protected:
  /// Fails at each call in turn; afterwards everything acknowledged is there and nothing is
  /// damaged.
  void fail_each(void (*plan)(FaultyLayer&)) {
    for (std::int64_t n = 1;; ++n) {
      const TemporaryFolder folder(folder_in_memory());
      const SmallCase small(folder.path());
      small.create();
      FaultyLayer& layer = FaultyLayer::reset();
      plan(layer);
      layer.left = n;
      bool passed = false;
      const std::uint64_t written = run_all(small, passed);
      const bool hit = layer.hit;
      FaultyLayer::reset();
      const auto size = small.recover();
      ASSERT_TRUE(size) << "call " << n;
      ASSERT_GE(*size, written) << "call " << n;
      if (n % 16 == 0) {
        auto report = Compartment::verify(small.options(), some_key(), some_name());
        ASSERT_TRUE(report) << "call " << n;
        ASSERT_TRUE(report->findings.empty()) << report->findings[0].what << ", call " << n;
      }
      for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        const Bytes bytes = *read_file(entry.path(), 1 << 26);
        ASSERT_EQ(as_text(bytes).find("heron"), std::string_view::npos) << entry.path();
      }
      if (!hit) {
        EXPECT_TRUE(passed);
        std::printf("%lld calls failed in turn\n", static_cast<long long>(n - 1));
        return;
      }
      ASSERT_LT(n, 5000);
    }
  }
};

TEST_F(VaultDisk, EveryCallFailingOnce) {
  fail_each([](FaultyLayer& layer) { layer.stays_failed = false; });
}

TEST_F(VaultDisk, ADiskThatIsGoneFromAnyCallOn) {
  fail_each([](FaultyLayer& layer) { layer.stays_failed = true; });
}

TEST_F(VaultDisk, ADiskThatIsFullFromAnyWriteOn) {
  fail_each([](FaultyLayer& layer) {
    layer.only_writes = true;
    layer.write_failure = SQLITE_FULL;
  });
}

TEST(VaultDiskFull, SaysSoAndGoesOnWhenThereIsSpaceAgain) {
  const TemporaryFolder folder(folder_in_memory());
  const SmallCase small(folder.path());
  small.create();
  FaultyLayer& layer = FaultyLayer::reset();
  DatabaseOptions options = small.options();
  options.layer = FaultyLayer::kName;
  auto compartment = Compartment::open(options, some_key(), some_name());
  ASSERT_TRUE(compartment);
  layer.only_writes = true;
  layer.write_failure = SQLITE_FULL;
  layer.left = 1;
  const auto made = some_record("first");
  const auto refused = compartment->put_pending(made.commit, made.salt, made.record);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("no space left"), std::string::npos);
  EXPECT_FALSE(refused.error().hint.empty());
  FaultyLayer::reset();
  EXPECT_TRUE(compartment->put_pending(made.commit, made.salt, made.record));
}

}  // namespace
}  // namespace casebook::vault
