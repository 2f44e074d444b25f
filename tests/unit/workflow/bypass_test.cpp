// Ways around the runbook that people try, on both packs: each is refused, and by the right leaf.
#include "tests/unit/workflow/solver.h"

namespace casebook::workflow {
namespace {

using namespace std::chrono_literals;

Value word(std::string text) { return Value(std::move(text)); }

class Bypass : public ::testing::TestWithParam<const char*>, public SolvedCase {
 protected:
  void SetUp() override {
    open_all(GetParam());
    ASSERT_TRUE(fact("severity", std::int64_t{1}, {eve})) << why;
    ASSERT_TRUE(fact("personal_data", word("suspected"), {eve})) << why;
  }
  /// Everything that closing takes is there.
  void ready_to_close() { ASSERT_TRUE(bring_to(Attempt{"close"})) << trace << "; " << why; }
  /// The fix goes out, and all that takes is there.
  void roll_out() {
    const Fields fields = fields_of("rollout", {});
    const auto attempt = attempt_of(state, RecordAdd{"rollout", fields, {}}, {});
    ASSERT_TRUE(bring_to(*attempt)) << trace << "; " << why;
  }
  void refute() {
    ASSERT_TRUE(record("indication", {{"says", word("refutes")}, {"with", word(evidence().text())}},
                       {eve}));
  }
  /// The kind of the first leaf that a gate lacks.
  [[nodiscard]] Predicate::Kind lacks(const std::string& gate) const {
    const auto found = std::ranges::find(verdict.gates, gate, &GateVerdict::gate);
    if (found == verdict.gates.end() || found->alternatives.empty()) return Predicate::Kind::always;
    return found->alternatives.front().front().predicate.kind;
  }
};

TEST_P(Bypass, DowngradeByOnePerson) {
  EXPECT_FALSE(fact("severity", std::int64_t{4}, {ada}, {evidence()}));
  EXPECT_FALSE(fact("severity", std::int64_t{4}, {ada, ben}));
  EXPECT_EQ(state.value_of("severity"), Value(std::int64_t{1}));
}

TEST_P(Bypass, DowngradeWithoutAReasonOnRecord) {
  EXPECT_FALSE(fact("severity", std::int64_t{4}, {ada, ben}, {evidence()}));
  EXPECT_EQ(lacks("milder-because"), Predicate::Kind::exists);
}

TEST_P(Bypass, DowngradeJustBeforeClosing) {
  refute();
  ASSERT_TRUE(fact("severity", std::int64_t{4}, {ada, ben}, {evidence()})) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("executive-sign-off"), Predicate::Kind::attest);
}

TEST_P(Bypass, ProvisionalDowngrade) {
  EXPECT_FALSE(fact("severity", std::int64_t{4}, {ada}, {}, /*provisional=*/true));
}

TEST_P(Bypass, RulingOutWhatWasSuspected) {
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_EQ(lacks("legal"), Predicate::Kind::attest);
  EXPECT_EQ(lacks("executive-sign-off"), Predicate::Kind::attest);
  EXPECT_EQ(lacks("evidence-against"), Predicate::Kind::exists);
  EXPECT_FALSE(move("rule_out", {ada})) << "and alone";
}

TEST_P(Bypass, MergingItAway) {
  EXPECT_FALSE(move("merge", {ada, ben}));
  EXPECT_EQ(lacks("legal"), Predicate::Kind::attest);
  EXPECT_EQ(lacks("duplicate-named"), Predicate::Kind::exists);
}

TEST_P(Bypass, TransferringItAway) {
  EXPECT_FALSE(move("transfer", {ada, ben}));
  EXPECT_EQ(lacks("legal"), Predicate::Kind::attest);
  EXPECT_EQ(lacks("taken-over"), Predicate::Kind::exists);
}

TEST_P(Bypass, ClosingWithoutAFix) {
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("fix-verified"), Predicate::Kind::exists);
  EXPECT_TRUE(is_blocked_by("rolled-out"));
}

TEST_P(Bypass, SayingThatNoFixIsNeeded) {
  EXPECT_FALSE(fact("remedy", word("none_required"), {ada}, {evidence()}));
  EXPECT_FALSE(fact("remedy", word("none_required"), {ada, ben}));
}

TEST_P(Bypass, SuspicionRuledOutJustBeforeClosing) {
  ASSERT_TRUE(fact("personal_data", word("ruled_out"), {ada, ben}, {evidence()})) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("legal"), Predicate::Kind::attest);
}

