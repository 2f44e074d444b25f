#pragma once
/// Values of facts and fields: as people type them, and as they are shown.

#include "cli/case_session.h"
#include "workflow/board.h"

namespace casebook::cli {

/// The language of policies' texts: Dutch when LC_ALL, LC_MESSAGES or LANG say so.
workflow::Language language_of(const Runtime& runtime);

/// What a value may be, for one fact or field.
struct ValueForm {
  std::string name;
  workflow::ValueType type = workflow::ValueType::code;
  std::vector<std::string> values = {};
  std::vector<std::int64_t> levels = {};
  std::string of = {};  ///< Kind, of a record.
};
ValueForm form_of(const workflow::FactRule& fact);
ValueForm form_of(const workflow::FieldRule& field);

/// "one of unknown, suspected, confirmed, ruled_out".
std::string expected_text(const ValueForm& form);
/// @return `invalid_input` naming what is expected; `not_found` for persons and entries.
Result<workflow::Value> read_value(CaseSession& session, const ValueForm& form,
                                   const std::string& text);
/// "suspected", "2026-11-21T02:00:00Z", "Ada", "#12"; "unknown" when nobody said.
std::string value_text(CaseSession& session, const workflow::Value& value,
                       workflow::ValueType type);
Json value_json(const workflow::Value& value);

/// A time: RFC 3339, "2026-11-21T02:00 Europe/Paris", "now", or from now: "+4h", "-30m", "+PT1H".
Result<UtcSeconds> read_moment(const std::string& text, UtcSeconds now);

/// The statement behind what a person points at: `12` (an entry of the ledger), `#12` (an open
/// thing or record), `B-7` (a bag that was recorded).
Result<StatementId> read_evidence(CaseSession& session, const std::string& text);

/// 16 random bytes, the key of the facet versions that a statement makes.
Result<workflow::FacetKey> make_facet_key(Randomness& randomness);

}  // namespace casebook::cli
