#pragma once
/// Whatever can make an SSH signature: a key in memory here, a key in a file (openssh_key.h), a key
/// held by an ssh-agent (ssh_agent.h). Specification: docs/spec/signature.md section 3.

#include <memory>
#include <span>

#include "core/random.h"
#include "core/secret_bytes.h"
#include "core/ssh_public_key.h"

namespace casebook {

/// One key that can sign. Not shared between threads.
class Signer {
 public:
  virtual ~Signer() = default;
  [[nodiscard]] virtual const SshPublicKey& public_key() const = 0;
  /// Signs `data` as it is. Callers want make_ssh_signature() instead, which says for what purpose.
  /// @return the signature field of docs/spec/signature.md section 3: type, signature, and for a
  ///         token flags and counter. `crypto` or, for an agent, `io` when it cannot.
  virtual Result<Bytes> sign(std::span<const std::byte> data) = 0;
};

/// An Ed25519 private key in memory: the one-time key of a seal, or what a key file held.
class Ed25519Signer final : public Signer {
 public:
  static Result<Ed25519Signer> generate(Randomness& randomness);
  /// @param seed  32 bytes, the private key of RFC 8032. @return `invalid_input` for another size.
  static Result<Ed25519Signer> from_seed(SecretBytes seed);

  [[nodiscard]] const SshPublicKey& public_key() const override { return public_key_; }
  Result<Bytes> sign(std::span<const std::byte> data) override;
  /// The 32 secret bytes, for writing the key to a file of its own.
  [[nodiscard]] const SecretBytes& seed() const { return seed_; }

 private:
  Ed25519Signer(SecretBytes seed, SshPublicKey public_key)
      : seed_(std::move(seed)), public_key_(std::move(public_key)) {}
  SecretBytes seed_;
  SshPublicKey public_key_;
};

/// An ECDSA P-256 private key in memory, from a key file.
class EcdsaP256Signer final : public Signer {
 public:
  /// @param scalar  the private key, big-endian, 1 to 32 bytes.
  /// @return `invalid_input` when it does not belong to `public_key`.
  static Result<EcdsaP256Signer> from_scalar(SecretBytes scalar, const SshPublicKey& public_key);

  [[nodiscard]] const SshPublicKey& public_key() const override { return public_key_; }
  Result<Bytes> sign(std::span<const std::byte> data) override;

 private:
  EcdsaP256Signer(SecretBytes scalar, SshPublicKey public_key)
      : scalar_(std::move(scalar)), public_key_(std::move(public_key)) {}
  SecretBytes scalar_;
  SshPublicKey public_key_;
};

}  // namespace casebook
