#pragma once
/// Files that hold age identities: `NAME.age-identity` is an age file under a passphrase whose
/// plain text is AGE-SECRET-KEY lines and nothing else, so stock `age -d -i NAME.age-identity`
/// takes it. Specification: docs/spec/age.md, section "Identity files".

#include <vector>

#include "core/age_file.h"

namespace casebook {

inline constexpr std::size_t kIdentityFileBytesMax = std::size_t{64} << 10U;
inline constexpr std::size_t kIdentitiesMax = 64;

/// Reads lines of identities; blank lines and lines beginning with '#' are passed over, as stock
/// age does. @return `invalid_input` naming the line (never its text), or when there is no
/// identity.
Result<std::vector<AgeIdentity>> parse_identities(const SecretBytes& text);
/// One line for each identity.
SecretBytes format_identities(std::span<const AgeIdentity> identities);

/// Seals the lines under a passphrase. @param work_factor  see AgeWriter.
Result<Bytes> seal_identities(std::span<const AgeIdentity> identities,
                              const SecretBytes& passphrase, int work_factor,
                              Randomness& randomness);
/// Opens what seal_identities() or `age -p` made. @return `locked` for a wrong passphrase.
Result<std::vector<AgeIdentity>> open_identities(std::span<const std::byte> sealed,
                                                 const AgeUnlock& unlock);

}  // namespace casebook
