#include "vault/search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

class SearchTest : public testing::Test {
 protected:
  SearchTest() {
    folder_.create();
    compartment_.emplace(folder_.open());
  }
  void add(std::string body, std::string kind = "note", std::vector<std::string> tags = {}) {
    ItemVersion item = some_note(++number_, std::move(body));
    item.kind = std::move(kind);
    item.text.tags = std::move(tags);
    put_note(*compartment_, number_, item);
  }
  std::vector<SearchHit> search(SearchQuery query) {
    auto hits = compartment_->search(query);
    EXPECT_TRUE(hits) << query.words << ": " << (hits ? "" : hits.error().message);
    const auto count = compartment_->count(query);
    if (hits && hits->size() < query.count_max) {
      EXPECT_EQ(*count, hits->size()) << query.words;
    }
    return hits ? *hits : std::vector<SearchHit>();
  }
  std::size_t hits(std::string words) { return search({.words = std::move(words)}).size(); }

  VaultFolder folder_;
  std::optional<Compartment> compartment_;
  std::uint64_t number_ = 0;
};

TEST_F(SearchTest, FindsAllWordsInAnyOrder) {
  add("the attacker used mimikatz on web-1");
  add("nothing was seen on web-2");
  EXPECT_EQ(hits("mimikatz attacker"), 1U);
  EXPECT_EQ(hits("MIMIKATZ"), 1U);
  EXPECT_EQ(hits("mimikatz nothing"), 0U);
  EXPECT_EQ(hits("web-1"), 1U);
  EXPECT_EQ(hits("web"), 2U);
}

TEST_F(SearchTest, FindsPhrasesAndBeginnings) {
  add("lateral movement over smb");
  add("movement that was lateral");
  EXPECT_EQ(hits("\"lateral movement\""), 1U);
  EXPECT_EQ(hits("later*"), 2U);
  EXPECT_EQ(hits("\"lateral mov\"*"), 1U);
  EXPECT_EQ(hits("*"), 0U);
}

TEST_F(SearchTest, KnowsAddressesHashesAndOtherScripts) {
  add("beacon to 192.0.2.17:443 and c2.example.org, file 9f86d081884c7d65");
  add("Größe der Übertragung, пароль, 密碼");
  EXPECT_EQ(hits("192.0.2.17"), 1U);
  EXPECT_EQ(hits("192.0.2.1"), 0U);
  EXPECT_EQ(hits("c2.example.org"), 1U);
  EXPECT_EQ(hits("9f86d0*"), 1U);
  EXPECT_EQ(hits("grosse"), 0U);
  EXPECT_EQ(hits("große"), 1U);
  EXPECT_EQ(hits("grO\xc3\x9f"
                 "e"),
            1U);
  EXPECT_EQ(hits("ubertragung"), 1U);
  EXPECT_EQ(hits("ПАРОЛЬ"), 1U);
  EXPECT_EQ(hits("密碼"), 1U);
}

// RT-33's neighbour: whoever types, or pastes, must never reach the engine's query language.
TEST_F(SearchTest, HostileTextIsWordsAndNeverSyntax) {
  add("title body NEAR OR AND NOT words");
  for (const char* words : {"title:words",
                            "-words",
                            "a OR",
                            "NEAR(a b, 2)",
                            "\"",
                            "\"\"",
                            "\"\"\"",
                            "(",
                            ")",
                            "^words",
                            "{title body}: words",
                            "words AND",
                            "NOT NOT",
                            "*",
                            "**",
                            "a*b*",
                            "'; DROP TABLE items; --",
                            "words\" OR \"a",
                            "\\",
                            "%",
                            "_",
                            "+",
                            "words + b",
                            "search : words",
                            "rank",
                            "\x01\x02"}) {
    SearchQuery query{.words = words};
    EXPECT_TRUE(compartment_->search(query)) << words;
    EXPECT_TRUE(compartment_->count(query)) << words;
  }
  EXPECT_EQ(hits("nowhere OR words"), 0U);
  EXPECT_EQ(hits("words NOT"), 1U);
  EXPECT_EQ(hits("title:words"), 0U);  // The phrase "title words" is not in it.
  EXPECT_EQ(hits(std::string("words\0x", 7)), 0U);
}

TEST_F(SearchTest, RandomTextNeverFails) {
  add("some words");
  SeededRandomness randomness(11);
  constexpr std::string_view alphabet = "ab \"*:-^(){}+'\\NEARORANDNOT,.\n\t";
  for (int round = 0; round < 3000; ++round) {
    std::string words;
    for (std::uint64_t n = randomness.below(24); n > 0; --n) {
      words += alphabet[randomness.below(alphabet.size())];
    }
    const auto found = compartment_->search({.words = words});
    ASSERT_TRUE(found) << words << ": " << found.error().message;
  }
}

// The short way that is taken without a filter shows the same as the long one.
TEST_F(SearchTest, ByRelevanceAFilterThatFitsAllChangesNothing) {
  SeededRandomness randomness(12);
  for (int n = 0; n < 60; ++n) {
    std::string body = "heron";
    for (std::uint64_t more = randomness.below(9); more > 0; --more) {
      body += more % 2 == 0 ? " heron" : " stork over the lake";
    }
    add(body);
  }
  for (const std::size_t skip : {0U, 10U, 55U, 70U}) {
    const auto alone = *compartment_->search({.words = "heron", .count_max = 10, .skip = skip});
    const auto filtered =
        *compartment_->search({.words = "heron", .kinds = {"note"}, .count_max = 10, .skip = skip});
    ASSERT_EQ(alone.size(), filtered.size());
    for (std::size_t n = 0; n < alone.size(); ++n) {
      EXPECT_EQ(alone[n].score, filtered[n].score);
      EXPECT_EQ(alone[n].seq, (*compartment_->record_at(alone[n].seq))->seq);
      EXPECT_GT(alone[n].seq, 0U);
      EXPECT_FALSE(alone[n].matched.empty());
      EXPECT_EQ(alone[n].snippet.find("heron"), 0U);
    }
  }
}

