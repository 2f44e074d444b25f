#pragma once
/// The seal code: a bag's signature file in short, to be read aloud to a second person.
/// Specification: docs/spec/seal.md.

#include <array>
#include <compare>
#include <string>
#include <string_view>

#include "core/digest.h"

namespace casebook {

/// 125 bits as 25 characters of Crockford's base32.
class SealCode {
 public:
  /// @param signature_digest  SHA-256 of the bytes of `seal.json.sig`.
  static SealCode of(const Digest256& signature_digest) noexcept;
  /// Takes what a person typed: any case, blanks and dashes anywhere, O for 0, I and L for 1.
  /// @return `invalid_input` for another character or another length.
  static Result<SealCode> parse(std::string_view typed);

  /// Five groups of five: "8ZQ4N-…".
  [[nodiscard]] std::string text() const;
  auto operator<=>(const SealCode&) const = default;

 private:
  SealCode() = default;
  std::array<char, 25> characters_{};
};

}  // namespace casebook
