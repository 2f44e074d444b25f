#pragma once
/// `casebook policy text`: a text of the case's policy, filled from the case.
/// Specification: docs/spec/templates.md.

#include <string>
#include <vector>

#include "cli/exit_status.h"
#include "cli/runtime.h"

namespace casebook::cli {

struct TextOptions {
  std::vector<std::string> words;  ///< Its id, then NAME=VALUE; none: lists them.
  std::string language;
};
/// Exit status 3 while something is not known: "[name?]" stands there.
ExitStatus show_policy_text(Runtime& runtime, const TextOptions& options);

}  // namespace casebook::cli
