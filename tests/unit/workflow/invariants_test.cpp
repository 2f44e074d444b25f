// What must hold of every case, each by the name it has in the design: I1 to I14, I17, I20, I22.
// (I19 is in explain_test.cpp; tests/property tries them on random and on all short histories.)
#include "tests/unit/workflow/case_story.h"
#include "workflow/clocks.h"
#include "workflow/facets.h"

namespace casebook::workflow {
namespace {

using namespace std::chrono_literals;
using Invariants = MinimalCase;

Value word(std::string text) { return Value(std::move(text)); }

TEST_F(Invariants, I1ExitWithAnUnmetGateIsRefused) {
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("legal"));
  EXPECT_TRUE(is_blocked_by("fix-verified"));
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy)) << why;
  EXPECT_TRUE(move("close", {ada})) << why;
  EXPECT_EQ(state.phase, "closed");
}

TEST_F(Invariants, I1OpenStepsAndEntriesBlockAnExit) {
  ASSERT_TRUE(record("question", {}, {ben}));
  const StatementId question = last();
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  EXPECT_FALSE(move("close", {ada}));
  ASSERT_EQ(verdict.open.size(), 1U);
  EXPECT_EQ(verdict.open.front().id, question.text());
  ASSERT_TRUE(settle(question, {ben}));
  EXPECT_TRUE(move("close", {ada})) << why;
}

TEST_F(Invariants, I2WordCountsOnlyWhileWhatItCoversIsUnchanged) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben}));
  EXPECT_FALSE(move("close", {ada}));
  ASSERT_TRUE(is_blocked_by("legal"));
  const auto& leaf = verdict.gates.back().alternatives.front().front();
  ASSERT_EQ(leaf.stale.size(), 1U);
  EXPECT_EQ(leaf.stale.front().by, cy.id);
  EXPECT_EQ(leaf.stale.front().facets, std::vector<std::string>{"impact"});
  EXPECT_EQ(leaf.stale.front().changed_by, entries[entries.size() - 2].seq);
}

TEST_F(Invariants, I2TestOfAnEarlierFixDoesNotCount) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(record("fix", {{"version", word("1.2.4")}}, {ben}));
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("fix-verified"));
}

TEST_F(Invariants, I3WhoeverChangedItDoesNotApproveIt) {
  mend();
  ASSERT_TRUE(fact("personal_data", word("suspected"), {cy}));
  EXPECT_FALSE(attest("reviewed", "legal", {"impact"}, cy));
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("legal"));
}

TEST_F(Invariants, I3TwoKeysOfOnePersonAreOnePerson) {
  const SshPublicKey second = story.key();
  const Character again{ben.id, second, ben.recipient};
  ASSERT_TRUE(people(KeyReplace{ben.id, second, ben.recipient}, {again, ben, ada})) << why;
  now += kKeyReplaceDelay + 1h;
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {again})) << why;
  ASSERT_TRUE(record("fix", {{"version", word("1")}}, {again}));
  EXPECT_FALSE(record("fix", {{"version", word("2")}}, {ben})) << "that key was replaced";
  const auto fix = static_cast<std::int64_t>(state.records.back().number);
  ASSERT_TRUE(record("test", {{"fix", fix}, {"result", word("pass")}}, {again}));
  EXPECT_FALSE(record("rollout", {{"fix", fix}}, {again}));
  EXPECT_TRUE(is_blocked_by("fix-verified"));
}

TEST_F(Invariants, I3WhoeverAsksForAWaiverDoesNotGrantIt) {
  ASSERT_TRUE(says(WaiveAsk{"snapshot-first", "redeploy", {}, 40}, {ada}, {{"reason", {}}})) << why;
  const StatementId asked = last();
  EXPECT_FALSE(says(WaiveGrant{asked}, {ada}));
  EXPECT_FALSE(says(WaiveGrant{asked}, {ben})) << "not the role that grants it";
  EXPECT_TRUE(says(WaiveGrant{asked}, {cy})) << why;
  EXPECT_TRUE(record("redeploy", {{"host", word("web-1")}}, {ben})) << why;
  EXPECT_FALSE(record("redeploy", {{"host", word("web-2")}}, {ben})) << "a waiver opens once";
}

