#pragma once
/// A Runtime without a terminal, whose output and environment a test holds in its hands.

#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/runtime.h"

namespace casebook::cli {

/// Answers questions from a list, and remembers what was asked.
class ListedPassphrases final : public PassphraseSource {
 public:
  std::vector<std::string> answers;
  std::vector<std::string> asked;
  Result<SecretBytes> ask(const PassphraseQuestion& question) override {
    asked.push_back(question.purpose);
    if (answers.empty()) return Error{ErrorCode::locked, "no passphrase was given"};
    std::string answer = answers.front();
    answers.erase(answers.begin());
    return SecretBytes::copy_of(answer);
  }
};

struct TestRuntime {
  FixedClock clock{UtcNanoseconds(std::chrono::seconds(1'795'000'000))};
  SystemRandomness randomness;
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  std::map<std::string, std::string> environment;
  ListedPassphrases passphrases;
  TerminalPassphrases terminal_passphrases;
  Runtime runtime{.clock = clock,
                  .randomness = randomness,
                  .in = in,
                  .out = out,
                  .err = err,
                  .environment = [this](const char* name) -> std::optional<std::string> {
                    const auto found = environment.find(name);
                    if (found == environment.end()) return std::nullopt;
                    return found->second;
                  },
                  .terminal = {},
                  .passphrases = passphrases,
                  .age_work_factor = 10};

  /// Runs one command line of the whole program.
  ExitStatus run(const std::vector<std::string>& words) {
    out.str("");
    err.str("");
    runtime.common = {};
    Command root("casebook", "Sealed evidence of a security incident");
    add_common_options(root, runtime, terminal_passphrases);
    add_all_commands(root);
    return run_command_line(root, words, runtime);
  }
};

}  // namespace casebook::cli
