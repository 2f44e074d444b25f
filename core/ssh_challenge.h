#pragma once
/// Proof that whoever enrols a key can use it. Specification: docs/spec/signature.md section 7.

#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/random.h"
#include "core/ssh_signature.h"

namespace casebook {

/// A fresh text to be signed by `key` in namespace `casebook-enrol@v1`, with our own commands or
/// with `ssh-keygen -Y sign -n casebook-enrol@v1`. The asker keeps it until it is answered, and
/// takes an answer to it once.
/// @param expires_at  after this an answer no longer counts.
Result<std::string> make_key_challenge(const SshPublicKey& key, UtcSeconds expires_at,
                                       Randomness& randomness);

/// @return `invalid_input` when the challenge is not for `key`, is not one of ours, or has expired.
Status check_key_challenge(std::string_view challenge, const SshPublicKey& key, UtcSeconds now);

/// Checks the answer to `challenge`, which must be the very text that was kept.
/// @return a finding about the signature; `invalid_input` when the challenge is not for `key`, is
///         not one of ours, or has expired.
Result<SignatureCheck> verify_key_challenge(std::string_view challenge, const SshPublicKey& key,
                                            std::string_view armored, UtcSeconds now);

}  // namespace casebook
