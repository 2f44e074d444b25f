#include <gtest/gtest.h>

#include "tests/support/seeded_randomness.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

/// How often a word stands in the files of a folder, whatever they are.
std::size_t occurrences(const std::filesystem::path& folder, std::string_view word) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const Bytes bytes = *read_file(entry.path(), 1 << 26);
    const std::string_view text = as_text(bytes);
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
      ++count;
    }
  }
  return count;
}

// RT-25. A file without a cipher shows what the pages hold; with one nothing could be seen anyway.
TEST(Erasure, RT25TheWordIsGoneFromTheLiveFiles) {
  const TemporaryFolder folder(folder_in_memory());
  DatabaseOptions options{.path = folder.path() / "general.db"};
  options.plain_for_comparison = true;
  ASSERT_TRUE(Compartment::create(options, {}, some_name()));
  auto compartment = Compartment::open(options, {}, some_name());
  ASSERT_TRUE(compartment);
  for (std::uint64_t n = 0; n < 50; ++n) put_note(*compartment, n, some_note(n, "usual words"));
  ItemVersion first = some_note(100, "qzxvmarker stands here");
  first.text.tags = {"qzxvmarker"};
  const auto one = put_note(*compartment, 50, first);
  ItemVersion second = some_note(100, "again qzxvmarker");
  second.version = 2;
  const auto two = put_note(*compartment, 51, second);
  for (std::uint64_t n = 60; n < 90; ++n) put_note(*compartment, n, some_note(n, "more words"));
  ASSERT_GT(occurrences(folder.path(), "qzxvmarker"), 3U);

  const std::vector<Digest256> commits{one.commit, two.commit};
  auto erased = compartment->erase(commits);
  ASSERT_TRUE(erased) << erased.error().message;
  EXPECT_EQ(erased->records, 2U);
  EXPECT_EQ(erased->items, 1U);
  EXPECT_EQ(erased->versions, 1U);
  EXPECT_EQ(occurrences(folder.path(), "qzxvmarker"), 0U);
  ASSERT_TRUE(std::move(*compartment).close());
  EXPECT_EQ(occurrences(folder.path(), "qzxvmarker"), 0U);
}

// RT-4. Who has the whole file afterwards, and guesses what was said, has nothing to hold the guess
// against: salt, record and signatures went together, the commitment alone stays.
TEST(Erasure, RT4NothingIsLeftToHoldAGuessAgainst) {
  const TemporaryFolder folder(folder_in_memory());
  DatabaseOptions options{.path = folder.path() / "general.db"};
  options.plain_for_comparison = true;
  ASSERT_TRUE(Compartment::create(options, {}, some_name()));
  auto compartment = Compartment::open(options, {}, some_name());
  ASSERT_TRUE(compartment);
  SeededRandomness randomness{4};
  const Salt salt = *make_salt(randomness);
  const std::string said = "personal_data=suspected, signed SSHSIGqzxv";
  const Digest256 commit = *commit_to(salt, as_bytes(said));
  ASSERT_TRUE(compartment->put_pending(commit, salt, as_bytes(said)));
  ASSERT_TRUE(compartment->mark_appended(commit, 0));
  ASSERT_GE(occurrences(folder.path(), as_text(salt)), 1U);
  ASSERT_GE(occurrences(folder.path(), "SSHSIGqzxv"), 1U);
  const std::vector<Digest256> commits{commit};
  ASSERT_TRUE(compartment->erase(commits));
  ASSERT_TRUE(std::move(*compartment).close());
  EXPECT_EQ(occurrences(folder.path(), as_text(salt)), 0U);
  EXPECT_EQ(occurrences(folder.path(), "SSHSIGqzxv"), 0U);
  EXPECT_GE(occurrences(folder.path(), as_text(commit)), 1U) << "its place stays provable";
  EXPECT_NE(*commit_to(Salt{}, as_bytes(said)), commit) << "a right guess without the salt";
}

class ErasureTest : public testing::Test {
 protected:
  ErasureTest() {
    folder_.create();
    compartment_.emplace(folder_.open());
  }
  CompartmentReport verify() {
    auto report = Compartment::verify(folder_.options(), some_key(), some_name());
    EXPECT_TRUE(report) << report.error().message;
    return *report;
  }
  VaultFolder folder_;
  std::optional<Compartment> compartment_;
};

TEST_F(ErasureTest, TheCommitmentAndItsPlaceStay) {
  const auto record = put_note(*compartment_, 3, some_note(1, "heron"));
  put_note(*compartment_, 4, some_note(2, "stork"));
  const std::vector<Digest256> commits{record.commit};
  ASSERT_TRUE(compartment_->erase(commits));
  auto again = compartment_->erase(commits);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->records, 0U);
  const auto left = **compartment_->record_at(3);
  EXPECT_EQ(left.commit, record.commit);
  EXPECT_EQ(left.state, RecordState::erased);
  EXPECT_TRUE(left.record.empty());
  EXPECT_EQ(left.salt, Salt{});
  EXPECT_EQ((*compartment_->item(item_id(1)))->state, ItemState::erased);
  EXPECT_TRUE(compartment_->search({.words = "heron"})->empty());
  EXPECT_EQ(compartment_->search({.words = "stork"})->size(), 1U);
  const auto report = verify();
  EXPECT_TRUE(report.findings.empty());
  EXPECT_EQ(report.erased, 1U);
}

TEST_F(ErasureTest, OneOfABatchCanGoAndTheRecordStaysProvable) {
  std::vector<ItemVersion> items;
  for (std::uint64_t n = 0; n < 10; ++n) {
    items.push_back(some_note(n, "message " + std::to_string(n)));
    items.back().kind = "message";
    items.back().leaf = ItemLeaf{Salt{std::byte{9}}, {}};
    items.back().leaf->commit = *item_leaf(items.back().leaf->salt, items.back());
  }
  const auto record = some_record("a batch with ten leaves");
  ASSERT_TRUE(
      compartment_->put_pending(record.commit, record.salt, record.record, {.items = items}));
  ASSERT_TRUE(compartment_->mark_appended(record.commit, 0));
  const std::vector<ItemId> one{item_id(4)};
  ASSERT_TRUE(compartment_->erase_leaves(one));
  const auto left = **compartment_->item(item_id(4));
  EXPECT_EQ(left.state, ItemState::erased);
  EXPECT_EQ(left.leaf->commit, items[4].leaf->commit);
  EXPECT_EQ(left.leaf->salt, Salt{});
  EXPECT_EQ(*compartment_->count({.words = "message"}), 9U);
  EXPECT_TRUE(verify().findings.empty());
  put_note(*compartment_, 1, some_note(50, "single"));
  const std::vector<ItemId> single{item_id(50)};
  EXPECT_EQ(compartment_->erase_leaves(single).error().code, ErrorCode::invalid_input);
}

TEST_F(ErasureTest, APendingOrUnknownRecordIsNotErased) {
  const auto record = some_record("pending");
  ASSERT_TRUE(compartment_->put_pending(record.commit, record.salt, record.record));
  const std::vector<Digest256> commits{record.commit};
  EXPECT_EQ(compartment_->erase(commits).error().code, ErrorCode::not_found);
  const std::vector<Digest256> unknown{Digest256{}};
  EXPECT_EQ(compartment_->erase(unknown).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace casebook::vault
