// Random histories, most of them against the rules: what must hold after every one.
#include <algorithm>

#include "tests/unit/workflow/story.h"

namespace casebook::workflow {
namespace {

using namespace std::chrono_literals;

class RandomHistory {
 public:
  explicit RandomHistory(std::uint64_t seed) : story_(seed) {
    for (int i = 0; i < 6; ++i) cast_.push_back(story_.character());
    for (int i = 0; i < 4; ++i) spare_.push_back(story_.key());
    story_.append(story_.entry(opening(), {cast_[0].key, cast_[1].key}));
  }
  void step() {
    story_.now += std::chrono::minutes(pick(600));
    const Body body = some_body();
    story_.append(story_.entry(body, some_signers(body)));
  }
  [[nodiscard]] const Story& story() const { return story_; }

 private:
  std::uint64_t pick(std::uint64_t bound) { return story_.randomness.below(bound); }
  const Character& someone() { return cast_[pick(cast_.size())]; }
  const SshPublicKey& some_key() {
    return pick(4) == 0 ? spare_[pick(spare_.size())] : someone().key;
  }
  StatementId some_statement() {
    return story_
        .entries[story_.entries.size() - 1 - pick(std::min<std::size_t>(story_.entries.size(), 4))]
        .statement.id;
  }
  Body opening() {
    return CaseOpen{"amber-heron",
                    {{cast_[0].id, cast_[0].key, cast_[0].recipient, {"commander"}},
                     {cast_[1].id, cast_[1].key, cast_[1].recipient, {"scribe"}}},
                    spare_[0],
                    {}};
  }
  /// Mostly people of the case, as would be needed; sometimes anybody.
  std::vector<SshPublicKey> some_signers(const Body& body) {
    std::vector<SshPublicKey> signers;
    const auto add = [&](const SshPublicKey& key) {
      if (std::ranges::find(signers, key) == signers.end()) signers.push_back(key);
    };
    const std::vector<PersonId> active = story_.people.active();
    for (std::uint64_t i = 0, count = 1 + pick(3); i < count; ++i) {
      if (active.empty() || pick(8) == 0) {
        add(some_key());
      } else {
        add(story_.people.find(active[pick(active.size())])->current_key()->key);
      }
    }
    if (pick(5) == 0) return signers;
    if (const auto* adding = std::get_if<PersonAdd>(&body)) add(adding->key);
    if (const auto* replacing = std::get_if<KeyReplace>(&body)) add(replacing->key);
    return signers;
  }
  std::vector<PersonId> some_persons() {
    std::set<PersonId> ids;
    for (std::uint64_t i = 0, count = 1 + pick(3); i < count; ++i) ids.insert(someone().id);
    return {ids.begin(), ids.end()};
  }
  Body some_body() {
    constexpr std::array<const char*, 3> kRoles = {"legal", "comms", "executive"};
    constexpr std::array<const char*, 3> kCompartments = {"general", "legal", "hr"};
    const std::string role = kRoles[pick(3)];
    const Character& who = someone();
    const std::uint64_t kind = pick(40);
    if (kind < 8) return PersonAdd{who.id, who.key, who.recipient};
    if (kind == 8 && pick(4) == 0) return PersonRemove{who.id};
    if (kind < 13)
      return KeyReplace{who.id, pick(2) == 0 ? story_.key() : some_key(), who.recipient};
    if (kind < 14) return KeyObject{some_statement()};
    if (kind == 14 && pick(4) == 0)
      return KeyCompromised{*some_key().fingerprint(), story_.now - 1h * pick(48)};
    if (kind < 17) return KeyConfirm{{some_statement()}};
    if (kind < 23) return RoleGive{who.id, role};
    if (kind < 29) return RoleAccept{some_statement()};
    if (kind < 31) return RoleRemove{who.id, role};
    if (kind < 32) return LeaseTake{*some_key().fingerprint()};
    auto persons = some_persons();
    const std::uint64_t count = persons.size();
    return AccessGrant{
        kCompartments[pick(3)], 1 + pick(3), std::move(persons), someone().recipient, 0, {}, count};
  }
  Story story_;
  std::vector<Character> cast_;
  std::vector<SshPublicKey> spare_;
};

/// The persons who stood behind an entry, by the state before it.
std::set<PersonId> behind(const People& before, const Skeleton& entry) {
  std::set<PersonId> ids;
  for (const SshPublicKey& key : entry.signers) {
    if (const BoundPerson* person = before.owner_of(key)) ids.insert(person->id);
  }
  return ids;
}

std::size_t word_counts(const People& people) {
  std::size_t count = 0;
  for (const PersonId& id : people.active()) {
    if (!is_contested(people, people.find(id)->bound_by)) ++count;
  }
  return count;
}

void check_step(const People& before, const Skeleton& entry, const People& after) {
  const auto signers = behind(before, entry);
  for (const auto& [id, person] : after.persons) {
    const BoundPerson* was = before.find(id);
    if (was == nullptr) {
      // Whoever is new was let in by somebody else, and by two where there were two.
      EXPECT_FALSE(signers.contains(id));
      EXPECT_GE(signers.size(), std::min<std::size_t>(2, word_counts(before)));
      continue;
    }
    for (const auto& [role, held] : person.roles) {
      const auto old = was->roles.find(role);
      if (old == was->roles.end()) {
        EXPECT_FALSE(signers.contains(id)) << "gave themselves " << role;
      } else if (held.accepted_at && !old->second.accepted_at) {
        EXPECT_TRUE(signers.contains(id)) << "did not accept " << role;
      }
    }
    EXPECT_TRUE(!was->is_removed || person.is_removed) << "came back";
  }
  for (const auto& [name, grants] : after.grants) {
    const GrantedAccess* old = before.access_to(name);
    if (old == nullptr || grants.size() == before.grants.at(name).size()) continue;
    for (const PersonId& id : grants.back().grant.persons) {
      const bool could = std::ranges::binary_search(old->grant.persons, id);
      EXPECT_TRUE(could || !signers.contains(id) || signers.size() > 1) << "let themselves in";
    }
    EXPECT_TRUE(std::ranges::any_of(old->grant.persons,
                                    [&](const PersonId& id) { return signers.contains(id); }));
  }
}

TEST(PeopleProperty, NobodyEverGrantsThemselvesAnything) {
  std::size_t taken = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomHistory history(seed);
    People before = history.story().people;
    for (int i = 0; i < 150; ++i) {
      history.step();
      const Story& story = history.story();
      before = settle(std::move(before), story.now);
      check_step(before, story.entries.back(), story.people);
      if (story.people.refused.size() == before.refused.size()) ++taken;
      before = story.people;
    }
  }
  EXPECT_GT(taken, 300U) << "histories in which nothing happens show nothing";
}

TEST(PeopleProperty, FoldingAPrefixThenTheRestIsFoldingAll) {
  for (std::uint64_t seed = 50; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomHistory history(seed);
    for (int i = 0; i < 80; ++i) history.step();
    const auto& entries = history.story().entries;
    const People whole = fold(entries);
    for (const std::size_t cut :
         {std::size_t{0}, std::size_t{1}, std::size_t{40}, entries.size()}) {
      People people = fold(std::span(entries).first(cut));
      for (const Skeleton& entry : std::span(entries).subspan(cut)) {
        people = apply(std::move(people), entry);
      }
      EXPECT_EQ(people.refused.size(), whole.refused.size());
      EXPECT_EQ(people.active(), whole.active());
      EXPECT_EQ(people.lease, whole.lease);
    }
  }
}

// What was refused has no effect: leaving it out gives the same persons.
TEST(PeopleProperty, RefusedEntriesHaveNoEffect) {
  for (std::uint64_t seed = 70; seed <= 80; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomHistory history(seed);
    for (int i = 0; i < 100; ++i) history.step();
    const People whole = fold(history.story().entries);
    std::vector<Skeleton> taken;
    for (const Skeleton& entry : history.story().entries) {
      if (std::ranges::find(whole.refused, entry.seq, &RefusedEntry::seq) == whole.refused.end())
        taken.push_back(entry);
    }
    const People without = fold(taken);
    EXPECT_TRUE(without.refused.empty());
    EXPECT_EQ(without.active(), whole.active());
    EXPECT_EQ(without.grants.size(), whole.grants.size());
  }
}

TEST(PeopleProperty, UnanchoredPersonsNeverCount) {
  for (std::uint64_t seed = 90; seed <= 110; ++seed) {
    RandomHistory history(seed);
    for (int i = 0; i < 100; ++i) history.step();
    const People& people = history.story().people;
    const auto& founder = people.persons.at(people.active().empty() ? people.persons.begin()->first
                                                                    : people.active().front());
    const AnchoredPeople known = anchor(people, {nullptr, {founder.keys.front().fingerprint}});
    for (const PersonId& id : counting(people, known)) EXPECT_EQ(id, founder.id);
    EXPECT_TRUE(counting(people, anchor(people, {})).empty());
  }
}

}  // namespace
}  // namespace casebook::workflow
