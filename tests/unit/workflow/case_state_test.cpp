// What entries leave behind: numbers, facets, steps, roles.
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/json_text.h"
#include "tests/unit/workflow/case_story.h"
#include "workflow/facets.h"

namespace casebook::workflow {
namespace {

using CaseStateTest = MinimalCase;

Value word(std::string text) { return Value(std::move(text)); }

TEST(FacetTest, DigestIsThatOfStockOpenSsl) {
  std::ifstream file(std::string(CASEBOOK_SOURCE_DIR) + "/tests/vectors/workflow/facet.json");
  std::stringstream text;
  text << file.rdbuf();
  const auto vector = parse_json(text.str());
  ASSERT_TRUE(vector);
  const auto digest =
      facet_hmac((*vector)["key"].get<std::string>(), (*vector)["text"].get<std::string>());
  EXPECT_EQ(to_hex(digest), (*vector)["digest"].get<std::string>());
}

TEST_F(CaseStateTest, FacetTextIsThatOfTheVector) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada}));
  ASSERT_TRUE(fact("personal_data", word("suspected"), {ada}));
  EXPECT_EQ(facet_values(state, "impact"),
            R"({"facet":"impact","values":{"personal_data":"suspected","severity":2}})");
}

TEST_F(CaseStateTest, NewDigestOnlyWhenAValueOfTheFacetChanges) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada}));
  const Digest256 first = state.facet_digest("impact");
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ben}));
  EXPECT_EQ(state.facet_digest("impact"), first);
  ASSERT_TRUE(fact("remedy", word("required"), {ben}));
  EXPECT_EQ(state.facet_digest("impact"), first);
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ben}));
  EXPECT_NE(state.facet_digest("impact"), first);
}

// RT-27: a facet has few possible values; without its key none of them can be tried.
TEST_F(CaseStateTest, Rt27ADigestThatIsShownConfirmsNoGuess) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada}));
  const Digest256 shown = state.facet_digest("impact");
  const std::string truth = facet_values(state, "impact");
  EXPECT_NE(*sha256(as_bytes(truth)), shown);
  for (const std::string_view other : {"", "00000000000000000000000000000000"}) {
    EXPECT_NE(facet_hmac(other, truth), shown) << "not the key of this version";
  }
  EXPECT_EQ(facet_hmac(state.facets.find("impact")->second.key, truth), shown);
}

TEST_F(CaseStateTest, Rt27TwoVersionsWithEqualValuesHaveOtherDigests) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada}));
  const Digest256 first = state.facet_digest("impact");
  ASSERT_TRUE(fact("severity", std::int64_t{1}, {ada}));
  const StatementId seen = evidence();
  ASSERT_TRUE(
      record("indication", {{"says", word("refutes")}, {"with", word(seen.text())}}, {ada}));
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada, ben}, {seen})) << why;
  EXPECT_NE(state.facet_digest("impact"), first) << "a guess could be tested across versions";
}

