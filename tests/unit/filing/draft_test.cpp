// Drafts: docs/spec/filing.md 1 to 3.
#include <gmock/gmock.h>

#include <iostream>

#include "reports/filing/draft_json.h"
#include "tests/unit/filing/filing_story.h"

namespace casebook::filing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Counts {
  int stages = 0, own = 0, inherited = 0, house = 0, none = 0, fields = 0, named = 0;
};

template <typename Look>
void for_each_stage(const Look& look) {
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::Stage& stage : regime.stages) look(regime, stage);
  }
}

TEST(Draft, OfEveryStageIsWholeFromAllFactsAndNamesEachMissingOneFromNone) {
  Counts counts;
  for_each_stage([&](const reports::Regime& regime, const reports::Stage& stage) {
    const std::string where = regime.id + " " + stage.id;
    ++counts.stages;
    const Draft full = draft_of(full_input(regime, stage.id));
    const Draft empty = draft_of(empty_input(regime, stage.id));
    counts.own += full.basis == StageFields::Basis::own ? 1 : 0;
    counts.inherited += full.basis == StageFields::Basis::inherited ? 1 : 0;
    counts.house += full.basis == StageFields::Basis::house ? 1 : 0;
    if (!full.draftable()) {
      ++counts.none;
      EXPECT_THAT(full.fields, IsEmpty()) << where;
      return;
    }
    EXPECT_THAT(full.missing(), IsEmpty()) << where;
    ASSERT_EQ(full.fields.size(), empty.fields.size()) << where;
    for (const DraftField& field : empty.fields) {
      ++counts.fields;
      if (field.state == FieldState::about || field.state == FieldState::not_asked) continue;
      const std::string place = where + " " + field.id;
      const bool stage_name = field.requirement.find("report") != std::string::npos ||
                              field.requirement.find("First or second") == 0 ||
                              field.requirement.find("Initial or") == 0;
      if (field.state == FieldState::filled) {
        EXPECT_TRUE(stage_name) << place << ": filled from nothing";
        continue;
      }
      ASSERT_FALSE(field.missing.empty()) << place;
      for (const Missing& missing : field.missing) {
        ++counts.named;
        EXPECT_FALSE(missing.name.empty()) << place;
        EXPECT_FALSE(missing.meaning.empty()) << place << " " << missing.name;
        EXPECT_FALSE(missing.decided_by.empty()) << place << " " << missing.name;
      }
    }
  });
  std::cout << "stages " << counts.stages << ": own fields " << counts.own << ", inherited "
            << counts.inherited << ", of our own " << counts.house << ", not draftable "
            << counts.none << "; fields " << counts.fields << ", things named as missing "
            << counts.named << "\n";
  EXPECT_EQ(counts.stages, 419);
  EXPECT_EQ(counts.own, 129);
  EXPECT_EQ(counts.inherited, 79);
  EXPECT_EQ(counts.house, 18);
  EXPECT_EQ(counts.none, 193);
}

TEST(Draft, ReadsWhatItWrote) {
  for_each_stage([&](const reports::Regime& regime, const reports::Stage& stage) {
    const Draft draft = draft_of(full_input(regime, stage.id));
    const std::string text = draft_json(draft);
    const auto read = parse_draft(text);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, draft);
    EXPECT_EQ(draft_json(*read), text);
  });
}

TEST(Draft, RefusesTextThatItDidNotWrite) {
  const std::string text = draft_json(draft_of(full_input(law("eu-gdpr"), "sa_initial")));
  EXPECT_FALSE(parse_draft(text + " "));
  EXPECT_FALSE(parse_draft(text.substr(0, text.size() / 2)));
  std::string other = text;
  other.replace(other.find("casebook-draft/1"), 16, "casebook-draft/2");
  EXPECT_FALSE(parse_draft(other));
  other = text;
  other.replace(other.find("\"kind\":\"open\""), 13, "\"kind\":\"soon\"");
  EXPECT_FALSE(parse_draft(other));
}

