#pragma once
/// What one person says about another's entry: when it was made, and that a call was heard.

#include "cli/runbook_saying.h"

namespace casebook::cli {

struct WitnessOptions {
  std::string entry;  ///< "#12", a thing by its number, or "140", an entry of the ledger.
  std::string at;     ///< Empty: when the ledger received it.
};
/// A trusted time for an entry that somebody else signed: without an outside authority, "four quiet
/// hours" are counted between such times.
ExitStatus witness_time(Runtime& runtime, const WitnessOptions& options);

/// Stops the ladder of a running clock. @param number  of the thing it belongs to, as `watch`
/// shows.
ExitStatus acknowledge_clock(Runtime& runtime, const std::string& number);

}  // namespace casebook::cli
