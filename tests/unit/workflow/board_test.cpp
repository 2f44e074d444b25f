// What the board, sitreps, timelines and reviews say of a case.
#include "workflow/board.h"

#include "tests/unit/workflow/case_story.h"
#include "workflow/blame.h"
#include "workflow/postmortem.h"
#include "workflow/timeline.h"

namespace casebook::workflow {
namespace {

using BoardTest = MinimalCase;

std::string name_of(const PersonId& id) { return id.text().substr(0, 6); }

SitrepRequest request_of(const CaseStory& story) {
  return {
      .state = story.state, .now = story.now, .name_of = name_of, .words_of = [](const Record&) {
        return std::string("secret words");
      }};
}

const OpenThing* thing_of(const Board& board, std::string_view what) {
  const auto found = std::ranges::find(board.things, what, &OpenThing::what);
  return found == board.things.end() ? nullptr : &*found;
}

TEST_F(BoardTest, NamesOpenEntriesForTheirOwner) {
  ASSERT_TRUE(record("question", {{"who", Value(cy.id.text())}}, {ada})) << why;
  const Board board = make_board(state, now);
  const OpenThing* question = thing_of(board, "question");
  ASSERT_NE(question, nullptr);
  EXPECT_EQ(question->number, static_cast<std::uint64_t>(last_number()));
  EXPECT_TRUE(is_for(*question, state, cy.id, now));
  EXPECT_FALSE(is_for(*question, state, ben.id, now));
  EXPECT_TRUE(question->due) << "the register starts a clock";
  ASSERT_TRUE(settle(last(), {cy})) << why;
  EXPECT_EQ(thing_of(make_board(state, now), "question"), nullptr);
}

// S0-2c: who is missing.
TEST_F(BoardTest, NamesRolesThatNobodyHolds) {
  ASSERT_TRUE(people(RoleRemove{cy.id, "legal"}, {cy})) << why;
  const Board board = make_board(state, now);
  const auto legal = std::ranges::find_if(
      board.roles, [](const RoleSeat& seat) { return seat.rule->name == "legal"; });
  ASSERT_NE(legal, board.roles.end());
  EXPECT_TRUE(legal->is_missing);
}

TEST_F(BoardTest, ClocksAreLateOnlyPastTheirLimit) {
  const Board now_board = make_board(state, now);
  ASSERT_FALSE(now_board.clocks.empty());
  const UtcSeconds due = now_board.clocks.front().state->due.value();
  EXPECT_FALSE(make_board(state, due).clocks.front().is_late);
  EXPECT_TRUE(make_board(state, due + std::chrono::seconds(1)).clocks.front().is_late);
}

TEST_F(BoardTest, BehindTheLastExitNothingIsAskedAnyMore) {
  const StatementId seen = evidence();
  ASSERT_TRUE(record(
      "indication", {{"says", Value(std::string("refutes"))}, {"with", Value(seen.text())}}, {ada}))
      << why;
  ASSERT_TRUE(fact("severity", std::int64_t{3}, {ada})) << why;
  ASSERT_TRUE(move("rule_out", {ada, ben})) << why;
  const Board board = make_board(state, now);
  EXPECT_TRUE(board.things.empty());
  EXPECT_TRUE(board.clocks.empty());
}

TEST_F(BoardTest, S0_9aSitrepTellsChangesSinceTheLastOne) {
  ASSERT_TRUE(fact("severity", std::int64_t{2}, {ada}));
  const std::uint64_t since = seq;
  ASSERT_TRUE(fact("personal_data", Value(std::string("suspected")), {ada}));
  SitrepRequest request = request_of(*this);
  request.since = since;
  request.number = 2;
  const std::string text = sitrep_text(make_sitrep(request), 4000);
  EXPECT_NE(text.find("Sev-2 amber-heron"), std::string::npos) << text;
  EXPECT_NE(text.find("Sitrep 2"), std::string::npos) << text;
  EXPECT_NE(text.find("Personal data: unknown"), 0U);
  const auto changed = text.find("Changed since");
  ASSERT_NE(changed, std::string::npos) << text;
  EXPECT_NE(text.find("suspected", changed), std::string::npos);
  EXPECT_EQ(text.find("Severity", changed), std::string::npos) << "that was in the last one";
}

TEST_F(BoardTest, S0_5cObserversReadNoNamesAndNoWords) {
  ASSERT_TRUE(record("question", {}, {ada})) << why;
  for (const Audience audience : {Audience::observers, Audience::executives}) {
    SitrepRequest request = request_of(*this);
    request.audience = audience;
    const std::string text = sitrep_text(make_sitrep(request), 60'000);
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find(name_of(ada.id)), std::string::npos) << text;
  }
  const std::string inside = sitrep_text(make_sitrep(request_of(*this)), 60'000);
  EXPECT_NE(inside.find(name_of(ada.id)), std::string::npos);
}

TEST_F(BoardTest, SitrepForAChatIsCutBetweenSections) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(record("question", {}, {ada})) << why;
  const std::string text = sitrep_text(make_sitrep(request_of(*this)), 400);
  EXPECT_LE(text.size(), 400U);
  EXPECT_TRUE(text.ends_with("...\n"));
}

TEST_F(BoardTest, S2_21aTimelineNamesTheMomentsThatNobodyRecorded) {
  mend();
  const Timeline timeline = make_timeline(state);
  EXPECT_TRUE(std::ranges::is_sorted(timeline.entries, {}, &TimelineEntry::seq));
  ASSERT_EQ(timeline.anchors.size(), 4U);
  EXPECT_FALSE(timeline.anchors[0].at);
  EXPECT_EQ(timeline.anchors[3].id, "remedied");
  EXPECT_TRUE(timeline.anchors[3].at) << "the rollout";
}

TEST_F(BoardTest, S3_33ExternalReviewHasNoNamesAndNoWords) {
  ASSERT_TRUE(record("action", {{"owner", Value(ben.id.text())}}, {ada})) << why;
  PostmortemRequest request{.state = state,
                            .now = now,
                            .is_external = false,
                            .name_of = name_of,
                            .words_of = [](const Record&) { return std::string("secret words"); }};
  EXPECT_NE(postmortem_draft(request).find("secret words"), std::string::npos);
  request.is_external = true;
  const std::string outside = postmortem_draft(request);
  EXPECT_EQ(outside.find("secret"), std::string::npos) << outside;
  EXPECT_EQ(outside.find(name_of(ada.id)), std::string::npos);
  EXPECT_TRUE(find_blame(outside).empty()) << outside;
}

TEST(Blame, S2_21bFindsWordsInBothLanguagesAndNothingElse) {
  const auto found = find_blame("Ben should\nhave known.\nDe beheerder had moeten opletten.\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].line, 1U);
  EXPECT_EQ(found[1].word, "had moeten");
  EXPECT_EQ(found[1].line, 3U);
  EXPECT_TRUE(find_blame("The default was wrong: defaults, faultless, domain, luistert.").empty());
}

}  // namespace
}  // namespace casebook::workflow
