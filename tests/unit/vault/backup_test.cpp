#include "vault/backup.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_files.h"
#include "tests/support/stock_tools.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

// Specification: docs/spec/backup.md.
class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    std::filesystem::create_directories(vault());
    std::filesystem::create_directories(case_folder() / "evidence" / "b1");
    put("case.json", "{}");
    put("ledger", "lines\n");
    put("evidence/b1/bag.tar.zst.age", std::string(3000000, 'x'));
    check(bool(Compartment::create(options(), some_key(), some_name())), "create");
    auto compartment = Compartment::open(options(), some_key(), some_name());
    for (std::uint64_t n = 0; n < 5; ++n) put_note(*compartment, n, some_note(n, "heron"));
    check(bool(std::move(*compartment).close()), "close");
  }
  std::filesystem::path case_folder() const { return folder_.path() / "case"; }
  std::filesystem::path vault() const { return case_folder() / "vault"; }
  std::filesystem::path backup() const { return folder_.path() / "backup"; }
  DatabaseOptions options() const { return {.path = vault() / "general.db"}; }
  void put(const std::string& name, std::string_view text) {
    check(bool(write_file(case_folder() / name, as_bytes(text), 0600, IfExists::replace)), "put");
  }
  Result<BackupReport> make() {
    return back_up({.case_folder = case_folder(), .target = backup()}, UtcSeconds{});
  }
  TemporaryFolder folder_{folder_in_memory()};
};

TEST_F(BackupTest, IsVerifiedAndRestoresToACaseThatVerifies) {
  auto made = make();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->files, 4U);
  EXPECT_TRUE(made->findings.empty());
  const auto elsewhere = folder_.path() / "elsewhere";
  auto restored = restore(backup(), elsewhere);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(restored->manifest, made->manifest);
  const DatabaseOptions there{.path = elsewhere / "vault" / "general.db"};
  auto report = Compartment::verify(there, some_key(), some_name());
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->findings.empty());
  EXPECT_EQ(report->records, 5U);
}

TEST_F(BackupTest, ALogLeftByACrashComesAlong) {
  const auto copy = folder_.path() / "crashed";
  {
    auto compartment = Compartment::open(options(), some_key(), some_name());
    put_note(*compartment, 5, some_note(5, "only in the log"));
    std::filesystem::copy(case_folder(), copy, std::filesystem::copy_options::recursive);
  }
  auto made = back_up({.case_folder = copy, .target = backup()}, UtcSeconds{});
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_TRUE(restore(backup(), folder_.path() / "elsewhere"));
  const DatabaseOptions there{.path = folder_.path() / "elsewhere" / "vault" / "general.db"};
  auto compartment = Compartment::open(there, some_key(), some_name());
  ASSERT_TRUE(compartment);
  EXPECT_EQ(compartment->search({.words = "only"})->size(), 1U);
}

TEST_F(BackupTest, NothingIsEverWrittenOver) {
  ASSERT_TRUE(make());
  EXPECT_EQ(make().error().code, ErrorCode::invalid_input);
  EXPECT_EQ(restore(backup(), case_folder()).error().code, ErrorCode::invalid_input);
  EXPECT_FALSE(std::filesystem::exists(backup().native() + ".unfinished"));
}

TEST_F(BackupTest, EveryDeviationIsNamed) {
  ASSERT_TRUE(make());
  const auto finding = [&](std::string_view what) {
    auto report = verify_backup(backup());
    ASSERT_TRUE(report);
    ASSERT_EQ(report->findings.size(), 1U) << what;
    EXPECT_NE(report->findings[0].find(what), std::string::npos) << report->findings[0];
    EXPECT_EQ(restore(backup(), folder_.path() / "elsewhere").error().code, ErrorCode::corrupt);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "elsewhere"));
  };
  const auto bag = backup() / "evidence" / "b1" / "bag.tar.zst.age";
  const Bytes before = *read_file(bag, 1 << 24);
  Bytes changed = before;
  changed[1234567] ^= std::byte{1};
  ASSERT_TRUE(write_file(bag, changed, 0600, IfExists::replace));
  finding("was changed");
  std::filesystem::remove(bag);
  finding("is missing");
  ASSERT_TRUE(write_file(bag, before, 0600));
  ASSERT_TRUE(write_file(backup() / "vault" / "extra.db", {}, 0600));
  finding("not in the manifest");
}

TEST_F(BackupTest, AForgedManifestIsRefused) {
  ASSERT_TRUE(make());
  const auto forge = [&](const std::string& manifest) {
    ASSERT_TRUE(write_file(backup() / "manifest", as_bytes(manifest), 0600, IfExists::replace));
    const std::string about =
        R"({"bytes":"1","files":"1","format":"casebook-backup/1","manifest":")" +
        to_hex(*sha256(as_bytes(manifest))) + R"(","time":"1970-01-01T00:00:00Z"})" + "\n";
    ASSERT_TRUE(write_file(backup() / "backup.json", as_bytes(about), 0600, IfExists::replace));
    EXPECT_EQ(verify_backup(backup()).error().code, ErrorCode::corrupt) << manifest;
    EXPECT_FALSE(restore(backup(), folder_.path() / "elsewhere"));
  };
  const std::string digest(64, '0');
  forge(digest + "  ../outside\n");
  forge(digest + "  vault/../../outside\n");
  forge(digest + "  /etc/passwd\n");
  forge(digest + "  other/file\n");
  forge(digest + " vault/a\n");
  forge(digest + "  vault/a");
  forge(digest + "  vault/a\n" + digest + "  vault/a\n");
  forge("x\n");
}

TEST_F(BackupTest, LinksAndOpenCompartmentsAreRefused) {
  {
    auto held = UseLock::acquire(vault() / "use", UseLock::Kind::shared);
    ASSERT_TRUE(held);
    auto alone =
        UseLock::acquire(vault() / "use", UseLock::Kind::exclusive, std::chrono::milliseconds(5));
    EXPECT_EQ(alone.error().code, ErrorCode::locked);
  }
  std::filesystem::create_symlink("/etc/hostname", case_folder() / "evidence" / "link");
  EXPECT_EQ(make().error().code, ErrorCode::invalid_input);
}

TEST_F(BackupTest, AFailingDiskLeavesNoBackup) {
  std::filesystem::remove_all(case_folder() / "evidence");
  for (int fails_at = 1;; ++fails_at) {
    FaultyFiles faulty(fails_at);
    auto made =
        back_up({.case_folder = case_folder(), .target = backup(), .calls = &faulty}, UtcSeconds{});
    if (std::filesystem::exists(backup())) {
      auto report = verify_backup(backup());
      EXPECT_TRUE(report && report->findings.empty());
    }
    if (!faulty.reached()) {
      EXPECT_TRUE(made);
      break;
    }
    std::filesystem::remove_all(backup());
    ASSERT_LT(fails_at, 100);
  }
}

TEST_F(BackupTest, StockSha256sumChecksIt) {
  const auto env = stock_tool("env");
  if (!env) GTEST_SKIP() << "env is not installed";
  ASSERT_TRUE(make());
  const auto run = run_tool({*env, "-C", backup(), "sha256sum", "-c", "--quiet", "manifest"});
  EXPECT_EQ(run.exit_status, 0) << run.out;
}

}  // namespace
}  // namespace casebook::vault