TEST_F(Invariants, I4ThereIsExactlyOneCommander) {
  const auto commanders = [&] { return state.holders("commander", now).size(); };
  EXPECT_FALSE(people(RoleRemove{ada.id, "commander"}, {ada}));
  EXPECT_FALSE(people(RoleRemove{ada.id, "commander"}, {ben, dee}));
  EXPECT_FALSE(people(PersonRemove{ada.id}, {ada}));
  EXPECT_FALSE(says(Exclude{ada.id}, {ben, dee}));
  ASSERT_TRUE(people(RoleGive{ben.id, "commander"}, {cy, dee})) << why;
  EXPECT_EQ(commanders(), 1U);
  EXPECT_EQ(state.holders("commander", now), std::vector{ada.id});
  ASSERT_TRUE(people(RoleAccept{last()}, {ben})) << why;
  EXPECT_EQ(state.holders("commander", now), std::vector{ben.id});
  ASSERT_TRUE(says(HandoverOffer{"commander", dee.id}, {ben}));
  ASSERT_TRUE(says(HandoverAccept{last()}, {dee}));
  EXPECT_EQ(commanders(), 1U);
  EXPECT_TRUE(people(PersonRemove{ada.id}, {ben, dee})) << why;
  EXPECT_EQ(commanders(), 1U);
}

TEST_F(Invariants, I5WhatIsLearntAfterClosingReopensTheCase) {
  mend();
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ben}));
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(move("close", {ada})) << why;
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ben}));
  EXPECT_EQ(state.phase, "closed") << "nothing new";
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben}));
  EXPECT_EQ(state.phase, "responding");
  EXPECT_TRUE(state.moves.back().by_itself);
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(
      record("rollout", {{"fix", static_cast<std::int64_t>(state.records[1].number)}}, {ben}))
      << why;
  ASSERT_TRUE(move("close", {ada})) << why;
  ASSERT_TRUE(fact("personal_data", word("suspected"), {dee}));
  EXPECT_EQ(state.phase, "responding");
}

TEST_F(Invariants, I6DowngradeAndRuleOutTakeTwoPersonsAndEvidence) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}));
  const StatementId seen = evidence();
  EXPECT_FALSE(fact("severity", std::int64_t{3}, {ada}, {seen})) << "one person";
  EXPECT_FALSE(fact("severity", std::int64_t{3}, {ada, ben})) << "no evidence";
  EXPECT_FALSE(fact("severity", std::int64_t{3}, {ada, ben}, {seen})) << "and a gate";
  EXPECT_TRUE(is_blocked_by("second-look"));
  EXPECT_FALSE(fact("severity", std::int64_t{3}, {ada}, {}, /*provisional=*/true));
  ASSERT_TRUE(
      record("indication", {{"says", word("refutes")}, {"with", word(seen.text())}}, {ben}));
  EXPECT_TRUE(fact("severity", std::int64_t{3}, {ada, ben}, {seen})) << why;
  EXPECT_FALSE(fact("personal_data", word("ruled_out"), {ada}, {seen}));
  EXPECT_TRUE(fact("personal_data", word("ruled_out"), {ada, ben}, {seen})) << why;
}

TEST_F(Invariants, I6GatesLookAtTheWorstThatWasEverSet) {
  ASSERT_TRUE(fact("personal_data", word("suspected"), {ben}));
  const StatementId seen = evidence();
  ASSERT_TRUE(fact("personal_data", word("ruled_out"), {ada, ben}, {seen}));
  ASSERT_TRUE(says(StepDone{"tell-people"}, {cy}));
  mend();
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(blocked_gates(), std::vector<std::string>{"legal"});
}

TEST_F(Invariants, I6ProvisionalValueEntersNoHighWaterMark) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}, {}, /*provisional=*/true));
  EXPECT_FALSE(state.marks["severity"].worst);
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ben})) << "no downgrade: " << why;
  EXPECT_EQ(state.marks["severity"].worst, 3);
}

TEST_F(Invariants, I7ReopeningArmsTheExitAgain) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(move("close", {ada}));
  ASSERT_TRUE(move("reopen", {dee}));
  EXPECT_FALSE(move("close", {ada})) << "the word was given before";
  EXPECT_TRUE(is_blocked_by("legal"));
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  EXPECT_TRUE(move("close", {ada})) << why;
}

TEST_F(Invariants, I7ReopeningOpensStepsThatAWordDischarged) {
  ASSERT_TRUE(fact("personal_data", word("suspected"), {ben}));
  ASSERT_TRUE(says(StepDone{"tell-people"}, {cy}));
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(move("close", {ada})) << why;
  ASSERT_TRUE(move("reopen", {dee}));
  EXPECT_TRUE(state.steps[1].is_open());
  EXPECT_EQ(state.steps[1].times_opened, 2U);
}

