#pragma once
/// The payload of an age file: chunks of 64 KiB, each sealed under its number and whether it is the
/// last. For use inside core/age_*.cpp. Specification: docs/spec/age.md, section "Payload".

#include "core/age_crypto.h"

namespace casebook::age {

inline constexpr std::size_t kChunkBytes = std::size_t{64} << 10U;
inline constexpr std::size_t kSealedChunkBytes = kChunkBytes + kTagBytes;
inline constexpr std::size_t kPayloadNonceBytes = 16;

enum class Place { inner, last };

/// Seals or opens single chunks; which one was said at creation. No allocation for a chunk.
class ChunkCipher {
 public:
  static Result<ChunkCipher> create(Aead::Direction direction, const SecretBytes& file_key,
                                    std::span<const std::byte> payload_nonce);
  /// `out` is `plain.size() + kTagBytes` long.
  Status seal(std::uint64_t number, Place place, std::span<const std::byte> plain,
              std::span<std::byte> out);
  /// @return `corrupt` when the chunk was changed, moved, or is last where it should not be.
  Status open(std::uint64_t number, Place place, std::span<const std::byte> sealed,
              std::span<std::byte> out);

 private:
  explicit ChunkCipher(Aead aead) : aead_(std::move(aead)) {}
  Aead aead_;
};

}  // namespace casebook::age
