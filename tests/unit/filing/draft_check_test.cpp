// What stands in the way of sending: docs/spec/filing.md 4 and 8.
#include "reports/filing/draft_check.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "reports/filing/typed_value.h"
#include "tests/unit/filing/filing_story.h"

namespace casebook::filing {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> blocking(const Draft& draft, const CheckInput& input) {
  std::vector<std::string> all;
  for (const DraftFinding& finding : check_draft(draft, input)) {
    EXPECT_FALSE(finding.say.empty());
    EXPECT_FALSE(finding.todo.empty());
    if (finding.level == FindingLevel::blocks) all.push_back(finding.what + " " + finding.where);
  }
  return all;
}

std::vector<std::string> warned(const Draft& draft, const CheckInput& input) {
  std::vector<std::string> all;
  for (const DraftFinding& finding : check_draft(draft, input)) {
    if (finding.level == FindingLevel::warns) all.push_back(finding.what + " " + finding.where);
  }
  return all;
}

CheckInput now() { return {.now = at("2026-10-24T12:00:00Z"), .personal_data = {}}; }

TEST(DraftCheck, LetsEveryWholeDraftThrough) {
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::Stage& stage : regime.stages) {
      const Draft draft = draft_of(full_input(regime, stage.id));
      if (!draft.draftable()) {
        EXPECT_THAT(blocking(draft, now()),
                    testing::ElementsAre("not_draftable " + regime.id + " " + stage.id));
      } else {
        EXPECT_THAT(blocking(draft, now()), IsEmpty()) << regime.id << " " << stage.id;
      }
    }
  }
}

TEST(DraftCheck, NamesWhatIsMissingAndWhatIsWithheld) {
  DraftInput input = empty_input(law("eu-gdpr"), "sa_initial");
  input.statements = {statement("a", "Advice.", {"measures"})};
  input.statements[0].label = Label::privileged;
  const Draft draft = draft_of(input);
  EXPECT_THAT(blocking(draft, now()),
              testing::IsSupersetOf({"withheld measures", "missing nature", "missing contact",
                                     "missing subject_count"}));
  for (const DraftFinding& finding : check_draft(draft, now())) {
    if (finding.where == "subject_count") {
      EXPECT_EQ(finding.say, "Missing: People affected in all places, best current estimate.");
      EXPECT_EQ(finding.todo,
                "casebook fact affected_individuals_total=...; decided by: DPO with forensics");
    }
  }
}

TEST(DraftCheck, TellsOfWordsThatWereLeftOutBesideOthers) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.statements.push_back(statement("hidden", "Advice.", {"measures"}));
  input.statements.back().label = Label::privileged;
  const Draft draft = draft_of(input);
  EXPECT_THAT(blocking(draft, now()), IsEmpty());
  const auto findings = check_draft(draft, now());
  const auto told = std::ranges::find(findings, "withheld", &DraftFinding::what);
  ASSERT_NE(told, findings.end());
  EXPECT_EQ(told->level, FindingLevel::warns);
}

TEST(DraftCheck, WantsAReasonForWhatWasFiledOtherwise) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  const Draft before = draft_of(input);
  input.previous = &before;
  input.stage = "sa_followup";
  for (SourcedStatement& each : input.statements) {
    if (each.id == "s.measures") each.text = "Other measures.";
  }
  EXPECT_THAT(blocking(draft_of(input), now()), testing::ElementsAre("contradiction measures"));
  input.statements.push_back(statement("why", "More was done.", {"reason.measures"}));
  EXPECT_THAT(blocking(draft_of(input), now()), IsEmpty());
}

TEST(DraftCheck, FindsMarksThatNobodyResolved) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.statements.push_back(statement("x", "Led by [commander?].", {"measures"}));
  EXPECT_THAT(blocking(draft_of(input), now()), testing::ElementsAre("unresolved measures"));
  input.statements.back().text = "See [1], [a] and [?] or why?]";
  EXPECT_THAT(blocking(draft_of(input), now()), IsEmpty());
}

