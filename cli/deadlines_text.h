#pragma once
/// Screens of `casebook deadlines`: the list of duties, and one law explained step by step.

#include <string>
#include <vector>

#include "reports/evaluator.h"

namespace casebook::cli {

struct DeadlineScreen {
  const reports::Evaluation& evaluation;
  const reports::Facts& facts;
  UtcSeconds now;
  std::vector<std::string> files;  ///< What the facts were read from.
  bool is_all = false;             ///< List what is unknown and not due in full.
  int width_columns = 78;
  /// In a case: moments from which laws count, contracts with customers, what was left out.
  struct Trigger {
    std::string fact;
    UtcSeconds at;
    std::string said_by;
    bool is_confirmed = true;
  };
  struct Contract {
    std::string customer;
    int hours = 0;
    UtcSeconds due;
  };
  std::vector<Trigger> triggers = {};
  std::vector<Contract> contracts = {};
  std::vector<std::string> remarks = {};
};

/// Who must be told, until when, what is undecided and what is not due.
std::string deadlines_text(const DeadlineScreen& screen);

/// Why: facts, clause, rule and arithmetic of every stage of one regime.
std::string regime_why_text(const DeadlineScreen& screen, const reports::RegimeVerdict& verdict);

/// The law as data, without facts.
std::string regime_show_text(const reports::Regime& regime, int width_columns);

}  // namespace casebook::cli
