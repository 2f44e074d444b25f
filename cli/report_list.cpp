// `casebook report list`: what is due, drafted, released and sent. `casebook report profile`.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/filing_case.h"
#include "cli/report_filing.h"
#include "cli/runbook_saying.h"
#include "cli/text.h"
#include "core/calendar_text.h"
#include "core/printable.h"
#include "reports/filing/filing_map.h"

namespace casebook::cli {

ExitStatus list_reports(Runtime& runtime, bool is_all) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "listing reports");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  auto law = law_of_case(**session, {});
  if (!law) return fail(runtime, law.error());
  const filing::FilingMap& map = filing::FilingMap::built_in();
  Json rows = Json::array();
  Table table({{""}, {"due"}, {"state"}});
  std::size_t draftable = 0, others = 0;
  for (const reports::RegimeVerdict& regime : (*law)->evaluation.regimes) {
    for (const reports::StageVerdict& stage : regime.stages) {
      const bool has_fields = filing::fields_of(*regime.regime, stage.stage->id, map).basis !=
                              filing::StageFields::Basis::none;
      ++(has_fields ? draftable : others);
      const std::string state =
          filing_state((*session)->runbook(), regime.regime->id, stage.stage->id);
      const bool is_due = stage.outcome == reports::Outcome::due;
      if (!is_due && state.empty() && !is_all) continue;
      const std::string due = is_due && stage.deadline && stage.deadline->earliest
                                  ? local_text(zone_of(**law), *stage.deadline->earliest)
                                  : std::string(to_string(stage.outcome));
      const std::string shown = !has_fields && state.empty()
                                    ? "not draftable; law asks: " + stage.stage->name
                                : state.empty() ? "not begun"
                                                : state;
      rows.push_back({{"draftable", has_fields},
                      {"due", due},
                      {"report", regime.regime->id + "/" + stage.stage->id},
                      {"state", shown}});
      table.row({regime.regime->id + "/" + stage.stage->id, due, printable(shown)});
    }
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"draftable", draftable},
                         {"format", "casebook-reports/1"},
                         {"not_draftable", others},
                         {"reports", std::move(rows)}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns) << draftable
              << " stages of law can be drafted, " << others << " have no fields in the data\n";
  return ExitStatus::done;
}

ExitStatus print_report_profile(Runtime& runtime) {
  Json json = Json::object();
  for (const auto& [name, answer] : filing::FilingMap::built_in().profile()) json[name] = "";
  runtime.out << json.dump(2) << '\n';
  if (runtime.terminal.is_err_terminal) {
    runtime.err << "fill it and keep it as report-profile.json beside the roster\n";
  }
  return ExitStatus::done;
}

}  // namespace casebook::cli
