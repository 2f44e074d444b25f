#include "collector/self_test.h"

#include <openssl/evp.h>

#include <array>

#include "core/bytes.h"
#include "core/c_handle.h"
#include "core/digest.h"

namespace casebook {
namespace {

const unsigned char* data_of(const Bytes& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Bytes hex(std::string_view text) {
  auto bytes = from_hex(text);
  check(bool(bytes), "known answer is hex");
  return *std::move(bytes);
}

bool sha256_is_right() {
  const auto digest = sha256(as_bytes("abc"));
  return digest &&
         to_hex(*digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
}

// RFC 8439 section 2.8.2.
bool chacha20_poly1305_is_right() {
  const std::string_view plain =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      "sunscreen would be it.";
  const Bytes key = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
  const Bytes nonce = hex("070000004041424344454647");
  const Bytes aad = hex("50515253c0c1c2c3c4c5c6c7");
  const Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
  std::array<std::byte, 16> tag{};
  std::array<unsigned char, 128> out{};
  int count = 0;
  if (!context ||
      EVP_EncryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr, data_of(key),
                         data_of(nonce)) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &count, data_of(aad),
                        static_cast<int>(aad.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), out.data(), &count,
                        reinterpret_cast<const unsigned char*>(plain.data()),
                        static_cast<int>(plain.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out.data() + count, &count) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) != 1) {
    return false;
  }
  return to_hex(tag) == "1ae10b594f09e26a7e902ecbd0600691";
}

// RFC 8032 section 7.1, test 2.
bool ed25519_is_right() {
  const Bytes seed = hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const unsigned char message = 0x72;
  const Handle<EVP_PKEY, EVP_PKEY_free> key(
      EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, data_of(seed), seed.size()));
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  std::array<std::byte, 64> signature{};
  std::size_t size_bytes = signature.size();
  if (!key || !context ||
      EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size_bytes,
                     &message, 1) != 1) {
    return false;
  }
  return to_hex(signature) ==
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
}

}  // namespace

Status self_test() {
  const auto wrong = [](std::string_view what) {
    return Error{ErrorCode::crypto, std::string(what) + " gives a wrong answer: do not collect",
                 "take a fresh copy of this program and compare its digest"};
  };
  if (!sha256_is_right()) return wrong("SHA-256");
  if (!chacha20_poly1305_is_right()) return wrong("ChaCha20-Poly1305");
  if (!ed25519_is_right()) return wrong("Ed25519");
  return ok();
}

}  // namespace casebook
