#include "vault/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/support/stock_tools.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

constexpr std::string_view kSchema =
    "CREATE TABLE words(number INTEGER PRIMARY KEY, word TEXT) STRICT";

class DatabaseTest : public testing::Test {
 protected:
  DatabaseOptions options() const { return {.path = folder_.path() / "some.db"}; }
  void create() { ASSERT_TRUE(Database::create(options(), some_key(), kSchema)); }
  void put(Database& database, std::string_view word) {
    auto transaction = database.begin();
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(database.execute("INSERT INTO words(word) VALUES(?)", {word}));
    ASSERT_TRUE(std::move(*transaction).commit());
  }
  std::int64_t count(Database& database) {
    auto rows = database.query("SELECT count(*) FROM words");
    return *rows->next() ? rows->integer(0) : -1;
  }
  TemporaryFolder folder_{folder_in_memory()};
};

TEST_F(DatabaseTest, CreatingAndOpeningAreDifferentCalls) {
  EXPECT_EQ(Database::open(options(), some_key()).error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(options().path));
  create();
  EXPECT_EQ(Database::create(options(), some_key(), kSchema).error().code,
            ErrorCode::invalid_input);
  {
    auto database = Database::open(options(), some_key());
    ASSERT_TRUE(database) << database.error().message;
    put(*database, "one");
    ASSERT_TRUE(std::move(*database).close());
  }
  auto database = Database::open(options(), some_key());
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, OnlyItsOwnerCanReadTheFiles) {
  create();
  auto database = Database::open(options(), some_key());
  put(*database, "one");
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    struct stat status {};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << entry.path();
  }
}

TEST_F(DatabaseTest, AnotherKeyIsRefused) {
  create();
  EXPECT_EQ(Database::open(options(), some_key(2)).error().code, ErrorCode::locked);
}

TEST_F(DatabaseTest, AnEmptyFileIsNeverTakenForANewVault) {
  std::ofstream(options().path).flush();
  EXPECT_EQ(Database::open(options(), some_key()).error().code, ErrorCode::corrupt);
  EXPECT_EQ(std::filesystem::file_size(options().path), 0U);
}

TEST_F(DatabaseTest, APlainDatabaseIsRefused) {
  DatabaseOptions plain = options();
  plain.plain_for_comparison = true;
  ASSERT_TRUE(Database::create(plain, {}, kSchema));
  const auto refused = Database::open(options(), some_key());
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_NE(refused.error().message.find("not encrypted"), std::string::npos);
}

TEST_F(DatabaseTest, ACutFileIsRefusedOrFound) {
  create();
  const auto size = std::filesystem::file_size(options().path);
  const Bytes whole = *read_file(options().path, 1 << 24);
  for (std::uint64_t kept = 0; kept < size; kept += 1024) {
    std::filesystem::remove(options().path);
    ASSERT_TRUE(write_file(options().path, std::span(whole).first(kept), 0600));
    const auto problems = Database::check_file(options(), some_key());
    EXPECT_TRUE(!problems || !problems->empty()) << kept;
  }
}

TEST_F(DatabaseTest, TheSettingsAreThoseOfTheSpecification) {
  create();
  auto database = Database::open(options(), some_key());
  const std::pair<std::string_view, std::string_view> settings[] = {
      {"PRAGMA journal_mode", "wal"},
      {"PRAGMA synchronous", "2"},
      {"PRAGMA temp_store", "2"},
      {"PRAGMA secure_delete", "1"},
      {"PRAGMA foreign_keys", "1"},
      {"PRAGMA cache_size", "-65536"},
      {"PRAGMA wal_autocheckpoint", "0"},
      {"PRAGMA cipher_page_size", "4096"},
      {"PRAGMA cipher_hmac_algorithm", "HMAC_SHA512"},
      {"PRAGMA cipher_memory_security", "0"},
      {"PRAGMA trusted_schema", "0"},
      {"PRAGMA mmap_size", "0"}};
  for (const auto& [sql, expected] : settings) {
    auto rows = database->query(sql);
    ASSERT_TRUE(rows) << sql;
    const bool found = *rows->next();
    EXPECT_EQ(found ? rows->text(0) : "", expected) << sql;
  }
  EXPECT_FALSE(database->execute("PRAGMA writable_schema=ON") &&
               database->execute("DELETE FROM sqlite_schema"));
  EXPECT_FALSE(database->execute("SELECT load_extension('x')"));
}

