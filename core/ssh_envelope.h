#pragma once
/// An SSHSIG taken apart once, for whoever asks for its key and for its truth. Internal to core.

#include "core/ssh_signature.h"

namespace casebook {

/// An SSHSIG whose form is right. Nothing is said yet about its truth.
struct SshEnvelope {
  SshPublicKey key;
  std::string name_space;
  RawSignature signature;
};
/// @return `invalid_input` for text that is not an SSHSIG in its only form.
Result<SshEnvelope> parse_ssh_envelope(std::string_view armored);
/// As verify_ssh_signature().
Result<SignatureCheck> check_ssh_envelope(const SignatureExpectation& expected,
                                          const Digest512& message_digest,
                                          const SshEnvelope& envelope);

}  // namespace casebook
