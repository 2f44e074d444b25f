#include "core/ssh_signature.h"

#include <openssl/evp.h>

#include <algorithm>

#include "core/c_handle.h"
#include "core/openssl_error.h"
#include "core/ssh_envelope.h"
#include "core/ssh_wire.h"

namespace casebook {
namespace {

constexpr std::string_view kMagic = "SSHSIG";
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kHashName = "sha512";
constexpr std::string_view kArmorBegin = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view kArmorEnd = "-----END SSH SIGNATURE-----\n";
constexpr std::size_t kArmorColumns = 70;
constexpr std::size_t kNamespaceBytesMax = 64;
constexpr std::size_t kFieldBytesMax = 2048;
constexpr std::size_t kHashChunkBytes = 65536;

using DigestContext = Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

Error malformed(std::string_view why) {
  return Error{ErrorCode::invalid_input, "signature: " + std::string(why)};
}

Bytes encoded(const SshEnvelope& envelope) {
  SshWriter writer;
  writer.raw(as_bytes(kMagic)).uint32(kVersion).string(envelope.key.blob());
  writer.string(envelope.name_space).string("").string(kHashName);
  writer.string(envelope.signature.encoded());
  return std::move(writer).take();
}

std::string armored_text(std::span<const std::byte> blob) {
  const std::string base64 = to_base64(blob);
  std::string text(kArmorBegin);
  for (std::size_t at = 0; at < base64.size(); at += kArmorColumns) {
    text.append(base64, at, kArmorColumns).push_back('\n');
  }
  return text.append(kArmorEnd);
}

Result<Bytes> blob_of(std::string_view armored) {
  if (armored.size() > kArmoredBytesMax) return malformed("too long");
  if (!armored.starts_with(kArmorBegin) || !armored.ends_with(kArmorEnd) ||
      armored.size() < kArmorBegin.size() + kArmorEnd.size()) {
    return malformed("not an armored SSH signature");
  }
  armored.remove_prefix(kArmorBegin.size());
  armored.remove_suffix(kArmorEnd.size());
  std::string base64(armored);
  std::erase(base64, '\n');  // Where the line feeds were is settled by writing the text again.
  auto blob = from_base64(base64);
  if (!blob) return malformed("not valid base64");
  return blob;
}

Result<SshEnvelope> parse_blob(std::span<const std::byte> blob) {
  SshReader reader(blob);
  auto magic = reader.raw(kMagic.size());
  if (!magic || as_text(*magic) != kMagic) return malformed("no SSHSIG mark");
  auto version = reader.uint32();
  if (!version || *version != kVersion) return malformed("not version 1");
  auto key_blob = reader.string(kFieldBytesMax);
  auto name_space = reader.text(kFieldBytesMax);
  auto reserved = reader.string(kFieldBytesMax);
  auto hash = reader.text(kFieldBytesMax);
  auto field = reader.string(kFieldBytesMax);
  if (!key_blob || !name_space || !reserved || !hash || !field || !reader.end()) {
    return malformed("fields are cut short, too long or too many");
  }
  if (!reserved->empty()) return malformed("the reserved field is not empty");
  if (*hash != kHashName) return malformed("the hash is not sha512");
  auto key = SshPublicKey::from_blob(*key_blob);
  if (!key) return std::move(key).error().context("signature");
  auto signature = parse_raw_signature(*field);
  if (!signature) return std::move(signature).error().context("signature");
  return SshEnvelope{*std::move(key), std::string(*name_space), *std::move(signature)};
}

/// What is signed: the purpose and the digest under one mark.
Bytes signed_data(std::string_view name_space, const Digest512& digest) {
  SshWriter writer;
  writer.raw(as_bytes(kMagic)).string(name_space).string("").string(kHashName).string(digest);
  return std::move(writer).take();
}

bool is_namespace(std::string_view text) {
  return !text.empty() && text.size() <= kNamespaceBytesMax &&
         std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '.' ||
                  c == '-';
         });
}

SignatureCheck finding(SignatureVerdict verdict, std::string reason, const SshEnvelope& envelope) {
  return {verdict, std::move(reason), envelope.key, envelope.signature.token_use()};
}

}  // namespace

Result<SshEnvelope> parse_ssh_envelope(std::string_view armored) {
  auto blob = blob_of(armored);
  if (!blob) return std::move(blob).error();
  auto envelope = parse_blob(*blob);
  if (!envelope) return envelope;
  if (armored_text(encoded(*envelope)) != armored) return malformed("not in its only form");
  return envelope;
}

