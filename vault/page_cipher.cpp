#include "vault/page_cipher.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <new>

#include "core/c_handle.h"

// From sqlcipher.h of version 4.6.1, which is not installed with the library: a list of functions
// that a program may fill and register. Look at it again with another version.
static_assert(SQLITE_VERSION_NUMBER == 3046001, "sqlcipher.h of another version: look at it again");

extern "C" {
struct sqlcipher_provider {
  int (*activate)(void*);
  int (*deactivate)(void*);
  const char* (*get_provider_name)(void*);
  int (*add_random)(void*, void*, int);
  int (*random)(void*, void*, int);
  int (*hmac)(void*, int algorithm, unsigned char* key, int key_bytes, unsigned char* in,
              int in_bytes, unsigned char* more, int more_bytes, unsigned char* out);
  int (*kdf)(void*, int, const unsigned char*, int, unsigned char*, int, int, int, unsigned char*);
  int (*cipher)(void*, int encrypts, unsigned char* key, int key_bytes, unsigned char* iv,
                unsigned char* in, int in_bytes, unsigned char* out);
  const char* (*get_cipher)(void*);
  int (*get_key_sz)(void*);
  int (*get_iv_sz)(void*);
  int (*get_block_sz)(void*);
  int (*get_hmac_sz)(void*, int);
  int (*ctx_init)(void**);
  int (*ctx_free)(void**);
  int (*fips_status)(void*);
  const char* (*get_provider_version)(void*);
};
void* sqlcipher_malloc(sqlite3_uint64);
int sqlcipher_openssl_setup(sqlcipher_provider*);
int sqlcipher_register_provider(sqlcipher_provider*);  // Owns what it is given.
sqlcipher_provider* sqlcipher_get_provider();
}

namespace casebook::vault {
namespace {

constexpr int kHmacSha512 = 2;  // As SQLCipher numbers it.
constexpr std::size_t kKeyBytes = 32;

/// Which key a context was set up with, so that it is set up once and not for every page.
class LastKey {
 public:
  ~LastKey() { OPENSSL_cleanse(key_.data(), key_.size()); }
  bool is(const unsigned char* key) const noexcept {
    return is_set_ && CRYPTO_memcmp(key, key_.data(), key_.size()) == 0;
  }
  void set(const unsigned char* key) noexcept {
    std::copy_n(key, key_.size(), key_.begin());
    is_set_ = true;
  }
  void forget() noexcept { is_set_ = false; }

