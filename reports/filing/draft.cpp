#include "reports/filing/draft.h"

#include <algorithm>
#include <set>

#include "reports/filing/draft_json.h"
#include "reports/filing/draft_maker.h"
#include "reports/filing/law_words.h"

namespace casebook::filing {
namespace {

using reports::Regime;
using reports::Stage;

std::string limit_of(const Stage& stage) {
  return stage.limit ? limit_text(*stage.limit) : stage.limit_words;
}

DraftLaw law_of(const Regime& regime, const Stage& stage, documents::Language language) {
  const LawWords& words = LawWords::of(language);
  DraftLaw law;
  law.regime = regime.id;
  law.title = words.law(regime.id, regime.title);
  law.stage = stage.id;
  law.name = words.stage(regime.id, stage.id, stage.name);
  law.recipient = words.recipient(stage.recipient);
  law.clause = stage.clause;
  law.limit = limit_of(stage);
  law.legal_basis = regime.legal_basis;
  law.status = std::string(reports::to_string(regime.status));
  law.as_of = regime.as_of;
  law.verification = reports::verification_text(regime);
  law.documentation_duty = regime.documentation_duty;
  law.verified = regime.verified;
  law.binds = regime.binds();
  law.sources = regime.sources;
  law.unverified_points = regime.unverified_points;
  return law;
}

std::string entry_or_empty(const DraftInput& input, std::string_view name) {
  const auto found = input.profile.find(name);
  return found == input.profile.end() ? std::string() : found->second;
}

}  // namespace

std::string_view to_string(DraftKind kind) noexcept {
  return kind == DraftKind::notice ? "notice" : "no_notice";
}
std::string_view to_string(Need need) noexcept {
  return need == Need::yes ? "yes" : need == Need::conditional ? "conditional" : "no";
}
std::string_view to_string(FieldState state) noexcept {
  switch (state) {
    case FieldState::filled:
      return "filled";
    case FieldState::missing:
      return "missing";
    case FieldState::open:
      return "open";
    case FieldState::not_asked:
      return "not_asked";
    case FieldState::about:
      return "about";
  }
  return "missing";
}
std::string_view to_string(Missing::Kind kind) noexcept {
  return kind == Missing::Kind::fact     ? "fact"
         : kind == Missing::Kind::answer ? "answer"
                                         : "profile";
}
std::string_view to_string(Change::Kind kind) noexcept {
  return kind == Change::Kind::added     ? "added"
         : kind == Change::Kind::changed ? "changed"
                                         : "withdrawn";
}
std::string_view to_string(Change::Of of) noexcept {
  return of == Change::Of::field ? "field" : "statement";
}

std::optional<UtcSeconds> DeadlineSnapshot::by() const {
  if (earliest && legal) return std::min(*earliest, *legal);
  return earliest ? earliest : legal;
}

DeadlineSnapshot snapshot(const reports::StageDeadline& deadline, const TimeZone& zone) {
  DeadlineSnapshot taken;
  taken.kind = std::string(reports::to_string(deadline.kind));
  taken.start = deadline.start;
  taken.earliest = deadline.earliest;
  taken.legal = deadline.legal;
  taken.zone = zone.name();
  if (deadline.earliest) taken.earliest_local = local_text(*deadline.earliest, zone);
  if (deadline.legal) taken.legal_local = local_text(*deadline.legal, zone);
  taken.start_assumed = deadline.start_assumed;
  taken.steps = deadline.steps;
  taken.notes = deadline.notes;
  taken.assumed = deadline.assumed;
  taken.missing = deadline.missing;
  if (deadline.problem) taken.problem = deadline.problem->message;
  return taken;
}

std::string DraftField::text() const {
  std::string all;
  for (const Part& part : parts) all += (all.empty() ? "" : "; ") + part.text;
  return all;
}

const DraftField* Draft::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const DraftField& each) { return each.id == field; });
  return found == fields.end() ? nullptr : &*found;
}

std::vector<Missing> Draft::missing() const {
  std::vector<Missing> all;
  std::set<std::string> seen;
  for (const DraftField& field : fields) {
    if (field.state != FieldState::missing) continue;
    for (const Missing& each : field.missing) {
      if (seen.insert(std::string(to_string(each.kind)) + each.name).second) all.push_back(each);
    }
  }
  return all;
}

Result<Draft> make_draft(const DraftInput& input) {
  check(input.regime != nullptr && input.catalog != nullptr && input.map != nullptr,
        "a draft needs a law, the facts that laws ask for, and a map");
  const Stage* stage = input.regime->find_stage(input.stage);
  if (stage == nullptr)
    return Error{ErrorCode::not_found, input.regime->id + " has no stage \"" + input.stage + "\""};
  if (auto checked = check_statements(input.statements); !checked)
    return std::move(checked).error();
  Draft draft;
  draft.kind = input.kind;
  draft.language = input.language;
  draft.case_name = input.case_name;
  draft.reference = input.reference;
  draft.made_at = input.now;
  draft.tool = input.tool;
  draft.head = input.head;
  draft.organisation = entry_or_empty(input, "name");
  draft.law = law_of(*input.regime, *stage, input.language);
  draft.law_digest = input.law_digest;
  draft.audience = input.kind == DraftKind::no_notice
                       ? Audience::authority  // Who may ask to see it.
                       : input.map->audience(*input.regime, input.stage);
  draft.deadline = input.deadline;
  draft.late = input.kind == DraftKind::notice && input.deadline.by() &&
               input.now > *input.deadline.by() && input.deadline.kind == "limit";
  draft.receipt = input.receipt;
  DraftMaker(input, *stage, draft).fill();
  return draft;
}

}  // namespace casebook::filing
