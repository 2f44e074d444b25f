// The clocks of the runbooks that we ship, as people feel them. Ids are those of
// policies/practices.json.
#include <gmock/gmock.h>

#include "tests/unit/workflow/shipped_pack.h"
#include "workflow/clocks.h"

namespace casebook::workflow {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;

Value word(const char* text) { return Value(std::string(text)); }

/// Ada commands, Ben responds, Cy is counsel, Dee decides and speaks for the company.
class ShippedClocks : public testing::TestWithParam<const char*>, public CaseStory {
 protected:
  void SetUp() override {
    open({"commander"}, {"coordinator", "responder", "security"}, {"legal"},
         {"communicator", "customer_lead", "executive"});
    ASSERT_TRUE(pin(shipped_pack(GetParam()), {ada, ben})) << why;
    pinned_at_ = entries.back().received_at;
  }
  /// The last of that name that started.
  std::optional<ClockStanding> clock(const std::string& id, UtcSeconds at) {
    settle_case(state, at);
    for (std::size_t i = state.clocks.size(); i-- > 0;) {
      if (state.clocks[i].id == id) return clock_at(state, i, at);
    }
    return std::nullopt;
  }
  std::optional<std::chrono::seconds> left(const std::string& id, UtcSeconds at) {
    const auto standing = clock(id, at);
    return standing && standing->is_running ? standing->left : std::nullopt;
  }
  std::set<std::string> called(const std::string& id, UtcSeconds at) {
    std::set<std::string> roles;
    if (const auto standing = clock(id, at)) {
      for (const Call& call : standing->calls) roles.insert(call.roles.begin(), call.roles.end());
    }
    return roles;
  }
  [[nodiscard]] UtcSeconds last_at() const { return entries.back().received_at; }
  std::uint64_t number_of(const std::string& id) {
    for (std::size_t i = state.clocks.size(); i-- > 0;) {
      if (state.clocks[i].id == id) return state.clocks[i].number;
    }
    return 0;
  }
  bool declare() {
    return record("judgement", {{"row", word("foothold")}, {"level", word("sev2")}}, {ben}) &&
           move("declare", {ada});
  }
  UtcSeconds pinned_at_{};
};

INSTANTIATE_TEST_SUITE_P(Packs, ShippedClocks, testing::Values("need-to-know", "open-culture"),
                         [](const auto& test) { return std::string(test.param).substr(0, 4); });

/// S2-7, S2-9, S2-8: until somebody says, the highest priority counts; a breach stays one.
TEST_P(ShippedClocks, GiveFourTimesByPriority) {
  EXPECT_EQ(left("acknowledge", pinned_at_), 30min);
  EXPECT_EQ(left("triage", pinned_at_), 1h);
  EXPECT_EQ(left("remediate", pinned_at_), 24h);
  now = pinned_at_ + 2h;
  ASSERT_TRUE(fact("priority", word("p2"), {ben})) << why;
  EXPECT_EQ(left("acknowledge", pinned_at_), 4h);
  EXPECT_EQ(left("triage", pinned_at_), 12h);
  EXPECT_EQ(left("remediate", pinned_at_), 72h);
  EXPECT_TRUE(clock("triage", pinned_at_)->is_late) << "it was late at p1";
  ASSERT_TRUE(fact("priority", word("p3"), {ben})) << why;
  EXPECT_EQ(left("acknowledge", pinned_at_), 24h);
  EXPECT_EQ(left("triage", pinned_at_), 24h);
  EXPECT_EQ(left("remediate", pinned_at_), 24h * 7);
}

/// S1-6, S1-7: at Sev-1 executives are called again and again, at night too, until one answers.
TEST_P(ShippedClocks, CallExecutivesUntilOneAcknowledges) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben})) << why;
  const UtcSeconds said = last_at();
  EXPECT_THAT(called("executives-reached", said), ElementsAre("executive"));
  EXPECT_EQ(clock("executives-reached", said + 20min)->calls.front().times, 5U);
  EXPECT_FALSE(says(Acknowledge{number_of("executives-reached")}, {ben})) << "not an executive";
  EXPECT_FALSE(called("executives-reached", said + 30min).empty());
  ASSERT_TRUE(says(Acknowledge{number_of("executives-reached")}, {dee})) << why;
  EXPECT_TRUE(called("executives-reached", said + 12h).empty());
}

