#pragma once
/// A secret that rests in memory of its own: locked, left out of core dumps, empty in a forked
/// child, wiped at the end. For keys that are held for long; SecretBytes is for those in use.

#include <cstddef>
#include <span>

#include "core/result.h"

namespace casebook {

class LockedBytes {
 public:
  LockedBytes() = default;
  /// @return `limit_exceeded` when the system locks no more memory for this user.
  static Result<LockedBytes> copy_of(std::span<const std::byte> bytes);
  LockedBytes(LockedBytes&& other) noexcept;
  LockedBytes& operator=(LockedBytes&& other) noexcept;
  ~LockedBytes();

  [[nodiscard]] std::span<const std::byte> reveal() const noexcept { return {memory_, size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  void release() noexcept;
  std::byte* memory_ = nullptr;  // Whole pages.
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;
};

}  // namespace casebook
