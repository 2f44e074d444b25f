#include "core/ssh_signer.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "core/c_handle.h"
#include "core/openssl_error.h"
#include "core/openssl_keys.h"
#include "core/ssh_raw_signature.h"

namespace casebook {
namespace {

constexpr std::size_t kSeedBytes = 32;
constexpr std::size_t kPointBytes = 32;
constexpr std::size_t kScalarBytesMax = 32;

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaNumbers = Handle<ECDSA_SIG, ECDSA_SIG_free>;

Result<Bytes> sign_with_openssl(evp_pkey_st* key, const EVP_MD* digest,
                                std::span<const std::byte> data) {
  const DigestContext context(EVP_MD_CTX_new());
  if (!context) return openssl_error("EVP_MD_CTX_new");
  if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key) != 1) {
    return openssl_error("EVP_DigestSignInit");
  }
  const auto* input = reinterpret_cast<const unsigned char*>(data.data());
  std::size_t size = 0;
  if (EVP_DigestSign(context.get(), nullptr, &size, input, data.size()) != 1) {
    return openssl_error("EVP_DigestSign");
  }
  Bytes signature(size);
  auto* out = reinterpret_cast<unsigned char*>(signature.data());
  if (EVP_DigestSign(context.get(), out, &size, input, data.size()) != 1) {
    return openssl_error("EVP_DigestSign");
  }
  signature.resize(size);
  return signature;
}

Bytes magnitude_of(const BIGNUM* number) {
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number)));
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  return bytes;
}

}  // namespace

Result<Ed25519Signer> Ed25519Signer::generate(Randomness& randomness) {
  SecretBytes seed(kSeedBytes);
  if (auto filled = randomness.fill(seed.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  return from_seed(std::move(seed));
}

Result<Ed25519Signer> Ed25519Signer::from_seed(SecretBytes seed) {
  if (seed.size() != kSeedBytes) {
    return Error{ErrorCode::invalid_input, "an Ed25519 private key has 32 bytes"};
  }
  auto object = ed25519_private_key(seed.reveal());
  if (!object) return std::move(object).error();
  Bytes point(kPointBytes);
  std::size_t size = point.size();
  if (EVP_PKEY_get_raw_public_key(object->get(), reinterpret_cast<unsigned char*>(point.data()),
                                  &size) != 1 ||
      size != kPointBytes) {
    return openssl_error("EVP_PKEY_get_raw_public_key");
  }
  auto public_key = SshPublicKey::from_ed25519_point(point);
  if (!public_key) return std::move(public_key).error();
  return Ed25519Signer(std::move(seed), *std::move(public_key));
}

Result<Bytes> Ed25519Signer::sign(std::span<const std::byte> data) {
  auto object = ed25519_private_key(seed_.reveal());
  if (!object) return std::move(object).error();
  auto value = sign_with_openssl(object->get(), nullptr, data);
  if (!value) return value;
  return RawSignature{.type = SshKeyType::ed25519, .value = *std::move(value)}.encoded();
}

Result<EcdsaP256Signer> EcdsaP256Signer::from_scalar(SecretBytes scalar,
                                                     const SshPublicKey& public_key) {
  if (public_key.type() != SshKeyType::ecdsa_p256 || scalar.empty() ||
      scalar.size() > kScalarBytesMax) {
    return Error{ErrorCode::invalid_input, "not a P-256 private key"};
  }
  if (auto object = p256_private_key(scalar.reveal(), public_key.point()); !object) {
    return std::move(object).error();
  }
  return EcdsaP256Signer(std::move(scalar), public_key);
}

Result<Bytes> EcdsaP256Signer::sign(std::span<const std::byte> data) {
  auto object = p256_private_key(scalar_.reveal(), public_key_.point());
  if (!object) return std::move(object).error();
  auto der = sign_with_openssl(object->get(), EVP_sha256(), data);
  if (!der) return der;
  const auto* in = reinterpret_cast<const unsigned char*>(der->data());
  const EcdsaNumbers numbers(d2i_ECDSA_SIG(nullptr, &in, static_cast<long>(der->size())));
  if (!numbers) return openssl_error("d2i_ECDSA_SIG");
  const Bytes value = ecdsa_value(magnitude_of(ECDSA_SIG_get0_r(numbers.get())),
                                  magnitude_of(ECDSA_SIG_get0_s(numbers.get())));
  return RawSignature{.type = SshKeyType::ecdsa_p256, .value = value}.encoded();
}

}  // namespace casebook
