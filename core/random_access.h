#pragma once
/// A stretch of bytes of known size that can be read at any place: a file, or what an encrypted
/// file holds. Readers of archives take this, so that they need not know which of the two it is.

#include <filesystem>

#include "core/bytes.h"
#include "core/c_handle.h"

namespace casebook {

class RandomAccess {
 public:
  virtual ~RandomAccess() = default;
  [[nodiscard]] virtual std::uint64_t size_bytes() const = 0;
  /// Fills all of `out` from `offset` on. @return `corrupt` when that goes past the end, or the
  /// error of what lies below; then `out` holds nothing to be used. One thread at a time.
  virtual Status read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
};

/// A regular file; anything else is refused with `invalid_input`.
class FileAccess final : public RandomAccess {
 public:
  static Result<FileAccess> open(const std::filesystem::path& path);
  /// Takes over an open descriptor.
  static Result<FileAccess> take(UniqueFd fd);

  [[nodiscard]] std::uint64_t size_bytes() const override { return size_bytes_; }
  Status read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  FileAccess(UniqueFd fd, std::uint64_t size_bytes) : fd_(std::move(fd)), size_bytes_(size_bytes) {}
  UniqueFd fd_;
  std::uint64_t size_bytes_;  // At the moment of opening; a file that shrank gives `corrupt`.
};

/// Bytes in memory that outlive it.
class MemoryAccess final : public RandomAccess {
 public:
  explicit MemoryAccess(std::span<const std::byte> bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t size_bytes() const override { return bytes_.size(); }
  Status read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  std::span<const std::byte> bytes_;
};

/// Reads a RandomAccess from front to back.
class AccessSource final : public ByteSource {
 public:
  explicit AccessSource(RandomAccess& access) : access_(&access) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  RandomAccess* access_;
  std::uint64_t offset_ = 0;
};

}  // namespace casebook
