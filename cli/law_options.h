#pragma once
/// Options and files shared by the commands about law: deadlines, facts, regimes, org.

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/runtime.h"
#include "reports/facts_file.h"
#include "reports/policy_set.h"

namespace casebook::cli {

/// `--policies DIR` and `--regimes DIR`, both repeatable.
struct PolicyOptions {
  std::vector<std::string> folders;
  void add_to(Command& command);
  [[nodiscard]] Result<reports::PolicySet> load() const;
};

/// Facts of several files together.
struct GatheredFacts {
  reports::Facts facts;
  std::string incident;
  std::vector<std::string> files;
};

/// Reads `files`, or without any facts.json of the current folder and, where it is there, the
/// profile.json beside it. @return the first problem of a file, or two files that disagree.
Result<GatheredFacts> gather_facts(const std::vector<std::string>& files,
                                   const reports::PolicySet& policies, ZoneDatabase& zones);

/// Reads one facts file with all its problems.
Result<reports::FactsFile> read_facts(const std::string& file, const reports::PolicySet& policies,
                                      ZoneDatabase& zones);

/// Prints `text`, or writes it to `out` when that is not empty (an existing file is refused).
ExitStatus deliver(Runtime& runtime, const std::string& text, const std::string& out);

}  // namespace casebook::cli
