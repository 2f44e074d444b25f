#pragma once
/// Small facts that a public file commits to without telling them: a purpose, a host name.
/// Specification: docs/spec/ticket.md, section "Salted digests".

#include <map>
#include <string>
#include <string_view>

#include "core/digest.h"
#include "core/random.h"
#include "core/secret_bytes.h"

namespace casebook {

inline constexpr std::size_t kFactSaltBytes = 32;
inline constexpr std::size_t kFactBytesMax = 4096;

Result<SecretBytes> make_fact_salt(Randomness& randomness);

/// The digest of `value` under the salt of its field alone, so that one field can be disclosed
/// without helping anybody to guess another.
/// @param salt  kFactSaltBytes long.
Result<Digest256> salted_digest(const SecretBytes& salt, std::string_view field,
                                std::string_view value);

/// The facts behind the digests, kept in an age file of whoever made them.
struct SaltedFacts {
  SecretBytes salt;
  std::map<std::string, std::string> values;  ///< By field name; at most 16.
};
/// Canonical JSON.
SecretBytes format_facts(const SaltedFacts& facts);
/// @return `invalid_input` for anything that format_facts() does not write.
Result<SaltedFacts> parse_facts(const SecretBytes& text);

}  // namespace casebook