 private:
  std::array<unsigned char, kKeyBytes> key_{};
  bool is_set_ = false;
};

/// What one open database keeps. SQLCipher calls it from one thread at a time.
struct Contexts {
  Handle<EVP_MAC_CTX, EVP_MAC_CTX_free> mac;
  std::array<Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>, 2> ciphers;  // Decrypting, encrypting.
  LastKey mac_key;
  std::array<LastKey, 2> cipher_keys;
};

/// The functions of SQLCipher that ours stand in front of.
sqlcipher_provider stock;

int make_contexts(void** out) noexcept {
  if (const int code = stock.ctx_init(out); code != SQLITE_OK) return code;
  *out = nullptr;
  const Handle<EVP_MAC, EVP_MAC_free> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  if (!hmac) return SQLITE_NOMEM;
  auto made = std::unique_ptr<Contexts>(new (std::nothrow) Contexts);
  if (!made) return SQLITE_NOMEM;
  made->mac.reset(EVP_MAC_CTX_new(hmac.get()));
  for (std::size_t encrypts = 0; encrypts < 2; ++encrypts) {
    auto& cipher = made->ciphers[encrypts];
    cipher.reset(EVP_CIPHER_CTX_new());
    if (!cipher ||
        EVP_CipherInit_ex(cipher.get(), EVP_aes_256_cbc(), nullptr, nullptr, nullptr,
                          static_cast<int>(encrypts)) != 1 ||
        EVP_CIPHER_CTX_set_padding(cipher.get(), 0) != 1) {
      return SQLITE_NOMEM;
    }
  }
  if (!made->mac) return SQLITE_NOMEM;
  *out = made.release();
  return SQLITE_OK;
}

int free_contexts(void** contexts) noexcept {
  delete static_cast<Contexts*>(*contexts);
  *contexts = nullptr;
  return stock.ctx_free(contexts);
}

bool start_mac(Contexts& contexts, const unsigned char* key) noexcept {
  EVP_MAC_CTX* mac = contexts.mac.get();
  if (contexts.mac_key.is(key)) return EVP_MAC_init(mac, nullptr, 0, nullptr) == 1;
  contexts.mac_key.forget();
  char digest[] = "SHA512";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(mac, key, kKeyBytes, params) != 1) return false;
  contexts.mac_key.set(key);
  return true;
}

int authenticate(void* context, int algorithm, unsigned char* key, int key_bytes, unsigned char* in,
                 int in_bytes, unsigned char* more, int more_bytes, unsigned char* out) noexcept {
  if (context == nullptr || algorithm != kHmacSha512 || key_bytes != int{kKeyBytes}) {
    return stock.hmac(context, algorithm, key, key_bytes, in, in_bytes, more, more_bytes, out);
  }
  auto& contexts = *static_cast<Contexts*>(context);
  constexpr std::size_t kMacBytes = 64;
  std::size_t written = 0;
  const bool done =
      in != nullptr && start_mac(contexts, key) &&
      EVP_MAC_update(contexts.mac.get(), in, static_cast<std::size_t>(in_bytes)) == 1 &&
      (more == nullptr ||
       EVP_MAC_update(contexts.mac.get(), more, static_cast<std::size_t>(more_bytes)) == 1) &&
      EVP_MAC_final(contexts.mac.get(), out, &written, kMacBytes) == 1 && written == kMacBytes;
  if (!done) contexts.mac_key.forget();
  return done ? SQLITE_OK : SQLITE_ERROR;
}

int crypt(void* context, int encrypts, unsigned char* key, int key_bytes, unsigned char* iv,
          unsigned char* in, int in_bytes, unsigned char* out) noexcept {
  if (context == nullptr || key_bytes != int{kKeyBytes}) {
    return stock.cipher(context, encrypts, key, key_bytes, iv, in, in_bytes, out);
  }
  auto& contexts = *static_cast<Contexts*>(context);
  const std::size_t way = encrypts != 0 ? 1 : 0;
  EVP_CIPHER_CTX* cipher = contexts.ciphers[way].get();
  LastKey& last = contexts.cipher_keys[way];
  const bool is_ready = last.is(key);
  last.forget();
  int written = 0;
  int rest = 0;
  if (EVP_CipherInit_ex(cipher, nullptr, nullptr, is_ready ? nullptr : key, iv,
                        static_cast<int>(way)) != 1 ||
      EVP_CipherUpdate(cipher, out, &written, in, in_bytes) != 1 ||
      EVP_CipherFinal_ex(cipher, out + written, &rest) != 1 || written + rest != in_bytes) {
    return SQLITE_ERROR;
  }
  last.set(key);
  return SQLITE_OK;
}

}  // namespace

void keep_cipher_contexts() noexcept {
  static std::mutex lock;
  static sqlite3* kept_open = nullptr;
  const std::scoped_lock hold(lock);
  if (kept_open != nullptr) return;
  // The engine forgets who was registered when the last database with a key is closed, and cannot
  // be told again then: its locks are gone. So an empty one with a key stays open.
  sqlite3* empty = nullptr;
  const bool is_open = sqlite3_open_v2(":memory:", &empty,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                           SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX,
                                       nullptr) == SQLITE_OK &&
                       sqlite3_key_v2(empty, "main", "none", 4) == SQLITE_OK;
  auto* ours =
      is_open ? static_cast<sqlcipher_provider*>(sqlcipher_malloc(sizeof(stock))) : nullptr;
  if (ours == nullptr) {
    sqlite3_close(empty);
    return;
  }
  sqlcipher_openssl_setup(ours);
  stock = *ours;
  ours->hmac = authenticate;
  ours->cipher = crypt;
  ours->ctx_init = make_contexts;
  ours->ctx_free = free_contexts;
  sqlcipher_register_provider(ours);
  kept_open = empty;
}

}  // namespace casebook::vault