/// S1-8, S1-10: at Sev-2 there is time; the team that can mend it is called until it answers.
TEST_P(ShippedClocks, CallTheTeamThatCanMendIt) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben})) << why;
  EXPECT_EQ(left("executives-reached", last_at()), 2h);
  EXPECT_EQ(left("team-reached", last_at()), 1h);
  EXPECT_THAT(called("team-reached", last_at()), Contains("engineering"));
  ASSERT_TRUE(record(
      "call",
      {{"function", word("engineering")}, {"by", word("phone")}, {"outcome", word("no_answer")}},
      {ada}))
      << why;
  EXPECT_TRUE(left("team-reached", last_at())) << "nobody answered";
  ASSERT_TRUE(record(
      "call",
      {{"function", word("engineering")}, {"by", word("phone")}, {"outcome", word("joined")}},
      {ada}))
      << why;
  EXPECT_FALSE(left("team-reached", last_at()));
}

/// S4-17a, S2-14: each report starts the wait for the next; mild cases have none.
TEST_P(ShippedClocks, WaitForTheNextWordByAudience) {
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben})) << why;
  const auto first = left("executive-update", last_at());
  EXPECT_THAT(first, AnyOf(testing::Optional(3h), testing::Optional(4h)));
  now += 2h;
  ASSERT_TRUE(
      record("update", {{"audience", word("executives")}, {"occasion", word("progress")}}, {ada}))
      << why;
  EXPECT_EQ(left("executive-update", last_at()), first) << "begins anew";
  ASSERT_TRUE(declare()) << why;
  const auto sitrep = left("sitrep", last_at());
  ASSERT_TRUE(sitrep);
  EXPECT_LE(*sitrep, 1h);
  EXPECT_TRUE(left("internal-update", last_at()));
  EXPECT_FALSE(left("customer-update", last_at())) << "no customers are hit yet";
  ASSERT_TRUE(fact("populations", std::vector<std::string>{"customers"}, {ben})) << why;
  EXPECT_TRUE(left("customer-update", last_at()));
}

/// S4-17a: Sev-2 every day; nothing for Sev-4.
TEST_P(ShippedClocks, TellExecutivesDailyWhenItIsLessSevere) {
  ASSERT_TRUE(fact("severity", std::int64_t{4}, {ben})) << why;
  EXPECT_FALSE(left("executive-update", last_at()));
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben})) << why;
  const auto wait = left("executive-update", last_at());
  ASSERT_TRUE(wait);
  EXPECT_GT(*wait, 23h);
}

/// S1-19: each thread on its own, by whoever enters it.
TEST_P(ShippedClocks, AskEachThreadEveryTenMinutes) {
  ASSERT_TRUE(record("thread", {{"lead", Value(ben.id.text())}}, {ada})) << why;
  const std::int64_t thread = last_number();
  EXPECT_EQ(left("check-in", last_at()), 10min);
  now += 7min;
  ASSERT_TRUE(record("check_in", {{"thread", thread}, {"state", word("stuck")}}, {ada})) << why;
  EXPECT_EQ(left("check-in", last_at()), 10min);
  EXPECT_THAT(called("check-in", last_at() + 21min), Contains("commander"));
}

/// S0-9b, S2-6e: a decision is due when it says so; a question after four hours.
TEST_P(ShippedClocks, KnowWhenDecisionsAndAnswersAreDue) {
  const Moment due{(now + 45min).time_since_epoch().count()};
  ASSERT_TRUE(record("decision",
                     {{"who", Value(dee.id.text())}, {"due", Value(due)}, {"way", word("command")}},
                     {ada}))
      << why;
  const StatementId decision = last();
  EXPECT_EQ(left("decision-due", last_at()), 45min);
  EXPECT_THAT(called("decision-due", last_at() + 46min), Contains("commander"));
  ASSERT_TRUE(settle(decision, {dee}, {{"outcome", word("yes")}})) << why;
  EXPECT_FALSE(left("decision-due", last_at()));
  ASSERT_TRUE(record("question", {{"from", word("press")}}, {ada})) << why;
  EXPECT_EQ(left("answer", last_at()), 4h);
}

