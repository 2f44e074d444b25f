#pragma once
/// One way in for every kind of export: says what a file is and reads it.

#include <string>
#include <string_view>

#include "core/random_access.h"
#include "vault/imports/transcript.h"

namespace casebook::imports {

enum class ImportForm { slack, mbox, eml, transcript };
std::string_view to_string(ImportForm form) noexcept;
Result<ImportForm> parse_import_form(std::string_view name);

struct ImportOptions {
  std::optional<ImportForm> form;  ///< Else recognised.
  std::string file_name;           ///< For its ending; never opened.
  TranscriptOptions text;          ///< Its conversation names mailboxes too.
};

/// By the first bytes, then by the ending of the name. Text that is no mail is a transcript.
/// @return `invalid_input` for a file that is none of the kinds, saying what it looks like.
Result<ImportForm> recognise_import(RandomAccess& file, const ImportOptions& options);

/// Recognises `file` and gives its messages to `sink`.
Result<ImportSummary> import_file(RandomAccess& file, const ImportOptions& options,
                                  MessageSink& sink);

}  // namespace casebook::imports