TEST_P(Bypass, SwappingThePolicy) {
  Policy loose = *state.policy;
  loose.gates.clear();
  loose.version += 1;
  loose.digest = Digest256{std::byte{1}};
  EXPECT_FALSE(pin(loose, {ada})) << "alone";
  EXPECT_FALSE(pin(loose, {ada, ben}));
  EXPECT_TRUE(is_blocked_by("policy-change"));
  Policy other = loose;
  other.id = "other";
  EXPECT_FALSE(pin(other, {ada, ben})) << "drops the one in force";
  EXPECT_FALSE(state.policy->gates.empty());
}

TEST_P(Bypass, TestingOnesOwnFixWithASecondKey) {
  ASSERT_TRUE(record("fix", fields_of("fix", {}), {ben})) << why;
  const Character again{ben.id, story.key(), ben.recipient};
  ASSERT_TRUE(people(KeyReplace{ben.id, again.key, again.recipient}, {again, ben, ada})) << why;
  now += kKeyReplaceDelay + 1h;
  for (const char* kind : {"positive", "negative"}) {
    ASSERT_TRUE(record("test", fields_of("test", {{"kind", word(kind)}, {"result", word("pass")}}),
                       {again}))
        << why;
  }
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("fix-verified"), Predicate::Kind::compare);
}

TEST_P(Bypass, InventingAPerson) {
  const Character mallory = story.character();
  EXPECT_FALSE(people(PersonAdd{mallory.id, mallory.key, mallory.recipient}, {ada, mallory}));
  EXPECT_FALSE(says(Attest{"reviewed", "legal", covers_now(state, {"impact"}), {}, {}}, {mallory}));
}

TEST_P(Bypass, InventedPersonWhomNoAnchorNames) {
  ready_to_close();
  ASSERT_TRUE(passes(state, Attempt{"close"}, now));
  FoldOptions options;
  options.anchored = {ada.id, ben.id, dee.id, eve.id, finn.id, gus.id};
  const CaseState anchored = fold_case(entries, lookup(), options);
  const auto answers = gate_answers(anchored, Attempt{"close"}, now);
  EXPECT_NE(std::ranges::find(
                answers, std::pair<std::string_view, GateAnswer>("legal", GateAnswer::blocked)),
            answers.end());
}

TEST_P(Bypass, GivingOneselfARole) {
  EXPECT_FALSE(people(RoleGive{ada.id, "legal"}, {ada, ben}));
  EXPECT_FALSE(people(RoleGive{ben.id, "legal"}, {ada}));
  EXPECT_FALSE(says(HandoverOffer{"legal", ada.id}, {ada}));
  EXPECT_FALSE(attest("reviewed", "legal", {"impact"}, ada));
}

TEST_P(Bypass, NamingOneselfDeputyOfTheExecutive) {
  EXPECT_FALSE(says(DeputyName{"executive", ben.id, now, now + 8h}, {ben}));
  ASSERT_TRUE(says(DeputyName{"executive", ada.id, now, now + 8h}, {dee})) << why;
  ASSERT_TRUE(says(DeputyAccept{last()}, {ada})) << why;
  EXPECT_FALSE(attest("signed_off", "executive", {"impact", "scope"}, ada)) << "the commander";
}

TEST_P(Bypass, BackDatingTheRollout) {
  ready_to_close();
  ASSERT_TRUE(move("close", {ada})) << why;
  ASSERT_TRUE(move("reopen", {ada})) << why;
  roll_out();
  Entry early = entry("record.add",
                      format_runbook_body(RecordAdd{"rollout", fields_of("rollout", {}), key()}),
                      {finn}, {{"text", {}}});
  early.statement.time -= 24h * 30;
  ASSERT_TRUE(take(early)) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("watched"), Predicate::Kind::elapsed);
}

TEST_P(Bypass, TurningTheClockForward) {
  ready_to_close();
  ASSERT_TRUE(move("close", {ada}));
  ASSERT_TRUE(move("reopen", {ada}));
  roll_out();
  ASSERT_TRUE(record("rollout", fields_of("rollout", {}), {finn})) << why;
  now += 24h * 30;
  EXPECT_FALSE(move("close", {ada}));
  const auto watched = std::ranges::find(verdict.gates, "watched", &GateVerdict::gate);
  ASSERT_NE(watched, verdict.gates.end());
  EXPECT_TRUE(watched->alternatives.front().front().lacks_trusted_time);
  EXPECT_FALSE(says(TimeAttest{entries[entries.size() - 2].seq, now - 24h}, {finn})) << "his own";
}

