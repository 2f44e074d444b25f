#pragma once
/// Everything a command may touch besides its own options. main() makes one; tests make others.

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "cli/exit_status.h"
#include "cli/passphrase.h"
#include "cli/terminal.h"
#include "core/age_file.h"
#include "core/clock.h"
#include "core/json_text.h"
#include "core/random.h"

namespace casebook::cli {

class Command;

/// File in state_folder() that holds the path of the case chosen by `use`.
inline constexpr const char* kChosenCase = "chosen-case";

/// Options that every command takes.
struct CommonOptions {
  bool is_json = false;
  std::filesystem::path case_folder;  ///< `--case`; empty when not given.
  std::string person;                 ///< `--as`; empty when not given.
  bool signs_with_agent = false;      ///< `--sign-with agent`.
};

struct Runtime {
  const Clock& clock;
  Randomness& randomness;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Environment environment;
  Terminal terminal;
  PassphraseSource& passphrases;
  CommonOptions common = {};
  std::string program = "casebook";      ///< Name in front of refusals.
  int age_work_factor = kAgeWorkFactor;  ///< Of new key files; tests take a cheap one.

  /// Where the keys and settings of this user lie: $XDG_CONFIG_HOME/casebook or
  /// ~/.config/casebook. @return `not_found` when there is no home folder.
  [[nodiscard]] Result<std::filesystem::path> config_folder() const;
  /// What this machine remembers: $XDG_STATE_HOME/casebook or ~/.local/state/casebook.
  [[nodiscard]] Result<std::filesystem::path> state_folder() const;
  /// The case given, around us, or chosen by `use`; nothing when there is none.
  [[nodiscard]] std::optional<std::filesystem::path> chosen_case() const;
  /// Folder that holds the bags: evidence/ of the chosen case, else ./evidence, else
  /// the current folder. It need not exist yet.
  [[nodiscard]] std::filesystem::path evidence_folder() const;
};

/// Puts the options of `runtime.common` on the root command; passphrases come from
/// `passphrases_by_fd` once `--passphrase-fd` was read.
void add_common_options(Command& root, Runtime& runtime, TerminalPassphrases& passphrases);

/// Prints the refusal: what and where, then what to do. With --json it is an object on standard
/// error, too. @return the exit status that belongs to it.
ExitStatus fail(Runtime& runtime, const Error& error);
/// The same for wrong use: exit status 2.
ExitStatus refuse_usage(Runtime& runtime, const Error& error);

/// Prints `value` as one line of canonical JSON on standard output.
void print_json(Runtime& runtime, const Json& value);

}  // namespace casebook::cli
