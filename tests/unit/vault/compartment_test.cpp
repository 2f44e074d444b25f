#include "vault/compartment.h"

#include <gtest/gtest.h>

#include "tests/support/faulty_layer.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

class CompartmentTest : public testing::Test {
 protected:
  CompartmentTest() { folder_.create(); }
  std::vector<std::string> found(Compartment& compartment, std::string words) {
    auto hits = compartment.search({.words = std::move(words)});
    std::vector<std::string> texts;
    if (!hits) return {"error: " + hits.error().message};
    for (const SearchHit& hit : *hits) texts.push_back(hit.snippet);
    return texts;
  }
  CompartmentReport verify() {
    auto report = Compartment::verify(folder_.options(), some_key(), some_name());
    EXPECT_TRUE(report) << report.error().message;
    return *report;
  }
  VaultFolder folder_;
};

TEST_F(CompartmentTest, OpensOnlyAsWhatItIs) {
  auto other_case = some_name();
  other_case.case_id = *CaseId::parse("ff0102030405060708090a0b0c0d0e0f");
  EXPECT_EQ(Compartment::open(folder_.options(), some_key(), other_case).error().code,
            ErrorCode::corrupt);
  EXPECT_FALSE(Compartment::open(folder_.options(), some_key(), some_name("legal")));
  auto later = some_name();
  later.generation = 2;
  EXPECT_FALSE(Compartment::open(folder_.options(), some_key(), later));
  EXPECT_TRUE(Compartment::open(folder_.options(), some_key(), some_name()));
  EXPECT_FALSE(check_compartment_name("../legal"));
  EXPECT_FALSE(check_compartment_name(""));
}

TEST_F(CompartmentTest, APendingRecordIsDurableAndNotShown) {
  const auto record = some_record("first");
  {
    auto compartment = folder_.open();
    const std::vector<ItemVersion> items{some_note(1, "heron")};
    ASSERT_TRUE(
        compartment.put_pending(record.commit, record.salt, record.record, {.items = items}));
  }
  auto compartment = folder_.open();
  auto pending = compartment.pending();
  ASSERT_EQ(pending->size(), 1U);
  EXPECT_EQ(pending->front().record, record.record);
  EXPECT_FALSE(pending->front().seq);
  EXPECT_TRUE(found(compartment, "heron").empty());
  EXPECT_FALSE(*compartment.item(item_id(1)));
  ASSERT_TRUE(compartment.mark_appended(record.commit, 4));
  ASSERT_TRUE(compartment.mark_appended(record.commit, 4));
  EXPECT_FALSE(compartment.mark_appended(record.commit, 5));
  EXPECT_TRUE(compartment.pending()->empty());
  EXPECT_EQ(found(compartment, "heron").size(), 1U);
  EXPECT_EQ((*compartment.record_at(4))->record, record.record);
  EXPECT_EQ((*compartment.record_of(record.commit))->seq, 4U);
  EXPECT_FALSE(*compartment.record_at(5));
  EXPECT_FALSE(compartment.discard(record.commit));
}

TEST_F(CompartmentTest, ADiscardedRecordLeavesNothing) {
  auto compartment = folder_.open();
  put_note(compartment, 0, some_note(1, "heron"));
  ItemVersion changed = some_note(1, "stork");
  changed.version = 2;
  changed.text.tags = {"bird"};
  const auto record = some_record("second");
  const std::vector<ItemVersion> items{changed, some_note(2, "crane")};
  ASSERT_TRUE(compartment.put_pending(record.commit, record.salt, record.record, {.items = items}));
  EXPECT_TRUE(found(compartment, "stork").empty());
  ASSERT_TRUE(compartment.discard(record.commit));
  EXPECT_EQ(found(compartment, "heron").size(), 1U);
  EXPECT_TRUE(found(compartment, "stork").empty());
  EXPECT_TRUE(found(compartment, "crane").empty());
  EXPECT_EQ(compartment.history(item_id(1))->size(), 1U);
  EXPECT_TRUE(verify().findings.empty());
}

