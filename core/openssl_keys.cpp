#include "core/openssl_keys.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "core/c_handle.h"
#include "core/openssl_error.h"

namespace casebook {
namespace {

using KeyContext = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using ParamBuilder = Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Params = Handle<OSSL_PARAM, OSSL_PARAM_free>;
using SecretNumber = Handle<BIGNUM, BN_clear_free>;
constexpr std::string_view kP256Group = "prime256v1";

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// @param scalar  null for a public key.
Result<OpensslKey> p256_key(std::span<const std::byte> point, const BIGNUM* scalar) {
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder) return openssl_error("OSSL_PARAM_BLD_new");
  const bool pushed =
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, kP256Group.data(),
                                      kP256Group.size()) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) == 1 &&
      (scalar == nullptr ||
       OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1);
  if (!pushed) return openssl_error("OSSL_PARAM_BLD_push");
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  if (!params || !context) return openssl_error("EVP_PKEY_CTX_new_from_name");
  const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) {
    return openssl_error("EVP_PKEY_fromdata");
  }
  return OpensslKey(key);
}

}  // namespace

void FreeKey::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Result<OpensslKey> ed25519_public_key(std::span<const std::byte> point) {
  OpensslKey key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(point), point.size()));
  if (!key) return openssl_error("EVP_PKEY_new_raw_public_key");
  return key;
}

Result<OpensslKey> ed25519_private_key(std::span<const std::byte> seed) {
  OpensslKey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), seed.size()));
  if (!key) return openssl_error("EVP_PKEY_new_raw_private_key");
  return key;
}

Result<OpensslKey> p256_public_key(std::span<const std::byte> point) {
  return p256_key(point, nullptr);
}

Result<OpensslKey> p256_private_key(std::span<const std::byte> scalar,
                                    std::span<const std::byte> point) {
  const SecretNumber number(BN_secure_new());
  if (!number || BN_bin2bn(raw(scalar), static_cast<int>(scalar.size()), number.get()) == nullptr) {
    return openssl_error("BN_bin2bn");
  }
  auto key = p256_key(point, number.get());
  if (!key) return key;
  const KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key->get(), nullptr));
  if (!context) return openssl_error("EVP_PKEY_CTX_new_from_pkey");
  if (EVP_PKEY_pairwise_check(context.get()) != 1) {
    (void)openssl_error("EVP_PKEY_pairwise_check");
    return Error{ErrorCode::invalid_input, "private and public key do not belong together"};
  }
  return key;
}

}  // namespace casebook
