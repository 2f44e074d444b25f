#include "vault/page_cipher.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstring>
#include <thread>

#include "tests/support/vault_fixture.h"

extern "C" {
struct sqlcipher_provider;
void* sqlcipher_malloc(sqlite3_uint64);
int sqlcipher_openssl_setup(sqlcipher_provider*);
int sqlcipher_register_provider(sqlcipher_provider*);
sqlcipher_provider* sqlcipher_get_provider();
}

namespace casebook::vault {
namespace {

using List = std::array<std::byte, 17 * sizeof(void*)>;  // As large as the list of functions is.

/// From now on SQLCipher does every page its own way, as a stock program does; until the end.
class StockContexts {
 public:
  StockContexts() {
    keep_cipher_contexts();
    std::memcpy(ours_.data(), sqlcipher_get_provider(), ours_.size());
    auto* stock = static_cast<sqlcipher_provider*>(sqlcipher_malloc(ours_.size()));
    sqlcipher_openssl_setup(stock);
    sqlcipher_register_provider(stock);
  }
  ~StockContexts() {
    auto* ours = static_cast<sqlcipher_provider*>(sqlcipher_malloc(ours_.size()));
    std::memcpy(static_cast<void*>(ours), ours_.data(), ours_.size());
    sqlcipher_register_provider(ours);
  }

 private:
  List ours_{};
};

/// A database as any program would open it.
class Raw {
 public:
  explicit Raw(const std::filesystem::path& path, const char* settings = "") {
    EXPECT_EQ(sqlite3_open(path.c_str(), &handle_), SQLITE_OK);
    const std::string key = "x'" + std::string(64, '7') + "'";
    EXPECT_EQ(sqlite3_key_v2(handle_, "main", key.data(), static_cast<int>(key.size())), SQLITE_OK);
    run(settings);
  }
  ~Raw() { sqlite3_close(handle_); }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;

  int run(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }
  /// The rows of the first column, each ended by a line end.
  std::string rows(const char* sql) {
    std::string out;
    const auto row = [](void* to, int, char** values, char**) {
      *static_cast<std::string*>(to) += std::string(values[0] != nullptr ? values[0] : "-") + "\n";
      return 0;
    };
    const int code = sqlite3_exec(handle_, sql, row, &out, nullptr);
    return code == SQLITE_OK ? out : "error " + std::to_string(code);
  }
  void fill(int rows) {
    EXPECT_EQ(run("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT); BEGIN"), SQLITE_OK);
    for (int n = 0; n < rows; ++n)
      EXPECT_EQ(run("INSERT INTO t(b) VALUES(hex(randomblob(300)))"), 0);
    EXPECT_EQ(run("COMMIT"), SQLITE_OK);
  }

 private:
  sqlite3* handle_ = nullptr;
};

class PageCipherTest : public testing::Test {
 protected:
  void SetUp() override { keep_cipher_contexts(); }
  std::filesystem::path file(const char* name) const { return folder_.path() / name; }
  TemporaryFolder folder_{folder_in_memory()};
};

TEST_F(PageCipherTest, StockContextsReadWhatOursWrote) {
  Raw(file("a")).fill(300);
  const StockContexts stock;
  Raw raw(file("a"));
  EXPECT_EQ(raw.rows("PRAGMA cipher_integrity_check"), "");
  EXPECT_EQ(raw.rows("SELECT count(*) FROM t"), "300\n");
  EXPECT_EQ(raw.run("UPDATE t SET b=b||'x'"), SQLITE_OK);
}

TEST_F(PageCipherTest, OursReadWhatStockContextsWrote) {
  {
    const StockContexts stock;
    Raw(file("a")).fill(300);
  }
  Raw raw(file("a"));
  EXPECT_EQ(raw.rows("PRAGMA cipher_integrity_check"), "");
  EXPECT_EQ(raw.rows("SELECT count(*) FROM t"), "300\n");
}

TEST_F(PageCipherTest, OtherSettingsAreLeftToTheStockFunctions) {
  constexpr const char* kOld = "PRAGMA cipher_compatibility=3";
  Raw(file("a"), kOld).fill(50);
  const StockContexts stock;
  Raw raw(file("a"), kOld);
  EXPECT_EQ(raw.rows("PRAGMA cipher_hmac_algorithm"), "HMAC_SHA1\n");
  EXPECT_EQ(raw.rows("SELECT count(*) FROM t"), "50\n");
}

TEST_F(PageCipherTest, AKeyThatIsChangedIsTakenUp) {
  Raw raw(file("a"));
  raw.fill(100);
  const std::string other = "x'" + std::string(64, '8') + "'";
  ASSERT_EQ(raw.run(("PRAGMA rekey=\"" + other + "\"").c_str()), SQLITE_OK);
  EXPECT_EQ(raw.run("UPDATE t SET b=b||'x'"), SQLITE_OK);
  EXPECT_EQ(raw.rows("PRAGMA cipher_integrity_check"), "");
  const StockContexts stock;
  Raw again(file("a"));
  EXPECT_NE(again.rows("SELECT count(*) FROM t"), "100\n");
  Raw rekeyed(file("a"), ("PRAGMA key=\"" + other + "\"").c_str());
  EXPECT_EQ(rekeyed.rows("SELECT count(*) FROM t"), "100\n");
}

TEST_F(PageCipherTest, ABitThatIsFlippedIsFound) {
  Raw(file("a")).fill(300);
  Bytes bytes = *read_file(file("a"), 1 << 24);
  bytes[4096 * 5 + 100] ^= std::byte{1};
  ASSERT_TRUE(write_file(file("a"), bytes, 0600, IfExists::replace));
  Raw raw(file("a"), "PRAGMA cipher_log_level=NONE");
  EXPECT_NE(raw.rows("PRAGMA cipher_integrity_check"), "");
  EXPECT_EQ(raw.rows("SELECT sum(length(b)) FROM t").find("error"), 0U);
  Raw(file("b")).fill(10);  // Another database is none the worse.
  EXPECT_EQ(Raw(file("b")).rows("SELECT count(*) FROM t"), "10\n");
}

TEST_F(PageCipherTest, ThreadsHaveContextsOfTheirOwn) {
  std::vector<std::jthread> threads;
  for (const char* name : {"a", "b", "c", "d"}) {
    threads.emplace_back([this, name] {
      for (int round = 0; round < 5; ++round) {
        Raw(file(name), "DROP TABLE IF EXISTS t").fill(60);
        EXPECT_EQ(Raw(file(name)).rows("SELECT count(*) FROM t"), "60\n");
      }
    });
  }
}

}  // namespace
}  // namespace casebook::vault
