#pragma once
/// The head of an age file: stanzas that wrap the file key, and a MAC over them.
/// For use inside core/age_*.cpp. Specification: docs/spec/age.md, section "Header".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/age_key.h"
#include "core/digest.h"
#include "core/secret_bytes.h"

namespace casebook::age {

inline constexpr std::size_t kHeaderBytesMax = std::size_t{128} << 10U;
inline constexpr std::size_t kStanzasMax = 256;
inline constexpr std::size_t kArgumentsMax = 16;
inline constexpr std::size_t kBodyBytesMax = std::size_t{16} << 10U;
inline constexpr std::size_t kFileKeyBytes = 16;

/// One way to the file key: `arguments` begins with the kind.
struct Stanza {
  std::vector<std::string> arguments;
  Bytes body;
};

struct Header {
  std::vector<Stanza> stanzas;
  std::string mac_text;  ///< The bytes that the MAC covers: from the first to "---".
  Digest256 mac{};
  std::size_t size_bytes = 0;  ///< Of the header; the payload follows.
};

/// Reads the header at the front of `text`, which may go on with the payload.
/// @return nothing when more bytes are needed, `corrupt` for what no age writer makes,
///         `limit_exceeded` beyond the limits above, `invalid_input` when this is no age file.
Result<std::optional<Header>> parse_header(std::string_view text);

/// The text of a header for these stanzas, with its MAC.
Result<std::string> format_header(const std::vector<Stanza>& stanzas, const SecretBytes& file_key);
/// Refuses (`corrupt`) a header that was changed by somebody who does not know the file key.
Status check_mac(const Header& header, const SecretBytes& file_key);

Result<Stanza> wrap_for(const AgeRecipient& recipient, const SecretBytes& file_key,
                        Randomness& randomness);
/// @return the file key; nothing when the stanza is not for this identity; `corrupt` when the
///         stanza is malformed. `stanza` is of the kind X25519.
Result<std::optional<SecretBytes>> unwrap(const Stanza& stanza, const AgeIdentity& identity);
class X25519Key;
/// The same for whoever tries many stanzas. @param recipient  what belongs to `own`.
Result<std::optional<SecretBytes>> unwrap(const Stanza& stanza, const X25519Key& own,
                                          const AgeRecipient& recipient);

Result<Stanza> wrap_with_passphrase(const SecretBytes& passphrase, int work_factor,
                                    const SecretBytes& file_key, Randomness& randomness);
/// As unwrap(), for the kind scrypt. @return `limit_exceeded` beyond `work_factor_max`: opening
/// needs 2^factor KiB of memory, and the file decides the factor.
Result<std::optional<SecretBytes>> unwrap_with_passphrase(const Stanza& stanza,
                                                          const SecretBytes& passphrase,
                                                          int work_factor_max);

}  // namespace casebook::age
