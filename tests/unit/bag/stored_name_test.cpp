#include "core/stored_name.h"

#include <gtest/gtest.h>

#include "collector/twin_table.h"
#include "core/keyed_hash.h"
#include "core/name_set.h"
#include "tests/support/sample_bag.h"

namespace casebook {
namespace {

TEST(StoredName, EscapesEveryByteThatIsNotPlain) {
  EXPECT_EQ(escape_name("etc/a-b_c+d@e,f g"), "etc/a-b_c+d@e,f g");
  EXPECT_EQ(escape_name("a=b\n\x1b\xff:"), "a=3Db=0A=1B=FF=3A");
}

TEST(StoredName, EscapesBlanksAndDotsAtTheEdgesOfAPart) {
  EXPECT_EQ(escape_name(" a /.bashrc/end./../."), "=20a=20/=2Ebashrc/end=2E/=2E=2E/=2E");
}

TEST(StoredName, KeepsKindsOfEntriesApart) {
  EXPECT_EQ(plain_stored_name(sample_line(EntryType::file, "/etc/passwd")),
            "data/files/etc/passwd");
  EXPECT_EQ(plain_stored_name(live_line(EntryType::reading, "net/tcp", "eth0:1")),
            "data/live/net/tcp/eth0=3A1");
  CatalogLine added = live_line(EntryType::added, "add/12", "");
  added.source = AddedSource{"m", "p", "", "disk.img"};
  EXPECT_EQ(plain_stored_name(added), "data/added/12-disk.img");
}

TEST(StoredName, AsksForADigestWhereAPlainNameWouldNotDo) {
  for (const char* name : {"data/files/con", "data/files/Aux.txt", "data/files/lpt9",
                           "data/files//a", "data/files/COM0.tar.gz"}) {
    EXPECT_TRUE(needs_digest_name(name)) << name;
  }
  for (const char* name : {"data/files/conf", "data/files/com10", "data/files/null"}) {
    EXPECT_FALSE(needs_digest_name(name)) << name;
  }
  EXPECT_FALSE(needs_digest_name("data/" + std::string(200, 'a')));
  EXPECT_TRUE(needs_digest_name("data/" + std::string(201, 'a')));
  std::string deep = "data";
  while (deep.size() < 900) deep += "/a";
  EXPECT_FALSE(needs_digest_name(deep.substr(0, 900)));
  EXPECT_TRUE(needs_digest_name(deep + "/a"));
}

TEST(StoredName, AcceptsOnlyNamesOfTheRule) {
  CatalogLine line = sample_line(EntryType::file, "/etc/hosts");
  for (const std::string& name :
       {plain_stored_name(line), *digest_stored_name(line), *digest_stored_name(line, 2)}) {
    line.stored = name;
    EXPECT_TRUE(is_stored_name_of(line)) << name;
  }
  for (const std::string& name :
       {std::string("data/files/etc/host"), *digest_stored_name(line) + "-1",
        *digest_stored_name(line) + "-02", *digest_stored_name(line) + "x",
        std::string("data/by-digest/") + std::string(64, '0')}) {
    line.stored = name;
    EXPECT_FALSE(is_stored_name_of(line)) << name;
  }
}

// The table may refuse a new name, never take a twin; the reader's set refuses exactly twins.
TEST(TwinTable, RefusesTwinsAndFoldersThatAreFiles) {
  SeededRandomness randomness(1);
  auto table = TwinTable::create(randomness);
  ASSERT_TRUE(table);
  NameSet set(*KeyedHash::make(randomness));
  const std::vector<std::pair<std::string, bool>> cases = {
      {"data/a/b", true}, {"data/A/b", false}, {"data/a", false},    {"data/a/b/c", false},
      {"data/a/c", true}, {"DATA/a/C", false}, {"data/x/y", true},   {"data/X/z", true},
      {"data/X", false},  {"data/a/b", false}, {"data/x/y/z", false}};
  for (const auto& [name, taken] : cases) {
    EXPECT_EQ(table->claim(name), taken) << name;
    EXPECT_EQ(set.claim(name), taken) << name;
  }
}

TEST(TwinTable, RarelyTakesANewNameForATwin) {
  SeededRandomness randomness(1);
  auto table = TwinTable::create(randomness);
  ASSERT_TRUE(table);
  int refused = 0;
  for (int i = 0; i < 200'000; ++i) {
    if (!table->claim("data/files/d" + std::to_string(i / 100) + "/f" + std::to_string(i)))
      ++refused;
  }
  EXPECT_LE(refused, 2);
}

// First values of the reference vectors of SipHash-2-4: key 00..0f, message 00, 01, 02, …
TEST(KeyedHash, IsSipHash) {
  const KeyedHash hash({0x0706050403020100U, 0x0f0e0d0c0b0a0908U});
  EXPECT_EQ(hash(""), 0x726fdb47dd0e0e31U);
  EXPECT_EQ(hash(std::string(1, '\0')), 0x74f839c593dc67fdU);
  EXPECT_EQ(hash(std::string("\0\1\2\3\4\5\6\7", 8)), 0x93f5f5799a932462U);
  EXPECT_EQ(hash(std::string("\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16", 15)), 0xa129ca6149be45e5U);
}

}  // namespace
}  // namespace casebook
