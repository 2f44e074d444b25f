#pragma once
/// The few primitives that the age format is made of, over OpenSSL. For use inside core/age_*.cpp.
/// Specification: docs/spec/age.md.

#include <memory>
#include <span>
#include <string_view>

#include "core/digest.h"
#include "core/secret_bytes.h"

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX and EVP_PKEY.
struct evp_pkey_st;

namespace casebook::age {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

/// A private scalar of X25519 for any number of exchanges: making it costs as much as one of them.
/// Scalars and points are 32 bytes each.
class X25519Key {
 public:
  static Result<X25519Key> create(std::span<const std::byte> scalar);
  [[nodiscard]] Result<Bytes> public_point() const;
  /// @return `invalid_input` when the result is zero: the point is of small order.
  [[nodiscard]] Result<SecretBytes> exchange(std::span<const std::byte> point) const;

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const noexcept;
  };
  using Key = std::unique_ptr<evp_pkey_st, Free>;
  explicit X25519Key(Key key) : key_(std::move(key)) {}
  Key key_;
};
/// Whether every exchange with this point gives zero, whoever does it: the five points of the curve
/// and its twist whose order divides eight. @param point  canonical.
bool is_of_small_order(std::span<const std::byte> point) noexcept;

/// HKDF-SHA-256 with 32 bytes of output; `salt` may be empty.
Result<SecretBytes> hkdf_sha256(std::span<const std::byte> key, std::span<const std::byte> salt,
                                std::string_view info);
Result<Digest256> hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> text);

/// scrypt with r = 8, p = 1 and N = 2^work_factor; needs 2^work_factor KiB of memory.
Result<SecretBytes> scrypt(std::span<const std::byte> passphrase, std::span<const std::byte> salt,
                           int work_factor);

/// ChaCha20-Poly1305 under one key: one context for any number of messages, no allocation for each.
/// Not shared between threads.
class Aead {
 public:
  enum class Direction { seal, open };
  static Result<Aead> create(Direction direction, const SecretBytes& key);
  /// `out` is `plain.size() + kTagBytes` long and may not overlap `plain`.
  Status seal(std::span<const std::byte, kNonceBytes> nonce, std::span<const std::byte> plain,
              std::span<std::byte> out);
  /// `out` is `sealed.size() - kTagBytes` long. @return false when the tag does not fit; then `out`
  /// holds nothing to be used.
  Result<bool> open(std::span<const std::byte, kNonceBytes> nonce,
                    std::span<const std::byte> sealed, std::span<std::byte> out);

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const noexcept;
  };
  using Context = std::unique_ptr<evp_cipher_ctx_st, Free>;
  explicit Aead(Context context) : context_(std::move(context)) {}
  Context context_;
};

}  // namespace casebook::age
