#include "core/roster.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/ssh_challenge.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

using namespace std::chrono_literals;

std::string vector_text(std::string_view name) {
  return std::string(as_text(read_vector("roster/" + std::string(name))));
}
UtcSeconds noon() { return *parse_utc("2026-11-21T12:00:00Z"); }

class RosterTest : public testing::Test {
 protected:
  RosterTest()
      : root_(*Ed25519Signer::generate(randomness_)), ada_(*Ed25519Signer::generate(randomness_)) {}
  SignedCard card_of(Ed25519Signer& signer, const std::string& name) {
    const auto identity = AgeIdentity::make(randomness_);
    const auto challenge = make_key_challenge(signer.public_key(), noon() + 24h, randomness_);
    auto card =
        make_person_card({name, signer.public_key(), identity->recipient(), *challenge}, signer);
    check(bool(card), "card");
    return *std::move(card);
  }
  Roster roster_of_ada() {
    return {"Example Ltd",
            root_.public_key(),
            1,
            {},
            noon(),
            {{*PersonId::make(randomness_),
              "Ada",
              {"commander"},
              {{card_of(ada_, "Ada"), noon(), {}}},
              false}}};
  }
  SystemRandomness randomness_;
  Ed25519Signer root_;
  Ed25519Signer ada_;
};

TEST(RosterVector, MadeByStockToolsIsRead) {
  const auto roster = read_roster(vector_text("roster.json"), vector_text("roster.json.sig"));
  ASSERT_TRUE(roster) << roster.error().message;
  EXPECT_EQ(format_roster(roster->roster), vector_text("roster.json"));
  ASSERT_EQ(roster->roster.persons.size(), 2U);
  const RosterPerson& person = roster->roster.persons.front();
  EXPECT_EQ(roster->roster.owner_of(person.keys.front().card.card.key), &person);
  EXPECT_EQ(roster->roster.find(person.id), &person);
}

// Any change of a byte is found, in the roster and in its signature.
TEST(RosterVector, IsRefusedAfterAnyChange) {
  const std::string text = vector_text("roster.json");
  const std::string signature = vector_text("roster.json.sig");
  for (std::size_t i = 0; i < text.size(); i += 7) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_roster(changed, signature)) << i;
  }
  for (std::size_t i = 0; i < signature.size(); i += 3) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(read_roster(text, changed)) << i;
  }
}

TEST_F(RosterTest, ReadsBackWhatItSigns) {
  const auto made = sign_roster(roster_of_ada(), root_);
  ASSERT_TRUE(made) << made.error().message;
  const auto read = read_roster(made->text, made->signature);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->digest, made->digest);
  EXPECT_FALSE(sign_roster(roster_of_ada(), ada_)) << "only the root key signs";
}

// RT-10: a key enters only with its own signature over something fresh.
TEST_F(RosterTest, Rt10AKeyEntersOnlyWithItsOwnProof) {
  Ed25519Signer eve = *Ed25519Signer::generate(randomness_);
  const SignedCard good = card_of(ada_, "Ada");
  const auto by_eve = make_ssh_signature(eve, kEnrolNamespace, as_bytes(good.text));
  EXPECT_EQ(read_person_card(good.text, *by_eve, noon()).error().code, ErrorCode::corrupt);
  const auto as_statement = make_ssh_signature(ada_, kStatementNamespace, as_bytes(good.text));
  EXPECT_FALSE(read_person_card(good.text, *as_statement, noon())) << "another purpose";
  EXPECT_FALSE(read_person_card(good.text, good.proof, noon() + 25h)) << "the challenge is over";
  EXPECT_TRUE(read_person_card(good.text, good.proof, noon()));
  // Another recipient under Ada's name and proof.
  Json swapped = *parse_json(good.text);
  swapped["recipient"] = AgeIdentity::make(randomness_)->recipient().text();
  EXPECT_FALSE(read_person_card(canonical_json(swapped), good.proof, noon()));
  EXPECT_FALSE(make_person_card(good.card, eve));
  Roster roster = roster_of_ada();
  roster.persons.front().keys.front().card.proof = *by_eve;
  EXPECT_FALSE(sign_roster(roster, root_)) << "not even the root key can vouch for it";
}

TEST_F(RosterTest, HoldsNoKeyTwice) {
  Roster roster = roster_of_ada();
  RosterPerson twin = roster.persons.front();
  twin.id = *PersonId::make(randomness_);
  roster.persons.push_back(twin);
  std::ranges::sort(roster.persons, {}, &RosterPerson::id);
  EXPECT_FALSE(sign_roster(roster, root_));
}

TEST_F(RosterTest, LaterVersionsFollowTheSameRoot) {
  const auto first = sign_roster(roster_of_ada(), root_);
  Roster next = first->roster;
  next.version = 2;
  next.previous = first->digest;
  const auto second = sign_roster(next, root_);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_TRUE(check_roster_follows(*first, *second));
  EXPECT_TRUE(check_roster_follows(*first, *first));
  EXPECT_FALSE(check_roster_follows(*second, *first)) << "an older one never replaces a newer";
  next.previous = second->digest;
  EXPECT_FALSE(check_roster_follows(*first, *sign_roster(next, root_))) << "another history";
  Ed25519Signer other = *Ed25519Signer::generate(randomness_);
  next.root_key = other.public_key();
  EXPECT_FALSE(check_roster_follows(*first, *sign_roster(next, other)));
}

TEST_F(RosterTest, UsesTheNewestKeyThatIsNotEnded) {
  Roster roster = roster_of_ada();
  RosterPerson& person = roster.persons.front();
  Ed25519Signer second = *Ed25519Signer::generate(randomness_);
  person.keys.push_back({card_of(second, "Ada"), noon(), {}});
  EXPECT_EQ(person.current_key(), &person.keys[1]);
  person.keys[1].ended_at = noon();
  EXPECT_EQ(person.current_key(), &person.keys[0]);
  person.keys[0].ended_at = noon();
  EXPECT_EQ(person.current_key(), nullptr);
}

TEST(PersonCard, NamesAreTextThatCanBeShown) {
  EXPECT_TRUE(is_display_name("Zo\xc3\xab Example"));
  for (const std::string& bad : {std::string(), std::string("a\nb"), std::string("\xff"),
                                 std::string(201, 'a'), std::string("\x1b[2J")})
    EXPECT_FALSE(is_display_name(bad));
}

}  // namespace
}  // namespace casebook
