#pragma once
/// The decisions of an incident: who decided what, when, on what, and what was set aside.
/// Specification: docs/spec/papers.md 7.

#include <string>
#include <vector>

#include "reports/paper/paper.h"

namespace casebook::papers {

struct RecordedDecision {
  std::string number;  ///< "D-4"
  UtcSeconds time;
  std::string question;
  std::string decision;
  std::string reasons;
  std::vector<std::string> alternatives;
  std::vector<std::string> basis;       ///< "note 12", "finding 4".
  std::vector<std::string> decided_by;  ///< Names with roles.
  std::vector<std::string> consulted;
  std::string dissent;   ///< May be empty.
  std::string replaced;  ///< Number of the decision that took its place; may be empty.
};

struct DecisionRecordInput {
  PaperHead head;
  std::string organisation;
  std::vector<RecordedDecision> decisions;  ///< In order of time.
  std::string ledger_head = {};
  std::vector<std::string> other_views = {};  ///< "Eve, 2026-10-24T09:00:00Z: ...".
};

Document decision_record(const DecisionRecordInput& input);

}  // namespace casebook::papers
