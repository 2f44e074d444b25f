// The rules of docs/spec/people.md.
#include "workflow/people.h"

#include "tests/unit/workflow/story.h"

namespace casebook::workflow {
namespace {

using namespace std::chrono_literals;

/// Ada and Ben opened the case; Cy (legal) and Dee (executive) joined.
class PeopleTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(story_.open({ada_, ben_}));
    ASSERT_TRUE(story_.add(cy_, {ada_.key, ben_.key})) << story_.why;
    ASSERT_TRUE(story_.add(dee_, {ada_.key, ben_.key})) << story_.why;
    ASSERT_TRUE(story_.give(cy_, "legal", {ada_.key, ben_.key})) << story_.why;
    ASSERT_TRUE(story_.give(dee_, "executive", {ada_.key, ben_.key})) << story_.why;
  }
  AccessGrant grant(const std::string& compartment, std::uint64_t generation,
                    std::vector<PersonId> persons, const AgeRecipient& key) {
    std::ranges::sort(persons);
    const std::uint64_t count = persons.size();
    return {compartment, generation, std::move(persons), key, 1, {}, count + 1};
  }
  Story story_;
  Character ada_ = story_.character();
  Character ben_ = story_.character();
  Character cy_ = story_.character();
  Character dee_ = story_.character();
  Character eve_ = story_.character();
};

TEST_F(PeopleTest, IsOpenedOnceByAllItsFounders) {
  EXPECT_FALSE(story_.people.is_single_founder());
  EXPECT_TRUE(story_.people.find(ada_.id)->holds("commander"));
  EXPECT_FALSE(story_.open({ada_}));
  Story other;
  const Character one = other.character();
  const Character two = other.character();
  CaseOpen open{"amber-heron",
                {{one.id, one.key, one.recipient, {}}, {two.id, two.key, two.recipient, {}}},
                other.key(),
                {}};
  EXPECT_FALSE(other.says(open, {one.key})) << "the second founder did not sign";
  EXPECT_FALSE(other.add(one, {two.key})) << "nothing counts before the case is opened";
  Story alone;
  EXPECT_TRUE(alone.open({alone.character()}));
  EXPECT_TRUE(alone.people.is_single_founder());
}

// RT-7: a person needs the new key's own signature and two persons already bound.
TEST_F(PeopleTest, Rt7APersonNeedsTheirOwnKeyAndTwoOthers) {
  EXPECT_FALSE(story_.add(eve_, {}));
  EXPECT_FALSE(story_.add(eve_, {ada_.key}));
  EXPECT_NE(story_.why.find("two other persons have to sign; 1 did"), std::string::npos);
  EXPECT_FALSE(story_.says(PersonAdd{eve_.id, eve_.key, eve_.recipient}, {ada_.key, ben_.key}))
      << "without the new key's own signature";
  EXPECT_FALSE(story_.add(eve_, {ada_.key, story_.key()})) << "an invented second person";
  EXPECT_TRUE(story_.add(eve_, {ada_.key, ben_.key}));
  EXPECT_FALSE(story_.add(eve_, {ada_.key, ben_.key})) << "once";
  Character twin = story_.character();
  twin.key = eve_.key;
  EXPECT_FALSE(story_.add(twin, {ada_.key, ben_.key})) << "a key belongs to one person";
}

TEST_F(PeopleTest, OnePersonDoesWhileThereIsNoSecond) {
  Story alone;
  const Character ada = alone.character();
  const Character ben = alone.character();
  const Character cy = alone.character();
  ASSERT_TRUE(alone.open({ada}));
  EXPECT_FALSE(alone.give(ada, "legal", {ada.key})) << "nobody gives themselves a role";
  EXPECT_TRUE(alone.add(ben, {ada.key})) << alone.why;
  EXPECT_FALSE(alone.add(cy, {ada.key})) << "now there are two";
  EXPECT_TRUE(alone.add(cy, {ada.key, ben.key}));
  EXPECT_FALSE(alone.give(cy, "legal", {ada.key}));
  EXPECT_TRUE(alone.give(cy, "legal", {ada.key, ben.key}));
  EXPECT_TRUE(alone.people.is_single_founder()) << "for ever";
}

