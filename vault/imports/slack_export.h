#pragma once
/// Slack export: a zip of JSON arrays. Specification: docs/spec/imports.md sections 2 and 3.

#include "vault/imports/message.h"
#include "vault/imports/zip_archive.h"

namespace casebook::imports {

/// True when the archive holds the lists of a Slack export.
bool is_slack_export(const ZipArchive& archive);

/// Gives every message of the export to `sink`: conversations by folder, days in order. Memory does
/// not grow with the number of messages.
/// @return what was found; `invalid_input` when it is no Slack export; the error of `sink`; `io`.
///         Members that are damaged are bad records, not errors.
Result<ImportSummary> read_slack_export(const ZipArchive& archive, MessageSink& sink);

}  // namespace casebook::imports
