// Short stories under the runbooks that we ship.
#include <gmock/gmock.h>

#include "tests/unit/workflow/shipped_pack.h"

namespace casebook::workflow {
namespace {

using testing::Contains;
using testing::Not;

Value word(const char* text) { return Value(std::string(text)); }

/// Ada commands, Ben responds; nobody else is there.
class ShippedRunbook : public testing::TestWithParam<const char*>, public CaseStory {
 protected:
  void SetUp() override {
    open({"commander"}, {"responder", "security"}, {"legal"}, {"executive"});
    ASSERT_TRUE(pin(shipped_pack(GetParam()), {ada, ben})) << why;
    log_ = evidence();
  }
  bool indicates(const char* says) {
    return record("indication", {{"says", word(says)}, {"with", word(log_.text().c_str())}}, {ben});
  }
  StatementId log_ = *StatementId::parse(std::string(32, '0'));
};

INSTANTIATE_TEST_SUITE_P(Packs, ShippedRunbook, testing::Values("need-to-know", "open-culture"),
                         [](const auto& test) { return std::string(test.param).substr(0, 4); });

TEST_P(ShippedRunbook, RulesOutAMildFalseAlarmWithTwoPersonsAndOnePieceOfEvidence) {
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ben})) << why;
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_THAT(blocked_gates(), testing::ElementsAre("evidence-against"));
  ASSERT_TRUE(indicates("refutes")) << why;
  EXPECT_FALSE(move("rule_out", {ada})) << "one person is not enough";
  EXPECT_TRUE(move("rule_out", {ada, ben})) << why;
  EXPECT_EQ(state.phase, "ruled_out");
}

TEST_P(ShippedRunbook, KeepsTheExecutiveInOnceItWasSevere) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben})) << why;
  ASSERT_TRUE(indicates("refutes")) << why;
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ada, ben}, {log_})) << why;
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_THAT(blocked_gates(), Contains("executive-sign-off"));
  ASSERT_TRUE(attest("signed_off", "executive", {"impact", "scope"}, dee)) << why;
  EXPECT_FALSE(move("rule_out", {ada, ben})) << "counsel has not looked";
  EXPECT_THAT(blocked_gates(), testing::ElementsAre("legal"));
}

TEST_P(ShippedRunbook, CountsAProvisionalSeverityForNothing) {
  ASSERT_TRUE(indicates("refutes")) << why;
  ASSERT_TRUE(fact("severity", std::int64_t{4}, {ben}, {}, /*provisional=*/true)) << why;
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_THAT(blocked_gates(), Contains("executive-sign-off"));
}

TEST_P(ShippedRunbook, NeedsCounselOnceSomebodySuspectedPersonalData) {
  ASSERT_TRUE(fact("severity", std::int64_t{4}, {ben})) << why;
  ASSERT_TRUE(fact("personal_data", word("suspected"), {ben})) << why;
  ASSERT_TRUE(indicates("refutes")) << why;
  ASSERT_TRUE(fact("personal_data", word("ruled_out"), {ada, ben}, {log_})) << why;
  EXPECT_FALSE(move("rule_out", {ada, ben}));
  EXPECT_THAT(blocked_gates(), testing::ElementsAre("legal"));
}

TEST_P(ShippedRunbook, TakesNoDowngradeWithoutEvidenceThatSaysSo) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben})) << why;
  EXPECT_FALSE(fact("severity", std::int64_t{2}, {ben})) << "one person, no evidence";
  EXPECT_FALSE(fact("severity", std::int64_t{2}, {ada, ben}, {log_}));
  EXPECT_THAT(blocked_gates(), Contains("milder-because"));
  ASSERT_TRUE(indicates("milder")) << why;
  EXPECT_TRUE(fact("severity", std::int64_t{2}, {ada, ben}, {log_})) << why;
}

TEST_P(ShippedRunbook, ClosesNothingOnTheFirstDay) {
  EXPECT_FALSE(move("close", {ada}));
  for (const char* gate :
       {"breach-asked", "worst-case-asked", "fix-verified", "legal", "executive-sign-off",
        "document-complete", "closing-word-security", "closing-word-operations"}) {
    EXPECT_TRUE(is_blocked_by(gate)) << gate;
  }
  EXPECT_FALSE(verdict.open.empty()) << "steps block as well";
}

TEST_P(ShippedRunbook, WaivesNeitherTheExecutiveNorTheFixWhenClosing) {
  const StatementDigests reason = {{"reason", Digest256{std::byte{1}}}};
  for (const char* gate : {"executive-sign-off", "fix-verified", "legal"}) {
    EXPECT_FALSE(says(WaiveAsk{gate, "close", {}, 200}, {ada}, reason)) << gate;
  }
}

TEST_P(ShippedRunbook, LetsTheOwnerBeAskedAfterwardsInDireNeed) {
  const Fields off = {
      {"system", word("shop")}, {"class", word("disable")}, {"evidence_lost", word("some")}};
  EXPECT_FALSE(record("disable", off, {ben}));
  EXPECT_THAT(blocked_gates(), testing::ElementsAre("owners-before-disable"));
  const StatementDigests reason = {{"reason", Digest256{std::byte{1}}}};
  ASSERT_TRUE(says(WaiveAsk{"owners-before-disable", "disable", {}, 80}, {ada}, reason)) << why;
  ASSERT_TRUE(says(WaiveGrant{last()}, {ben})) << why;
  EXPECT_TRUE(record("disable", off, {ben})) << why;
  const auto asks = [&] {
    return std::ranges::find(verdict.open, "ask-owner-afterwards", &BlockingThing::id) !=
           verdict.open.end();
  };
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_TRUE(asks()) << "the owner is still to be heard";
  ASSERT_TRUE(record(
      "owner_consult",
      {{"system", word("shop")}, {"who", Value(cy.id.text())}, {"answer", word("objects")}}, {ben}))
      << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_FALSE(asks());
}

TEST_P(ShippedRunbook, NeverClosesOnTheCommandersOwnWords) {
  EXPECT_FALSE(attest("over", "security", {"scope", "fix", "watch"}, ada)) << "holds no such role";
  ASSERT_TRUE(attest("over", "security", {"scope", "fix", "watch"}, ben)) << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_THAT(blocked_gates(), Not(Contains("closing-word-security")));
  ASSERT_TRUE(record(
      "host", {{"host", word("web-1")}, {"what", word("host")}, {"state", word("suspected")}},
      {ben}))
      << why;
  EXPECT_FALSE(move("close", {ada}));
  EXPECT_THAT(blocked_gates(), Contains("closing-word-security")) << "the scope has changed";
}

}  // namespace
}  // namespace casebook::workflow