TEST_F(Invariants, I8FoldIsDeterministicAndChunkingDoesNotMatter) {
  mend();
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben}));
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  EXPECT_FALSE(move("archive", {ada}));
  const CaseState all = folded();
  EXPECT_EQ(all.facet_digest("impact"), state.facet_digest("impact"));
  EXPECT_EQ(all.numbers.size(), state.numbers.size());
  EXPECT_EQ(all.refused.size(), state.refused.size());
  EXPECT_EQ(all.phase, state.phase);
  for (std::size_t cut = 0; cut <= entries.size(); ++cut) {
    CaseState part = fold_case(std::span(entries).first(cut), lookup());
    for (const Entry& rest : std::span(entries).subspan(cut)) apply(part, rest, lookup());
    EXPECT_EQ(part.facet_digest("fix"), all.facet_digest("fix"));
    EXPECT_EQ(part.size, all.size);
    EXPECT_EQ(part.steps.front().done_by_seq, all.steps.front().done_by_seq);
  }
}

TEST_F(Invariants, I9StateAfterAPrefixIsIndependentOfWhatFollows) {
  mend();
  const CaseState before = folded();
  const std::size_t count = entries.size();
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}));
  const CaseState prefix = fold_case(std::span(entries).first(count), lookup());
  EXPECT_EQ(prefix.records.size(), before.records.size());
  EXPECT_EQ(prefix.facet_digest("impact"), before.facet_digest("impact"));
  EXPECT_EQ(prefix.value_of("severity"), Value());
}

TEST_F(Invariants, I10WhatThePolicyRefusesIsListedAndHasNoEffect) {
  const std::size_t listed = state.refused.size();
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_FALSE(verdict.is_open());
  ASSERT_EQ(state.refused.size(), listed + 1);
  EXPECT_EQ(state.refused.back().verb, "move");
  EXPECT_FALSE(state.refused.back().reason.empty());
  EXPECT_EQ(state.phase, "responding");
  EXPECT_TRUE(state.moves.empty());
}

TEST_F(Invariants, I11IndependentEntriesMayComeInEitherOrder) {
  const auto run = [&](bool swapped) {
    CaseStory one(7);
    one.open({"commander"}, {"engineer"}, {"legal"}, {"engineer"});
    EXPECT_TRUE(one.pin_pack("minimal"));
    const auto fix = [&] { EXPECT_TRUE(one.record("fix", {{"version", word("1")}}, {one.ben})); };
    if (swapped) fix();
    EXPECT_TRUE(one.fact("severity", std::int64_t{2}, {one.dee}));
    if (!swapped) fix();
    return std::pair(facet_values(one.state, "impact"), facet_values(one.state, "fix"));
  };
  EXPECT_EQ(run(false), run(true));
}

// S3-8: each entry has the time of the machine that took it.
TEST_F(Invariants, I12ReceivedTimeNeverRunsBackwards) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben}));
  const UtcSeconds before = state.received_at;
  now -= 5h;
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}));
  EXPECT_EQ(state.received_at, before);
  EXPECT_EQ(state.fact("severity")->at, before);
}

TEST_F(Invariants, I12TrustedTimesComeFromASecondPersonAndRunForward) {
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {ben}));
  const std::uint64_t entry = entries.back().seq;
  EXPECT_FALSE(says(TimeAttest{entry, now}, {ben})) << "their own entry";
  EXPECT_FALSE(says(TimeAttest{entry, now + 10h}, {dee})) << "the future";
  EXPECT_FALSE(says(TimeAttest{entry + 100, now}, {dee})) << "no such entry";
  EXPECT_TRUE(says(TimeAttest{entry, now}, {dee})) << why;
  EXPECT_FALSE(says(TimeAttest{entry - 1, now}, {dee})) << "later than what came after it";
}

TEST_F(Invariants, I13TheSameStatementTwiceCountsOnce) {
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {ben}));
  Entry again = entries.back();
  const std::size_t records = state.records.size();
  apply(state, again, lookup());
  EXPECT_EQ(state.records.size(), records) << "the same entry";
  again.seq = seq++;
  EXPECT_TRUE(refuse_entry(state, again, lookup()));
  apply(state, again, lookup());
  EXPECT_EQ(state.records.size(), records) << "the same statement in a later entry";
  EXPECT_EQ(state.refused.back().seq, again.seq);
}

TEST_F(Invariants, I14RoleTakenByOthersVoidsTheWord) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(people(RoleRemove{cy.id, "legal"}, {ben, dee})) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("legal"));
}

