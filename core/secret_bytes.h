#pragma once
/// Bytes that are wiped when they are no longer needed and cannot be printed or copied by accident.

#include <span>
#include <string_view>

#include "core/bytes.h"

namespace casebook {

/// A secret held in memory. Movable, not copyable; wiped on destruction and when moved from.
class SecretBytes {
 public:
  SecretBytes() = default;
  /// Takes over `bytes`; the caller's vector is empty afterwards.
  explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) { bytes.clear(); }
  /// `size_bytes` zero bytes, to be filled through `reveal_mutable()`.
  explicit SecretBytes(std::size_t size_bytes) : bytes_(size_bytes) {}
  static SecretBytes copy_of(std::span<const std::byte> bytes);
  static SecretBytes copy_of(std::string_view text);

  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {
    other.bytes_.clear();
  }
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(); }

  /// The one way in: search for it to find every place that touches a secret.
  [[nodiscard]] std::span<const std::byte> reveal() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::byte> reveal_mutable() noexcept { return bytes_; }
  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

 private:
  void wipe() noexcept;
  Bytes bytes_;
};

}  // namespace casebook