TEST_P(Bypass, ClosingAgainAfterReopening) {
  ready_to_close();
  ASSERT_TRUE(move("close", {ada})) << why;
  ASSERT_TRUE(move("reopen", {ben})) << why;
  EXPECT_FALSE(move("close", {ada}));
  for (const char* gate : {"legal", "executive-sign-off", "closing-word-security", "watched"}) {
    EXPECT_TRUE(is_blocked_by(gate)) << gate;
  }
}

TEST_P(Bypass, WaivingTheExecutiveOnClosing) {
  EXPECT_FALSE(says(WaiveAsk{"executive-sign-off", "close", {}, 200}, {ada}, {{"reason", {}}}));
  EXPECT_FALSE(says(WaiveAsk{"legal", "close", {}, 200}, {ada}, {{"reason", {}}}));
}

TEST_P(Bypass, ForcingAWaiver) {
  const std::string gate = "executive-sign-off", attempt = "action:disable_core";
  EXPECT_FALSE(says(WaiveAsk{gate, attempt, {}, 10}, {ada}, {{"reason", {}}})) << "no reason";
  EXPECT_FALSE(says(WaiveAsk{gate, attempt, {}, 200}, {ada})) << "no words";
  EXPECT_FALSE(says(WaiveAsk{gate, attempt, {}, 200}, {ben}, {{"reason", {}}})) << "not commander";
  ASSERT_TRUE(says(WaiveAsk{gate, attempt, {}, 200}, {ada}, {{"reason", {}}})) << why;
  const StatementId asked = last();
  EXPECT_FALSE(says(WaiveGrant{asked}, {ada})) << "to herself";
  EXPECT_FALSE(says(WaiveGrant{asked}, {cy})) << "not a responder";
  ASSERT_TRUE(give(dee, "responder")) << why;
  EXPECT_FALSE(says(WaiveGrant{asked}, {dee})) << "she could sign instead";
  EXPECT_TRUE(says(WaiveGrant{asked}, {eve})) << why;
}

TEST_P(Bypass, WaivedWordNeverSignedBlocksEveryExit) {
  ASSERT_TRUE(bring_to(Attempt{"disable",
                               "disable_core",
                               {{"system", word("x1")}, {"evidence_lost", word("none")}}},
                       "executive-sign-off") == false);
  ASSERT_TRUE(says(WaiveAsk{"executive-sign-off", "action:disable_core", {}, 200}, {ada},
                   {{"reason", {}}}));
  ASSERT_TRUE(says(WaiveGrant{last()}, {eve})) << why;
  const Fields core =
      fields_of("disable", {{"class", word("disable_core")}, {"system", word("x1")}});
  ASSERT_TRUE(record("disable", core, {ben})) << why;
  EXPECT_FALSE(record("disable", core, {ben})) << "it opened once";
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_TRUE(std::ranges::any_of(
      verdict.open, [](const BlockingThing& thing) { return thing.kind == "waiver"; }));
  ASSERT_TRUE(attest("signed_off", "executive", {"impact", "scope"}, dee)) << why;
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_TRUE(std::ranges::none_of(
      verdict.open, [](const BlockingThing& thing) { return thing.kind == "waiver"; }));
}

TEST_P(Bypass, ReplayingAnApproval) {
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy)) << why;
  Entry again = entries.back();
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada, ben}, {evidence()}) || true);
  ASSERT_TRUE(fact("breach", word("suspected"), {eve})) << why;
  again.seq = seq;
  EXPECT_FALSE(take(again)) << "the statement counted";
  again.seq = seq;
  again.statement.id = *StatementId::make(story.randomness);
  EXPECT_FALSE(take(again)) << "it covers what is no longer so";
}

TEST_P(Bypass, ApprovalFromAnExercise) {
  Entry drill =
      entry("attest",
            format_runbook_body(Attest{"reviewed", "legal", covers_now(state, {"impact"})}), {cy});
  drill.statement.is_drill = true;
  EXPECT_FALSE(take(drill));
}

TEST_P(Bypass, ApprovalFromAnotherCase) {
  Entry foreign =
      entry("attest",
            format_runbook_body(Attest{"reviewed", "legal", covers_now(state, {"impact"})}), {cy});
  foreign.statement.case_id = *CaseId::make(story.randomness);
  EXPECT_FALSE(take(foreign));
}

