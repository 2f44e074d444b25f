#pragma once
/// Policies as people name them on the command line: by the id of one that we ship, or as a file,
/// commented source or canonical.

#include <filesystem>
#include <string>

#include "cli/runtime.h"
#include "workflow/policy.h"

namespace casebook::cli {

struct LoadedPolicy {
  workflow::Policy policy;
  std::string canonical;
  std::string name;                                                       ///< As it was given.
  std::map<std::string, workflow::SourcePlace, std::less<>> places = {};  ///< Empty: shipped.

  /// "FILE:LINE" of a JSON pointer, or of what is around it; the name alone for a shipped policy.
  [[nodiscard]] std::string place(std::string_view pointer) const;
  [[nodiscard]] std::size_t line(std::string_view pointer) const;  ///< 0: none.
};

/// What a policy extends is looked for among those that we ship, then beside the file.
/// @return `not_found` naming what we ship, or `invalid_input` with file and line.
Result<LoadedPolicy> load_policy(const std::string& id_or_file);
/// The canonical file that a source makes; the policy in it is read, too.
Result<std::string> canonical_file(const std::filesystem::path& source);

}  // namespace casebook::cli
