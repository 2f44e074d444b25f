#include "core/age_crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

#include "core/c_handle.h"
#include "core/openssl_error.h"

namespace casebook::age {
namespace {

using PkeyHandle = Handle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextHandle = Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using KdfContextHandle = Handle<EVP_KDF_CTX, EVP_KDF_CTX_free>;

const unsigned char* in(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::span<std::byte> bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}
/// OpenSSL's parameter lists take pointers to non-const and never write through these.
void* loose(std::span<const std::byte> bytes) { return const_cast<std::byte*>(bytes.data()); }

/// u = 0, 1, -1 and the two of order eight, little-endian.
constexpr std::array<std::string_view, 5> kSmallOrder = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"};

}  // namespace

void X25519Key::Free::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

Result<X25519Key> X25519Key::create(std::span<const std::byte> scalar) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, in(scalar), scalar.size()));
  if (!key) return openssl_error("X25519 key");
  return X25519Key(std::move(key));
}

Result<Bytes> X25519Key::public_point() const {
  Bytes point(kKeyBytes);
  std::size_t size_bytes = point.size();
  if (EVP_PKEY_get_raw_public_key(key_.get(), out(point), &size_bytes) != 1) {
    return openssl_error("EVP_PKEY_get_raw_public_key");
  }
  return point;
}

Result<SecretBytes> X25519Key::exchange(std::span<const std::byte> point) const {
  const PkeyHandle peer(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, in(point), point.size()));
  if (!peer) return openssl_error("X25519 key");
  const PkeyContextHandle context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (!context || EVP_PKEY_derive_init(context.get()) != 1 ||
      EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1) {
    return openssl_error("EVP_PKEY_derive_set_peer");
  }
  SecretBytes shared(kKeyBytes);
  std::size_t size_bytes = shared.size();
  // OpenSSL checks for the zero result and has no other reason to fail here.
  if (EVP_PKEY_derive(context.get(), out(shared.reveal_mutable()), &size_bytes) != 1) {
    openssl_error("EVP_PKEY_derive");  // Empties the queue.
    return Error{ErrorCode::invalid_input, "X25519 key of small order"};
  }
  return shared;
}

bool is_of_small_order(std::span<const std::byte> point) noexcept {
  return std::ranges::any_of(kSmallOrder,
                             [text = to_hex(point)](auto known) { return known == text; });
}

Result<SecretBytes> hkdf_sha256(std::span<const std::byte> key, std::span<const std::byte> salt,
                                std::string_view info) {
  static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  const KdfContextHandle context(kdf != nullptr ? EVP_KDF_CTX_new(kdf) : nullptr);
  if (!context) return openssl_error("EVP_KDF_CTX_new");
  std::string digest = "SHA256";
  const std::array<std::byte, 32> no_salt{};  // RFC 5869: absent means 32 zero bytes.
  if (salt.empty()) salt = no_salt;
  const std::array<OSSL_PARAM, 5> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, loose(key), key.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, loose(salt), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, loose(as_bytes(info)), info.size()),
      OSSL_PARAM_construct_end()};
  SecretBytes derived(kKeyBytes);
  if (EVP_KDF_derive(context.get(), out(derived.reveal_mutable()), derived.size(),
                     parameters.data()) != 1) {
    return openssl_error("EVP_KDF_derive");
  }
  return derived;
}

Result<Digest256> hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> text) {
  Digest256 mac{};
  std::size_t size_bytes = 0;
  if (EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), in(text),
                text.size(), out(mac), mac.size(), &size_bytes) == nullptr) {
    return openssl_error("EVP_Q_mac");
  }
  return mac;
}

Result<SecretBytes> scrypt(std::span<const std::byte> passphrase, std::span<const std::byte> salt,
                           int work_factor) {
  constexpr std::uint64_t kBlockSize = 8;
  const std::uint64_t rounds = std::uint64_t{1} << static_cast<unsigned>(work_factor);
  const std::uint64_t memory_bytes_max = 128 * kBlockSize * (rounds + 64);
  SecretBytes key(kKeyBytes);
  if (EVP_PBE_scrypt(reinterpret_cast<const char*>(passphrase.data()), passphrase.size(), in(salt),
                     salt.size(), rounds, kBlockSize, /*p=*/1, memory_bytes_max,
                     out(key.reveal_mutable()), key.size()) != 1) {
    return openssl_error("EVP_PBE_scrypt");
  }
  return key;
}

void Aead::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);  // Wipes the key schedule.
}

Result<Aead> Aead::create(Direction direction, const SecretBytes& key) {
  static const EVP_CIPHER* const algorithm =
      EVP_CIPHER_fetch(nullptr, "ChaCha20-Poly1305", nullptr);
  Context context(EVP_CIPHER_CTX_new());
  if (!context || algorithm == nullptr) return openssl_error("EVP_CIPHER_CTX_new");
  if (EVP_CipherInit_ex2(context.get(), algorithm, in(key.reveal()), /*iv=*/nullptr,
                         direction == Direction::seal ? 1 : 0, /*params=*/nullptr) != 1) {
    return openssl_error("EVP_CipherInit_ex2");
  }
  return Aead(std::move(context));
}

Status Aead::seal(std::span<const std::byte, kNonceBytes> nonce, std::span<const std::byte> plain,
                  std::span<std::byte> sealed) {
  check(sealed.size() == plain.size() + kTagBytes, "size of sealed text");
  int count = 0;
  int rest = 0;
  if (EVP_EncryptInit_ex2(context_.get(), nullptr, nullptr, in(nonce), nullptr) != 1 ||
      EVP_EncryptUpdate(context_.get(), out(sealed), &count, in(plain),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context_.get(), out(sealed) + count, &rest) != 1 ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes,
                          out(sealed.last(kTagBytes))) != 1) {
    return openssl_error("ChaCha20-Poly1305");
  }
  return ok();
}

Result<bool> Aead::open(std::span<const std::byte, kNonceBytes> nonce,
                        std::span<const std::byte> sealed, std::span<std::byte> plain) {
  check(sealed.size() == plain.size() + kTagBytes, "size of sealed text");
  const auto text = sealed.first(plain.size());
  int count = 0;
  int rest = 0;
  if (EVP_DecryptInit_ex2(context_.get(), nullptr, nullptr, in(nonce), nullptr) != 1 ||
      EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes,
                          loose(sealed.last(kTagBytes))) != 1 ||
      EVP_DecryptUpdate(context_.get(), out(plain), &count, in(text),
                        static_cast<int>(text.size())) != 1) {
    return openssl_error("ChaCha20-Poly1305");
  }
  std::array<unsigned char, kTagBytes> nothing{};  // A stream cipher has no bytes left to give.
  return EVP_DecryptFinal_ex(context_.get(), nothing.data(), &rest) == 1;
}

}  // namespace casebook::age
