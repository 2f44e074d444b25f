#include "core/digest.h"

#include <openssl/evp.h>

#include <algorithm>

#include "core/openssl_error.h"

namespace casebook {
namespace {
constexpr std::size_t kChunkBytes = 1U << 18U;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const noexcept { EVP_MD_CTX_free(context); }

Result<Sha256> Sha256::create() {
  // Fetched once: an explicit fetch for every small file would cost more than hashing it.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  Context context(EVP_MD_CTX_new());
  if (!context || algorithm == nullptr) return openssl_error("EVP_MD_CTX_new");
  if (EVP_DigestInit_ex(context.get(), algorithm, /*impl=*/nullptr) != 1) {
    return openssl_error("EVP_DigestInit_ex");
  }
  return Sha256(std::move(context));
}

Status Sha256::update(std::span<const std::byte> bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) {
    return openssl_error("EVP_DigestUpdate");
  }
  return ok();
}

Result<Digest256> Sha256::finish() && { return finish_and_restart(); }

Result<Digest256> Sha256::finish_and_restart() {
  Digest256 digest{};
  if (EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                         nullptr) != 1) {
    return openssl_error("EVP_DigestFinal_ex");
  }
  if (EVP_DigestInit_ex(context_.get(), /*type=*/nullptr, /*impl=*/nullptr) != 1) {
    return openssl_error("EVP_DigestInit_ex");
  }
  return digest;
}

Result<Digest256> sha256(std::span<const std::byte> bytes) {
  return sha256_of_parts(std::span(&bytes, 1));
}

Result<Digest256> sha256_of_parts(std::span<const std::span<const std::byte>> parts) {
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  for (const auto part : parts) {
    if (auto added = hasher->update(part); !added) return std::move(added).error();
  }
  return (*std::move(hasher)).finish();
}

Result<Digest256> hash_stream(ByteSource& source, std::uint64_t size_bytes_max) {
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  Bytes chunk(kChunkBytes);
  for (std::uint64_t left_bytes = size_bytes_max;;) {
    auto count = source.read(chunk);
    if (!count) return std::move(count).error().context("hash stream");
    if (*count == 0) return (*std::move(hasher)).finish();
    if (*count > left_bytes) return Error{ErrorCode::limit_exceeded, "hash stream: too long"};
    left_bytes -= *count;
    if (auto added = hasher->update(std::span(chunk).first(*count)); !added) {
      return std::move(added).error();
    }
  }
}

Result<Digest256> digest_from_hex(std::string_view text) {
  auto bytes = from_hex(text);
  if (!bytes || bytes->size() != Digest256{}.size()) {
    return Error{ErrorCode::invalid_input, "not a SHA-256 digest of 64 lower-case hex digits"};
  }
  Digest256 digest{};
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

}  // namespace casebook
