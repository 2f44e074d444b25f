#include "core/ledger_file.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_files.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

LedgerId some_id() { return *LedgerId::parse("000102030405060708090a0b0c0d0e0f"); }

Digest256 commit_of(std::size_t number) {
  return *commit_to(Salt{}, as_bytes("record " + std::to_string(number)));
}

void append_raw(const std::filesystem::path& path, std::string_view text) {
  const Bytes before = *read_file(path, 1000000);
  std::string whole(as_text(before));
  whole += text;
  check(bool(write_file(path, as_bytes(whole), 0600, IfExists::replace)), "append raw");
}

TEST(LedgerFile, GoesOnWhereItWasLeft) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "ledger";
  {
    auto ledger = LedgerFile::create(path, some_id());
    ASSERT_TRUE(ledger);
    EXPECT_EQ(ledger->append(commit_of(0))->seq, 0U);
    EXPECT_EQ(ledger->append(commit_of(1))->seq, 1U);
  }
  auto ledger = LedgerFile::open(path, some_id());
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->append(commit_of(2))->seq, 2U);
  EXPECT_EQ(ledger->head()->count, 3U);
  EXPECT_FALSE(LedgerFile::create(path, some_id()));
  EXPECT_FALSE(LedgerFile::open(path, *LedgerId::parse("ff0102030405060708090a0b0c0d0e0f")));
  EXPECT_EQ(LedgerFile::open(folder.path() / "absent", some_id()).error().code,
            ErrorCode::not_found);
}

TEST(LedgerFile, CutsOffWhatWasNeverFinished) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "ledger";
  {
    auto ledger = LedgerFile::create(path, some_id());
    ASSERT_TRUE(ledger->append(commit_of(0)));
  }
  append_raw(path, "{\"commit\":\"00");
  auto ledger = LedgerFile::open(path, some_id());
  ASSERT_TRUE(ledger);
  EXPECT_EQ(ledger->torn_bytes(), 13U);
  EXPECT_EQ(ledger->append(commit_of(1))->seq, 1U);
  FileCalls plain;
  EXPECT_EQ(LedgerFile::open(path, some_id(), plain)->torn_bytes(), 0U);
  append_raw(path, "damage\n");
  EXPECT_EQ(LedgerFile::open(path, some_id()).error().code, ErrorCode::corrupt);
}

// Whichever call fails: what was acknowledged is there, in order, and the ledger opens again.
TEST(LedgerFile, KeepsWhatItAcknowledgedWhicheverCallFails) {
  for (int fails_at = 1;; ++fails_at) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "ledger";
    FaultyFiles calls(fails_at);
    std::size_t acknowledged = 0;
    bool failed = false;
    if (auto ledger = LedgerFile::create(path, some_id(), calls)) {
      for (std::size_t i = 0; i < 4; ++i) {
        const bool appended = bool(ledger->append(commit_of(i)));
        EXPECT_FALSE(failed && appended) << "an append after a failed one";
        if (appended) ++acknowledged;
        failed = failed || !appended;
      }
    }
    auto again = LedgerFile::open(path, some_id());
    if (!again) {
      EXPECT_EQ(again.error().code, ErrorCode::not_found);
      EXPECT_EQ(acknowledged, 0U);
      continue;
    }
    EXPECT_GE(again->head()->count, acknowledged);
    EXPECT_LE(again->head()->count, acknowledged + 1);
    EXPECT_TRUE(again->append(commit_of(9)));
    if (!calls.reached()) {
      EXPECT_EQ(acknowledged, 4U);
      EXPECT_GT(fails_at, 12);
      break;
    }
  }
}

TEST(LedgerFile, RepairIsRefusedWhenItCannotBeMadeDurable) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "ledger";
  ASSERT_TRUE(LedgerFile::create(path, some_id())->append(commit_of(0)));
  append_raw(path, "{");
  for (int fails_at = 1; fails_at <= 3; ++fails_at) {
    FaultyFiles calls(fails_at);
    EXPECT_EQ(LedgerFile::open(path, some_id(), calls).error().code, ErrorCode::io) << fails_at;
  }
  EXPECT_EQ(LedgerFile::open(path, some_id())->head()->count, 1U);
}

}  // namespace
}  // namespace casebook