TEST_P(Bypass, ApprovalThatHasExpired) {
  ready_to_close();
  now += 73h;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("executive-sign-off"), Predicate::Kind::attest);
}

TEST_P(Bypass, WordTakenBack) {
  ready_to_close();
  const auto review = std::ranges::find(state.attestations, "reviewed", &Attestation::verb);
  ASSERT_NE(review, state.attestations.end());
  ASSERT_TRUE(says(AttestWithdraw{review->id}, {cy})) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("legal"), Predicate::Kind::attest);
}

TEST_P(Bypass, SpokenAnswerForAnExit) {
  ready_to_close();
  const auto review = std::ranges::find(state.attestations, "reviewed", &Attestation::verb);
  ASSERT_TRUE(says(AttestWithdraw{review->id}, {cy}));
  ASSERT_TRUE(says(AskFor{"legal", 0, cy.id, {}, covers_now(state, {"impact"})}, {ada})) << why;
  const StatementId asked = last();
  EXPECT_FALSE(says(Spoken{asked, cy.id, "4711"}, {ada})) << "one witness";
  EXPECT_FALSE(says(Spoken{asked, cy.id, "4711"}, {ada, cy})) << "herself among them";
  ASSERT_TRUE(says(Spoken{asked, cy.id, "4711"}, {ada, ben})) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("legal"));
  ASSERT_EQ(verdict.open.size(), 1U);
  EXPECT_EQ(verdict.open.front().kind, "ask");
  ASSERT_TRUE(says(Attest{"reviewed", "legal", covers_now(state, {"impact"}), {}, asked}, {cy}))
      << why;
  EXPECT_TRUE(move("close", {ada})) << why;
}

TEST_P(Bypass, MakingALowRiskChangeDestructiveAfterwards) {
  const Fields low = fields_of("change", {{"class", word("low_risk")}, {"system", word("db-1")}});
  ASSERT_TRUE(record("change", low, {ben})) << why;
  EXPECT_FALSE(says(RecordChange{last(), {{"class", word("destructive")}}, key()}, {ben}));
  EXPECT_EQ(lacks("clearance"), Predicate::Kind::exists);
}

TEST_P(Bypass, RebuildingAHostWithoutEvidence) {
  ASSERT_TRUE(record("host", fields_of("host", {{"host", word("web-1")}}), {ben}));
  EXPECT_FALSE(record("redeploy", fields_of("redeploy", {{"host", word("web-1")}}), {ben}));
  EXPECT_EQ(lacks("snapshot-before-redeploy"), Predicate::Kind::exists);
  ASSERT_TRUE(record(
      "snapshot", fields_of("snapshot", {{"host", word("web-1")}, {"form", word("partial_bag")}}),
      {ben}));
  EXPECT_FALSE(record("redeploy", fields_of("redeploy", {{"host", word("web-1")}}), {ben}))
      << "a partial bag";
}

TEST_P(Bypass, SignaturesOfSomebodyExcluded) {
  ready_to_close();
  ASSERT_TRUE(says(Exclude{cy.id}, {ada, ben})) << why;
  EXPECT_FALSE(attest("reviewed", "legal", {"impact"}, cy));
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_EQ(lacks("legal"), Predicate::Kind::attest);
  EXPECT_FALSE(people(RoleGive{cy.id, "executive"}, {ada, ben}));
}

TEST_P(Bypass, LegalReviewsWhatLegalChanged) {
  ASSERT_TRUE(fact("personal_data", word("confirmed"), {cy})) << why;
  EXPECT_FALSE(attest("reviewed", "legal", {"impact"}, cy));
}

TEST_P(Bypass, OnePersonGivesBothClosingWords) {
  ASSERT_TRUE(give(eve, "operations")) << why;
  const std::vector<std::string> covers = {"fix", "scope", "watch"};
  ASSERT_TRUE(attest("over", "security", covers, eve)) << why;
  EXPECT_FALSE(attest("over", "operations", covers, eve));
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(is_blocked_by("closing-word-operations"));
}

TEST_P(Bypass, ArchivingWithoutClosing) {
  EXPECT_FALSE(move("archive", {ada}));
  EXPECT_EQ(state.phase, state.policy->phases.front().id);
}

INSTANTIATE_TEST_SUITE_P(Packs, Bypass, ::testing::Values("need-to-know", "open-culture"));

}  // namespace
}  // namespace casebook::workflow
