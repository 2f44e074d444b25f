#pragma once
/// The command line as data: commands, their options, arguments and examples. Parsing, help,
/// suggestions, shell completion and the test of the man page all read this one tree.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_status.h"
#include "core/result.h"

namespace casebook::cli {

struct Runtime;

/// Takes the text a user gave. @return `invalid_input` saying what is expected.
using Setter = std::function<Status(std::string_view value)>;

struct Option {
  std::string name;        ///< "--out".
  std::string value_name;  ///< "DIR"; empty for a flag, whose setter gets an empty text.
  std::string help;
  Setter set;
};

enum class Count { one, optional, one_or_more, any };

struct Argument {
  std::string name;  ///< "BAG".
  Count count;
  std::string help;
  Setter set;
};

struct Example {
  std::string line;
  std::string what;
};

/// One command, or a group of commands (`ticket new`, `ticket show`). Bound variables must live as
/// long as the command: bind members of an object that the function given to run() shares.
class Command {
 public:
  Command(std::string name, std::string summary);
  Command(Command&&) = default;

  /// Adds a command below this one. The reference stays good as long as this command lives.
  Command& add(std::string name, std::string summary);

  Command& flag(std::string name, bool& target, std::string help);
  Command& option(std::string name, std::string value_name, std::string& target, std::string help);
  Command& option(std::string name, std::string value_name, std::optional<std::string>& target,
                  std::string help);
  Command& option(std::string name, std::string value_name, std::filesystem::path& target,
                  std::string help);
  /// May be given several times.
  Command& option(std::string name, std::string value_name, std::vector<std::string>& target,
                  std::string help);
  Command& option(std::string name, std::string value_name, std::string help, Setter setter);

  Command& argument(std::string name, std::string& target, std::string help,
                    Count count = Count::one);
  Command& arguments(std::string name, std::vector<std::string>& target, std::string help,
                     Count count = Count::one_or_more);

  Command& example(std::string line, std::string what);
  Command& run(std::function<ExitStatus(Runtime&)> function);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& summary() const { return summary_; }
  [[nodiscard]] const std::vector<Option>& options() const { return options_; }
  [[nodiscard]] const std::vector<Argument>& arguments() const { return arguments_; }
  [[nodiscard]] const std::vector<Example>& examples() const { return examples_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Command>>& children() const { return children_; }
  [[nodiscard]] const std::function<ExitStatus(Runtime&)>& function() const { return function_; }

  [[nodiscard]] const Command* find_child(std::string_view name) const;
  [[nodiscard]] const Option* find_option(std::string_view name) const;

 private:
  std::string name_;
  std::string summary_;
  std::vector<Option> options_;
  std::vector<Argument> arguments_;
  std::vector<Example> examples_;
  std::vector<std::unique_ptr<Command>> children_;
  std::function<ExitStatus(Runtime&)> function_;
};

/// What parse_command_line found. Without `problem`, `trail.back()` is the command to run.
struct ParsedCommandLine {
  std::vector<const Command*> trail;  ///< From the root to the command reached; never empty.
  bool is_help_asked = false;
  std::string problem;  ///< One line, empty when all is well.
  std::string hint;

  /// "casebook ticket new".
  [[nodiscard]] std::string words() const;
};

/// Reads `words` (without the program's name) against the tree and sets the bound variables. The
/// root's own options are accepted behind every command. `--` ends the options; `--name=value` and
/// `--name value` are the same; options and arguments may be mixed.
ParsedCommandLine parse_command_line(const Command& root, const std::vector<std::string>& words);

/// The help text of one command: usage, summary, arguments, options, examples.
/// @param width_columns  of the terminal; text never passes 78 columns.
std::string help_text(const ParsedCommandLine& where, int width_columns);

}  // namespace casebook::cli