TEST_F(DatabaseTest, WhatIsNotCommittedIsNotThere) {
  create();
  auto database = Database::open(options(), some_key());
  {
    auto transaction = database->begin();
    ASSERT_TRUE(database->execute("INSERT INTO words(word) VALUES('lost')"));
  }
  EXPECT_EQ(count(*database), 0);
  put(*database, "kept");
  EXPECT_EQ(count(*database), 1);
}

TEST_F(DatabaseTest, BoundValuesAreNeverPartOfTheQuery) {
  create();
  auto database = Database::open(options(), some_key());
  const std::string hostile = "'; DROP TABLE words; --\0\"x";
  put(*database, hostile);
  put(*database, "");
  auto rows = database->query("SELECT word FROM words ORDER BY number");
  ASSERT_TRUE(*rows->next());
  EXPECT_EQ(rows->text(0), hostile);
  ASSERT_TRUE(*rows->next());
  EXPECT_EQ(rows->text(0), "");
  EXPECT_FALSE(rows->is_null(0));
}

TEST_F(DatabaseTest, AWriterWaitsForTheLockAndThenGivesUp) {
  create();
  const auto lock_file = folder_.path() / "lock";
  auto held = FileLock::acquire(lock_file);
  ASSERT_TRUE(held);
  EXPECT_EQ(lock_vault(lock_file, std::chrono::milliseconds(20)).error().code, ErrorCode::locked);
  std::optional<FileLock> kept(std::move(*held));
  std::jthread other([&] { kept.reset(); });
  EXPECT_TRUE(lock_vault(lock_file));
}

TEST_F(DatabaseTest, ClosingLeavesNoLogBehind) {
  create();
  auto database = Database::open(options(), some_key());
  put(*database, "one");
  EXPECT_GT(std::filesystem::file_size(options().path.native() + "-wal"), 0U);
  ASSERT_TRUE(database->checkpoint());
  EXPECT_EQ(std::filesystem::file_size(options().path.native() + "-wal"), 0U);
  ASSERT_TRUE(std::move(*database).close());
  EXPECT_FALSE(std::filesystem::exists(options().path.native() + "-wal"));
}

TEST_F(DatabaseTest, AReaderElsewhereKeepsTheLogAndNothingIsLost) {
  create();
  auto reader = Database::open(options(), some_key());
  auto writer = Database::open(options(), some_key());
  put(*writer, "one");
  auto rows = reader->query("SELECT count(*) FROM words");
  ASSERT_TRUE(*rows->next());
  EXPECT_EQ(count(*reader), 1);
}

TEST_F(DatabaseTest, ExportsUnderAnotherKey) {
  create();
  auto database = Database::open(options(), some_key());
  put(*database, "carried over");
  DatabaseOptions target = options();
  target.path = folder_.path() / "other.db";
  auto exported = database->export_to(target.path, some_key(9));
  ASSERT_TRUE(exported) << exported.error().message;
  EXPECT_FALSE(database->export_to(target.path, some_key(9)));
  EXPECT_EQ(Database::open(target, some_key()).error().code, ErrorCode::locked);
  auto other = Database::open(target, some_key(9));
  ASSERT_TRUE(other) << other.error().message;
  EXPECT_EQ(count(*other), 1);
}

TEST_F(DatabaseTest, NoWordOfItStandsInAnyFile) {
  create();
  auto database = Database::open(options(), some_key());
  put(*database, "zebrafinch");
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    const Bytes bytes = *read_file(entry.path(), 1 << 24);
    EXPECT_EQ(as_text(bytes).find("zebrafinch"), std::string_view::npos) << entry.path();
    EXPECT_EQ(as_text(bytes).find("SQLite format"), std::string_view::npos) << entry.path();
  }
}

TEST(NetworkFileSystem, IsKnownByNumberOrMount) {
  EXPECT_EQ(network_file_system_name(0x6969, ""), "nfs");
  EXPECT_EQ(network_file_system_name(0xff534d42, ""), "cifs");
  EXPECT_EQ(network_file_system_name(0x65735546, "fuse.sshfs"), "fuse.sshfs");
  EXPECT_EQ(network_file_system_name(0x65735546, "fuse.gocryptfs"), "");
  EXPECT_EQ(network_file_system_name(0xef53, "ext4"), "");
  EXPECT_EQ(network_file_system("/proc/self"), "");
}

}  // namespace
}  // namespace casebook::vault
