#pragma once
/// Checks a file of artifact definitions for the people who write one: every definition is looked
/// at, and each finding names its line. Specification: docs/spec/artifacts.md.

#include <string>
#include <string_view>
#include <vector>

#include "collector/artifact.h"

namespace casebook::collector {

struct LintFinding {
  std::size_t line = 0;  ///< From 1; 0 when nothing in the text could be pointed at.
  std::string what;      ///< One line, printable.
  std::string hint;      ///< What to do; may be empty.
};

struct LintReport {
  std::size_t artifacts = 0;  ///< That are good.
  std::size_t entries = 0;
  std::vector<LintFinding> findings;  ///< In the order of the text; empty: it is good.
};

/// @param text  one stage (section 1) or a whole set (section 3). @param shipped  knows the
/// profiles that a stage may name.
LintReport lint_artifacts(std::string_view text, const ArtifactSet& shipped);

}  // namespace casebook::collector