TEST_F(Invariants, I14RoleLaidDownInGoodOrderKeepsTheWord) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  ASSERT_TRUE(people(RoleRemove{cy.id, "legal"}, {cy})) << why;
  EXPECT_TRUE(move("close", {ada})) << why;
}

TEST_F(Invariants, I14StolenKeyContestsWhatItSignedUntilItIsConfirmed) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  const StatementId word_of_cy = last();
  const std::string stolen = state.people.find(cy.id)->keys.front().fingerprint;
  const SshPublicKey fresh = story.key();
  const Character again{cy.id, fresh, cy.recipient};
  ASSERT_TRUE(people(KeyReplace{cy.id, fresh, cy.recipient}, {again, cy, ada})) << why;
  now += kKeyReplaceDelay;
  ASSERT_TRUE(people(KeyCompromised{stolen, now - 30h}, {again})) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("legal"));
  ASSERT_TRUE(people(KeyConfirm{{word_of_cy}}, {again})) << why;
  EXPECT_FALSE(move("close", {ada})) << "the binding of the role is in doubt, too";
}

TEST_F(Invariants, I17SnapshotPrecedesRedeploy) {
  const StatementId image = evidence();
  const Fields taken = {{"host", word("web-1")}, {"image", word(image.text())}};
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {ben}));
  EXPECT_FALSE(record("redeploy", {{"host", word("web-1")}}, {ben}));
  EXPECT_TRUE(is_blocked_by("snapshot-first"));
  ASSERT_TRUE(record("snapshot", taken, {dee})) << why;
  EXPECT_FALSE(record("redeploy", {{"host", word("web-2")}}, {ben})) << "of another host";
  EXPECT_TRUE(record("redeploy", {{"host", word("web-1")}}, {ben})) << why;
}

TEST_F(Invariants, I20OneMoreGateOpensNothing) {
  Policy stricter = *state.policy;
  Gate more = stricter.gates.front();
  more.id = "more";
  more.when = Predicate{};
  more.need.kind = Predicate::Kind::held;
  more.need.names = {"engineer"};
  stricter.gates.push_back(more);
  stricter.digest = Digest256{std::byte{1}};
  CaseStory other(9);
  other.open({"commander"}, {"engineer"}, {"legal"}, {"engineer"});
  ASSERT_TRUE(other.pin(stricter, {other.ada})) << other.why;
  for (const char* exit : {"close", "merge", "rule_out", "archive"}) {
    EXPECT_LE(passes(other.state, Attempt{exit}, now), passes(state, Attempt{exit}, now)) << exit;
  }
}

TEST_F(Invariants, I21StatementOfAnExerciseIsNothingInEarnest) {
  Entry drill = entry("kind.set", R"({"kind":"breach"})", {ada});
  drill.statement.is_drill = true;
  EXPECT_FALSE(take(drill));
  EXPECT_TRUE(state.kind.empty());
}

TEST_F(Invariants, I22EscalationGoesOnUntilSomebodyQualifiedAcknowledges) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}));
  ASSERT_EQ(state.clocks.size(), 1U);
  const std::uint64_t number = state.clocks.front().number;
  ASSERT_NE(number, 0U);
  const UtcSeconds due = *state.clocks.front().due;
  EXPECT_TRUE(clock_at(state, 0, due - 1s).calls.empty());
  EXPECT_EQ(clock_at(state, 0, due).calls.front().times, 1U);
  EXPECT_EQ(clock_at(state, 0, due + 31min).calls.front().times, 3U);
  EXPECT_EQ(clock_at(state, 0, due + 31min).calls.front().next, due + 45min);
  EXPECT_FALSE(says(Acknowledge{number}, {ben})) << "not whom it calls";
  EXPECT_EQ(clock_at(state, 0, due + 31min).calls.size(), 1U);
  EXPECT_TRUE(says(Acknowledge{number}, {ada})) << why;
  EXPECT_TRUE(clock_at(state, 0, due + 31min).calls.empty());
}

TEST_F(Invariants, ClockKeepsABreachWhenItsLimitChanges) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}));
  now += 2h;
  const StatementId seen = evidence();
  ASSERT_TRUE(
      record("indication", {{"says", word("refutes")}, {"with", word(seen.text())}}, {ben}));
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada, ben}, {seen})) << why;
  EXPECT_TRUE(state.clocks.front().was_late);
  EXPECT_EQ(state.clocks.front().due, state.clocks.front().started_at + 4h);
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ada, ben}, {seen})) << why;
  EXPECT_FALSE(state.clocks.front().due) << "no limit";
  EXPECT_TRUE(state.clocks.front().was_late);
}

}  // namespace
}  // namespace casebook::workflow
