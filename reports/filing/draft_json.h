#pragma once
/// Drafts as canonical JSON ("casebook-draft/1"). Specification: docs/spec/filing.md 3.

#include <string>
#include <string_view>

#include "reports/filing/draft.h"

namespace casebook::filing {

std::string draft_json(const Draft& draft);
/// Refuses what is not canonical or unknown (`invalid_input`); what it accepts is written again as
/// the same bytes.
Result<Draft> parse_draft(std::string_view text);
/// What approvals bind to: SHA-256 of draft_json, in hex.
std::string draft_digest(const Draft& draft);

}  // namespace casebook::filing
