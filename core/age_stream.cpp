#include "core/age_stream.h"

#include <array>

namespace casebook::age {
namespace {

/// Eleven bytes of counter, big-endian, and one that marks the last chunk.
std::array<std::byte, kNonceBytes> chunk_nonce(std::uint64_t number, Place place) {
  std::array<std::byte, kNonceBytes> nonce{};
  for (std::size_t i = 0; i < 8; ++i)
    nonce[10 - i] = static_cast<std::byte>((number >> (8 * i)) & 0xffU);
  nonce[11] = place == Place::last ? std::byte{1} : std::byte{0};
  return nonce;
}

}  // namespace

Result<ChunkCipher> ChunkCipher::create(Aead::Direction direction, const SecretBytes& file_key,
                                        std::span<const std::byte> payload_nonce) {
  auto key = hkdf_sha256(file_key.reveal(), payload_nonce, "payload");
  if (!key) return std::move(key).error();
  auto aead = Aead::create(direction, *key);
  if (!aead) return std::move(aead).error();
  return ChunkCipher(*std::move(aead));
}

Status ChunkCipher::seal(std::uint64_t number, Place place, std::span<const std::byte> plain,
                         std::span<std::byte> out) {
  return aead_.seal(chunk_nonce(number, place), plain, out);
}

Status ChunkCipher::open(std::uint64_t number, Place place, std::span<const std::byte> sealed,
                         std::span<std::byte> out) {
  auto fits = aead_.open(chunk_nonce(number, place), sealed, out);
  if (!fits) return std::move(fits).error();
  if (!*fits) return Error{ErrorCode::corrupt, "age file was changed or cut short"};
  return ok();
}

}  // namespace casebook::age
