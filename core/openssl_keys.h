#pragma once
/// Makes OpenSSL's key objects from the raw numbers of SSH keys. For .cpp files in core only.

#include <memory>
#include <span>

#include "core/bytes.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY.

namespace casebook {

struct FreeKey {
  void operator()(evp_pkey_st* key) const noexcept;
};
using OpensslKey = std::unique_ptr<evp_pkey_st, FreeKey>;

/// @param point  32 bytes.
Result<OpensslKey> ed25519_public_key(std::span<const std::byte> point);
/// @param seed  32 bytes, secret.
Result<OpensslKey> ed25519_private_key(std::span<const std::byte> seed);
/// @param point  65 bytes, uncompressed.
Result<OpensslKey> p256_public_key(std::span<const std::byte> point);
/// @param scalar  big-endian, secret. @return `invalid_input` when it does not belong to `point`.
Result<OpensslKey> p256_private_key(std::span<const std::byte> scalar,
                                    std::span<const std::byte> point);

}  // namespace casebook