TEST(Draft, TakesOnlyWhatItsReaderMayHave) {
  DraftInput input = empty_input(law("eu-gdpr"), "sa_initial");
  input.statements = {statement("a", "Keys were changed.", {"measures"}),
                      statement("b", "Counsel doubts it.", {"measures"}),
                      statement("c", "Names of staff.", {"measures"}),
                      statement("d", "For people only.", {"consequences"}),
                      statement("e", "Nobody released it.", {"nature"})};
  input.statements[1].label = Label::privileged;
  input.statements[2].label = Label::restricted;
  input.statements[3].audience = {Audience::persons};
  input.statements[4].audience = {};
  const Draft draft = draft_of(input);
  EXPECT_EQ(draft.find("measures")->text(), "Keys were changed.");
  EXPECT_EQ(draft.find("consequences")->state, FieldState::missing);
  ASSERT_EQ(draft.find("nature")->missing.size(), 1U);
  EXPECT_TRUE(draft.find("nature")->missing[0].withheld);
  EXPECT_EQ(draft.withheld, 4);
}

TEST(Draft, KeepsWhatRestsOnLabelledThingsInside) {
  DraftInput input = empty_input(law("eu-gdpr"), "sa_initial");
  input.statements = {statement("memo", "Advice.", {}), statement("copy", "As advised.", {}),
                      statement("a", "We act as advised.", {"measures"}),
                      statement("b", "About 600.", {"consequences"})};
  input.statements[0].label = Label::privileged;
  input.statements[1].sources = {"memo"};
  input.statements[2].sources = {"copy"};
  input.statements[3].facts = {"affected_individuals_total"};
  input.facts["affected_individuals_total"] = {
      {reports::Number{600'000}, "", "", "", ""}, {"memo"}, Label::none};
  input.facts["data_categories"] = {
      {std::set<std::string>{"health"}, "", "", "", ""}, {}, Label::restricted};
  const Draft draft = draft_of(input);
  for (const char* field : {"measures", "consequences", "subject_count", "record_categories"}) {
    ASSERT_EQ(draft.find(field)->state, FieldState::missing) << field;
    EXPECT_TRUE(draft.find(field)->missing[0].withheld) << field;
  }
}

TEST(Draft, PrefersAnAnswerForThisFieldToASharedOne) {
  DraftInput input = empty_input(law("eu-gdpr"), "sa_initial");
  input.statements = {statement("a", "Shared.", {"measures"}),
                      statement("b", "Own.", {"eu-gdpr.sa_initial.measures"}),
                      statement("c", "Five or six.", {"eu-gdpr.subject_count"})};
  const Draft draft = draft_of(input);
  EXPECT_EQ(draft.find("measures")->text(), "Own.");
  EXPECT_EQ(draft.find("subject_count")->text(), "Five or six.");
}

TEST(Draft, AsksForReasonsOnceTheLimitHasPassed) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.deadline.kind = "limit";
  input.deadline.earliest = at("2026-10-24T13:00:00Z");
  std::erase_if(input.statements,
                [](const SourcedStatement& each) { return each.id == "s.delay_reasons"; });
  EXPECT_EQ(draft_of(input).find("delay_reasons")->state, FieldState::not_asked);
  input.now = at("2026-10-24T13:00:01Z");
  EXPECT_EQ(draft_of(input).find("delay_reasons")->state, FieldState::missing);
  DraftInput other = input;
  other.regime = &law("eu-nis2");
  other.stage = "early_warning";
  ASSERT_NE(draft_of(other).find("late_reasons"), nullptr);
  const Draft notice = draft_of(empty_input(law("eu-dora"), "delay_notice"));
  ASSERT_NE(notice.find("late_reasons"), nullptr);
  EXPECT_EQ(notice.find("late_reasons")->state, FieldState::missing);
}

TEST(Draft, SaysWhatChangedSinceTheOneBefore) {
  DraftInput input = empty_input(law("eu-gdpr"), "sa_initial");
  input.statements = {statement("a", "One.", {"measures"}), statement("b", "Two.", {"nature"}),
                      statement("c", "Three.", {"consequences"})};
  const Draft before = draft_of(input);
  input.stage = "sa_followup";
  input.statements[0].text = "One and a half.";
  input.statements[1] = statement("b2", "New two.", {"nature"});
  input.statements.push_back(statement("r", "The count was wrong.", {"reason.a"}));
  input.statements.push_back(statement("p", "Forensics know more.", {"reason.nature"}));
  input.statements.back().label = Label::privileged;
  input.previous = &before;
  const Draft after = draft_of(input);
  EXPECT_EQ(after.previous, draft_digest(before));
  using K = Change::Kind;
  using O = Change::Of;
  EXPECT_THAT(after.changes,
              ElementsAre(Change{K::changed, O::field, "nature", "Two.", "New two.", ""},
                          Change{K::changed, O::field, "measures", "One.", "One and a half.",
                                 "The count was wrong."},
                          Change{K::changed, O::statement, "a", "One.", "One and a half.",
                                 "The count was wrong."},
                          Change{K::added, O::statement, "b2", "", "New two.", ""},
                          Change{K::withdrawn, O::statement, "b", "Two.", "", ""}));
}

TEST(Draft, ShowsTimesInUtcAndInTheZone) {
  static ZoneDatabase zones;
  DraftInput input = full_input(law("us-fcc-cpni"), "agencies");
  input.zone = *zones.find("Europe/Paris");
  EXPECT_THAT(
      draft_of(input).find("when")->text(),
      testing::HasSubstr("2026-10-23 16:00:00 UTC = 2026-10-23 18:00:00 (+02:00) Europe/Paris"));
}

TEST(Draft, OfADecisionNotToNotifyGivesItsReasonsAndTheFactsThatDecide) {
  DraftInput input = empty_input(law("eu-gdpr"), "data_subjects");
  input.kind = DraftKind::no_notice;
  input.deciding = {"encrypted", "key_compromised"};
  const Draft empty = draft_of(input);
  EXPECT_EQ(empty.fields.size(), 9U);
  EXPECT_EQ(empty.missing().size(), 10U);
  EXPECT_EQ(empty.find("reasons")->missing[0].name, "no_notice_reasons");
  DraftInput full = full_input(law("eu-gdpr"), "data_subjects");
  full.kind = input.kind;
  full.deciding = input.deciding;
  const Draft draft = draft_of(full);
  EXPECT_THAT(draft.missing(), IsEmpty());
  EXPECT_EQ(draft.find("deciding")->text(), "All data encrypted: yes; Key taken as well: yes");
  const auto read = parse_draft(draft_json(draft));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, draft);
}

TEST(Draft, OfAContractWithoutAListHasFieldsOfOurOwn) {
  auto contract = reports::Regime::parse(
      R"({"format":"casebook-regime/1","id":"acme-contract","title":"Acme: incident notice",)"
      R"("jurisdiction":"contract","legal_basis":"annex 3","status":"contractual",)"
      R"("as_of":"2026-11-01","verified":true,"verification_level":"primary",)"
      R"("confidence":"high","applies_if":{"all":[{"fact":"entity.role","op":"includes",)"
      R"("value":"processor"}]},"clock_stages":[{"id":"first_notice","name":"First notice",)"
      R"("starts_at":"awareness_at","limit":"PT24H","calendar_rules":["elapsed_hours"],)"
      R"("recipient":"Acme","clause":"3.1"}],"safe_harbours":[],"content_fields":[]})",
      laws().catalog);
  ASSERT_TRUE(contract) << contract.error().message;
  const Draft draft = draft_of(full_input(*contract, "first_notice"));
  EXPECT_EQ(draft.audience, Audience::customer);
  EXPECT_EQ(draft.basis, StageFields::Basis::house);
  EXPECT_EQ(draft.fields.size(), 6U);
  EXPECT_THAT(draft.missing(), IsEmpty());
  EXPECT_EQ(draft_of(empty_input(*contract, "first_notice")).missing().size(), 7U);
}

TEST(Draft, RefusesStatementsThatBreakTheirRules) {
  DraftInput input = empty_input(law("eu-gdpr"), "sa_initial");
  input.statements = {statement("a", "One.", {}), statement("a", "Two.", {})};
  EXPECT_FALSE(make_draft(input));
  input.statements = {statement("a b", "One.", {})};
  EXPECT_FALSE(make_draft(input));
  input.statements = {statement("a", "\xff", {})};
  EXPECT_FALSE(make_draft(input));
  input.statements.clear();
  input.stage = "no_such";
  EXPECT_FALSE(make_draft(input));
}

}  // namespace
}  // namespace casebook::filing