/// S3-4, S0-5a: from the first minute.
TEST_P(ShippedClocks, AskForTheFirstReportAtOnce) {
  EXPECT_EQ(left("first-sitrep", pinned_at_), 30min);
  EXPECT_FALSE(left("communicator", pinned_at_)) << "Dee is there";
  ASSERT_TRUE(record("sitrep", {{"audience", word("responders")}}, {ada})) << why;
  EXPECT_FALSE(left("first-sitrep", last_at()));
}

/// S3-31, S3-32, S3-27: reminders, to the commander too; nobody is stopped.
TEST_P(ShippedClocks, RemindOfFoodAndLongShifts) {
  EXPECT_EQ(left("food", pinned_at_), 4h);
  ASSERT_TRUE(record("need", {{"kind", word("food")}}, {ben})) << why;
  const StatementId food = last();
  now = pinned_at_ + 3h;
  ASSERT_TRUE(settle(food, {ben})) << why;
  EXPECT_EQ(left("food", last_at()), 4h) << "begins anew";
  ASSERT_TRUE(record("shift", {{"who", Value(ada.id.text())}}, {ben})) << why;
  const UtcSeconds begun = last_at();
  EXPECT_THAT(called("shift-length", begun + 8h + 1min), Contains("commander"));
  EXPECT_FALSE(passes(state, {"close", {}, {}, {}, {ada.id}}, begun));
  const Verdict closing = explain(state, {"close", {}, {}, {}, {ada.id}}, begun + 9h);
  for (const BlockingThing& thing : closing.open) {
    EXPECT_NE(thing.id, "food");
    EXPECT_NE(thing.id, "breathe");
  }
}

/// The recovery page is open from the start and called for after a day.
TEST_P(ShippedClocks, CallForTheRecoveryPageAfterADay) {
  EXPECT_EQ(left("recovery-page", pinned_at_), 24h);
  EXPECT_THAT(called("recovery-page", pinned_at_ + 25h), Contains("commander"));
  ASSERT_TRUE(says(StepDone{"recovery-page"}, {ada})) << why;
  EXPECT_FALSE(left("recovery-page", last_at()));
}

/// S3-29, S3-28, S3-30: a break once the harm has stopped; it may be skipped, with a reason.
TEST_P(ShippedClocks, ProposeABreakOnceTheImpactHasStopped) {
  const auto is_open = [&](const std::string& id) {
    const auto step = std::ranges::find(state.steps, id, &StepState::id);
    return step != state.steps.end() && step->is_open();
  };
  EXPECT_TRUE(is_open("breathe"));
  EXPECT_FALSE(is_open("break-after-impact"));
  ASSERT_TRUE(fact("impact_stopped", true, {ada})) << why;
  EXPECT_TRUE(is_open("break-after-impact"));
  EXPECT_FALSE(says(StepSkip{"break-after-impact"}, {ben})) << "no reason given";
  EXPECT_TRUE(says(StepSkip{"break-after-impact"}, {ben}, {{"reason", Digest256{std::byte{1}}}}))
      << why;
  EXPECT_FALSE(is_open("break-after-impact"));
}

/// S1-12: the loop is walked again, and each round is counted.
TEST_P(ShippedClocks, CountEachLookAgain) {
  ASSERT_TRUE(declare()) << why;
  ASSERT_TRUE(fact("breach", word("suspected"), {ben})) << why;
  for (const char* about : {"systems", "employees", "users"}) {
    ASSERT_TRUE(record(
        "worst_case",
        {{"about", word(about)}, {"reach", word("few")}, {"answered_by", Value(ben.id.text())}},
        {ada}))
        << why;
  }
  ASSERT_TRUE(record("document", {{"section", word("issue")}, {"state", word("draft")}}, {dee}))
      << why;
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(move("verify_real", {ada})) << why;
    ASSERT_TRUE(move("look_again", {ada})) << why;
  }
  EXPECT_EQ(std::ranges::count(state.moves, std::string("look_again"), &MoveMade::move), 2);
}

}  // namespace
}  // namespace casebook::workflow
