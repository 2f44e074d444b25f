#include "vault/inbox.h"

#include <gtest/gtest.h>

#include "core/age_identity_file.h"
#include "tests/support/faulty_files.h"
#include "tests/support/stock_tools.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

// Specification: docs/spec/inbox.md.
class InboxTest : public testing::Test {
 protected:
  InboxTest() {
    for (int n = 0; n < 2; ++n) keys_.push_back(*AgeIdentity::make(randomness_));
  }
  AgeUnlock unlock(std::size_t n) { return {.identities = std::span(&keys_[n], 1)}; }
  InboxItem item(std::string_view text) {
    InboxItem made{.record = to_bytes(text)};
    check(bool(randomness_.fill(made.salt)), "salt");
    return made;
  }
  Digest256 put(std::string_view text) {
    auto commit = put_inbox_item(folders_, keys_[0].recipient(), item(text), randomness_);
    check(bool(commit), commit ? "" : commit.error().message);
    return *commit;
  }
  std::filesystem::path path_of(const Digest256& commit) {
    return folders_.inbox / (to_hex(commit) + ".age");
  }
  static Result<bool> never(const Digest256&) { return false; }

  TemporaryFolder folder_{folder_in_memory()};
  InboxFolders folders_ = inbox_of(folder_.path(), "legal");
  SeededRandomness randomness_{8};
  std::vector<AgeIdentity> keys_;
};

TEST_F(InboxTest, WhoWritesCannotReadAndTheReaderCan) {
  const auto commit = put("counsel asked for a call");
  auto opened = open_inbox_item(folders_, commit, unlock(0));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(as_text(opened->record), "counsel asked for a call");
  EXPECT_EQ(*commit_to(opened->salt, opened->record), commit);
  EXPECT_EQ(open_inbox_item(folders_, commit, unlock(1)).error().code, ErrorCode::locked);
  const Bytes sealed = *read_file(path_of(commit), 1 << 20);
  EXPECT_EQ(as_text(sealed).find("counsel"), std::string_view::npos);
}

// RT-33: a planted file is no record, an exchanged one is found, a deleted one is damage.
TEST_F(InboxTest, RT33ForgedAndLostItemsAreFound) {
  const auto commit = put("true");
  const auto other = put("another");
  std::filesystem::copy_file(path_of(other), path_of(commit),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(open_inbox_item(folders_, commit, unlock(0)).error().code, ErrorCode::corrupt);
  const std::vector<Digest256> expected{commit, other, *sha256(as_bytes("gone"))};
  auto report = check_inbox(folders_, expected, never);
  ASSERT_TRUE(report);
  EXPECT_EQ(report->waiting.size(), 2U);
  ASSERT_EQ(report->missing.size(), 1U);
  EXPECT_EQ(report->missing[0], expected[2]);
  report = check_inbox(folders_, expected, [&](const Digest256& asked) -> Result<bool> {
    return asked == expected[2];
  });
  EXPECT_TRUE(report->missing.empty());
}

TEST_F(InboxTest, RT33WhatNobodyIsBoundToGoesToQuarantineWithinLimits) {
  const auto commit = put("planted");
  auto report = check_inbox(folders_, {}, never);
  ASSERT_EQ(report->unexpected.size(), 1U);
  EXPECT_EQ(*quarantine(folders_, report->unexpected[0], randomness_), Quarantined::moved);
  EXPECT_FALSE(std::filesystem::exists(path_of(commit)));
  EXPECT_TRUE(check_inbox(folders_, {}, never)->unexpected.empty());
  for (std::size_t n = 1; n < kQuarantineCountMax; ++n) {
    ASSERT_TRUE(write_file(folders_.quarantine / (std::to_string(n) + ".age"), {}, 0600));
  }
  put("one too many");
  report = check_inbox(folders_, {}, never);
  EXPECT_EQ(*quarantine(folders_, report->unexpected[0], randomness_), Quarantined::refused_full);
  EXPECT_TRUE(std::filesystem::exists(report->unexpected[0]));
}

TEST_F(InboxTest, RT33AFloodOfBytesIsStopped) {
  ASSERT_TRUE(std::filesystem::create_directories(folders_.quarantine));
  const auto big = folders_.quarantine / "big.age";
  ASSERT_TRUE(write_file(big, {}, 0600));
  std::filesystem::resize_file(big, kQuarantineBytesMax);
  put("more");
  auto report = check_inbox(folders_, {}, never);
  EXPECT_EQ(*quarantine(folders_, report->unexpected[0], randomness_), Quarantined::refused_full);
  EXPECT_EQ(put_inbox_item(folders_, keys_[0].recipient(),
                           item(std::string(kInboxItemBytesMax + 1, 'x')), randomness_)
                .error()
                .code,
            ErrorCode::limit_exceeded);
}

TEST_F(InboxTest, TakenOutItIsGoneAndRepeatingIsFine) {
  const auto commit = put("text");
  ASSERT_TRUE(remove_inbox_item(folders_, commit));
  ASSERT_TRUE(remove_inbox_item(folders_, commit));
  EXPECT_EQ(open_inbox_item(folders_, commit, unlock(0)).error().code, ErrorCode::not_found);
}

TEST_F(InboxTest, AnItemGoesIntoTheCompartmentUnderItsPlace) {
  VaultFolder vault;
  vault.create();
  auto compartment = vault.open();
  const auto commit = put("a record for the compartment");
  auto opened = open_inbox_item(folders_, commit, unlock(0));
  ASSERT_TRUE(compartment.put_pending(commit, opened->salt, opened->record));
  ASSERT_TRUE(compartment.mark_appended(commit, 17));
  ASSERT_TRUE(remove_inbox_item(folders_, commit));
  EXPECT_EQ((*compartment.record_at(17))->commit, commit);
}

TEST_F(InboxTest, AFailingDiskLeavesAWholeItemOrNone) {
  const InboxItem made = item("text");
  for (int fails_at = 1;; ++fails_at) {
    FaultyFiles faulty(fails_at);
    auto commit = put_inbox_item(folders_, keys_[0].recipient(), made, randomness_, faulty);
    const auto is = *commit_to(made.salt, made.record);
    auto opened = open_inbox_item(folders_, is, unlock(0));
    EXPECT_TRUE(opened || opened.error().code == ErrorCode::not_found);
    if (!faulty.reached()) {
      EXPECT_TRUE(commit && opened);
      break;
    }
    ASSERT_LT(fails_at, 50);
  }
}

TEST_F(InboxTest, StockToolsGiveRecordAndName) {
  const auto age = stock_tool("age");
  const auto digest = stock_tool("sha256sum");
  if (!age || !digest) GTEST_SKIP() << "age or sha256sum is not installed";
  const auto commit = put("the record");
  ASSERT_TRUE(write_file(folder_.path() / "key",
                         format_identities(std::span(&keys_[0], 1)).reveal(), 0600));
  const auto plain = run_tool({*age, "-d", "-i", folder_.path() / "key", path_of(commit)});
  const std::size_t end = plain.out.find('\n');
  EXPECT_EQ(plain.out.substr(end + 1), "the record");
  const Bytes salt = *from_hex(plain.out.substr(end - 32, 32));
  const std::string hashed = std::string("casebook-commit@v1\0", 19) + std::string(as_text(salt)) +
                             plain.out.substr(end + 1);
  EXPECT_EQ(run_tool({*digest}, hashed).out.substr(0, 64), to_hex(commit));
}

}  // namespace
}  // namespace casebook::vault
