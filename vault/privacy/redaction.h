#pragma once
/// Replaces personal data by tokens that stay the same within a case and tell nothing outside it.
/// Specification: docs/spec/privacy.md section 2.

#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/secret_bytes.h"
#include "vault/privacy/pii.h"

namespace casebook::privacy {

inline constexpr std::size_t kRedactionKeyBytes = 32;

/// RFC 2104 with SHA-256. @return `crypto`.
Result<Digest256> hmac_sha256(const SecretBytes& key, std::span<const std::byte> text);

/// "[card:7f3ak91c2m]": the same for one value, however it was grouped or capitalised.
/// @param key  of the case, kRedactionKeyBytes long.
Result<std::string> redaction_token(const SecretBytes& key, PiiKind kind, std::string_view value);

struct Redacted {
  std::string text;
  Digest256 digest{};        ///< Of `text`: a redacted text is an object of its own.
  std::size_t replaced = 0;  ///< Places.
  std::size_t copies = 0;    ///< Of them, found only because the same value was a hit elsewhere.
};

/// Replaces every hit of `text`, and every other place where the same characters stand, then
/// searches the result for each value again.
/// @param hits  of find_pii() over the same text.
/// @return `invalid_input` when hits do not fit the text or a value of 4 characters or more is
///         still there.
Result<Redacted> redact(std::string_view text, const std::vector<PiiHit>& hits,
                        const SecretBytes& key);

}  // namespace casebook::privacy
