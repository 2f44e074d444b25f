#pragma once
/// The folder of the organisation: its roster, and the root key that signs it.
/// Specification: docs/spec/roster.md.

#include <filesystem>
#include <optional>

#include "cli/runtime.h"
#include "core/roster.h"
#include "core/ssh_signer.h"

namespace casebook::cli {

/// Around us, else the one that `org init` or `org use` chose. @return nothing when there is none.
std::optional<std::filesystem::path> chosen_org(const Runtime& runtime);
/// @return `not_found` saying how to make one.
Result<std::filesystem::path> require_org(const Runtime& runtime);
Status choose_org(const Runtime& runtime, const std::filesystem::path& folder);

/// roster.json of a folder, or the file itself, with its signature beside it.
Result<SignedRoster> load_roster(const std::filesystem::path& path);
/// The chosen organisation's; nothing without an organisation.
Result<std::optional<SignedRoster>> known_roster(const Runtime& runtime);
/// Writes both files. A crash between them leaves the old pair readable.
Status save_roster(const std::filesystem::path& folder, const SignedRoster& roster);

/// Makes the root key under a passphrase of its own. @return its public half.
Result<SshPublicKey> make_root_key(Runtime& runtime, const std::string& organisation);
/// Opens the root key that belongs to a roster.
Result<std::unique_ptr<Signer>> open_root_key(Runtime& runtime, const SshPublicKey& key,
                                              const std::string& purpose);
/// Where it lies.
Result<std::filesystem::path> root_key_file(const Runtime& runtime, const SshPublicKey& key);

}  // namespace casebook::cli
