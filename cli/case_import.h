#pragma once
/// Takes a chat or mail export into a compartment: the file is kept whole, its
/// messages come in signed batches, and nothing comes twice. Specification:
/// docs/spec/imports.md.

#include "cli/case_session.h"
#include "vault/imports/import_file.h"
#include "vault/imports/message_fields.h"

namespace casebook::cli {

/// Messages of one statement.
inline constexpr std::size_t kImportBatch = 1000;

struct ImportRequest {
  std::string compartment;
  std::string name;         ///< Of the file, as it is shown.
  std::string exported_by;  ///< Who made the export.
  imports::ImportOptions options;
};

struct ImportReport {
  imports::ImportForm form = imports::ImportForm::transcript;
  imports::ImportSummary summary;
  imports::ImportSource source;
  std::uint64_t added = 0;
  std::uint64_t known = 0;  ///< Were there already.
  bool was_kept = false;    ///< The file itself was there already.
  std::optional<std::uint64_t> file_seq;
  std::optional<std::uint64_t> seq;  ///< Entry of the import; none when nothing was new.
  std::vector<imports::BadRecord> bad;
  std::vector<std::string> unread;
  std::string personal_data;  ///< Kinds and numbers, never values.
};

Result<ImportReport> import_into_case(CaseSession& session, RandomAccess& file,
                                      const ImportRequest& request);

Json import_report_json(const ImportReport& report);

}  // namespace casebook::cli