TEST_F(CompartmentTest, RefusesWhatDoesNotFit) {
  auto compartment = folder_.open();
  auto record = some_record("first");
  Digest256 other = record.commit;
  other[0] ^= std::byte{1};
  EXPECT_EQ(compartment.put_pending(other, record.salt, record.record).error().code,
            ErrorCode::invalid_input);
  ASSERT_TRUE(compartment.put_pending(record.commit, record.salt, record.record));
  EXPECT_FALSE(compartment.put_pending(record.commit, record.salt, record.record));
  const auto refuse = [&](ItemVersion item) {
    const auto next = some_record("next");
    const std::vector<ItemVersion> items{std::move(item)};
    auto put = compartment.put_pending(next.commit, next.salt, next.record, {.items = items});
    EXPECT_FALSE(put);
    EXPECT_FALSE(*compartment.record_of(next.commit)) << "nothing of it may stay";
  };
  ItemVersion item = some_note(1, std::string("\xff\xfe", 2));
  refuse(item);
  item = some_note(1, std::string(kBodyBytesMax + 1, 'a'));
  refuse(item);
  item = some_note(1, "text");
  item.version = 2;
  refuse(item);
  item = some_note(1, "text");
  item.text.tags = {"two words"};
  refuse(item);
  item = some_note(1, "text");
  item.kind = "Note!";
  refuse(item);
  item = some_note(1, "text");
  item.leaf = ItemLeaf{};
  refuse(item);
}

TEST_F(CompartmentTest, VersionsAddUpAndNeverOverwrite) {
  auto compartment = folder_.open();
  put_note(compartment, 0, some_note(1, "heron"));
  ItemVersion second = some_note(1, "stork");
  second.version = 2;
  put_note(compartment, 1, second);
  const auto late = some_record("late");
  const std::vector<ItemVersion> items{second};
  auto refused = compartment.put_pending(late.commit, late.salt, late.record, {.items = items});
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_input);
  EXPECT_EQ((*compartment.item(item_id(1)))->text.body, "stork");
  auto history = compartment.history(item_id(1));
  ASSERT_EQ(history->size(), 2U);
  EXPECT_EQ(history->at(0).text.body, "heron");
  EXPECT_EQ(history->at(1).text.body, "stork");
  EXPECT_TRUE(found(compartment, "heron").empty());
  EXPECT_EQ(found(compartment, "stork").size(), 1U);
}

TEST_F(CompartmentTest, ATombstoneTakesOutOfSearchAndKeepsWhatWasSaid) {
  auto compartment = folder_.open();
  put_note(compartment, 0, some_note(1, "heron"));
  ItemVersion stone = some_note(1, "");
  stone.version = 2;
  stone.state = ItemState::tombstone;
  stone.text.title = "written by mistake";
  put_note(compartment, 1, stone);
  EXPECT_TRUE(found(compartment, "heron").empty());
  EXPECT_TRUE(found(compartment, "").empty());
  EXPECT_EQ((*compartment.item(item_id(1)))->state, ItemState::tombstone);
  EXPECT_EQ(compartment.history(item_id(1))->front().text.body, "heron");
}

