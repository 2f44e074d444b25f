#pragma once
/// SHA-256 of byte streams. Specification: FIPS 180-4; implementation: OpenSSL EVP.

#include <array>
#include <memory>
#include <span>

#include "core/bytes.h"

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX: no OpenSSL header leaves a .cpp file.

namespace casebook {

using Digest256 = std::array<std::byte, 32>;

/// One running SHA-256 computation. Movable, not copyable, not shared between threads.
class Sha256 {
 public:
  static Result<Sha256> create();                   ///< `crypto` when the provider lacks SHA-256.
  Status update(std::span<const std::byte> bytes);  ///< `bytes` may be empty.
  Result<Digest256> finish() &&;                    ///< Spends the object, hence the qualifier.
  /// Gives the digest so far and begins a new one: one context serves many small files.
  Result<Digest256> finish_and_restart();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  using Context = std::unique_ptr<evp_md_ctx_st, Free>;
  explicit Sha256(Context context) : context_(std::move(context)) {}
  Context context_;  // Never null, except after a move.
};

/// SHA-256 of bytes in memory. @return the digest, or `crypto`.
Result<Digest256> sha256(std::span<const std::byte> bytes);
/// SHA-256 over the parts in order, as if they were joined.
Result<Digest256> sha256_of_parts(std::span<const std::span<const std::byte>> parts);

/// Reads `source` to its end and returns the SHA-256 of what it held.
/// @param size_bytes_max  Longer input is refused with `limit_exceeded`: a live file may grow
///                        as fast as it is read.
/// @return the digest, or the error of `source`, or `crypto`.
Result<Digest256> hash_stream(ByteSource& source, std::uint64_t size_bytes_max);

/// Takes the text form of a digest: exactly 64 lower-case hex digits. @return `invalid_input`
/// otherwise.
Result<Digest256> digest_from_hex(std::string_view text);

}  // namespace casebook
