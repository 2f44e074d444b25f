#pragma once
/// Cases that can be read where they lie and not changed: read-only media, or another person's
/// folder. Specification: docs/spec/compartment.md, section "Read-only".

#include <filesystem>

namespace casebook::vault {

/// True where this user cannot put anything into `folder`.
bool lies_read_only(const std::filesystem::path& folder);

}  // namespace casebook::vault
