#pragma once
/// Entries of the registers that the case's policy describes: added, amended, settled, listed.

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/runbook_saying.h"

namespace casebook::cli {

struct RecordWords {
  std::vector<std::string> words;  ///< Text, and NAME=VALUE pairs.
  Cosigning cosigning;
};

/// `casebook record KIND [TEXT] [NAME=VALUE]...`; without words beyond the kind: its form.
ExitStatus record_kind(Runtime& runtime, const RecordWords& options);
/// `casebook record amend N NAME=VALUE...`.
ExitStatus amend_record(Runtime& runtime, const RecordWords& options);
/// `casebook record list [KIND]`, `casebook record show N`.
ExitStatus list_records(Runtime& runtime, const std::string& kind);
ExitStatus show_record(Runtime& runtime, const std::string& number);
/// `casebook done N` for an entry of a register: the fields that settle it.
ExitStatus settle_record(CaseSession& session, const workflow::Record& record,
                         const RecordWords& options);

/// A number as people type it: 12 or #12. @return `invalid_input`.
Result<std::uint64_t> read_number(const std::string& text);

}  // namespace casebook::cli
