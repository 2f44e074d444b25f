#include "core/bag_format.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "tests/support/sample_bag.h"

namespace casebook {
namespace {

/// Keeps every line, given what a writer would give it.
class LineKeeper final : public EntrySink {
 public:
  Status list(CatalogLine&& line) override {
    line.salt = std::string(32, '0');
    lines.push_back(std::move(line));
    return ok();
  }
  Status store(CatalogLine&& line, Content content) override {
    auto bytes = read_all(content.bytes, 1U << 20U);
    check(bool(bytes), "read");
    line.salt = std::string(32, '0');
    if (line.outcome != Outcome::redacted) line.outcome = Outcome::stored;
    line.sha256 = to_hex(*sha256(*bytes));
    line.stored_size_bytes = bytes->size();
    line.stored = "data/live/" + line.rule + (line.instance.empty() ? "" : "/" + line.instance);
    if (line.type == EntryType::file) {
      line.stored = line.path == "/etc/hosts" ? "data/files/etc/hosts"
                                              : "data/files/etc/app=0Aname =1B=5B31m/=C3=A9.conf";
    }
    if (line.type == EntryType::added) line.stored = "data/added/1-screen shot.png";
    lines.push_back(std::move(line));
    return ok();
  }
  std::vector<CatalogLine> lines;
};

std::string text_of(const CatalogLine& line) {
  std::string text;
  append_catalog_line(text, line);
  return text;
}

TEST(CatalogLine, IsCanonicalJsonAndAFixedPoint) {
  LineKeeper keeper;
  ASSERT_TRUE(add_every_type(keeper));
  ASSERT_EQ(keeper.lines.size(), 13U);
  for (const CatalogLine& line : keeper.lines) {
    const std::string text = text_of(line);
    const auto value = parse_canonical_json(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(canonical_json(*value), text);
    const auto parsed = parse_catalog_line(text);
    ASSERT_TRUE(parsed) << parsed.error().message << "\n" << text;
    EXPECT_EQ(text_of(*parsed), text);
  }
}

TEST(CatalogLine, HasTheSpelledOutText) {
  CatalogLine line = sample_line(EntryType::file, "/a\xff");
  line.salt = std::string(32, 'b');
  line.findings = {"grew", "changed_while_read", "grew"};
  EXPECT_EQ(
      text_of(line),
      R"({"findings":["changed_while_read","grew"],"mono":"1.000000000","outcome":"listed",)"
      R"("path_base64":"L2H/","rule":"sample/rule","salt":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",)"
      R"("stage":12,"stat":{"atime":"1700000000.123456789","blocks":"0","btime":"-0.500000000",)"
      R"("ctime":"1700000000.123456789","dev":"8:1","gid":100,"ino":"9007199254740995",)"
      R"("mode":"100644","mtime":"1700000000.123456789","nlink":1,"size":"0","uid":1000},)"
      R"("taken_at":"1795226400.000000001","type":"file"})");
}

TEST(CatalogLine, RefusesWhatIsNotCanonicalOrContradictsItself) {
  LineKeeper keeper;
  ASSERT_TRUE(add_every_type(keeper));
  const std::string good = text_of(keeper.lines[8]);
  ASSERT_TRUE(parse_catalog_line(good));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"\"stage\":12", "\"stage\":17"},
      {"\"stage\":12", "\"stage\":012"},
      {"\"stage\":12", "\"stage\": 12"},
      {"\"outcome\":\"stored\"", "\"outcome\":\"listed\""},
      {"\"outcome\":\"stored\"", "\"outcome\":\"taken\""},
      {"data/files/etc/hosts", "data/files/etc/other"},
      {"\"type\":\"file\"", "\"type\":\"file\",\"unknown\":1"},
      {"\"rule\":\"sample", "\"rule\":\"\\u0073ample"},
      {"\"salt\":\"0", "\"salt\":\"g"},
      {"\"path\":\"/etc/hosts\",", ""},
      {"\"path\":\"/etc/hosts\"", "\"path_base64\":\"L2V0Yy9ob3N0cw==\""},
      {"\"size\":\"13\"", "\"size\":\"013\""},
      {"\"size\":\"13\"", "\"size\":13"}};
  for (const auto& [from, to] : changes) {
    std::string changed = good;
    const std::size_t at = changed.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    changed.replace(at, from.size(), to);
    EXPECT_FALSE(parse_catalog_line(changed)) << from << " -> " << to;
  }
  EXPECT_FALSE(parse_catalog_line(""));
  EXPECT_FALSE(parse_catalog_line(good + " "));
}

TEST(CatalogLine, SurvivesOrRefusesEveryChangedByte) {
  LineKeeper keeper;
  ASSERT_TRUE(add_every_type(keeper));
  for (const CatalogLine& line : keeper.lines) {
    const std::string good = text_of(line);
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string changed = good;
      changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
      const auto parsed = parse_catalog_line(changed);
      EXPECT_TRUE(!parsed || text_of(*parsed) == changed);
    }
  }
}

CatalogIndex sample_index() {
  CatalogIndex index;
  index.bag = std::string(32, 'a');
  index.run = std::string(32, 'b');
  index.date = "2026-11-21";
  index.software = "casebook-test 1.0";
  index.entries = 5;
  index.frame_bytes = 4U << 20U;
  index.segments = {{512, 100, 3, {}}, {4096, 70, 2, {}}};
  return index;
}

TEST(CatalogIndex, IsReadBack) {
  const std::string text = catalog_index_text(sample_index());
  const auto parsed = parse_catalog_index(text);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(catalog_index_text(*parsed), text);
}

TEST(CatalogIndex, RefusesOtherMembersNamesAndNumbers) {
  const std::string good = catalog_index_text(sample_index());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"catalog/000001", "catalog/000002"}, {"index/1", "index/2"},
      {"\"lines\":2", "\"lines\":0"},       {"2026-11-21", "2026-13-21"},
      {"\"entries\":5", "\"entries\":-5"},  {"aaaa", "AAAA"},
      {"casebook-test", "casebook\\ntest"}};
  for (const auto& [from, to] : changes) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_FALSE(parse_catalog_index(changed)) << from << " -> " << to;
  }
}

Seal sample_seal() {
  Seal seal;
  seal.bag = std::string(32, 'a');
  seal.run = std::string(32, 'b');
  seal.entries = 5;
  seal.file_name = "bag.tar.zst";
  seal.file_size_bytes = std::uint64_t{1} << 60U;
  seal.seal_key = "ssh-ed25519 AAAA";
  return seal;
}

TEST(Seal, IsReadBackWithAndWithoutTicketAndRecipient) {
  Seal seal = sample_seal();
  EXPECT_EQ(seal_text(*parse_seal(seal_text(seal))), seal_text(seal));
  seal.recipient = "age1xyz";
  seal.file_name = "bag.tar.zst.age";
  seal.ticket_sha256 = Digest256{};
  EXPECT_EQ(seal_text(*parse_seal(seal_text(seal))), seal_text(seal));
}

TEST(Seal, RefusesAFileNameThatGoesElsewhere) {
  Seal seal = sample_seal();
  for (const char* name : {"bag.tar.zst.age", "../bag.tar.zst", "", "bag.tar.zst.part"}) {
    seal.file_name = name;
    EXPECT_FALSE(parse_seal(seal_text(seal))) << name;
  }
}

TEST(Seal, NamesNoHostAndNoPurpose) {  // RT-15
  const auto value = parse_json(seal_text(sample_seal()));
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size(), 12U);
}

}  // namespace
}  // namespace casebook