TEST_F(PeopleTest, ARoleCountsFromItsAcceptance) {
  ASSERT_TRUE(story_.says(RoleGive{dee_.id, "scribe"}, {ada_.key, cy_.key}));
  const StatementId given = story_.last();
  EXPECT_FALSE(story_.people.find(dee_.id)->holds("scribe"));
  EXPECT_FALSE(story_.says(RoleAccept{given}, {ada_.key})) << "only Dee can accept it";
  EXPECT_TRUE(story_.says(RoleAccept{given}, {dee_.key}));
  EXPECT_TRUE(story_.people.find(dee_.id)->holds("scribe"));
  EXPECT_FALSE(story_.says(RoleAccept{given}, {dee_.key}));
  EXPECT_FALSE(story_.says(RoleGive{dee_.id, "comms"}, {ada_.key, ben_.key, dee_.key}))
      << "not even as one of three";
  EXPECT_FALSE(story_.says(RoleRemove{dee_.id, "scribe"}, {ada_.key}));
  EXPECT_TRUE(story_.says(RoleRemove{dee_.id, "scribe"}, {dee_.key}));
  EXPECT_FALSE(story_.people.find(dee_.id)->holds("scribe"));
}

TEST_F(PeopleTest, SomebodyRemovedSaysNothingAnyMore) {
  EXPECT_FALSE(story_.says(PersonRemove{dee_.id}, {ada_.key}));
  ASSERT_TRUE(story_.says(PersonRemove{dee_.id}, {ada_.key, ben_.key}));
  EXPECT_FALSE(story_.add(eve_, {ada_.key, dee_.key}));
  EXPECT_FALSE(story_.add(dee_, {ada_.key, ben_.key})) << "the id stays taken";
  EXPECT_FALSE(story_.says(RoleGive{dee_.id, "comms"}, {ada_.key, ben_.key}));
  EXPECT_TRUE(story_.says(PersonRemove{cy_.id}, {cy_.key})) << "whoever leaves needs nobody";
}

// RT-30: a lost key is replaced by two persons of different roles, after a day in which anybody can
// object, and opens nothing by itself.
TEST_F(PeopleTest, Rt30ALostKeyIsReplacedInTheOpen) {
  const SshPublicKey fresh = story_.key();
  const KeyReplace replace{cy_.id, fresh, story_.recipient()};
  EXPECT_FALSE(story_.says(replace, {ada_.key, dee_.key})) << "the new key has to sign";
  EXPECT_FALSE(story_.says(replace, {fresh, ada_.key}));
  EXPECT_FALSE(story_.says(replace, {fresh, ada_.key, ben_.key})) << "both are commanders";
  ASSERT_TRUE(story_.says(replace, {fresh, ada_.key, dee_.key})) << story_.why;
  const StatementId statement = story_.last();
  ASSERT_EQ(story_.people.waiting.size(), 1U);
  story_.now += 24h - 1s;
  EXPECT_FALSE(story_.says(RoleGive{eve_.id, "x"}, {fresh})) << "does not count yet";
  EXPECT_EQ(story_.people.owner_of(fresh), nullptr);
  story_.now += 1s;
  EXPECT_TRUE(story_.says(RoleRemove{cy_.id, "legal"}, {fresh})) << story_.why;
  EXPECT_EQ(story_.people.find(cy_.id)->current_key()->key, fresh);
  EXPECT_FALSE(story_.says(KeyConfirm{{statement}}, {cy_.key})) << "the old key is over";
  EXPECT_EQ(story_.people.access_to("legal"), nullptr) << "no slot came with it";
}

TEST_F(PeopleTest, Rt30AnybodyCanObjectInTime) {
  const SshPublicKey fresh = story_.key();
  ASSERT_TRUE(
      story_.says(KeyReplace{cy_.id, fresh, story_.recipient()}, {fresh, ada_.key, dee_.key}));
  const StatementId statement = story_.last();
  EXPECT_FALSE(story_.says(KeyObject{statement}, {eve_.key}));
  EXPECT_TRUE(story_.says(KeyObject{statement}, {cy_.key}));
  story_.now += 48h;
  EXPECT_FALSE(story_.says(RoleRemove{cy_.id, "legal"}, {fresh}));
  EXPECT_FALSE(story_.says(KeyObject{statement}, {cy_.key})) << "nothing waits any more";
}

