// Which law, by when: the decision vector, and for every regime facts that make it due, not due and
// undecided (tests/vectors/deadlines/).
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/calendar_text.h"
#include "tests/support/vector_lines.h"
#include "tests/unit/reports/support.h"

namespace casebook::reports {
namespace {

std::set<std::string> stages_with(const Evaluation& evaluation, Outcome outcome) {
  std::set<std::string> stages;
  for (const RegimeVerdict& regime : evaluation.regimes) {
    for (const StageVerdict& stage : regime.stages) {
      if (stage.outcome == outcome) stages.insert(regime.regime->id + " " + stage.stage->id);
    }
  }
  return stages;
}

TEST(DecisionVector, GivesExactlyItsAnswer) {
  const FactsFile file = parse_facts_file(read_source("tests/vectors/deadlines/decision.json"),
                                          "decision.json", policies().catalog, zones());
  ASSERT_TRUE(file.problems.empty());
  const Evaluation evaluation = evaluate_all(file.facts);
  // Stages that only follow a filing or a request are due with an open date.
  EXPECT_EQ(stages_with(evaluation, Outcome::due),
            (std::set<std::string>{
                "eu-gdpr sa_initial", "eu-gdpr sa_followup", "eu-gdpr data_subjects",
                "eu-nis2 early_warning", "eu-nis2 notification", "eu-nis2 intermediate",
                "eu-nis2 final", "us-ca individuals", "us-ca ag", "us-ny individuals",
                "us-ny state", "us-tx individuals", "us-tx ag", "us-tx cra", "us-fl individuals"}));
  const StageVerdict& sec = verdict_of(evaluation, "us-sec-8k-105", "form_8k");
  EXPECT_EQ(sec.outcome, Outcome::unknown);
  EXPECT_EQ(sec.missing, std::vector<std::string>{"material"});
  for (const auto& [regime, stage] :
       {std::pair{"us-fl", "state"}, std::pair{"us-ny", "cra"}, std::pair{"us-ma", "individuals"},
        std::pair{"us-hipaa", "individuals"}, std::pair{"eu-gdpr", "processor_to_controller"}}) {
    EXPECT_EQ(verdict_of(evaluation, regime, stage).outcome, Outcome::not_due) << regime << stage;
  }
  EXPECT_EQ(verdict_of(evaluation, "us-fl", "state").reason,
            "Not due: residents.US-FL is 499, not at least 500.");
  EXPECT_EQ(verdict_of(evaluation, "eu-dora", "initial").missing,
            (std::vector<std::string>{"entity.dora", "dora_major"}));
}

TEST(DecisionVector, GivesItsDates) {
  const FactsFile file = parse_facts_file(read_source("tests/vectors/deadlines/decision.json"),
                                          "decision.json", policies().catalog, zones());
  const Evaluation evaluation = evaluate_all(file.facts);
  const auto earliest = [&](const char* regime, const char* stage) {
    return local_text(*evaluation.zone, *verdict_of(evaluation, regime, stage).deadline->earliest);
  };
  EXPECT_EQ(earliest("eu-gdpr", "sa_initial"), "Mon 26 Oct 2026 17:00 Paris");
  EXPECT_EQ(earliest("eu-nis2", "early_warning"), "Sat 24 Oct 2026 18:00 Paris");
  EXPECT_EQ(earliest("us-ca", "individuals"), "Sun 22 Nov 2026 23:59 Paris");
  EXPECT_EQ(earliest("us-tx", "individuals"), "Tue 22 Dec 2026 23:59 Paris");
  EXPECT_TRUE(verdict_of(evaluation, "us-tx", "individuals").deadline->start_assumed);
  EXPECT_EQ(verdict_of(evaluation, "eu-nis2", "final").deadline->kind, DeadlineKind::open);
}

TEST(EveryRegime, IsDueNotDueAndUndecidedByTheRightFacts) {
  const auto lines = vector_lines("deadlines/regimes.txt", 5);
  ASSERT_GE(lines.size(), 800U);
  std::map<std::string, std::set<std::string>> seen;
  for (const auto& line : lines) {
    const Facts facts = facts_of(line[3]);
    const Regime* regime = policies().find(line[0]);
    ASSERT_NE(regime, nullptr) << line[0];
    const Evaluation evaluation = evaluate_all(facts, {*regime});
    const StageVerdict& verdict =
        evaluation.regimes.front()
            .stages[static_cast<std::size_t>(regime->find_stage(line[1]) - regime->stages.data())];
    EXPECT_EQ(to_string(verdict.outcome), line[2])
        << line[0] << ' ' << line[1] << ' ' << line[3] << '\n'
        << verdict.reason;
    seen[line[0]].insert(line[2]);
    std::set<std::string> named(verdict.missing.begin(), verdict.missing.end());
    std::set<std::string> wanted;
    for (std::size_t at = 0; at < line[4].size();) {
      const std::size_t blank = std::min(line[4].find(' ', at), line[4].size());
      wanted.insert(line[4].substr(at, blank - at));
      at = blank + 1;
    }
    if (line[2] == "unknown") {
      EXPECT_EQ(named, wanted) << line[0] << ' ' << line[3];
    }
    if (line[2] != "not_due" || wanted.empty()) continue;
    named.insert(verdict.deciding.begin(), verdict.deciding.end());
    EXPECT_TRUE(std::ranges::any_of(wanted, [&](const auto& fact) { return named.contains(fact); }))
        << line[0] << ' ' << line[3] << '\n'
        << verdict.reason;
  }
  EXPECT_EQ(seen.size(), policies().regimes.size());
  for (const Regime& regime : policies().regimes) {
    const auto& outcomes = seen[regime.id];
    const bool never =
        regime.status == RegimeStatus::not_in_force_as_far_as_found ||
        (regime.status == RegimeStatus::phased_not_yet_binding && !regime.effective_from);
    if (never) {
      EXPECT_EQ(outcomes, std::set<std::string>{"not_due"}) << regime.id;
    } else if (regime.binds()) {
      EXPECT_EQ(outcomes, (std::set<std::string>{"due", "not_due", "unknown"})) << regime.id;
    } else {
      EXPECT_EQ(outcomes, (std::set<std::string>{"not_due", "recommended"})) << regime.id;
    }
  }
}

TEST(PolicyFiles, AreAllBuiltIn) {
  std::set<std::string> listed{"facts.json"};
  const std::string list = read_source("policies/legal_files.txt");
  for (const char* folder : {"calendars", "regimes"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::string(CASEBOOK_SOURCE_DIR) +
                                                                 "/policies/" + folder)) {
      const std::string name = std::string(folder) + "/" + entry.path().filename().string();
      EXPECT_NE(list.find(name + "\n"), std::string::npos) << name;
    }
  }
  EXPECT_EQ(policies().regimes.size(), 144U);
  EXPECT_EQ(policies().calendars.size(), 8U);
}

}  // namespace
}  // namespace casebook::reports
