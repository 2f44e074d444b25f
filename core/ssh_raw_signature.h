#pragma once
/// The signature field inside an SSHSIG or an agent's answer: reading, writing and checking it.
/// Specification: docs/spec/signature.md section 3.

#include <cstdint>
#include <optional>
#include <span>

#include "core/ssh_public_key.h"

namespace casebook {

/// What a token says about the moment of signing; covered by its signature.
struct TokenUse {
  bool user_present = false;   ///< Somebody touched it.
  bool user_verified = false;  ///< It checked a PIN or a finger.
  std::uint32_t counter = 0;
};

/// A signature field whose form is right. Nothing is said yet about its truth.
struct RawSignature {
  SshKeyType type;
  Bytes value;             ///< Ed25519: 64 bytes. P-256: mpint r, mpint s.
  std::uint8_t flags = 0;  ///< Tokens only.
  std::uint32_t counter = 0;

  /// The field as it stood.
  [[nodiscard]] Bytes encoded() const;
  [[nodiscard]] std::optional<TokenUse> token_use() const;
};

/// Reads a signature field. @return `invalid_input` unless it is in its only form.
Result<RawSignature> parse_raw_signature(std::span<const std::byte> field);

/// True when `signature` is by `key` over `data`. False also for a signature of another type.
/// @return `crypto` only when OpenSSL itself fails.
Result<bool> is_signed_by(const SshPublicKey& key, std::span<const std::byte> data,
                          const RawSignature& signature);

/// The `value` of a P-256 signature: mpint r, mpint s (big-endian magnitudes).
Bytes ecdsa_value(std::span<const std::byte> r, std::span<const std::byte> s);

}  // namespace casebook
