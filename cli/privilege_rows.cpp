#include "cli/privilege_rows.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_entry.h"
#include "cli/text.h"

namespace casebook::cli {
namespace {

/// One step: who signed it is who said it, and its words are those that were committed to.
Result<privacy::PrivilegeEvent> event_of(CaseSession& session, vault::Compartment& compartment,
                                         const vault::ItemVersion& mark) {
  auto records = compartment.records_of_item(mark.id);
  if (!records) return std::move(records).error();
  if (records->empty() || !records->front().seq) {
    return Error{ErrorCode::corrupt, "a label without its record"};
  }
  auto entry = entry_at(compartment, *records->front().seq);
  if (!entry) return std::move(entry).error();
  const workflow::BoundPerson* by = session.people().owner_of(entry->signers.front());
  auto json = parse_canonical_json(mark.text.fields);
  if (!json) return std::move(json).error();
  auto body = privacy::parse_privilege_body(entry->statement.verb, *json);
  if (!body) return std::move(body).error();
  return privacy::PrivilegeEvent{entry->statement.id.text(), body->target,
                                 by != nullptr ? by->id.text() : std::string(), entry->received_at,
                                 std::move(body->step)};
}

}  // namespace

Result<privacy::PrivilegeStates> privilege_states(CaseSession& session,
                                                  vault::Compartment& compartment) {
  std::vector<vault::ItemVersion> marks;
  const auto listed = compartment.each_item(kPrivilegeKind, [&](const vault::ItemVersion& item) {
    if (item.state == vault::ItemState::live) marks.push_back(item);
    return ok();
  });
  if (!listed) return Error(listed.error());
  privacy::PrivilegeStates states;
  for (const vault::ItemVersion& mark : marks) {
    auto event = event_of(session, compartment, mark);
    if (!event) return std::move(event).error();
    privacy::apply(states, *event);
  }
  return states;
}

Status PrivilegeLog::add(vault::Compartment& compartment) {
  auto states = privilege_states(session_, compartment);
  if (!states) return std::move(states).error();
  for (const auto& [target, state] : *states) {
    if (!state.label) continue;
    auto id = vault::ItemId::parse(target);
    if (!id) return std::move(id).error();
    auto item = compartment.item(*id);
    if (!item) return std::move(item).error();
    if (!*item) continue;
    rows_.push_back(row_of(**item, state));
    texts_.push_back((*item)->text.title + "\n" + (*item)->text.body);
  }
  return ok();
}

std::vector<privacy::LogFinding> PrivilegeLog::check() {
  return privacy::check_privilege_log(
      rows_,
      {.privileged_text = [&](std::size_t row) -> std::string_view { return texts_.at(row); },
       .is_known_elsewhere = [&](std::string_view word) { return is_open(word); }});
}

bool PrivilegeLog::is_open(std::string_view word) {
  auto general = session_.compartment("general");
  if (!general) return false;
  const auto count = (*general)->count({.words = std::string(word)});
  return count && *count > 0;
}
privacy::LogPerson PrivilegeLog::person(const std::string& id) {
  const auto parsed = PersonId::parse(id);
  if (!parsed) return {id, false};
  const workflow::BoundPerson* known = session_.people().find(*parsed);
  return {session_.name_of(*parsed), known != nullptr && known->holds("legal")};
}
Status PrivilegeLog::require_fit() {
  Runtime& runtime = session_.runtime();
  bool is_refused = false;
  for (const privacy::LogFinding& finding : check()) {
    is_refused = is_refused || finding.is_refusal;
    runtime.err << wrap_behind(
        "casebook: ", "row " + std::to_string(finding.row) + ": " + finding.message,
        runtime.terminal.width_columns);
  }
  if (!is_refused) return ok();
  return Error{ErrorCode::invalid_input, "the log is not written",
               "casebook privilege set gives those rows what they lack"};
}
privacy::PrivilegeLogRow PrivilegeLog::row_of(const vault::ItemVersion& item,
                                              const privacy::PrivilegeState& state) {
  privacy::PrivilegeLogRow row;
  row.control = item.id.text().substr(0, 12);
  row.date = format_utc(item.claimed.value_or(item.received));
  row.type = item.kind;
  row.author = {item.on_behalf_of.empty() ? person(item.author)
                                          : privacy::LogPerson{item.on_behalf_of, false}};
  for (const std::string& id : state.label->distribution) row.to.push_back(person(id));
  row.description = state.label->purpose;
  row.basis = std::string(privacy::privilege_basis_text(state.label->basis));
  if (!state.label->basis_note.empty()) row.basis += ": " + state.label->basis_note;
  row.treatment = "withheld";
  row.custodian = person(item.author).name;
  row.reviewer = person(state.set_by).name;
  row.review_date = format_utc(state.set_at);
  return row;
}

}  // namespace casebook::cli
