#pragma once
/// The recovery identity of a compartment, as a page to print. Specification: docs/spec/slots.md,
/// "Recovery identities".

#include <filesystem>
#include <string>

#include "cli/runtime.h"

namespace casebook::cli {

struct RecoveryOptions {
  std::string compartment = "general";
  std::filesystem::path out;  ///< Else the terminal, and nothing but a terminal.
  bool ends = false;          ///< None is made: those there are open nothing any more.
};
ExitStatus make_recovery_page(Runtime& runtime, const RecoveryOptions& options);

}  // namespace casebook::cli
