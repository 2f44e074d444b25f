#pragma once
/// Everything the calculator knows about law: definitions of facts, regimes and calendars, built
/// into the program, and what users add in folders of their own.

#include <filesystem>
#include <string>
#include <vector>

#include "reports/evaluator.h"
#include "reports/fact.h"
#include "reports/regime.h"

namespace casebook::reports {

struct PolicySet {
  FactCatalog catalog;
  std::vector<Regime> regimes;  ///< Sorted by id.
  Calendars calendars;
  std::vector<std::string> own_files;  ///< Files that users added, in the order read.
  std::vector<std::string> replaced_calendars;

  [[nodiscard]] const Regime* find(std::string_view id) const;
};

/// The built-in policies and those of `folders`. A folder holds any of facts.json, regimes/*.json
/// and calendars/*.json; a folder of regime files alone is taken, too. An own calendar replaces a
/// built-in one; an own regime must have an id of its own (and may supersede another).
/// @return an error naming the file.
Result<PolicySet> load_policies(const std::vector<std::filesystem::path>& folders);

/// What is wrong with the files of a folder; empty when all are good. Each message names its file.
Result<std::vector<Error>> lint_policies(const std::filesystem::path& folder);

}  // namespace casebook::reports
