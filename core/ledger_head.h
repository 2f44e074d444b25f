#pragma once
/// The signed head of a ledger: what somebody keeps elsewhere to notice later that entries were
/// removed, changed or exchanged. Specification: docs/spec/ledger.md, section "Head".

#include "core/ledger.h"

namespace casebook {

struct LedgerHead {
  LedgerId ledger;
  MerkleHead tree;
  UtcSeconds time;  ///< By the clock of the machine that signed: a claim.
};

/// Canonical JSON and a line feed: the bytes that are signed.
std::string format_head(const LedgerHead& head);
/// @return `invalid_input` for anything that format_head() does not write.
Result<LedgerHead> parse_head(std::string_view text);

/// What the file `head` holds: the line and its signature.
struct SignedHead {
  LedgerHead head;
  std::string line;       ///< With its line feed.
  std::string signature;  ///< Armored SSHSIG, namespace casebook-head@v1.
};

Result<SignedHead> sign_head(const LedgerHead& head, Signer& log_key);
std::string format_signed_head(const SignedHead& head);
Result<SignedHead> parse_signed_head(std::string_view text);
/// A finding, as verify_ssh_signature() gives it. @param log_keys  the keys bound to sign heads.
Result<SignatureCheck> verify_head(const SignedHead& head, std::span<const SshPublicKey> log_keys);

}  // namespace casebook
