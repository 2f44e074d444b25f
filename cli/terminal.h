#pragma once
/// What the terminal can show, and the escape codes for it.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace casebook::cli {

enum class ColourChoice { automatic, always, never };

struct Terminal {
  bool is_out_terminal = false;
  bool is_err_terminal = false;
  int width_columns = 78;
  bool has_colour = false;
};

/// Looks at an environment variable; nothing when it is not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;
/// The environment of this process; ask before any thread is started.
std::optional<std::string> from_environment(const char* name);

/// Width: COLUMNS, else what the terminal says, else 78. Colour: never with NO_COLOR or TERM=dumb,
/// always with CLICOLOR_FORCE, else on a terminal; an explicit choice beats all of them.
Terminal look_at_terminal(const Environment& environment);
bool decide_colour(const Environment& environment, bool is_terminal, ColourChoice choice);

enum class Ink { good, bad, caution, strong };
/// `text` in a colour when the terminal has any, else as it is.
std::string inked(const Terminal& terminal, Ink ink, std::string_view text);

}  // namespace casebook::cli
