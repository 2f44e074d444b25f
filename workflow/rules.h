#pragma once
/// Who may say what of the runbook: one function per verb. Specification: docs/spec/workflow.md,
/// section "Deciding". Gates are asked by refuse_runbook() afterwards.

#include "workflow/decide.h"
#include "workflow/policy_index.h"

namespace casebook::workflow {

using Answer = std::optional<RunbookRefusal>;

inline RunbookRefusal no(std::string what, std::string hint = {}) {
  return {std::move(what), std::move(hint)};
}

/// A statement that somebody wants to make.
struct Saying {
  const CaseState& state;
  const std::vector<PersonId>& persons;  ///< Active, each once, at least one.
  const StatementDigests& digests;
  UtcSeconds now;

  [[nodiscard]] const Policy& policy() const { return *state.policy; }
  [[nodiscard]] bool signed_by(const PersonId& person) const;
  /// One of them holds one of these roles; true when there are none to hold.
  [[nodiscard]] bool holds_one_of(const std::vector<std::string>& roles) const;
  [[nodiscard]] bool holds(const std::string& role) const;
  /// "only somebody with role X or Y may Z".
  [[nodiscard]] Answer needs_role(const std::vector<std::string>& roles,
                                  const std::string& purpose) const;
  /// Signed by one person and nobody else.
  [[nodiscard]] Answer needs_one_person() const;
  [[nodiscard]] Answer needs_text(const std::string& name) const;
};

// rules_case.cpp
Answer judge(const Saying& saying, const PolicyPin& pin);
Answer judge(const Saying& saying, const KindSet& set);
Answer judge(const Saying& saying, const StepDone& done);
Answer judge(const Saying& saying, const StepSkip& skip);
Answer judge(const Saying& saying, const MakeMove& move);
Answer judge(const Saying& saying, const Acknowledge& acknowledge);
Answer judge(const Saying& saying, const Exclude& exclude);
Answer judge(const Saying& saying, const TimeAttest& attest);
Answer judge(const Saying& saying, const TellDone& told);
// rules_records.cpp
Answer judge(const Saying& saying, const FactSet& set);
Answer judge(const Saying& saying, const RecordAdd& add);
Answer judge(const Saying& saying, const RecordChange& change);
Answer judge(const Saying& saying, const RecordSettle& settle);
// rules_words.cpp
Answer judge(const Saying& saying, const AskFor& ask);
Answer judge(const Saying& saying, const Attest& attest);
Answer judge(const Saying& saying, const AttestRefuse& refuse);
Answer judge(const Saying& saying, const AttestWithdraw& withdraw);
Answer judge(const Saying& saying, const Spoken& spoken);
Answer judge(const Saying& saying, const WaiveAsk& ask);
Answer judge(const Saying& saying, const WaiveGrant& grant);
// rules_roles.cpp
Answer judge(const Saying& saying, const HandoverOffer& offer);
Answer judge(const Saying& saying, const HandoverAccept& accept);
Answer judge(const Saying& saying, const DeputyName& deputy);
Answer judge(const Saying& saying, const DeputyAccept& accept);
/// What the runbook adds to the rules of people.
Answer judge_people(const CaseState& state, const Entry& entry);

/// What the engine knows of facts: a milder level, and something learnt that a closed case cannot
/// be silent about.
bool is_downgrade(const CaseState& state, const FactSet& set);
bool is_rise(const CaseState& state, const FactSet& set);
/// Whether `reopen` may be made from the phase in force.
bool may_reopen(const CaseState& state);
/// The one policy of a later pin that is not pinned yet; null unless there is exactly one.
const PinnedPolicy* newly_pinned(const CaseState& state, const PolicyPin& pin);
/// The role of whoever must always be one: the commander.
inline constexpr std::string_view kCommander = "commander";
/// Whether the case has a commander who cannot leave without another one.
bool needs_commander(const CaseState& state);

}  // namespace casebook::workflow
