// `casebook deadlines [REGIME]`: who must be told, until when, and why. Exit status: 0, 1 when a
// file cannot be used.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/deadlines_text.h"
#include "cli/duties.h"
#include "cli/law_options.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/deadline_calendar.h"
#include "reports/deadline_json.h"

namespace casebook::cli {
namespace {

struct Options {
  PolicyOptions policies;
  std::vector<std::string> facts;
  std::string at;
  std::string ics;
  std::string regime;
  bool is_all = false;
};

Error no_such_regime(const std::string& id, const reports::PolicySet& policies) {
  std::vector<std::string> ids;
  for (const reports::Regime& regime : policies.regimes) ids.push_back(regime.id);
  const std::string near = nearest(id, ids);
  return {ErrorCode::not_found, "no law with the id " + printable(id),
          near.empty() ? "casebook regimes list shows all" : "did you mean " + near + "?"};
}

Result<UtcSeconds> moment_asked_for(const Options& options, const Runtime& runtime,
                                    ZoneDatabase& zones) {
  if (options.at.empty()) return runtime.clock.now_seconds();
  auto moment = reports::parse_moment(options.at, zones);
  if (!moment) return std::move(moment).error().context("--at");
  return moment;
}

ExitStatus write_calendar(Runtime& runtime, const Options& options,
                          const reports::Evaluation& evaluation, const std::string& incident,
                          UtcSeconds now) {
  const std::string text = reports::deadlines_calendar(evaluation, incident, now);
  if (auto written = write_file(options.ics, as_bytes(text), 0644, IfExists::replace); !written) {
    return fail(runtime, written.error());
  }
  if (!runtime.common.is_json)
    runtime.out << "\nwrote " << printable(options.ics) << " for your calendar\n";
  return ExitStatus::done;
}

/// From files, without any case.
ExitStatus show(Runtime& runtime, const Options& options) {
  const auto loaded = options.policies.load();
  if (!loaded) return fail(runtime, loaded.error());
  const reports::PolicySet& policies = *loaded;
  ZoneDatabase zones;
  const auto now = moment_asked_for(options, runtime, zones);
  if (!now) return refuse_usage(runtime, now.error());
  const auto gathered = gather_facts(options.facts, policies, zones);
  if (!gathered) return fail(runtime, gathered.error());
  std::vector<reports::Regime> wanted;
  if (!options.regime.empty()) {
    const reports::Regime* regime = policies.find(options.regime);
    if (regime == nullptr) return refuse_usage(runtime, no_such_regime(options.regime, policies));
    // What replaces it decides, too.
    std::ranges::copy_if(
        policies.regimes, std::back_inserter(wanted),
        [&](const reports::Regime& r) { return r.id == regime->id || r.supersedes == regime->id; });
  }
  const auto& regimes = wanted.empty() ? policies.regimes : wanted;
  auto evaluation = reports::evaluate_regimes(regimes, gathered->facts, policies.catalog,
                                              policies.calendars, zones);
  if (!evaluation) return fail(runtime, evaluation.error());
  if (!wanted.empty()) {
    std::erase_if(evaluation->regimes,
                  [&](const auto& verdict) { return verdict.regime->id != options.regime; });
  }
  if (runtime.common.is_json) {
    print_json(runtime, reports::deadlines_json(*evaluation, gathered->facts, *now));
  } else {
    const DeadlineScreen screen{*evaluation,     gathered->facts, *now,
                                gathered->files, options.is_all,  runtime.terminal.width_columns};
    runtime.out << (wanted.empty() ? deadlines_text(screen)
                                   : regime_why_text(screen, evaluation->regimes.front()));
    for (const std::string& id : policies.replaced_calendars)
      runtime.out << "Calendar " << printable(id) << " is your own.\n";
  }
  if (options.ics.empty()) return ExitStatus::done;
  return write_calendar(runtime, options, *evaluation, gathered->incident, *now);
}

// In a case.

DeadlineScreen screen_of(const CaseLaw& law, const Options& options, UtcSeconds now,
                         int width_columns) {
  DeadlineScreen screen{law.evaluation, law.facts, now, law.sources, options.is_all, width_columns};
  for (const TriggerTime& one : law.triggers) {
    screen.triggers.push_back({one.fact, one.at, one.said_by, one.is_confirmed});
  }
  for (const CustomerDuty& one : law.customers) {
    screen.contracts.push_back({one.name, one.hours, one.due});
  }
  screen.remarks = law.notes;
  return screen;
}

Json case_json(const CaseLaw& law, UtcSeconds now) {
  Json json = reports::deadlines_json(law.evaluation, law.facts, now);
  json["contracts"] = Json::array();
  for (const CustomerDuty& one : law.customers) {
    json["contracts"].push_back({{"customer", one.name},
                                 {"due", format_utc(one.due)},
                                 {"hours", one.hours},
                                 {"start", format_utc(one.started)}});
  }
  json["triggers"] = Json::array();
  for (const TriggerTime& one : law.triggers) {
    json["triggers"].push_back({{"at", format_utc(one.at)},
                                {"confirmed", one.is_confirmed},
                                {"fact", one.fact},
                                {"said_by", one.said_by}});
  }
  return json;
}

/// The case for writing, so that what is found is entered; whoever may only read sees the same.
Result<std::unique_ptr<CaseSession>> open_case(Runtime& runtime, bool only_looks) {
  const std::string purpose = "working out deadlines";
  if (only_looks) return CaseSession::open(runtime, SessionKind::reads, purpose);
  auto session = CaseSession::open(runtime, SessionKind::writes, purpose);
  if (session || session.error().code == ErrorCode::locked) return session;
  return CaseSession::open(runtime, SessionKind::reads, purpose);
}

/// Files that are named or lie here come before a case that is only chosen.
bool reads_case(const Runtime& runtime, const Options& options) {
  if (!options.facts.empty()) return false;
  if (!runtime.common.case_folder.empty()) return true;
  std::error_code ignored;
  return !std::filesystem::exists("facts.json", ignored) && runtime.chosen_case().has_value();
}

ExitStatus show_case(Runtime& runtime, const Options& options) {
  const bool only_looks =
      !options.at.empty() || !options.regime.empty() || !options.policies.folders.empty();
  auto session = open_case(runtime, only_looks);
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  auto law = law_of_case(**session, options.policies);
  if (!law) return fail(runtime, law.error());
  const auto now = moment_asked_for(options, runtime, (*law)->zones);
  if (!now) return refuse_usage(runtime, now.error());
  const DeadlineScreen screen = screen_of(**law, options, *now, runtime.terminal.width_columns);
  DutiesSaid said;
  if (!only_looks && (*session)->log_key() != nullptr) {
    auto entered = record_duties(**session, **law);
    if (entered) said = *std::move(entered);
    if (!entered) said.line = "Not entered in the case: " + entered.error().message;
    if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  }
  if (!options.regime.empty()) {
    const auto found =
        std::ranges::find((*law)->evaluation.regimes, options.regime,
                          [](const reports::RegimeVerdict& one) { return one.regime->id; });
    if (found == (*law)->evaluation.regimes.end()) {
      return refuse_usage(runtime, no_such_regime(options.regime, (*law)->policies));
    }
    if (!runtime.common.is_json) {
      runtime.out << regime_why_text(screen, *found);
      return ExitStatus::done;
    }
    (*law)->evaluation.regimes = {*found};
  }
  if (runtime.common.is_json) {
    Json json = case_json(**law, *now);
    json["duties"] = duties_json(said);
    print_json(runtime, json);
  } else {
    runtime.out << deadlines_text(screen);
    if (!said.line.empty()) runtime.out << wrap_behind("", said.line, screen.width_columns);
  }
  if (options.ics.empty()) return ExitStatus::done;
  return write_calendar(runtime, options, (*law)->evaluation,
                        (*session)->runbook().people.code_name, *now);
}

}  // namespace

void add_deadlines_command(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.add("deadlines", "Who must be told, until when, and why");
  command.argument("REGIME", options->regime, "explain this law step by step", Count::optional)
      .option("--facts", "FILE", options->facts,
              "what is known; else what the case says, or facts.json here")
      .option("--at", "TIME", options->at, "count from then instead of from now")
      .flag("--all", options->is_all, "list also what is unknown and not due, one by one")
      .option("--ics", "FILE", options->ics, "write the dates for a calendar program");
  options->policies.add_to(command);
  command.example("casebook facts template > facts.json", "first say what you know")
      .example("casebook deadlines", "in a case: its facts; new duties are entered")
      .example("casebook deadlines eu-gdpr", "why, with the arithmetic")
      .example("casebook deadlines --at \"2026-10-23T21:00 Europe/Paris\"", "as it stood then")
      .run([options](Runtime& runtime) {
        return reads_case(runtime, *options) ? show_case(runtime, *options)
                                             : show(runtime, *options);
      });
}

}  // namespace casebook::cli
