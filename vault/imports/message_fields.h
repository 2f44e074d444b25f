#pragma once
/// What is kept of a message beside its text. Specification: docs/spec/imports.md section 6.

#include <string>

#include "vault/imports/message.h"

namespace casebook::imports {

/// The file that messages came from, and through whose hands.
struct ImportSource {
  Digest256 digest{};       ///< SHA-256 of the exported file.
  std::string exported_by;  ///< Person who made the export, as the importer says.
  UtcSeconds received_at;   ///< When the case received it.
};

/// Canonical JSON, casebook-message/1; keys without value are left out.
std::string message_fields(const Message& message, const ImportSource& source);

/// "as exported by Ben, received at 2026-11-21T02:11:26Z": stands at every quotation.
std::string citation(const ImportSource& source);

/// Who said it, so that a borrowed name shows: "Ada L (U012AB)".
std::string who_text(const Message& message);

}  // namespace casebook::imports
