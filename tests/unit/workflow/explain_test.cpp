// Explanations: sound, minimal, in the order to do things.
#include "tests/unit/workflow/solver.h"

namespace casebook::workflow {
namespace {

Value word(std::string text) { return Value(std::move(text)); }

GateAnswer answer_of(const CaseState& state, const Attempt& attempt, UtcSeconds now,
                     const std::string& gate) {
  for (const auto& [id, answer] : gate_answers(state, attempt, now)) {
    if (id == gate) return answer;
  }
  return GateAnswer::satisfied;  // It no longer applies.
}

/// I19 in one state: each alternative of each gate opens it; with one item left out it does not.
void expect_sound_and_minimal(const SolvedCase& story, const Attempt& attempt) {
  const Verdict verdict = explain(story.state, attempt, story.now);
  for (const GateVerdict& gate : verdict.gates) {
    if (gate.answer != GateAnswer::blocked) continue;
    for (const auto& alternative : gate.alternatives) {
      SolvedCase all = story;
      ASSERT_TRUE(all.solve_all(alternative)) << gate.gate << ": " << all.trace << all.why;
      EXPECT_EQ(answer_of(all.state, attempt, all.now, gate.gate), GateAnswer::satisfied)
          << gate.gate << " after all that was listed";
      for (std::size_t left_out = 0; left_out < alternative.size(); ++left_out) {
        auto rest = alternative;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(left_out));
        SolvedCase most = story;
        most.makes_more = false;
        if (!most.solve_all(rest)) continue;  // It builds on what was left out.
        EXPECT_EQ(answer_of(most.state, attempt, most.now, gate.gate), GateAnswer::blocked)
            << gate.gate << " without item " << left_out;
      }
    }
  }
}

class ExplainedPack : public ::testing::TestWithParam<const char*>, public SolvedCase {
 protected:
  void SetUp() override { open_all(GetParam()); }
};

TEST_P(ExplainedPack, I19EveryExitOfANewCase) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {eve})) << why;
  for (const char* exit : {"close", "merge", "rule_out", "transfer"}) {
    expect_sound_and_minimal(*this, Attempt{exit});
  }
}

TEST_P(ExplainedPack, DoingWhatIsListedClosesAndArchivesTheCase) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {eve})) << why;
  ASSERT_TRUE(fact("personal_data", word("suspected"), {eve}));
  ASSERT_TRUE(bring_to(Attempt{"close"})) << trace << "; " << why;
  ASSERT_TRUE(move("close", {ada})) << why;
  EXPECT_EQ(state.phase, "closed");
  ASSERT_TRUE(bring_to(Attempt{"archive"})) << trace << "; " << why;
  ASSERT_TRUE(move("archive", {ada})) << why;
  EXPECT_EQ(state.phase, "archived");
}

INSTANTIATE_TEST_SUITE_P(Packs, ExplainedPack, ::testing::Values("need-to-know", "open-culture"));

class Explained : public MinimalCase {};

TEST_F(Explained, NamesTheLeafWhoCouldDoItAndTheWaiver) {
  const Attempt redeploy{"redeploy", {}, {{"host", word("web-1")}}};
  const Verdict blocked = explain(state, redeploy, now);
  ASSERT_EQ(blocked.gates.size(), 1U);
  EXPECT_TRUE(blocked.gates.front().may_be_waived);
  ASSERT_EQ(blocked.gates.front().alternatives.size(), 1U);
  const MissingLeaf& leaf = blocked.gates.front().alternatives.front().front();
  EXPECT_EQ(leaf.predicate.kind, Predicate::Kind::exists);
  EXPECT_EQ(leaf.who.size(), 4U) << "anybody records a snapshot";
}

TEST_F(Explained, WordNamesWhoMayGiveItAndNotWhoAskedForIt) {
  ASSERT_TRUE(people(RoleGive{dee.id, "legal"}, {ada, ben})) << why;
  ASSERT_TRUE(people(RoleAccept{last()}, {dee})) << why;
  ASSERT_TRUE(fact("personal_data", word("suspected"), {cy}));
  const Verdict blocked = explain(state, Attempt{"merge"}, now);
  const auto legal = std::ranges::find(blocked.gates, "legal", &GateVerdict::gate);
  ASSERT_NE(legal, blocked.gates.end());
  EXPECT_EQ(legal->alternatives.front().front().who, std::vector{dee.id});
}

TEST_F(Explained, DeedsComeBeforeWordsSoThatNobodySignsTwice) {
  const Verdict blocked = explain(state, Attempt{"close"}, now);
  ASSERT_EQ(blocked.gates.size(), 2U);
  EXPECT_EQ(blocked.gates[0].gate, "fix-verified");
  EXPECT_EQ(blocked.gates[1].gate, "legal");
}

TEST_F(Explained, AgreesWithThePlainCheckInEveryState) {
  mend();
  ASSERT_TRUE(attest("reviewed", "legal", {"impact"}, cy));
  CaseState replayed;
  for (const Entry& entry : entries) {
    apply(replayed, entry, lookup());
    for (const char* verb : {"close", "merge", "rule_out", "archive", "rollout", "downgrade"}) {
      const Attempt attempt{verb};
      EXPECT_EQ(passes(replayed, attempt, now),
                replayed.policy && explain(replayed, attempt, now).is_open())
          << verb << " after entry " << entry.seq;
    }
  }
}

TEST_F(Explained, StepSaysWhatItWaitsFor) {
  const GateVerdict missing = explain_step(state, "find-out", now);
  ASSERT_EQ(missing.alternatives.size(), 1U);
  EXPECT_EQ(missing.alternatives.front().front().predicate.query->kind, "host");
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {ben}));
  EXPECT_EQ(explain_step(state, "find-out", now).answer, GateAnswer::satisfied);
}

}  // namespace
}  // namespace casebook::workflow
