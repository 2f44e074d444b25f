#include "cli/incident_rows.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/org_registers.h"
#include "core/characters.h"
#include "core/json_members.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kFormat = "casebook-incidents/1";
constexpr const char* kFile = "incidents.age";
constexpr std::size_t kRowsMax = 20000;
constexpr std::size_t kTextBytesMax = 8000;
constexpr std::size_t kNameBytesMax = 200;

/// Cut at a character, never inside one.
std::string bounded(const std::string& text) {
  if (text.size() <= kTextBytesMax) return text;
  return std::string(front_within(text, kTextBytesMax - 4)) + " ...";
}

Json json_of(const IncidentTexts& texts) {
  return {{"effects", bounded(texts.effects)},
          {"measures", bounded(texts.measures)},
          {"nature", bounded(texts.nature)},
          {"notified", bounded(texts.notified)}};
}
Json json_of(const IncidentRow& row) {
  return {{"as_of", format_utc(row.as_of)},
          {"case", row.case_id.text()},
          {"code_name", row.code_name},
          {"en", json_of(row.en)},
          {"head", {{"root", to_hex(row.head.root)}, {"size", row.head.count}}},
          {"nl", json_of(row.nl)},
          {"noticed_at", format_utc(row.noticed_at)},
          {"personal_data", row.is_personal_data}};
}

IncidentTexts texts_of(JsonMembers& row, std::string_view language) {
  IncidentTexts texts;
  const Json* object = row.object(language);
  if (object == nullptr) return texts;
  JsonMembers members(*object);
  members.only({"effects", "measures", "nature", "notified"});
  texts = {members.text("nature", kTextBytesMax), members.text("effects", kTextBytesMax),
           members.text("measures", kTextBytesMax), members.text("notified", kTextBytesMax)};
  if (members.failed()) row.refuse(std::string(language) + ": " + members.error().message);
  return texts;
}

Result<IncidentRow> row_of(const Json& item) {
  JsonMembers members(item);
  members.only({"as_of", "case", "code_name", "en", "head", "nl", "noticed_at", "personal_data"});
  const auto id = members.id<CaseIdKind>("case");
  if (!id) return members.error();
  IncidentRow row{*id,
                  members.text("code_name", kNameBytesMax),
                  members.time("noticed_at"),
                  members.time("as_of"),
                  members.boolean("personal_data"),
                  members.head("head"),
                  texts_of(members, "en"),
                  texts_of(members, "nl")};
  if (members.failed()) return members.error();
  return row;
}

}  // namespace

std::string format_incidents(const std::vector<IncidentRow>& rows) {
  Json list = Json::array();
  for (const IncidentRow& row : rows) list.push_back(json_of(row));
  return canonical_json(Json{{"format", kFormat}, {"rows", std::move(list)}});
}

Result<std::vector<IncidentRow>> parse_incidents(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kRegisterBytesMax, .depth_max = 5});
  if (!object) return std::move(object).error().context("incidents");
  JsonMembers members(*object);
  members.only({"format", "rows"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  const Json* list = members.array("rows", kRowsMax);
  if (members.failed()) return Error(members.error()).context("incidents");
  std::vector<IncidentRow> rows;
  for (const Json& item : *list) {
    auto row = row_of(item);
    if (!row) return std::move(row).error().context("incidents");
    rows.push_back(*std::move(row));
  }
  return rows;
}

Result<std::vector<IncidentRow>> load_incidents(const std::filesystem::path& org,
                                                std::span<const AgeIdentity> identities) {
  auto plain = open_register(org / kFile, identities);
  if (!plain) return std::move(plain).error();
  if (!*plain) return std::vector<IncidentRow>();
  return parse_incidents(**plain);
}

Status save_incidents(const std::filesystem::path& org, const std::vector<IncidentRow>& rows,
                      const Roster& roster, Randomness& randomness) {
  return seal_register(org / kFile, format_incidents(rows), roster, randomness);
}

Result<RowKept> keep_incident(std::vector<IncidentRow>& rows, IncidentRow row) {
  const auto old = std::ranges::find(rows, row.case_id, &IncidentRow::case_id);
  if (old == rows.end()) {
    if (rows.size() >= kRowsMax) return Error{ErrorCode::limit_exceeded, "more than 20000 cases"};
    rows.push_back(std::move(row));
    return RowKept::added;
  }
  if (old->head.count > row.head.count) {
    return Error{ErrorCode::invalid_input,
                 row.code_name + ": the register knows " + std::to_string(old->head.count) +
                     " entries of it, this folder has " + std::to_string(row.head.count),
                 "keep the row from the newest copy of the case"};
  }
  const bool is_same = json_of(*old) == json_of(row);
  *old = std::move(row);
  return is_same ? RowKept::unchanged : RowKept::replaced;
}

}  // namespace casebook::cli
