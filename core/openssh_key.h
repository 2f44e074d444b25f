#pragma once
/// OpenSSH's own private key files ("openssh-key-v1"), as ssh-keygen writes and reads them.
/// Format: PROTOCOL.key of OpenSSH; what we accept of it: docs/spec/signature.md section 9.
/// In a library of its own (casebook::keyfile), because bcrypt-pbkdf comes from Botan and the
/// static collector carries no Botan.

#include <memory>
#include <string_view>

#include "core/random.h"
#include "core/secret_bytes.h"
#include "core/ssh_signer.h"

namespace casebook {

/// Longest key file that is looked at.
inline constexpr std::size_t kOpensshKeyBytesMax = 16384;
/// Rounds of bcrypt-pbkdf in the files we write; OpenSSH's own default since 9.4.
inline constexpr unsigned kBcryptRounds = 24;

/// What a key file says without its passphrase.
struct OpensshKeyInfo {
  SshPublicKey public_key;
  bool encrypted;
};

/// @param file  the whole file. @return `invalid_input` for anything but one Ed25519 or P-256 key,
///              plain or with aes256-ctr and bcrypt.
Result<OpensshKeyInfo> inspect_openssh_key(const SecretBytes& file);

/// Opens a key file.
/// @param passphrase  may be empty when the key is not encrypted.
/// @return `locked` when a passphrase is needed or this one is wrong; `invalid_input` for a file
/// that
///         is malformed or whose halves do not belong together.
Result<std::unique_ptr<Signer>> open_openssh_key(const SecretBytes& file,
                                                 const SecretBytes& passphrase);

/// Writes an encrypted key file (aes256-ctr, bcrypt) that `ssh-keygen` and `ssh-add` open.
/// @param comment  printable ASCII, at most 256 bytes. @param passphrase  not empty.
/// @param rounds  1 to 1,024.
Result<SecretBytes> write_openssh_key(const Ed25519Signer& key, std::string_view comment,
                                      const SecretBytes& passphrase, Randomness& randomness,
                                      unsigned rounds = kBcryptRounds);

/// The same without protection, for demonstrations and tests: whoever reads the file can sign.
Result<SecretBytes> write_open_openssh_key(const Ed25519Signer& key, std::string_view comment,
                                           Randomness& randomness);

}  // namespace casebook
