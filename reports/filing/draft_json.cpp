#include "reports/filing/draft_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/bytes.h"
#include "core/digest.h"
#include "reports/filing/json_words.h"

namespace casebook::filing {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kListMax = 2000;
constexpr std::array<std::string_view, 5> kDeadlineKinds{"limit", "guideline", "own_target",
                                                         "retention", "open"};
constexpr std::size_t kDraftBytesMax = std::size_t{4} << 20U;

Json time_json(const std::optional<UtcSeconds>& time) {
  return time ? Json(format_utc(*time)) : Json(nullptr);
}

Json law_json(const DraftLaw& law) {
  return {{"id", law.regime},
          {"title", law.title},
          {"stage", law.stage},
          {"name", law.name},
          {"recipient", law.recipient},
          {"clause", law.clause},
          {"limit", law.limit},
          {"legal_basis", law.legal_basis},
          {"status", law.status},
          {"as_of", law.as_of},
          {"verification", law.verification},
          {"documentation_duty", law.documentation_duty},
          {"verified", law.verified},
          {"binds", law.binds},
          {"sources", law.sources},
          {"unverified_points", law.unverified_points}};
}

DraftLaw law_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"id", "title", "stage", "name", "recipient", "clause", "limit", "legal_basis",
                "status", "as_of", "verification", "documentation_duty", "verified", "binds",
                "sources", "unverified_points"});
  DraftLaw law;
  law.regime = members.text("id");
  law.title = members.text("title");
  law.stage = members.text("stage");
  law.name = members.text("name");
  law.recipient = members.text("recipient");
  law.clause = members.text("clause");
  law.limit = members.text("limit");
  law.legal_basis = members.text("legal_basis");
  law.status = members.text("status");
  law.as_of = members.text("as_of");
  law.verification = members.text("verification");
  law.documentation_duty = members.text("documentation_duty");
  law.verified = members.boolean("verified");
  law.binds = members.boolean("binds");
  law.sources = members.texts("sources", kListMax);
  law.unverified_points = members.texts("unverified_points", kListMax);
  join(outer, members);
  return law;
}

Json part_json(const Part& part) {
  return {{"text", part.text},           {"statements", part.statements},
          {"facts", part.facts},         {"sources", part.sources},
          {"answers", part.answers},     {"confidence", to_string(part.confidence)},
          {"time", time_json(part.time)}};
}

Part part_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"text", "statements", "facts", "sources", "answers", "confidence", "time"});
  Part part;
  part.text = members.text("text");
  part.statements = members.texts("statements", kListMax);
  part.facts = members.texts("facts", kListMax);
  part.sources = members.texts("sources", kListMax);
  part.answers = members.texts("answers", kListMax);
  part.confidence =
      word(members, "confidence", {Confidence::known, Confidence::estimated, Confidence::unknown});
  part.time = members.time_or_null("time");
  join(outer, members);
  return part;
}

Json missing_json(const Missing& missing) {
  return {{"kind", to_string(missing.kind)},
          {"name", missing.name},
          {"meaning", missing.meaning},
          {"decided_by", missing.decided_by},
          {"withheld", missing.withheld}};
}

Missing missing_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"kind", "name", "meaning", "decided_by", "withheld"});
  Missing missing;
  missing.kind =
      word(members, "kind", {Missing::Kind::fact, Missing::Kind::answer, Missing::Kind::profile});
  missing.name = members.text("name");
  missing.meaning = members.text("meaning");
  missing.decided_by = members.text("decided_by");
  missing.withheld = members.boolean("withheld");
  join(outer, members);
  return missing;
}

Json field_json(const DraftField& field) {
  return {{"id", field.id},
          {"requirement", field.requirement},
          {"clause", field.clause},
          {"type", field.type},
          {"topic", field.topic},
          {"choices", field.choices},
          {"keeps_out", field.keeps_out},
          {"need", to_string(field.need)},
          {"state", to_string(field.state)},
          {"verified", field.verified},
          {"names_people", field.names_people},
          {"parts", list_json(field.parts, part_json)},
          {"missing", list_json(field.missing, missing_json)}};
}

DraftField field_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"id", "requirement", "clause", "type", "topic", "choices", "keeps_out", "need",
                "state", "verified", "names_people", "parts", "missing"});
  DraftField field;
  field.id = members.text("id");
  field.requirement = members.text("requirement");
  field.clause = members.text("clause");
  field.type = members.text("type");
  field.topic = members.text("topic");
  field.choices = members.texts("choices", kListMax);
  field.keeps_out = members.texts("keeps_out", kListMax);
  field.need = word(members, "need", {Need::yes, Need::conditional, Need::no});
  field.state = word(members, "state",
                     {FieldState::filled, FieldState::missing, FieldState::open,
                      FieldState::not_asked, FieldState::about});
  field.verified = members.boolean("verified");
  field.names_people = members.boolean("names_people");
  field.parts = list_of<Part>(members, "parts", part_of);
  field.missing = list_of<Missing>(members, "missing", missing_of);
  join(outer, members);
  return field;
}

Json change_json(const Change& change) {
  return {
      {"kind", to_string(change.kind)}, {"of", to_string(change.of)}, {"id", change.id},
      {"before", change.before},        {"after", change.after},      {"reason", change.reason}};
}

