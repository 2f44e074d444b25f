// Why nobody can do what is missing, and what would change that: docs/spec/workflow.md.
#include "workflow/nobody.h"

#include "tests/unit/workflow/case_story.h"

namespace casebook::workflow {
namespace {

class Nobody : public MinimalCase {
 protected:
  /// What keeps people from giving the word of counsel on merging.
  std::vector<Hindrance> hindrances(const CaseState& now_state) {
    const Attempt merge{"merge"};
    const Verdict blocked = explain(now_state, merge, now);
    const auto legal = std::ranges::find(blocked.gates, "legal", &GateVerdict::gate);
    if (legal == blocked.gates.end() || legal->alternatives.empty()) return {};
    return why_nobody(now_state, merge, legal->alternatives.front().front(), now);
  }
  std::vector<Hindrance> hindrances() { return hindrances(state); }
  /// Counsel is the only one, and changed what counsel has to look at.
  void counsel_changes_it() {
    ASSERT_TRUE(fact("personal_data", Value(std::string("suspected")), {cy})) << why;
  }
};

TEST_F(Nobody, NothingIsSaidWhereSomebodyCan) {
  ASSERT_TRUE(fact("personal_data", Value(std::string("suspected")), {ben})) << why;
  EXPECT_TRUE(hindrances().empty());
}

TEST_F(Nobody, TheOnlyHolderChangedWhatItCovers) {
  counsel_changes_it();
  EXPECT_EQ(hindrances(),
            (std::vector<Hindrance>{{Obstacle::changed_it, cy.id, "legal", "impact"}}));
}

TEST_F(Nobody, ARoleThatWasOfferedIsNamedBesideThat) {
  counsel_changes_it();
  ASSERT_TRUE(people(RoleGive{dee.id, "legal"}, {ada, ben})) << why;
  const auto found = hindrances();
  EXPECT_EQ(found.size(), 2U);
  EXPECT_TRUE(std::ranges::count(found, Hindrance{Obstacle::role_not_accepted, dee.id, "legal"}));
}

TEST_F(Nobody, ADeputyOfLaterIsNamedWithTheTime) {
  counsel_changes_it();
  const UtcSeconds from = now + std::chrono::hours(5);
  ASSERT_TRUE(says(DeputyName{"legal", dee.id, from, from + std::chrono::hours(9)}, {cy})) << why;
  const StatementId offered = last();
  EXPECT_TRUE(
      std::ranges::count(hindrances(), Hindrance{Obstacle::deputy_not_accepted, dee.id, "legal"}));
  ASSERT_TRUE(says(DeputyAccept{offered}, {dee})) << why;
  EXPECT_TRUE(std::ranges::count(hindrances(),
                                 Hindrance{Obstacle::deputy_not_yet, dee.id, "legal", "", from}));
}

TEST_F(Nobody, HoldersWithoutAKeyShutOutOrUnknownOutside) {
  ASSERT_TRUE(fact("personal_data", Value(std::string("suspected")), {ben})) << why;
  CaseState lost = state;
  lost.people.persons.at(cy.id).keys.front().compromised_since = now;
  EXPECT_EQ(hindrances(lost), (std::vector<Hindrance>{{Obstacle::no_key, cy.id, "legal"}}));
  CaseState shut = state;
  shut.excluded.push_back(cy.id);
  EXPECT_EQ(hindrances(shut), (std::vector<Hindrance>{{Obstacle::shut_out, cy.id, "legal"}}));
  CaseState anchored = state;
  anchored.anchored = std::set<PersonId>{ada.id, ben.id};
  EXPECT_EQ(hindrances(anchored),
            (std::vector<Hindrance>{{Obstacle::not_anchored, cy.id, "legal"}}));
}

TEST_F(Nobody, ARoleThatNobodyHolds) {
  CaseState without = state;
  without.people.persons.at(cy.id).roles.erase("legal");
  EXPECT_EQ(hindrances(without), (std::vector<Hindrance>{{Obstacle::role_unfilled, {}, "legal"}}));
}

TEST_F(Nobody, AuthorsMayNotTestTheirOwnFix) {
  ASSERT_TRUE(record("fix", {{"version", Value(std::string("1.2.3"))}}, {ben})) << why;
  CaseState one = state;
  one.people.persons.at(dee.id).roles.erase("engineer");
  MissingLeaf test;
  test.predicate.kind = Predicate::Kind::exists;
  Query query{"test"};
  query.roles = {"engineer"};
  query.exclusions = {{Exclusion::Kind::author_of, "fix"}};
  test.predicate.query = std::make_shared<const Query>(query);
  EXPECT_EQ(why_nobody(one, Attempt{"close"}, test, now),
            (std::vector<Hindrance>{{Obstacle::author, ben.id, "engineer", "fix"}}));
}

TEST_F(Nobody, EachIsSaidInBothLanguagesWithANextStep) {
  for (int i = 0; i <= static_cast<int>(Obstacle::signed_already); ++i) {
    Hindrance one{static_cast<Obstacle>(i), cy.id, "legal", "impact", now};
    const HindranceWords en = words_of(one, *state.policy, "cy", Language::en);
    const HindranceWords nl = words_of(one, *state.policy, "cy", Language::nl);
    EXPECT_FALSE(to_string(one.obstacle).empty());
    EXPECT_NE(en.why, nl.why) << en.why;
    for (const std::string& text : {en.why, nl.why, en.next, nl.next}) {
      EXPECT_EQ(text.find('{'), std::string::npos) << text;
    }
    EXPECT_TRUE(en.next.starts_with("casebook ")) << en.next;
  }
}

}  // namespace
}  // namespace casebook::workflow