TEST_F(CompartmentTest, ListingAKindReadsNoPageOfTheNotes) {
  FaultyLayer& layer = FaultyLayer::reset();
  {
    auto compartment = folder_.open();
    std::vector<ItemVersion> notes;
    for (std::uint64_t n = 0; n < 2000; ++n) notes.push_back(some_note(n, std::string(400, 'h')));
    notes.back().kind = "finding";
    const auto record = some_record("many");
    ASSERT_TRUE(
        compartment.put_pending(record.commit, record.salt, record.record, {.items = notes}));
    ASSERT_TRUE(compartment.mark_appended(record.commit, 0));
    ASSERT_TRUE(std::move(compartment).close());
  }
  DatabaseOptions counted = folder_.options();
  counted.layer = FaultyLayer::kName;
  const auto calls_for = [&](std::string_view kind, std::size_t expected) {
    auto compartment = Compartment::open(counted, some_key(), some_name());
    const std::int64_t before = layer.calls;
    std::size_t found = 0;
    const auto count = [&](const ItemVersion&) {
      ++found;
      return ok();
    };
    EXPECT_TRUE(compartment && compartment->each_item(kind, count));
    EXPECT_EQ(found, expected);
    return layer.calls - before;
  };
  EXPECT_LT(calls_for("finding", 1), 20);
  EXPECT_GT(calls_for("note", 1999), 200);
}

TEST_F(CompartmentTest, EverythingOfAnItemComesBack) {
  auto compartment = folder_.open();
  put_note(compartment, 0, some_note(1, "heron"));
  ItemVersion item = some_note(2, "a body");
  item.kind = "finding";
  item.on_behalf_of = "ben";
  item.claimed = UtcSeconds(std::chrono::seconds(1700000000));
  item.reply_to = item_id(1);
  item.source = SourceKey{std::byte{1}};
  item.text.title = "a title";
  item.text.tags = {"c2", "host-7"};
  item.text.fields = R"({"hosts":["web-1"]})";
  item.leaf = ItemLeaf{Salt{std::byte{3}}, {}};
  item.leaf->commit = *item_leaf(item.leaf->salt, item);
  put_note(compartment, 1, item);
  const auto back = **compartment.item(item_id(2));
  EXPECT_EQ(format_item(back), format_item(item));
  EXPECT_EQ(back.leaf, item.leaf);
  EXPECT_EQ(compartment.replies(item_id(1))->front(), item_id(2));
  EXPECT_EQ(*compartment.sources(), std::vector<SourceKey>{*item.source});
  std::size_t findings = 0;
  ASSERT_TRUE(compartment.each_item("finding", [&](const ItemVersion&) {
    ++findings;
    return ok();
  }));
  EXPECT_EQ(findings, 1U);
  EXPECT_TRUE(verify().findings.empty());
}

TEST_F(CompartmentTest, VerifyCountsWhatIsThere) {
  {
    auto compartment = folder_.open();
    for (std::uint64_t n = 0; n < 20; ++n) put_note(compartment, n, some_note(n, "heron"));
    const auto record = some_record("open");
    ASSERT_TRUE(compartment.put_pending(record.commit, record.salt, record.record));
  }
  const auto report = verify();
  EXPECT_EQ(report.records, 21U);
  EXPECT_EQ(report.pending, 1U);
  EXPECT_EQ(report.items, 20U);
  EXPECT_TRUE(report.findings.empty());
}

TEST_F(CompartmentTest, KeepsIdentitiesUntilTheyAreErased) {
  auto compartment = folder_.open();
  SeededRandomness randomness(5);
  auto identity = AgeIdentity::make(randomness);
  std::vector<KeptIdentity> kept;
  kept.push_back({"ticket", "0a0b", identity->text()});
  const auto record = some_record("ticket");
  ASSERT_TRUE(
      compartment.put_pending(record.commit, record.salt, record.record, {.identities = kept}));
  ASSERT_TRUE(compartment.mark_appended(record.commit, 0));
  EXPECT_EQ(compartment.identity("ticket", "0a0b")->recipient(), identity->recipient());
  EXPECT_EQ(compartment.identity("bag", "0a0b").error().code, ErrorCode::not_found);
  ASSERT_TRUE(compartment.erase_identity("ticket", "0a0b"));
  EXPECT_EQ(compartment.identity("ticket", "0a0b").error().code, ErrorCode::not_found);
  EXPECT_TRUE(verify().findings.empty());
}

}  // namespace
}  // namespace casebook::vault