// RT-31: what a stolen key said is contested from its theft on, whatever time it claims.
TEST_F(PeopleTest, Rt31AStolenKeyLeavesOnlyWhatATrustedTimeCovers) {
  const std::uint64_t by_trusted = story_.entries.size();
  ASSERT_TRUE(story_.says(RoleGive{dee_.id, "scribe"}, {ada_.key, ben_.key}));
  story_.people.trusted_heads = {{by_trusted + 1, story_.now}};
  const UtcSeconds theft = story_.now + 1h;
  story_.now += 2h;
  ASSERT_TRUE(story_.add(eve_, {ada_.key, ben_.key}));
  const std::uint64_t forged = story_.entries.size() - 1;
  const StatementId forged_id = story_.last();
  story_.now += 48h;
  EXPECT_FALSE(story_.says(KeyCompromised{*ada_.key.fingerprint(), story_.now + 1s}, {ada_.key}));
  EXPECT_FALSE(story_.says(KeyCompromised{*ada_.key.fingerprint(), theft}, {ben_.key}));
  ASSERT_TRUE(story_.says(KeyCompromised{*ada_.key.fingerprint(), theft}, {ben_.key, cy_.key}));
  EXPECT_TRUE(is_contested(story_.people, forged));
  EXPECT_FALSE(is_contested(story_.people, by_trusted)) << "under a head dated before the theft";
  EXPECT_FALSE(story_.says(RoleRemove{ada_.id, "commander"}, {ada_.key})) << "it signs nothing new";
  EXPECT_FALSE(story_.give(eve_, "comms", {ben_.key, eve_.key}));
  // Eve's binding is contested: her word does not count beside Ben's.
  EXPECT_FALSE(story_.says(RoleGive{cy_.id, "comms"}, {ben_.key, eve_.key}));
  const SshPublicKey fresh = story_.key();
  ASSERT_TRUE(
      story_.says(KeyReplace{ada_.id, fresh, story_.recipient()}, {fresh, cy_.key, dee_.key}))
      << story_.why;
  story_.now += 24h;
  EXPECT_FALSE(story_.says(KeyConfirm{{forged_id}}, {cy_.key})) << "only Ada can";
  EXPECT_TRUE(story_.says(KeyConfirm{{forged_id}}, {fresh})) << story_.why;
  EXPECT_FALSE(is_contested(story_.people, forged));
  EXPECT_TRUE(story_.says(RoleGive{cy_.id, "comms"}, {ben_.key, eve_.key})) << story_.why;
}

TEST_F(PeopleTest, Rt31AReplacementAskedForByAStolenKeyNeverComesAbout) {
  const SshPublicKey fresh = story_.key();
  ASSERT_TRUE(
      story_.says(KeyReplace{cy_.id, fresh, story_.recipient()}, {fresh, ada_.key, dee_.key}));
  story_.now += 1h;
  ASSERT_TRUE(
      story_.says(KeyCompromised{*dee_.key.fingerprint(), story_.now - 2h}, {ada_.key, ben_.key}));
  story_.now += 48h;
  EXPECT_FALSE(story_.says(RoleRemove{cy_.id, "legal"}, {fresh}));
  EXPECT_TRUE(story_.says(RoleRemove{cy_.id, "legal"}, {cy_.key}));
}

// RT-8: whoever opens the case does not own counsel's compartment.
TEST_F(PeopleTest, Rt8ACompartmentIsBegunBySomebodyEntitled) {
  const AgeRecipient key = story_.recipient();
  EXPECT_FALSE(story_.says(grant("legal", 1, {ada_.id}, key), {ada_.key}));
  EXPECT_FALSE(story_.says(grant("legal", 1, {ada_.id, cy_.id}, key), {ada_.key}));
  EXPECT_FALSE(story_.says(AccessInbox{"legal", ada_.id, ada_.recipient}, {ada_.key}));
  EXPECT_FALSE(story_.says(AccessInbox{"legal", cy_.id, ada_.recipient}, {ada_.key}))
      << "a swapped recipient diverts what is meant for counsel";
  EXPECT_TRUE(story_.says(AccessInbox{"legal", cy_.id, cy_.recipient}, {ada_.key})) << story_.why;
  EXPECT_FALSE(story_.says(grant("legal", 2, {cy_.id}, key), {cy_.key}));
  EXPECT_TRUE(story_.says(grant("legal", 1, {cy_.id}, key), {cy_.key})) << story_.why;
  EXPECT_TRUE(story_.people.inboxes.empty());
  EXPECT_FALSE(story_.says(AccessInbox{"legal", cy_.id, cy_.recipient}, {ada_.key}));
  EXPECT_TRUE(story_.says(grant("general", 1, {ada_.id}, key), {ada_.key}));
}

