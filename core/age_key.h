#pragma once
/// X25519 keys of the age format: a recipient is public (age1…), an identity is secret
/// (AGE-SECRET-KEY-1…). Specification: docs/spec/age.md, section "Keys".

#include <array>
#include <compare>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/secret_bytes.h"

namespace casebook {

/// To whom a file is encrypted.
class AgeRecipient {
 public:
  /// Reads "age1…". @return `invalid_input` for another text, a point of small order or one that
  /// is not written canonically.
  static Result<AgeRecipient> parse(std::string_view text);
  /// Takes 32 bytes of public key, with the same refusals.
  static Result<AgeRecipient> from_bytes(std::span<const std::byte> point);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return point_; }
  auto operator<=>(const AgeRecipient&) const = default;

 private:
  AgeRecipient() = default;
  std::array<std::byte, 32> point_{};
};

/// What opens a file. Movable, not copyable, wiped when gone.
class AgeIdentity {
 public:
  static Result<AgeIdentity> make(Randomness& randomness);
  /// Reads "AGE-SECRET-KEY-1…". The error never repeats the text.
  static Result<AgeIdentity> parse(std::string_view text);

  /// The secret as text, without a line feed.
  [[nodiscard]] SecretBytes text() const;
  [[nodiscard]] const AgeRecipient& recipient() const noexcept { return recipient_; }
  [[nodiscard]] const SecretBytes& scalar() const noexcept { return scalar_; }

 private:
  AgeIdentity(SecretBytes scalar, AgeRecipient recipient)
      : scalar_(std::move(scalar)), recipient_(recipient) {}
  static Result<AgeIdentity> from_scalar(SecretBytes scalar);
  SecretBytes scalar_;
  AgeRecipient recipient_;
};

}  // namespace casebook
