#pragma once
/// Bech32, the text form of age keys. Specification: BIP 173 without its limit of 90 characters, as
/// the age format uses it.

#include <string>
#include <string_view>

#include "core/secret_bytes.h"

namespace casebook {

struct Bech32 {
  std::string prefix;  ///< In lower case, whatever the case of the text was.
  SecretBytes data;    ///< May be a private key, hence the type.
};

/// Reads one Bech32 text of at most 1,024 characters, all of one case.
/// @return `invalid_input` for mixed case, a foreign character, a wrong checksum or padding bits
///         that are not zero. The error never repeats the text: it may be a secret.
Result<Bech32> parse_bech32(std::string_view text);

/// Writes lower-case Bech32. `prefix` is lower-case ASCII; `data` may be empty.
SecretBytes format_bech32(std::string_view prefix, std::span<const std::byte> data);

}  // namespace casebook