Change change_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"kind", "of", "id", "before", "after", "reason"});
  Change change;
  change.kind =
      word(members, "kind", {Change::Kind::added, Change::Kind::changed, Change::Kind::withdrawn});
  change.of = word(members, "of", {Change::Of::field, Change::Of::statement});
  change.id = members.text("id");
  change.before = members.text("before");
  change.after = members.text("after");
  change.reason = members.text("reason");
  join(outer, members);
  return change;
}

Json deadline_json(const DeadlineSnapshot& deadline) {
  return {{"kind", deadline.kind},
          {"start", time_json(deadline.start)},
          {"earliest", time_json(deadline.earliest)},
          {"legal", time_json(deadline.legal)},
          {"zone", deadline.zone},
          {"earliest_local", deadline.earliest_local},
          {"legal_local", deadline.legal_local},
          {"start_assumed", deadline.start_assumed},
          {"steps", deadline.steps},
          {"notes", deadline.notes},
          {"assumed", deadline.assumed},
          {"missing", deadline.missing},
          {"problem", deadline.problem}};
}

DeadlineSnapshot deadline_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"kind", "start", "earliest", "legal", "zone", "earliest_local", "legal_local",
                "start_assumed", "steps", "notes", "assumed", "missing", "problem"});
  DeadlineSnapshot deadline;
  deadline.kind = members.text("kind");
  deadline.start = members.time_or_null("start");
  deadline.earliest = members.time_or_null("earliest");
  deadline.legal = members.time_or_null("legal");
  deadline.zone = members.text("zone");
  deadline.earliest_local = members.text("earliest_local");
  deadline.legal_local = members.text("legal_local");
  deadline.start_assumed = members.boolean("start_assumed");
  deadline.steps = members.texts("steps", kListMax);
  deadline.notes = members.texts("notes", kListMax);
  deadline.assumed = members.texts("assumed", kListMax);
  deadline.missing = members.texts("missing", kListMax);
  deadline.problem = members.text("problem");
  if (std::find(kDeadlineKinds.begin(), kDeadlineKinds.end(), deadline.kind) ==
      kDeadlineKinds.end())
    members.refuse("\"kind\" is no kind of deadline");
  join(outer, members);
  return deadline;
}

void read_head(JsonMembers& members, Draft& draft) {
  if (members.text("format") != "casebook-draft/1") members.refuse("not a draft");
  draft.kind = word(members, "kind", {DraftKind::notice, DraftKind::no_notice});
  draft.language = word(members, "language", {documents::Language::en, documents::Language::nl});
  draft.case_name = members.text("case");
  draft.reference = members.text("reference");
  draft.made_at = members.time("made_at");
  draft.tool = members.text("tool");
  draft.head = members.text("head");
  draft.organisation = members.text("organisation");
  draft.law_digest = members.text("law_digest");
  draft.audience =
      word(members, "audience",
           {Audience::internal, Audience::authority, Audience::persons, Audience::customer,
            Audience::third_party, Audience::public_, Audience::court});
  draft.basis = word(members, "basis",
                     {StageFields::Basis::own, StageFields::Basis::inherited,
                      StageFields::Basis::house, StageFields::Basis::none});
  draft.inherited_from = members.text("inherited_from");
}

}  // namespace

std::string draft_json(const Draft& draft) {
  return canonical_json({{"format", "casebook-draft/1"},
                         {"kind", to_string(draft.kind)},
                         {"language", documents::to_string(draft.language)},
                         {"case", draft.case_name},
                         {"reference", draft.reference},
                         {"made_at", format_utc(draft.made_at)},
                         {"tool", draft.tool},
                         {"head", draft.head},
                         {"organisation", draft.organisation},
                         {"law", law_json(draft.law)},
                         {"law_digest", draft.law_digest},
                         {"audience", to_string(draft.audience)},
                         {"basis", to_string(draft.basis)},
                         {"inherited_from", draft.inherited_from},
                         {"fields", list_json(draft.fields, field_json)},
                         {"deadline", deadline_json(draft.deadline)},
                         {"late", draft.late},
                         {"withheld", draft.withheld},
                         {"previous", draft.previous},
                         {"receipt", draft.receipt},
                         {"changes", list_json(draft.changes, change_json)}});
}

Result<Draft> parse_draft(std::string_view text) {
  auto json = parse_canonical_json(text, {.size_bytes_max = kDraftBytesMax});
  if (!json) return std::move(json).error().context("draft");
  JsonMembers members(*json);
  members.only({"format",   "kind",           "language",     "case",     "reference",  "made_at",
                "tool",     "head",           "organisation", "law",      "law_digest", "audience",
                "basis",    "inherited_from", "fields",       "deadline", "late",       "withheld",
                "previous", "receipt",        "changes"});
  Draft draft;
  read_head(members, draft);
  if (const Json* law = members.object("law"); law != nullptr) draft.law = law_of(*law, members);
  draft.fields = list_of<DraftField>(members, "fields", field_of);
  if (const Json* deadline = members.object("deadline"); deadline != nullptr)
    draft.deadline = deadline_of(*deadline, members);
  draft.late = members.boolean("late");
  draft.withheld = static_cast<int>(members.integer("withheld", 0, kListMax * kListMax));
  draft.previous = members.text("previous");
  draft.receipt = members.text("receipt");
  draft.changes = list_of<Change>(members, "changes", change_of);
  if (members.failed()) return Error(members.error()).context("draft");
  return draft;
}

std::string draft_digest(const Draft& draft) {
  auto digest = sha256(as_bytes(draft_json(draft)));
  check(bool(digest), "SHA-256 of bytes in memory");
  return to_hex(*digest);
}

}  // namespace casebook::filing
