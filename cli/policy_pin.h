#pragma once
/// The rules of a case that runs already: exchanged or added to, never dropped.

#include "cli/runbook_saying.h"

namespace casebook::cli {

struct PinOptions {
  std::string policy;  ///< An id that is built in, or a file.
  Cosigning cosigning;
};
/// Two persons sign; gates on `policy` are asked. Prints what the new version permits that the old
/// one blocks.
ExitStatus pin_policy(Runtime& runtime, const PinOptions& options);

}  // namespace casebook::cli
