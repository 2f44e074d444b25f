#pragma once
/// What a record says: its statement, read and with its signatures checked. Specification:
/// docs/spec/case.md "Records", docs/spec/inbox.md.

#include <optional>

#include "core/statement.h"
#include "vault/case_record.h"
#include "vault/compartment.h"

namespace casebook::cli {

struct CaseEntry {
  std::optional<std::uint64_t> seq;  ///< What it was made for; none: it was left in an inbox.
  UtcSeconds received_at;            ///< Of such a note: what its signer claimed.
  SignedStatement signed_text;
  Statement statement;
  std::vector<SshPublicKey> signers;
  std::vector<Digest256> leaves;  ///< Of a batch.
};
/// @return `invalid_input` for what is no record, or is not signed as it says.
Result<CaseEntry> read_entry(std::string_view record);
/// The one at this place. @return `corrupt` when it is not there.
Result<CaseEntry> entry_at(vault::Compartment& compartment, std::uint64_t seq);

}  // namespace casebook::cli
