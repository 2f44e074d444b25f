/// How the file key is wrapped: for an X25519 recipient, or under a passphrase.

#include <algorithm>
#include <array>
#include <charconv>

#include "core/age_crypto.h"
#include "core/age_header.h"

namespace casebook::age {
namespace {

constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::string_view kScryptLabel = "age-encryption.org/v1/scrypt";
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kWrappedBytes = kFileKeyBytes + kTagBytes;
// A wrapping key is used once, so the nonce is fixed.
constexpr std::array<std::byte, kNonceBytes> kZeroNonce{};

Error corrupt(const char* why) {
  return Error{ErrorCode::corrupt, std::string("age header: ") + why};
}

Result<Bytes> wrap_file_key(const SecretBytes& wrapping_key, const SecretBytes& file_key) {
  auto aead = Aead::create(Aead::Direction::seal, wrapping_key);
  if (!aead) return std::move(aead).error();
  Bytes body(kWrappedBytes);
  if (auto sealed = aead->seal(kZeroNonce, file_key.reveal(), body); !sealed) {
    return std::move(sealed).error();
  }
  return body;
}

Result<std::optional<SecretBytes>> unwrap_file_key(const SecretBytes& wrapping_key,
                                                   const Bytes& body) {
  auto aead = Aead::create(Aead::Direction::open, wrapping_key);
  if (!aead) return std::move(aead).error();
  SecretBytes file_key(kFileKeyBytes);
  auto fits = aead->open(kZeroNonce, body, file_key.reveal_mutable());
  if (!fits) return std::move(fits).error();
  if (!*fits) return std::optional<SecretBytes>();
  return std::optional<SecretBytes>(std::move(file_key));
}

/// The key that both sides of the exchange arrive at.
Result<SecretBytes> x25519_wrapping_key(const SecretBytes& shared, std::span<const std::byte> share,
                                        std::span<const std::byte> recipient) {
  Bytes salt(share.begin(), share.end());
  salt.insert(salt.end(), recipient.begin(), recipient.end());
  return hkdf_sha256(shared.reveal(), salt, kX25519Info);
}

Result<SecretBytes> scrypt_wrapping_key(const SecretBytes& passphrase,
                                        std::span<const std::byte> salt, int work_factor) {
  Bytes labelled = to_bytes(kScryptLabel);
  labelled.insert(labelled.end(), salt.begin(), salt.end());
  return scrypt(passphrase.reveal(), labelled, work_factor);
}

/// A decimal from 1 to 99 without a leading zero.
std::optional<int> parse_work_factor(const std::string& text) {
  int factor = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, factor);
  const bool plain = !text.empty() && text.size() <= 2 && text.front() >= '1';
  if (problem != std::errc{} || stop != end || !plain) return std::nullopt;
  return factor;
}

}  // namespace

Result<Stanza> wrap_for(const AgeRecipient& recipient, const SecretBytes& file_key,
                        Randomness& randomness) {
  SecretBytes scalar(kKeyBytes);
  if (auto filled = randomness.fill(scalar.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  auto ephemeral = X25519Key::create(scalar.reveal());
  if (!ephemeral) return std::move(ephemeral).error();
  auto share = ephemeral->public_point();
  if (!share) return std::move(share).error();
  auto shared = ephemeral->exchange(recipient.bytes());
  if (!shared) return std::move(shared).error();
  auto key = x25519_wrapping_key(*shared, *share, recipient.bytes());
  if (!key) return std::move(key).error();
  auto body = wrap_file_key(*key, file_key);
  if (!body) return std::move(body).error();
  return Stanza{{"X25519", to_base64(*share, Base64Padding::without)}, *std::move(body)};
}

Result<std::optional<SecretBytes>> unwrap(const Stanza& stanza, const AgeIdentity& identity) {
  auto own = X25519Key::create(identity.scalar().reveal());
  if (!own) return std::move(own).error();
  return unwrap(stanza, *own, identity.recipient());
}

Result<std::optional<SecretBytes>> unwrap(const Stanza& stanza, const X25519Key& own,
                                          const AgeRecipient& recipient) {
  if (stanza.arguments.size() != 2) return corrupt("an X25519 stanza without its one share");
  auto share = from_base64(stanza.arguments[1], Base64Padding::without);
  if (!share || share->size() != kKeyBytes) return corrupt("a malformed X25519 share");
  if (stanza.body.size() != kWrappedBytes) return corrupt("an X25519 stanza of the wrong length");
  auto shared = own.exchange(*share);
  if (!shared && shared.error().code == ErrorCode::invalid_input) {
    return corrupt("an X25519 share of small order");
  }
  if (!shared) return std::move(shared).error();
  auto key = x25519_wrapping_key(*shared, *share, recipient.bytes());
  if (!key) return std::move(key).error();
  return unwrap_file_key(*key, stanza.body);
}

Result<Stanza> wrap_with_passphrase(const SecretBytes& passphrase, int work_factor,
                                    const SecretBytes& file_key, Randomness& randomness) {
  std::array<std::byte, kSaltBytes> salt{};
  if (auto filled = randomness.fill(salt); !filled) return std::move(filled).error();
  auto key = scrypt_wrapping_key(passphrase, salt, work_factor);
  if (!key) return std::move(key).error();
  auto body = wrap_file_key(*key, file_key);
  if (!body) return std::move(body).error();
  return Stanza{{"scrypt", to_base64(salt, Base64Padding::without), std::to_string(work_factor)},
                *std::move(body)};
}

Result<std::optional<SecretBytes>> unwrap_with_passphrase(const Stanza& stanza,
                                                          const SecretBytes& passphrase,
                                                          int work_factor_max) {
  if (stanza.arguments.size() != 3) return corrupt("a scrypt stanza without salt and factor");
  auto salt = from_base64(stanza.arguments[1], Base64Padding::without);
  if (!salt || salt->size() != kSaltBytes) return corrupt("a malformed scrypt salt");
  const auto work_factor = parse_work_factor(stanza.arguments[2]);
  if (!work_factor) return corrupt("a malformed scrypt work factor");
  if (stanza.body.size() != kWrappedBytes) return corrupt("a scrypt stanza of the wrong length");
  if (*work_factor > work_factor_max) {
    return Error{ErrorCode::limit_exceeded,
                 "scrypt work factor " + std::to_string(*work_factor) + " is above " +
                     std::to_string(work_factor_max),
                 "opening would need 2^" + std::to_string(*work_factor) + " KiB of memory"};
  }
  auto key = scrypt_wrapping_key(passphrase, *salt, *work_factor);
  if (!key) return std::move(key).error();
  return unwrap_file_key(*key, stanza.body);
}

}  // namespace casebook::age
