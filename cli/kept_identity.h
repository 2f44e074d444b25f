#pragma once
/// Identities made for one bag or run alone, sealed to the person who made them. So a bag can be
/// handed over, or closed for ever, without touching anybody's own key.

#include <filesystem>
#include <optional>

#include "cli/key_folder.h"

namespace casebook::cli {

/// Makes an identity and keeps it, sealed to `person`, under $XDG_CONFIG_HOME/casebook/identities.
/// It is durable before anything is encrypted to it. @return its recipient.
Result<AgeRecipient> make_kept_identity(const Runtime& runtime, const Person& person);

/// The sealed identity for `recipient`: in that folder, or in `bag` as it was handed over.
/// @return nothing when there is none; `locked` when the person's own identity does not open it.
Result<std::optional<AgeIdentity>> find_kept_identity(const Runtime& runtime,
                                                      const std::string& recipient,
                                                      const std::filesystem::path& bag,
                                                      KeyRing& ring, const std::string& purpose);

/// Name of the sealed identity inside a bag that was handed over.
inline constexpr const char* kBagIdentityName = "bag.age-identity";

}  // namespace casebook::cli
