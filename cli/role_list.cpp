#include "cli/role_list.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/board_messages.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "workflow/board.h"

namespace casebook::cli {

ExitStatus show_role_list(Runtime& runtime) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading who has which role");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const auto language = language_of(runtime);
  const Messages& messages = board_messages(language);
  const workflow::Board board = workflow::make_board((*session)->runbook(), (*session)->now());
  Json list = Json::object();
  Table table({{""}, {""}, {""}});
  for (const workflow::RoleSeat& seat : board.roles) {
    Json holders = Json::array(), offered = Json::array();
    std::string names;
    const auto add = [&](const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
    for (const PersonId& id : seat.holders) {
      add(printable((*session)->name_of(id)));
      holders.push_back((*session)->name_of(id));
    }
    for (const auto& [id, person] : (*session)->people().persons) {
      const auto held = person.roles.find(seat.rule->name);
      if (person.is_removed || held == person.roles.end() || held->second.accepted_at) continue;
      add(messages.text("role.waits", {{"person", printable((*session)->name_of(id))}}));
      offered.push_back((*session)->name_of(id));
    }
    if (names.empty() && !seat.is_missing) continue;
    list[seat.rule->name] = {{"holders", std::move(holders)}, {"offered", std::move(offered)}};
    table.row({seat.rule->name, seat.rule->label.in(language),
               names.empty() ? messages.text("board.nobody") : names});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-roles/1"}, {"roles", std::move(list)}});
  } else {
    runtime.out << table.text(runtime.terminal.width_columns)
                << wrap_behind("", messages.text("role.more"), runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

Status check_role(CaseSession& session, const std::string& role) {
  if (auto folded = session.fold_runbook(); !folded) return folded;
  const auto& policy = session.runbook().policy;
  if (policy == nullptr || policy->roles.empty() || policy->roles.contains(role)) return ok();
  std::vector<std::string> names;
  for (const auto& [name, rule] : policy->roles) names.push_back(name);
  const std::string near = nearest(role, names);
  return Error{
      ErrorCode::invalid_input, printable(role) + ": the policy has no such role",
      near.empty() ? "casebook policy show lists the roles" : "did you mean " + near + "?"};
}

}  // namespace casebook::cli