Result<SignatureCheck> check_ssh_envelope(const SignatureExpectation& expected,
                                          const Digest512& digest, const SshEnvelope& envelope) {
  using enum SignatureVerdict;
  if (envelope.name_space != expected.name_space) {
    return finding(wrong_namespace, "made for another purpose", envelope);
  }
  if (std::ranges::find(expected.keys, envelope.key) == expected.keys.end()) {
    return finding(unexpected_key, "made by another key", envelope);
  }
  auto by_key =
      is_signed_by(envelope.key, signed_data(envelope.name_space, digest), envelope.signature);
  if (!by_key) return std::move(by_key).error();
  if (!*by_key) return finding(bad_signature, "not the signature of this text", envelope);
  if (const auto use = envelope.signature.token_use()) {
    if (!use->user_present) {
      return finding(user_not_present, "the token was not touched", envelope);
    }
    if (expected.user_verification_needed && !use->user_verified) {
      return finding(user_not_verified, "the token did not check its user", envelope);
    }
  }
  return finding(good, {}, envelope);
}

Result<Digest512> sha512(std::span<const std::byte> message) {
  // Fetched once: finding the algorithm costs more than hashing a statement.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  Digest512 digest{};
  if (algorithm == nullptr ||
      EVP_Digest(message.data(), message.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 nullptr, algorithm, nullptr) != 1) {
    return openssl_error("EVP_Digest");
  }
  return digest;
}

Result<Digest512> sha512_stream(ByteSource& message, std::uint64_t size_bytes_max) {
  const DigestContext context(EVP_MD_CTX_new());
  if (!context) return openssl_error("EVP_MD_CTX_new");
  if (EVP_DigestInit_ex(context.get(), EVP_sha512(), nullptr) != 1) {
    return openssl_error("EVP_DigestInit_ex");
  }
  Bytes chunk(kHashChunkBytes);
  for (std::uint64_t left_bytes = size_bytes_max;;) {
    auto count = message.read(chunk);
    if (!count) return std::move(count).error();
    if (*count == 0) break;
    if (*count > left_bytes) return Error{ErrorCode::limit_exceeded, "message is too long"};
    left_bytes -= *count;
    if (EVP_DigestUpdate(context.get(), chunk.data(), *count) != 1) {
      return openssl_error("EVP_DigestUpdate");
    }
  }
  Digest512 digest{};
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  if (EVP_DigestFinal_ex(context.get(), out, nullptr) != 1) {
    return openssl_error("EVP_DigestFinal_ex");
  }
  return digest;
}

Result<std::string> make_ssh_signature(Signer& signer, std::string_view name_space,
                                       std::span<const std::byte> message) {
  auto digest = sha512(message);
  if (!digest) return std::move(digest).error();
  return make_ssh_signature(signer, name_space, *digest);
}

Result<std::string> make_ssh_signature(Signer& signer, std::string_view name_space,
                                       const Digest512& message_digest) {
  if (!is_namespace(name_space)) return Error{ErrorCode::invalid_input, "not a namespace"};
  const Bytes data = signed_data(name_space, message_digest);
  auto field = signer.sign(data);
  if (!field) return std::move(field).error().context("sign");
  auto signature = parse_raw_signature(*field);
  if (!signature) return std::move(signature).error().context("sign");
  auto by_key = is_signed_by(signer.public_key(), data, *signature);
  if (!by_key) return std::move(by_key).error();
  if (!*by_key) return Error{ErrorCode::crypto, "sign: the signer gave a wrong signature"};
  return armored_text(
      encoded(SshEnvelope{signer.public_key(), std::string(name_space), *std::move(signature)}));
}

std::string_view to_string(SignatureVerdict verdict) noexcept {
  switch (verdict) {
    case SignatureVerdict::good:
      return "good";
    case SignatureVerdict::malformed:
      return "malformed";
    case SignatureVerdict::wrong_namespace:
      return "wrong_namespace";
    case SignatureVerdict::unexpected_key:
      return "unexpected_key";
    case SignatureVerdict::bad_signature:
      return "bad_signature";
    case SignatureVerdict::user_not_present:
      return "user_not_present";
    case SignatureVerdict::user_not_verified:
      return "user_not_verified";
  }
  return "";
}

Result<SignatureCheck> verify_ssh_signature(const SignatureExpectation& expected,
                                            std::span<const std::byte> message,
                                            std::string_view armored) {
  auto digest = sha512(message);
  if (!digest) return std::move(digest).error();
  return verify_ssh_signature(expected, *digest, armored);
}

Result<SignatureCheck> verify_ssh_signature(const SignatureExpectation& expected,
                                            const Digest512& message_digest,
                                            std::string_view armored) {
  auto envelope = parse_ssh_envelope(armored);
  if (envelope) return check_ssh_envelope(expected, message_digest, *envelope);
  if (envelope.error().code == ErrorCode::crypto) return std::move(envelope).error();
  return SignatureCheck{SignatureVerdict::malformed, std::move(envelope).error().message,
                        std::nullopt, std::nullopt};
}

Result<SshPublicKey> key_of_ssh_signature(std::string_view armored) {
  auto envelope = parse_ssh_envelope(armored);
  if (!envelope) return std::move(envelope).error();
  return std::move(envelope->key);
}

Result<std::string> rewrite_ssh_signature(std::string_view armored) {
  auto envelope = parse_ssh_envelope(armored);
  if (!envelope) return std::move(envelope).error();
  return armored_text(encoded(*envelope));
}

}  // namespace casebook
