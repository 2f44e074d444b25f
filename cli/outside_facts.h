#pragma once
/// Collecting what a check may lean on from outside the thing that is checked.

#include "cli/bag_judgement.h"
#include "cli/runtime.h"

namespace casebook::cli {

struct OutsideOptions {
  std::vector<std::string> anchors;      ///< Fingerprints, or files with public keys.
  std::vector<std::string> authorities;  ///< PEM files.
  std::optional<std::string> seal_code;
};
void add_outside_options(Command& command, OutsideOptions& options);

/// The options, one's own keys, and the time authorities kept in
/// $XDG_CONFIG_HOME/casebook/time-authorities.pem.
Result<OutsideFacts> gather_outside_facts(const Runtime& runtime, const OutsideOptions& options);

}  // namespace casebook::cli