TEST_F(CaseStateTest, TakesFactsOfLawThatNoPolicyDefines) {
  ASSERT_TRUE(fact("awareness_at", Value(Moment{1'790'000'000}), {ada})) << why;
  ASSERT_TRUE(fact("residents.US-CA", std::int64_t{400}, {ada})) << why;
  EXPECT_EQ(state.value_of("residents.US-CA"), Value(std::int64_t{400}));
  EXPECT_FALSE(fact("Not a name", Value(true), {ada}));
  EXPECT_NE(why.find("no fact has the name"), std::string::npos) << why;
}

TEST_F(CaseStateTest, WordsOfAnEntryAreInItsFacetByTheirCommitment) {
  ASSERT_TRUE(record("fix", {{"version", word("1")}}, {ben}));
  const StatementId fix = last();
  const Digest256 before = state.facet_digest("fix");
  ASSERT_TRUE(says(RecordChange{fix, {}, key()}, {ben}, {{"text", Digest256{std::byte{99}}}}));
  EXPECT_NE(state.facet_digest("fix"), before);
}

TEST_F(CaseStateTest, NumbersRunInTheOrderInWhichThingsOpened) {
  const std::uint64_t first = state.numbers.size();
  EXPECT_EQ(state.steps.front().number, first) << "the first step opened with the policy";
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {ben}));
  EXPECT_EQ(state.record(last())->number, first + 1);
  EXPECT_FALSE(record("nothing", {}, {ben}));
  ASSERT_TRUE(record("fix", {{"version", word("1")}}, {ben}));
  EXPECT_EQ(state.record(last())->number, first + 2) << "what is refused takes no number";
  EXPECT_EQ(state.record_by_number(first + 2)->kind, "fix");
  EXPECT_EQ(state.record_by_number(0), nullptr);
  EXPECT_EQ(state.record_by_number(first), nullptr) << "that is a step";
}

TEST_F(CaseStateTest, StepIsDischargedByWhatItAsksFor) {
  EXPECT_TRUE(state.steps.front().is_open());
  ASSERT_TRUE(record("host", {{"host", word("web-1")}}, {ben}));
  EXPECT_FALSE(state.steps.front().is_open());
  EXPECT_EQ(state.steps.front().done_by_seq, entries.back().seq);
}

TEST_F(CaseStateTest, DutyOpensByAFactAndIsDischargedByTheWordOfItsRole) {
  EXPECT_EQ(state.steps[1].number, 0U);
  ASSERT_TRUE(fact("personal_data", word("suspected"), {ben}));
  EXPECT_TRUE(state.steps[1].is_open());
  EXPECT_FALSE(says(StepDone{"tell-people"}, {ada}));
  EXPECT_TRUE(says(StepDone{"tell-people"}, {cy})) << why;
  EXPECT_FALSE(state.steps[1].is_open());
  EXPECT_FALSE(says(StepDone{"tell-people"}, {cy}));
}

TEST_F(CaseStateTest, OnlyRemindersAreSkippedAndWithAReason) {
  mend();
  EXPECT_FALSE(says(StepSkip{"find-out"}, {ada}, {{"reason", {}}}));
  EXPECT_FALSE(says(StepSkip{"pause"}, {ada}));
  EXPECT_TRUE(says(StepSkip{"pause"}, {ada}, {{"reason", {}}})) << why;
}

TEST_F(CaseStateTest, CommandPassesWhenTheOtherAccepts) {
  ASSERT_TRUE(says(HandoverOffer{"commander", ben.id}, {ada})) << why;
  EXPECT_EQ(state.holders("commander", now), std::vector{ada.id});
  EXPECT_FALSE(says(HandoverAccept{last()}, {dee}));
  const StatementId offer = state.handovers.back().offer;
  ASSERT_TRUE(says(HandoverAccept{offer}, {ben})) << why;
  EXPECT_EQ(state.holders("commander", now), std::vector{ben.id});
  EXPECT_FALSE(says(HandoverAccept{offer}, {ben}));
}

TEST_F(CaseStateTest, DeputyCountsBetweenTheTwoTimesOnceAccepted) {
  const UtcSeconds from = now + std::chrono::hours(1), until = from + std::chrono::hours(8);
  ASSERT_TRUE(says(DeputyName{"legal", dee.id, from, until}, {cy})) << why;
  EXPECT_FALSE(state.holds(dee.id, "legal", from));
  ASSERT_TRUE(says(DeputyAccept{last()}, {dee})) << why;
  EXPECT_FALSE(state.holds(dee.id, "legal", from - std::chrono::seconds(1)));
  EXPECT_TRUE(state.holds(dee.id, "legal", from));
  EXPECT_FALSE(state.holds(dee.id, "legal", until));
}

TEST_F(CaseStateTest, PolicyWhoseTextIsMissingStopsTheFold) {
  const auto nothing = [](const Digest256&) -> const Policy* { return nullptr; };
  const CaseState folded = fold_case(entries, nothing);
  EXPECT_EQ(folded.missing.size(), 1U);
  EXPECT_FALSE(folded.policy);
}

TEST_F(CaseStateTest, QuestionStartsItsClockAndItsAnswerStopsIt) {
  ASSERT_TRUE(record("question", {}, {ben}));
  const StatementId question = last();
  ASSERT_EQ(state.clocks.size(), 2U);
  EXPECT_EQ(state.clocks[1].due, state.clocks[1].started_at + std::chrono::hours(2));
  now += std::chrono::hours(3);
  ASSERT_TRUE(settle(question, {ada})) << why;
  EXPECT_TRUE(state.clocks[1].stopped_at);
  EXPECT_TRUE(state.clocks[1].was_late);
}

}  // namespace
}  // namespace casebook::workflow
