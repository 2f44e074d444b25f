#pragma once
/// Verdicts in the order in which a person needs them.

#include <map>
#include <string>
#include <vector>

#include "reports/evaluator.h"

namespace casebook::reports {

struct Duty {
  const RegimeVerdict* regime = nullptr;
  const StageVerdict* stage = nullptr;
  [[nodiscard]] const StageDeadline& deadline() const { return *stage->deadline; }
};

struct DeadlineList {
  std::vector<Duty> limits;     ///< Limits of law or contract, the earliest first.
  std::vector<Duty> targets;    ///< No number in law: own targets and guidance windows, in order.
  std::vector<Duty> waiting;    ///< Due once something has happened; no date yet.
  std::vector<Duty> kept;       ///< Ends of retention periods.
  std::vector<Duty> guidance;   ///< Recommended, no legal duty.
  std::vector<Duty> undecided;  ///< The law applies; facts of this stage are missing.
  /// Whether the law applies is itself unknown: regimes by what is missing.
  std::vector<const RegimeVerdict*> need_profile, need_places, need_other;
  std::vector<Duty> not_due_here;   ///< The law applies, this stage does not: worth showing.
  std::vector<Duty> not_due_other;  ///< Everything else that is not due.
};

DeadlineList list_deadlines(const Evaluation& evaluation);

/// Every "assumed" of the dates shown, each once, in order.
std::vector<std::string> assumptions(const Evaluation& evaluation);

/// Facts that undecided regimes miss, the one that most of them miss first.
std::vector<std::pair<std::string, int>> missing_facts(
    const std::vector<const RegimeVerdict*>& regimes);

}  // namespace casebook::reports
