#include "core/ratification.h"

#include <gtest/gtest.h>

#include "tests/support/seeded_randomness.h"

namespace casebook {
namespace {

class Ratifications : public testing::Test {
 protected:
  Ratifications()
      : person_(*Ed25519Signer::generate(randomness_)),
        seal_key_(*Ed25519Signer::generate(randomness_)),
        seal_{*BagId::make(randomness_), *sha256(as_bytes("seal.json.sig")), seal_key_.public_key(),
              AgeIdentity::make(randomness_)->recipient()} {}
  NewRatification make() {
    auto made = make_ratification({.bag = seal_.bag,
                                   .seal_signature_sha256 = seal_.signature_sha256,
                                   .seal_key = seal_.key,
                                   .recipient = seal_.recipient,
                                   .reason = "no ticket at 2 a.m., I was there",
                                   .directed_by = "counsel",
                                   .now = *parse_utc("2026-11-21T12:00:00Z")},
                                  person_, randomness_);
    check(bool(made), "make a ratification");
    return *std::move(made);
  }
  SystemRandomness randomness_;
  Ed25519Signer person_;
  Ed25519Signer seal_key_;
  RatifiedSeal seal_;
};

TEST_F(Ratifications, MendTheBagTheyAreAbout) {
  const NewRatification made = make();
  auto verified = verify_ratification(made.text, made.signature, seal_);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->key, *person_.public_key().fingerprint());
  EXPECT_EQ(format_ratification(*verified), made.text);
}

TEST_F(Ratifications, AreNothingForAnotherSeal) {
  const NewRatification made = make();
  RatifiedSeal other = seal_;
  other.bag = *BagId::make(randomness_);
  EXPECT_EQ(verify_ratification(made.text, made.signature, other).error().code, ErrorCode::corrupt);
  other = seal_;
  other.signature_sha256[0] ^= std::byte{1};
  EXPECT_FALSE(verify_ratification(made.text, made.signature, other));
  other = seal_;
  other.recipient = std::nullopt;
  EXPECT_FALSE(verify_ratification(made.text, made.signature, other));
  other = seal_;
  other.key = person_.public_key();
  EXPECT_FALSE(verify_ratification(made.text, made.signature, other));
}

TEST_F(Ratifications, AreRefusedWhenChangedOrSignedByAnother) {
  const NewRatification made = make();
  for (std::size_t at = 0; at < made.text.size(); ++at) {
    std::string changed = made.text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(verify_ratification(changed, made.signature, seal_)) << at;
  }
  auto other = make_ssh_signature(seal_key_, kStatementNamespace, as_bytes(made.text));
  EXPECT_FALSE(verify_ratification(made.text, *other, seal_));
  auto wrong = make_ssh_signature(person_, kTicketNamespace, as_bytes(made.text));
  EXPECT_FALSE(verify_ratification(made.text, *wrong, seal_));
  EXPECT_FALSE(verify_ratification(made.text, "", seal_));
}

// RT-15: it lies outside the vault, so it tells no text.
TEST_F(Ratifications, RT15_TellNoText) {
  const NewRatification made = make();
  EXPECT_EQ(made.text.find("2 a.m."), std::string::npos);
  EXPECT_EQ(made.text.find("counsel"), std::string::npos);
  EXPECT_EQ(*salted_digest(made.facts.salt, kReasonField, made.facts.values.at("reason")),
            made.ratification.reason);
}

}  // namespace
}  // namespace casebook
