#include "vault/slots.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/age_identity_file.h"
#include "tests/support/faulty_files.h"
#include "tests/support/stock_tools.h"
#include "tests/support/vault_fixture.h"

namespace casebook::vault {
namespace {

class SlotsTest : public testing::Test {
 protected:
  SlotsTest() {
    for (int n = 0; n < 4; ++n) identities_.push_back(*AgeIdentity::make(randomness_));
  }
  SlotPerson person(std::size_t n) { return {names_[n], identities_[n].recipient()}; }
  AgeUnlock unlock(std::size_t n) { return {.identities = std::span(&identities_[n], 1)}; }
  Result<OpenedSlots> open(std::span<const std::byte> file, std::size_t n) {
    return open_slots(file, unlock(n), some_name().case_id, "general");
  }
  SealedSlots seal(std::vector<SlotPerson> persons) {
    auto slots = make_slots(some_name(), std::move(persons), randomness_);
    check(bool(slots), "make slots");
    return *seal_slots(*slots, randomness_);
  }
  /// Seals any text to any readers, as somebody with `age` would.
  Bytes forge(std::string_view text, std::vector<std::size_t> readers) {
    std::vector<AgeRecipient> recipients;
    for (const std::size_t n : readers) recipients.push_back(identities_[n].recipient());
    return *age_encrypt(as_bytes(text), recipients, randomness_);
  }
  std::string plain_of(const SealedSlots& sealed) {
    return std::string(as_text(age_decrypt(sealed.file, unlock(0), 1 << 20)->reveal()));
  }
  SeededRandomness randomness_{3};
  std::vector<AgeIdentity> identities_;
  std::vector<std::string> names_{"0a", "0b", "0c", "recovery"};
};

TEST_F(SlotsTest, EveryNamedPersonOpensTheSame) {
  const auto sealed = seal({person(1), person(0)});
  auto first = open(sealed.file, 0);
  auto second = open(sealed.file, 1);
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(std::ranges::equal(first->slots.data_key.reveal(), second->slots.data_key.reveal()));
  EXPECT_EQ(first->slots.identity.recipient(), sealed.grant.public_key);
  EXPECT_EQ(first->observed, sealed.grant);
  EXPECT_TRUE(compare_grants(first->observed, sealed.grant));
  EXPECT_EQ(open(sealed.file, 2).error().code, ErrorCode::locked);
  EXPECT_EQ(*parse_grant(format_grant(sealed.grant)), sealed.grant);
}

TEST_F(SlotsTest, GrantingIsOneMoreRecipientAndTheSameKey) {
  auto slots = make_slots(some_name(), {person(0)}, randomness_);
  const auto before = *seal_slots(*slots, randomness_);
  ASSERT_TRUE(add_person(*slots, person(2)));
  EXPECT_FALSE(add_person(*slots, person(2)));
  EXPECT_FALSE(add_person(*slots, {"other", identities_[2].recipient()}));
  const auto after = *seal_slots(*slots, randomness_);
  auto opened = open(after.file, 2);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(std::ranges::equal(opened->slots.data_key.reveal(), slots->data_key.reveal()));
  EXPECT_FALSE(compare_grants(opened->observed, before.grant));
  EXPECT_TRUE(compare_grants(opened->observed, after.grant));
}

// RT-23: a reader knows the file key and can add one more; nobody but the grant would notice.
TEST_F(SlotsTest, RT23AHiddenReaderIsRefused) {
  const auto sealed = seal({person(0), person(1)});
  const Bytes forged = forge(plain_of(sealed), {0, 1, 2});
  auto opened = open(forged, 0);
  EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  EXPECT_NE(opened.error().message.find("3 but names 2"), std::string::npos);
}

TEST_F(SlotsTest, RT23AReplacedReaderIsNoticedByTheGrant) {
  const auto sealed = seal({person(0), person(1)});
  const Bytes forged = forge(plain_of(sealed), {0, 2});  // As many stanzas, another reader.
  auto opened = open(forged, 0);
  ASSERT_TRUE(opened);
  EXPECT_EQ(compare_grants(opened->observed, sealed.grant).error().code, ErrorCode::corrupt);
}

TEST_F(SlotsTest, RT23AnOutsidersFileIsNoticedByTheGrant) {
  const auto sealed = seal({person(0)});
  auto theirs = make_slots(some_name(), {person(0)}, randomness_);  // The public key is enough.
  const auto forged = *seal_slots(*theirs, randomness_);
  auto opened = open(forged.file, 0);
  ASSERT_TRUE(opened);
  const auto refused = compare_grants(opened->observed, sealed.grant);
  EXPECT_NE(refused.error().message.find("another key"), std::string::npos);
}

TEST_F(SlotsTest, AnotherCompartmentCaseOrGenerationIsRefused) {
  const auto sealed = seal({person(0)});
  EXPECT_FALSE(open_slots(sealed.file, unlock(0), some_name().case_id, "legal"));
  EXPECT_FALSE(open_slots(sealed.file, unlock(0),
                          *CaseId::parse("ff0102030405060708090a0b0c0d0e0f"), "general"));
  Grant later = sealed.grant;
  later.name.generation = 2;
  EXPECT_FALSE(compare_grants(open(sealed.file, 0)->observed, later));
}

TEST_F(SlotsTest, EveryFlippedByteIsFound) {
  const auto sealed = seal({person(0), person(1)});
  for (std::size_t at = 0; at < sealed.file.size(); ++at) {
    Bytes damaged = sealed.file;
    damaged[at] ^= std::byte{1};
    auto opened = open(damaged, 0);
    EXPECT_TRUE(!opened || !compare_grants(opened->observed, sealed.grant)) << at;
  }
}

TEST_F(SlotsTest, TextThatIsNotOursIsRefused) {
  const std::string good = plain_of(seal({person(0)}));
  EXPECT_TRUE(open(forge(good, {0}), 0));
  const std::pair<std::string, std::string> changes[] = {
      {"casebook-slots/1", "casebook-slots/2"},
      {"\"generation\":1", "\"generation\":0"},
      {"\"generation\":1", "\"generation\":-1"},
      {"\"data_key\":\"", "\"data_key\":\"00"},
      {"AGE-SECRET-KEY-1", "AGE-SECRET-KEY-2"},
      {"\"recipient\":\"age1", "\"recipient\":\"age2"},
      {"\"persons\":[", "\"persons\":[[],"},
      {"]}\n", "]}"},
      {"]}\n", "],\"x\":1}\n"}};
  for (const auto& [from, to] : changes) {
    std::string text = good;
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    EXPECT_FALSE(open(forge(text, {0}), 0)) << to;
  }
  EXPECT_FALSE(open(forge("", {0}), 0));
  EXPECT_FALSE(open(forge("{}\n", {0}), 0));
}

TEST_F(SlotsTest, AnEmptyOrTooLongListIsRefused) {
  EXPECT_FALSE(make_slots(some_name(), {}, randomness_));
  std::vector<SlotPerson> many;
  for (int n = 0; n < 257; ++n) {
    many.push_back({"p" + std::to_string(n), AgeIdentity::make(randomness_)->recipient()});
  }
  EXPECT_EQ(make_slots(some_name(), many, randomness_).error().code, ErrorCode::limit_exceeded);
  many.erase(many.begin() + 100, many.end());
  auto slots = make_slots(some_name(), many, randomness_);
  ASSERT_TRUE(slots);
  EXPECT_EQ(seal_slots(*slots, randomness_)->grant.stanza_count, 100U);
}

TEST_F(SlotsTest, StockAgeAndJqReadIt) {
  const auto age = stock_tool("age");
  if (!age) GTEST_SKIP() << "age is not installed";
  const TemporaryFolder folder;
  const auto sealed = seal({person(0), person(1)});
  ASSERT_TRUE(write_file(folder.path() / "general.slots", sealed.file, 0600));
  const std::vector<AgeIdentity>& all = identities_;
  ASSERT_TRUE(
      write_file(folder.path() / "key", format_identities(std::span(&all[1], 1)).reveal(), 0600));
  const auto run =
      run_tool({*age, "-d", "-i", folder.path() / "key", folder.path() / "general.slots"});
  EXPECT_EQ(run.exit_status, 0);
  EXPECT_NE(run.out.find("\"compartment\":\"general\""), std::string::npos);
  EXPECT_NE(run.out.find("\"data_key\":\""), std::string::npos);
}

// docs/spec/slots.md: made by stock age and jq.
TEST(SlotsVector, MadeByStockToolsOpensAndFitsItsGrant) {
  const std::filesystem::path folder = std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/slots";
  const auto identities = parse_identities(SecretBytes(*read_file(folder / "identity.txt", 10000)));
  ASSERT_TRUE(identities);
  const Bytes grant_text = *read_file(folder / "grant.json", 10000);
  const auto grant = parse_grant(as_text(grant_text));
  ASSERT_TRUE(grant) << grant.error().message;
  EXPECT_EQ(format_grant(*grant), as_text(grant_text));
  const Bytes file = *read_file(folder / "legal.slots", 10000);
  auto opened = open_slots(file, {.identities = *identities}, some_name().case_id, "legal");
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(compare_grants(opened->observed, *grant));
  EXPECT_EQ(opened->slots.name.generation, 3U);
  EXPECT_EQ(opened->slots.data_key.reveal()[31], std::byte{0xab});
}

class SettleTest : public SlotsTest {
 protected:
  void put(const std::filesystem::path& path, const SealedSlots& sealed) {
    ASSERT_TRUE(write_file(path, sealed.file, 0600, IfExists::replace));
  }
  TemporaryFolder folder_;
  CompartmentFiles files_ = files_of(folder_.path(), "general");
};

TEST_F(SettleTest, TheRecordedGrantDecidesWhichFileIsInForce) {
  const auto old_slots = seal({person(0)});
  const auto new_slots = seal({person(0), person(1)});
  put(files_.slots, old_slots);
  ASSERT_TRUE(stage_slots(folder_.path(), new_slots));
  ASSERT_TRUE(settle_slots(folder_.path(), old_slots.grant));  // The new one was never recorded.
  EXPECT_FALSE(std::filesystem::exists(files_.next_slots));
  ASSERT_TRUE(stage_slots(folder_.path(), new_slots));
  ASSERT_TRUE(settle_slots(folder_.path(), new_slots.grant));
  EXPECT_EQ(*read_file(files_.slots, 1 << 20), new_slots.file);
  EXPECT_FALSE(std::filesystem::exists(files_.next_slots));
  ASSERT_TRUE(settle_slots(folder_.path(), new_slots.grant));
  EXPECT_EQ(settle_slots(folder_.path(), old_slots.grant).error().code, ErrorCode::corrupt);
}

TEST_F(SettleTest, AFailingDiskLeavesOneThatFits) {
  const auto old_slots = seal({person(0)});
  const auto new_slots = seal({person(0), person(1)});
  for (int fails_at = 1;; ++fails_at) {
    put(files_.slots, old_slots);
    FaultyFiles faulty(fails_at);
    const bool staged = bool(stage_slots(folder_.path(), new_slots, faulty));
    const bool settled = staged && settle_slots(folder_.path(), new_slots.grant, faulty);
    // Afterwards the grant either was recorded or was not; both must settle as far as they can.
    const Grant& recorded = staged ? new_slots.grant : old_slots.grant;
    EXPECT_TRUE(settle_slots(folder_.path(), recorded)) << fails_at;
    if (!faulty.reached()) {
      EXPECT_TRUE(settled);
      break;
    }
    ASSERT_LT(fails_at, 50);
  }
}

}  // namespace
}  // namespace casebook::vault
