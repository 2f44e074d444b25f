#pragma once
/// A store to append to and then read back, for what must not stay in memory and must not be found
/// on a disk: a nameless file, encrypted (ChaCha20-Poly1305) with a key that exists in memory only.

#include <array>
#include <filesystem>
#include <memory>

#include "core/durable_file.h"
#include "core/random.h"
#include "core/secret_bytes.h"

namespace casebook {

/// Movable, not shared between threads. Uses about 128 KiB of memory however much it holds.
class SealedSpool {
 public:
  /// Makes the nameless file in `folder`. @return `io` when the folder takes none (read-only,
  /// full).
  static Result<SealedSpool> create(const std::filesystem::path& folder, Randomness& randomness,
                                    FileCalls& calls = system_file_calls());
  /// Where no file may be made: keeps at most `size_bytes_max` in memory, then `limit_exceeded`.
  static SealedSpool in_memory(std::uint64_t size_bytes_max);

  SealedSpool(SealedSpool&&) noexcept = default;
  SealedSpool& operator=(SealedSpool&&) noexcept = default;

  /// Adds `bytes` behind what is there. After an error the spool is unusable.
  Status append(std::span<const std::byte> bytes);
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }

  /// Reads everything appended so far, from the front; may be called again. The spool must outlive
  /// the source and not be appended to meanwhile. Reading returns `corrupt` when the file changed.
  [[nodiscard]] std::unique_ptr<ByteSource> read_back() const;

 private:
  class Reader;
  SealedSpool() = default;
  Status write_chunk();

  UniqueFd fd_;  // None: everything stays in tail_.
  FileCalls* calls_ = nullptr;
  SecretBytes key_;
  Bytes tail_;  // What is not yet a whole chunk.
  std::uint64_t chunks_ = 0;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t size_bytes_max_ = 0;  // In memory only.
};

}  // namespace casebook
