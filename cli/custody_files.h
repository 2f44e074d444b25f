#pragma once
/// The custody log beside a bag: opened, continued, and sealed again to whoever holds the bag.

#include "cli/bag_choice.h"
#include "cli/key_folder.h"
#include "core/age_file.h"
#include "core/bag_verify.h"
#include "core/custody_log.h"

namespace casebook::cli {

/// The log of a bag; without a file, a new one that begins with what the seal shows.
/// @return `locked` when `unlock` does not open it.
Result<CustodyLog> open_custody(const KnownBag& bag, const BagPapers& papers,
                                const AgeUnlock& unlock, Randomness& randomness);

/// Seals the log to `holder` beside the bag.
Status keep_custody(const KnownBag& bag, const CustodyLog& log, const AgeRecipient& holder,
                    Randomness& randomness);

/// Whoever may add to the custody of a bag: the person's keys, and what opens the log.
struct CustodyHand {
  KeyRing& ring;
  AgeUnlock unlock;     ///< What opens the log.
  std::string purpose;  ///< For the prompt: "ratifying B-7".
};
/// Opens the log, states `request` under the person's key and keeps the log.
/// @return the log and, last in it, the new event.
Result<CustodyLog> record_custody(Runtime& runtime, const KnownBag& bag, const CustodyHand& hand,
                                  CustodyRequest request);

}  // namespace casebook::cli