TEST(DraftCheck, KeepsNatureAndCountOutOfTheMassachusettsLetter) {
  DraftInput input = full_input(law("us-ma"), "individuals");
  input.statements.push_back(statement("n", "Keys leaked.", {"us-ma.freeze", "nature"}));
  EXPECT_THAT(blocking(draft_of(input), now()), testing::ElementsAre("forbidden freeze"));
  input.statements.back().answers = {"us-ma.freeze"};
  CheckInput check = now();
  check.facts = &input.facts;
  for (const char* text : {"To all 1234 of you.", "To all 1,234 of you.", "1 234 people"}) {
    input.statements.back().text = text;
    EXPECT_THAT(blocking(draft_of(input), check), testing::ElementsAre("forbidden freeze")) << text;
  }
  input.statements.back().text = "Call 0123456 or 12345.";
  EXPECT_THAT(blocking(draft_of(input), check), IsEmpty());
  EXPECT_THAT(warned(draft_of(input), check), testing::Contains("forbidden forbidden"));
}

TEST(DraftCheck, AsksForReasonsBeforeTheLimitPasses) {
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  std::erase_if(input.statements,
                [](const SourcedStatement& each) { return each.id == "s.delay_reasons"; });
  input.deadline.kind = "limit";
  input.deadline.earliest = at("2026-10-24T20:00:00Z");
  const Draft draft = draft_of(input);
  EXPECT_THAT(warned(draft, now()), testing::Contains("late_reasons "));
  CheckInput later = now();
  later.now = at("2026-10-24T20:00:01Z");
  EXPECT_THAT(blocking(draft, later), testing::ElementsAre("late_reasons "));
  input.now = later.now;
  EXPECT_THAT(blocking(draft_of(input), later), testing::ElementsAre("late_reasons delay_reasons"));
}

TEST(DraftCheck, WarnsOfPersonalDataWhereNobodyAskedForThem) {
  const Draft draft = draft_of(full_input(law("eu-gdpr"), "sa_initial"));
  CheckInput input = now();
  input.personal_data = {{"measures", "e-mail", 2}, {"contact", "e-mail", 1}};
  const auto warnings = warned(draft, input);
  EXPECT_THAT(warnings, testing::Contains("personal_data measures"));
  EXPECT_THAT(warnings, testing::Not(testing::Contains("personal_data contact")));
}

TEST(DraftCheck, SaysHowSureTheLawIs) {
  EXPECT_THAT(warned(draft_of(full_input(law("cn-pipl"), "authority")), now()),
              testing::Contains("not_verified cn-pipl authority"));
  EXPECT_THAT(warned(draft_of(full_input(law("eu-gdpr"), "sa_followup")), now()),
              testing::Contains("inherited eu-gdpr sa_followup"));
}

TEST(DraftCheck, HoldsTypedFieldsAgainstTheirTypes) {
  DraftInput input = full_input(law("eu-dora"), "final");
  input.profile["lei"] = "5493001KJTIIGC8Y1R13";
  input.profile["currency"] = "euro";
  for (SourcedStatement& each : input.statements) {
    if (each.id == "w.eu-dora.its-2.7") each.text = "by luck";
    if (each.id == "w.eu-dora.its-2.5") each.text = "reputation; data_losses, weather";
    if (each.id == "w.eu-dora.its-2.9") each.text = "yes";
  }
  EXPECT_THAT(blocking(draft_of(input), now()),
              testing::UnorderedElementsAre("type its-1.6", "type its-1.15", "type its-2.5",
                                            "type its-2.7", "type its-2.9"));
}

TEST(TypedValue, TakesOnlyWhatTheTypeAllows) {
  const auto fits = [](const char* text, const char* type) {
    return typed_misfit(text, type, {}).empty();
  };
  EXPECT_TRUE(is_lei("5493001KJTIIGC8Y1R12"));
  EXPECT_FALSE(is_lei("5493001KJTIIGC8Y1R21"));
  EXPECT_FALSE(is_lei("5493001kjtiigc8y1r12"));
  EXPECT_TRUE(fits("12.25", "percent"));
  EXPECT_FALSE(fits("12.255", "percent"));
  EXPECT_FALSE(fits("100.01", "percent"));
  EXPECT_FALSE(fits("-1", "percent"));
  EXPECT_TRUE(fits("000:23:59", "duration_ddhhmm"));
  EXPECT_FALSE(fits("000:24:00", "duration_ddhhmm"));
  EXPECT_FALSE(fits("1:2:3", "duration_ddhhmm"));
  EXPECT_TRUE(fits("2026-10-23T16:00:00Z", "datetime_utc"));
  EXPECT_FALSE(fits("2026-10-23T18:00:00+02:00", "datetime_utc"));
  EXPECT_TRUE(fits("42", "integer"));
  EXPECT_FALSE(fits("4.2", "integer"));
  EXPECT_FALSE(fits("EURO", "iso4217"));
}

}  // namespace
}  // namespace casebook::filing
