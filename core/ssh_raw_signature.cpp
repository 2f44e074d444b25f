#include "core/ssh_raw_signature.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "core/c_handle.h"
#include "core/digest.h"
#include "core/openssl_error.h"
#include "core/openssl_keys.h"
#include "core/ssh_wire.h"

namespace casebook {
namespace {

constexpr std::size_t kTypeBytesMax = 64;
constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr std::size_t kP256NumberBytes = 32;
constexpr std::size_t kEcdsaValueBytesMax = 2 * (4 + 1 + kP256NumberBytes);
constexpr std::uint8_t kUserPresent = 0x01;
constexpr std::uint8_t kUserVerified = 0x04;

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;
using EcdsaNumbers = Handle<ECDSA_SIG, ECDSA_SIG_free>;
using Number = Handle<BIGNUM, BN_free>;

bool is_ed25519(SshKeyType type) {
  return type == SshKeyType::ed25519 || type == SshKeyType::sk_ed25519;
}

bool is_token_type(SshKeyType type) {
  return type == SshKeyType::sk_ed25519 || type == SshKeyType::sk_ecdsa_p256;
}

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Status check_value(SshKeyType type, std::span<const std::byte> value) {
  if (is_ed25519(type)) {
    if (value.size() == kEd25519SignatureBytes) return ok();
    return Error{ErrorCode::invalid_input, "an Ed25519 signature has 64 bytes"};
  }
  SshReader reader(value);
  for (int i = 0; i < 2; ++i) {
    if (auto number = reader.positive_mpint(kP256NumberBytes); !number) {
      return std::move(number).error();
    }
  }
  return reader.end();
}

/// mpint r, mpint s as the DER that OpenSSL wants.
Result<Bytes> ecdsa_der(std::span<const std::byte> value) {
  SshReader reader(value);
  const EcdsaNumbers numbers(ECDSA_SIG_new());
  if (!numbers) return openssl_error("ECDSA_SIG_new");
  Number parts[2];
  for (Number& part : parts) {
    auto magnitude = reader.positive_mpint(kP256NumberBytes);
    if (!magnitude) return std::move(magnitude).error();
    part.reset(BN_bin2bn(raw(*magnitude), static_cast<int>(magnitude->size()), nullptr));
    if (!part) return openssl_error("BN_bin2bn");
  }
  if (ECDSA_SIG_set0(numbers.get(), parts[0].get(), parts[1].get()) != 1) {
    return openssl_error("ECDSA_SIG_set0");
  }
  (void)parts[0].release();  // Owned by `numbers` now.
  (void)parts[1].release();
  const int size = i2d_ECDSA_SIG(numbers.get(), nullptr);
  if (size <= 0) return openssl_error("i2d_ECDSA_SIG");
  Bytes der(static_cast<std::size_t>(size));
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  if (i2d_ECDSA_SIG(numbers.get(), &out) != size) return openssl_error("i2d_ECDSA_SIG");
  return der;
}

/// What a token signs in place of `data`: FIDO2 binds application, flags and counter to it.
Result<Bytes> token_data(const SshPublicKey& key, std::span<const std::byte> data,
                         const RawSignature& signature) {
  auto application = sha256(as_bytes(key.application()));
  auto message = sha256(data);
  if (!application) return std::move(application).error();
  if (!message) return std::move(message).error();
  SshWriter writer;
  writer.raw(*application).byte(signature.flags).uint32(signature.counter).raw(*message);
  return std::move(writer).take();
}

/// Keys of OpenSSL, the last few: making one costs a fiftieth of checking a signature with it.
class KeptKeys {
 public:
  Result<EVP_PKEY*> of(const SshPublicKey& key) {
    for (const Kept& one : keys_) {
      if (one.blob == key.blob()) return one.key.get();
    }
    auto made =
        is_ed25519(key.type()) ? ed25519_public_key(key.point()) : p256_public_key(key.point());
    if (!made) return std::move(made).error();
    if (keys_.size() < kMost) keys_.emplace_back();
    Kept& place = keys_[next_];
    next_ = (next_ + 1) % kMost;
    place = {key.blob(), *std::move(made)};
    return place.key.get();
  }

 private:
  static constexpr std::size_t kMost = 32;
  struct Kept {
    Bytes blob;
    OpensslKey key;
  };
  std::vector<Kept> keys_;
  std::size_t next_ = 0;
};

Result<bool> verify_with_openssl(const SshPublicKey& key, std::span<const std::byte> data,
                                 std::span<const std::byte> value) {
  const bool ed25519 = is_ed25519(key.type());
  thread_local KeptKeys kept;
  auto object = kept.of(key);
  if (!object) return std::move(object).error();
  Bytes der;
  if (!ed25519) {
    auto made = ecdsa_der(value);
    if (!made) return std::move(made).error();
    der = *std::move(made);
    value = der;
  }
  const DigestContext context(EVP_MD_CTX_new());
  if (!context) return openssl_error("EVP_MD_CTX_new");
  if (EVP_DigestVerifyInit(context.get(), nullptr, ed25519 ? nullptr : EVP_sha256(), nullptr,
                           *object) != 1) {
    return openssl_error("EVP_DigestVerifyInit");
  }
  const int good =
      EVP_DigestVerify(context.get(), raw(value), value.size(), raw(data), data.size());
  ERR_clear_error();  // A wrong signature also leaves text there; the answer is the value.
  return good == 1;
}

}  // namespace

Bytes RawSignature::encoded() const {
  SshWriter writer;
  writer.string(to_string(type)).string(value);
  if (is_token_type(type)) writer.byte(flags).uint32(counter);
  return std::move(writer).take();
}

std::optional<TokenUse> RawSignature::token_use() const {
  if (!is_token_type(type)) return std::nullopt;
  return TokenUse{.user_present = (flags & kUserPresent) != 0,
                  .user_verified = (flags & kUserVerified) != 0,
                  .counter = counter};
}

Result<RawSignature> parse_raw_signature(std::span<const std::byte> field) {
  SshReader reader(field);
  auto name = reader.text(kTypeBytesMax);
  if (!name) return std::move(name).error();
  auto type = ssh_key_type(*name);
  if (!type) return std::move(type).error();
  auto value = reader.string(kEcdsaValueBytesMax);
  if (!value) return std::move(value).error();
  if (auto good = check_value(*type, *value); !good) return std::move(good).error();
  RawSignature signature{.type = *type, .value = Bytes(value->begin(), value->end())};
  if (is_token_type(*type)) {
    auto flags = reader.byte();
    if (!flags) return std::move(flags).error();
    auto counter = reader.uint32();
    if (!counter) return std::move(counter).error();
    signature.flags = *flags;
    signature.counter = *counter;
  }
  if (auto ended = reader.end(); !ended) return std::move(ended).error();
  return signature;
}

Result<bool> is_signed_by(const SshPublicKey& key, std::span<const std::byte> data,
                          const RawSignature& signature) {
  if (signature.type != key.type()) return false;
  if (!key.is_token()) return verify_with_openssl(key, data, signature.value);
  auto bound = token_data(key, data, signature);
  if (!bound) return std::move(bound).error();
  return verify_with_openssl(key, *bound, signature.value);
}

Bytes ecdsa_value(std::span<const std::byte> r, std::span<const std::byte> s) {
  SshWriter writer;
  writer.mpint(r).mpint(s);
  return std::move(writer).take();
}

}  // namespace casebook
