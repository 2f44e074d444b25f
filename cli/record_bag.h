#pragma once
/// Bags in the register of a case: what anchors each of them, and the identity that opens it, kept
/// in a compartment instead of with one person. Specification: docs/spec/evidence.md.

#include "cli/bag_choice.h"
#include "cli/case_session.h"

namespace casebook::cli {

struct RecordBagOptions {
  std::string bag;
  std::string compartment = "general";
  std::filesystem::path identity;
};
/// `casebook record bag`: verifies the bag, then records its seal code, digests and custody head,
/// and hands its identity to the readers of the compartment.
ExitStatus record_bag(Runtime& runtime, const RecordBagOptions& options);

/// The identity of a bag out of the compartments that this person holds; nothing when none has it,
/// or no case is there. The case is the one around the bag, else the chosen one.
/// @param ticket  under which the bag was sealed, if any: the case may have that one's identity.
Result<std::optional<AgeIdentity>> identity_in_case(Runtime& runtime, const KnownBag& bag,
                                                    const std::optional<TicketId>& ticket);

}  // namespace casebook::cli
