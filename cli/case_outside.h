#pragma once
/// What a case is compared with from outside: its own head, the head that this machine saw last,
/// and the persons whom somebody outside vouches for. Specification: docs/spec/case.md, ledger.md.

#include "cli/case_check.h"
#include "core/roster.h"
#include "workflow/anchors.h"

namespace casebook::cli {

/// Anchors as they were given, read.
struct GivenAnchors {
  std::optional<SignedRoster> roster;
  std::vector<std::string> fingerprints;
};
/// @param given  rosters (a folder, or a .json), fingerprints, or files with a public key.
Result<GivenAnchors> read_anchors(const std::vector<std::string>& given);

/// The head by one of `log_keys`, and the ledger against it and against the head at home.
void check_heads(CaseCheck& check, std::span<const SshPublicKey> log_keys);

/// Every person bound in the case, against the anchors.
void check_anchors(CaseCheck& check, CaseSession* session, const workflow::People& people,
                   const GivenAnchors& given);

/// The same for somebody who opens no record: they know the first log key and the founders that
/// case.json claims, and neither later keys nor other persons.
void check_without_records(CaseCheck& check, const GivenAnchors& given);

}  // namespace casebook::cli
