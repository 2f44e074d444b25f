#pragma once
/// `casebook status --cases`: one line for each case that this home knows, or that lies below the
/// folders named. Specification: docs/spec/workflow.md, section "Board of many cases".

#include <string>
#include <vector>

#include "cli/exit_status.h"
#include "cli/runtime.h"
#include "core/messages.h"

namespace casebook::cli {

struct KnownCase {
  std::filesystem::path folder;
  std::string code_name;  ///< Under which it is remembered; empty: it was found below a folder.
};
/// Those that `open` and `use` remembered here, or, when any are named, those that are one or have
/// some below them. Each once, by path. @return `not_found` for a folder named that holds none.
Result<std::vector<KnownCase>> known_cases(const Runtime& runtime,
                                           const std::vector<std::string>& named);

/// Exit status 3 when some could not be opened; they are listed with why.
ExitStatus show_cases(Runtime& runtime, const std::vector<std::string>& named);

/// Takes a case off the list of this home, by its code name or folder; the case is left alone, and
/// so are its heads that are kept here.
ExitStatus forget_case(Runtime& runtime, const std::string& wanted);

/// "in 21 h" or "late by 2 h".
std::string until_text(const Messages& messages, UtcSeconds due, UtcSeconds now);

}  // namespace casebook::cli
