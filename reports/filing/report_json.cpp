/// What machines of the recipient read. Specification: docs/spec/filing.md 6 and 8.

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "reports/document/csv_writer.h"
#include "reports/filing/draft_blocks.h"
#include "reports/filing/filing_messages.h"
#include "reports/filing/json_words.h"
#include "reports/filing/release.h"

namespace casebook::filing {
namespace {

bool is_letter(const Draft& draft) {
  return draft.audience == Audience::persons || draft.audience == Audience::customer;
}

Json time_or_null(const std::optional<UtcSeconds>& time) {
  return time ? Json(format_utc(*time)) : Json(nullptr);
}

Json field_json(const DraftField& field) {
  Json statements = Json::array();
  Json facts = Json::array();
  for (const Part& part : field.parts) {
    for (const std::string& id : part.statements) statements.push_back(id);
    for (const std::string& name : part.facts) facts.push_back(name);
  }
  Json json{
      {"id", field.id},       {"requirement", field.requirement},    {"clause", field.clause},
      {"text", field.text()}, {"statements", std::move(statements)}, {"facts", std::move(facts)}};
  if (!field.type.empty()) {
    json["type"] = field.type;
    json["required"] = to_string(field.need);
  }
  return json;
}

}  // namespace

std::string report_json(const Draft& draft, UtcSeconds made_at) {
  const Messages& words = filing_messages(draft.language);
  std::vector<DraftField> given;
  for (const DraftField& field : draft.fields) {
    if (!field.parts.empty()) given.push_back(field);
  }
  Json json{{"format", "casebook-report/1"},
            {"kind", to_string(draft.kind)},
            {"law", draft.law.regime},
            {"title", draft.law.title},
            {"stage", draft.law.stage},
            {"clause", draft.law.clause},
            {"organisation", draft.organisation},
            {"reference", draft.reference},
            {"receipt", draft.receipt},
            {"language", documents::to_string(draft.language)},
            {"made_at", format_utc(made_at)},
            {"fields", list_json(given, field_json)},
            {"as_of", draft.law.as_of},
            {"verified", draft.law.verified},
            {"unverified_points", draft.law.unverified_points},
            {"notice", words.text("advice.text", {{"as_of", draft.law.as_of},
                                                  {"verification", draft.law.verification}})}};
  if (!is_letter(draft)) {
    json["deadline"] = {{"kind", draft.deadline.kind},
                        {"earliest", time_or_null(draft.deadline.earliest)},
                        {"legal", time_or_null(draft.deadline.legal)}};
    json["previous"] = draft.previous;
  }
  return canonical_json(json) + "\n";
}

std::string fields_csv(const Draft& draft) {
  using documents::ColumnKind;
  documents::Table table{"",
                         {{"field", ColumnKind::text},
                          {"required", ColumnKind::text},
                          {"type", ColumnKind::text},
                          {"value", ColumnKind::text}},
                         {}};
  for (const DraftField& field : draft.fields) {
    if (field.state == FieldState::about || field.state == FieldState::not_asked) continue;
    table.rows.push_back({documents::plain(field.id),
                          documents::plain(std::string(to_string(field.need))),
                          documents::plain(field.type.empty() ? "text" : field.type),
                          documents::plain(field.text())});
  }
  return documents::table_csv(table);
}

}  // namespace casebook::filing