TEST_F(PeopleTest, OnlySomebodyEntitledLetsOthersIn) {
  const AgeRecipient first = story_.recipient();
  const AgeRecipient second = story_.recipient();
  ASSERT_TRUE(story_.says(grant("legal", 1, {cy_.id}, first), {cy_.key}));
  EXPECT_FALSE(story_.says(grant("legal", 1, {ada_.id, cy_.id}, first), {ada_.key}))
      << "nobody grants themselves";
  EXPECT_FALSE(story_.says(grant("legal", 1, {cy_.id, eve_.id}, first), {cy_.key})) << "not bound";
  EXPECT_TRUE(story_.says(grant("legal", 1, {cy_.id, dee_.id}, first), {cy_.key}));
  EXPECT_FALSE(story_.says(grant("legal", 1, {cy_.id}, first), {cy_.key}))
      << "leaving out is a new generation";
  EXPECT_FALSE(story_.says(grant("legal", 2, {cy_.id}, first), {cy_.key})) << "with a new key";
  EXPECT_FALSE(story_.says(grant("legal", 3, {cy_.id}, second), {cy_.key}));
  EXPECT_FALSE(story_.says(grant("legal", 2, {dee_.id}, second), {cy_.key}));
  AccessGrant hidden = grant("legal", 2, {cy_.id}, second);
  hidden.stanzas += 1;
  EXPECT_FALSE(story_.says(hidden, {cy_.key})) << "one reader more than named";
  EXPECT_TRUE(story_.says(grant("legal", 2, {cy_.id}, second), {cy_.key}));
  EXPECT_FALSE(story_.says(grant("legal", 2, {cy_.id, dee_.id}, second), {dee_.key})) << "revoked";
  EXPECT_EQ(story_.people.access_to("legal")->grant.generation, 2U);
}

// RT-34: heads are signed by a machine's key that a founder bound, never by a person's.
TEST_F(PeopleTest, Rt34AFounderBindsTheLogKeyOfAMachine) {
  const SshPublicKey log = story_.key();
  EXPECT_FALSE(story_.says(LogKey{log}, {cy_.key}));
  EXPECT_FALSE(story_.says(LogKey{cy_.key}, {ada_.key}));
  EXPECT_TRUE(story_.says(LogKey{log}, {ada_.key}));
  EXPECT_FALSE(story_.says(LogKey{log}, {ada_.key}));
  EXPECT_TRUE(story_.says(LeaseTake{*log.fingerprint()}, {cy_.key}));
  EXPECT_EQ(story_.people.lease, *log.fingerprint());
  EXPECT_TRUE(story_.says(LogKeyEnd{*log.fingerprint()}, {ben_.key}));
  EXPECT_FALSE(story_.says(LeaseTake{*log.fingerprint()}, {cy_.key}));
}

// RT-5, RT-1: nothing from another case or drill, nothing twice, nothing late.
TEST_F(PeopleTest, Rt5CountsNoStatementTwiceOrFromElsewhere) {
  Skeleton entry = story_.entry(RoleRemove{cy_.id, "legal"}, {cy_.key});
  entry.statement.is_drill = true;
  EXPECT_TRUE(refuse(story_.people, entry));
  entry.statement.is_drill = false;
  entry.statement.case_id = *CaseId::make(story_.randomness);
  EXPECT_TRUE(refuse(story_.people, entry));
  entry.statement.case_id = story_.case_id;
  entry.statement.expires = story_.now - 1s;
  EXPECT_TRUE(refuse(story_.people, entry));
  entry.statement.expires = std::nullopt;
  EXPECT_FALSE(refuse(story_.people, entry));
  story_.append(entry);
  EXPECT_TRUE(refuse(story_.people, entry));
  entry.statement.body = "{}";
  EXPECT_TRUE(refuse(story_.people, entry));
}

// RT-7: invented persons are consistent, and anchored by nothing.
TEST_F(PeopleTest, Rt7OnlyAnchoredPersonsCount) {
  EXPECT_EQ(anchor(story_.people, {}).unknown.size(), 4U);
  EXPECT_TRUE(counting(story_.people, anchor(story_.people, {})).empty());
  const AnchoredPeople by_key = anchor(story_.people, {nullptr, {*cy_.key.fingerprint()}});
  EXPECT_EQ(counting(story_.people, by_key), std::vector<PersonId>{cy_.id});
  EXPECT_FALSE(by_key.holds(ada_.id));
}

}  // namespace
}  // namespace casebook::workflow
