#include "core/secret_bytes.h"

#include <openssl/crypto.h>

namespace casebook {

SecretBytes SecretBytes::copy_of(std::span<const std::byte> bytes) {
  return SecretBytes(Bytes(bytes.begin(), bytes.end()));
}

SecretBytes SecretBytes::copy_of(std::string_view text) { return copy_of(as_bytes(text)); }

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.bytes_.clear();
  }
  return *this;
}

void SecretBytes::wipe() noexcept {
  if (!bytes_.empty()) OPENSSL_cleanse(bytes_.data(), bytes_.size());
  bytes_.clear();
}

}  // namespace casebook
