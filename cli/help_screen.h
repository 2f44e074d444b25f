#pragma once
/// The one screen that `casebook help` shows: what is real, in the order of an incident.

#include <string>
#include <vector>

namespace casebook::cli {

struct HelpRow {
  std::string group;     ///< "Evidence"; the same group stands on neighbouring rows.
  std::string synopsis;  ///< Begins with the name of a command.
  std::string what;      ///< Empty in the closing group, which only names commands.
};

/// The rows. Each command of the tree is named in one of them; a test compares.
const std::vector<HelpRow>& help_rows();

/// At most 40 lines of at most 78 columns; under 60 columns a list.
std::string help_screen(int width_columns);

}  // namespace casebook::cli
