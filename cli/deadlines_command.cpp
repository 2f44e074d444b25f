// `casebook deadlines [REGIME]`: who must be told, until when, and why. Exit status: 0, 1 when a
// file cannot be used.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/deadlines_text.h"
#include "cli/law_options.h"
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

ExitStatus show(Runtime& runtime, const Options& options, const reports::PolicySet& policies) {
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

}  // namespace

void add_deadlines_command(Command& root) {
  auto options = std::make_shared<Options>();
  Command& command = root.add("deadlines", "Who must be told, until when, and why");
  command.argument("REGIME", options->regime, "explain this law step by step", Count::optional)
      .option("--facts", "FILE", options->facts,
              "what is known; else facts.json and profile.json here")
      .option("--at", "TIME", options->at, "count from then instead of from now")
      .flag("--all", options->is_all, "list also what is unknown and not due, one by one")
      .option("--ics", "FILE", options->ics, "write the dates for a calendar program");
  options->policies.add_to(command);
  command.example("casebook facts template > facts.json", "first say what you know")
      .example("casebook deadlines", "whom to tell, until when")
      .example("casebook deadlines eu-gdpr", "why, with the arithmetic")
      .example("casebook deadlines --at \"2026-10-23T21:00 Europe/Paris\"", "as it stood then")
      .run([options](Runtime& runtime) {
        const auto policies = options->policies.load();
        if (!policies) return fail(runtime, policies.error());
        return show(runtime, *options, *policies);
      });
}

}  // namespace casebook::cli