TEST_F(SearchTest, LimitsWhatIsAskedFor) {
  EXPECT_EQ(compartment_->search({.words = std::string(5000, 'a')}).error().code,
            ErrorCode::limit_exceeded);
  std::string many;
  for (int n = 0; n < 40; ++n) many += "word ";
  EXPECT_EQ(compartment_->search({.words = many}).error().code, ErrorCode::limit_exceeded);
  EXPECT_EQ(compartment_->search({.words = "\xff"}).error().code, ErrorCode::invalid_input);
  EXPECT_EQ(compartment_->search({.words = "a", .count_max = 0}).error().code,
            ErrorCode::limit_exceeded);
  EXPECT_EQ(compartment_->search({.words = "a", .count_max = 20000}).error().code,
            ErrorCode::limit_exceeded);
}

TEST_F(SearchTest, SaysWhereItMatched) {
  add("first the phishing mail, then the phished password");
  const auto found = search({.words = "phish*"});
  ASSERT_EQ(found.size(), 1U);
  const SearchHit& hit = found.front();
  ASSERT_EQ(hit.matched.size(), 2U);
  EXPECT_EQ(hit.snippet.substr(hit.matched[0].offset, hit.matched[0].size_bytes), "phishing");
  EXPECT_EQ(hit.snippet.substr(hit.matched[1].offset, hit.matched[1].size_bytes), "phished");
  EXPECT_EQ(hit.snippet, "first the phishing mail, then the phished password");
}

TEST_F(SearchTest, TextThatImitatesAMarkIsNoMatch) {
  add("\x02"
      "0011223344556677"
      "\x03 heron \x02\x02\x03");
  const auto found = search({.words = "heron"});
  ASSERT_EQ(found.size(), 1U);
  ASSERT_EQ(found[0].matched.size(), 1U);
  EXPECT_EQ(found[0].snippet.substr(found[0].matched[0].offset, 5), "heron");
}

TEST_F(SearchTest, LongTextIsCutAroundTheMatch) {
  std::string text;
  for (int n = 0; n < 500; ++n) text += "filler" + std::to_string(n) + " ";
  add(text + "needle " + text);
  const auto found = search({.words = "needle"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LT(found[0].snippet.size(), 600U);
  EXPECT_EQ(found[0].snippet.substr(found[0].matched.at(0).offset, 6), "needle");
}

TEST_F(SearchTest, OrdersByRelevanceOrAge) {
  add("dump dump dump of the memory");
  for (int n = 0; n < 5; ++n) add("something else was dumped elsewhere, of no matter");
  add("a very long note in which, among a great many other words, a dump is named once");
  const auto relevant = search({.words = "dump"});
  const auto newest = search({.words = "dump", .order = SearchOrder::newest});
  ASSERT_EQ(relevant.size(), 2U);
  EXPECT_EQ(relevant[0].id, item_id(1));
  EXPECT_LT(relevant[0].score, relevant[1].score);
  EXPECT_EQ(newest[0].id, item_id(7));
}

TEST_F(SearchTest, FiltersByKindTagAndTime) {
  add("heron one", "note", {"bird"});
  add("heron two", "finding", {"bird", "c2"});
  add("heron three", "message");
  EXPECT_EQ(search({.words = "heron", .kinds = {"finding"}}).size(), 1U);
  EXPECT_EQ(search({.words = "heron", .kinds = {"finding", "message"}}).size(), 2U);
  EXPECT_EQ(search({.words = "heron", .kinds = {"\"]"}}).size(), 0U);
  EXPECT_EQ(search({.words = "heron", .tag = "bird"}).size(), 2U);
  EXPECT_EQ(search({.words = "", .tag = "c2"}).size(), 1U);
  EXPECT_EQ(search({.words = "c2"}).size(), 1U);
  const UtcSeconds second{std::chrono::seconds(1790000002)};
  EXPECT_EQ(search({.words = "heron", .since = second}).size(), 2U);
  EXPECT_EQ(search({.words = "heron", .until = second}).size(), 1U);
}

TEST_F(SearchTest, ShowsAPageAtATime) {
  for (int n = 0; n < 25; ++n) add("heron number " + std::to_string(n));
  std::vector<ItemId> seen;
  for (std::size_t skip = 0; skip < 30; skip += 10) {
    SearchQuery query{
        .words = "heron", .order = SearchOrder::newest, .count_max = 10, .skip = skip};
    auto page = compartment_->search(query);
    for (const SearchHit& hit : *page) seen.push_back(hit.id);
  }
  EXPECT_EQ(seen.size(), 25U);
  EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater{}));
  EXPECT_EQ(*compartment_->count({.words = "heron"}), 25U);
}

TEST_F(SearchTest, SurvivesAMergeOfTheIndex) {
  for (int n = 0; n < 50; ++n) add("heron number " + std::to_string(n));
  ASSERT_TRUE(compartment_->optimize());
  EXPECT_EQ(hits("heron"), 50U);
}

}  // namespace
}  // namespace casebook::vault
