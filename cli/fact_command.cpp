// `casebook fact NAME=VALUE`: answers that gates and laws read; `casebook fact` shows them.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/duties.h"
#include "cli/note_writing.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/fact_value.h"
#include "reports/policy_set.h"

namespace casebook::cli {
namespace {

struct FactOptions {
  std::vector<std::string> pairs;
  std::vector<std::string> evidence;
  bool is_provisional = false;
  std::string reason;
  Cosigning cosigning;
};

/// A fact that laws ask for and the runbook does not know, as the runbook keeps values.
Result<workflow::Value> law_value(CaseSession& session, const reports::FactDefinition& definition,
                                  const std::string& text) {
  ZoneDatabase zones;
  Json given = text;
  if (definition.type == reports::FactType::boolean) given = text == "yes" || text == "true";
  if (definition.type == reports::FactType::boolean && !given.get<bool>() && text != "no" &&
      text != "false") {
    return Error{ErrorCode::invalid_input, definition.name + ": yes or no"};
  }
  if (definition.type == reports::FactType::time) {
    auto moment = read_moment(text, session.now());
    if (!moment) return std::move(moment).error().context(definition.name);
    return workflow::Value(workflow::Moment{moment->time_since_epoch().count()});
  }
  if (definition.type == reports::FactType::set) {
    given = Json::array();
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find(',', at), text.size());
      if (end > at) given.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  if (definition.type == reports::FactType::integer ||
      definition.type == reports::FactType::number) {
    auto number = reports::parse_number(text);
    if (!number) return std::move(number).error().context(definition.name);
    if (number->thousandths % 1000 != 0) return workflow::Value(text);
    return workflow::Value(number->thousandths / 1000);
  }
  auto value = reports::parse_fact_value(given, definition, zones);
  if (!value) return std::move(value).error().context(definition.name);
  if (const auto* words = std::get_if<std::set<std::string>>(&*value)) {
    return workflow::Value(std::vector<std::string>(words->begin(), words->end()));
  }
  if (const auto* yes = std::get_if<bool>(&*value)) return workflow::Value(*yes);
  return workflow::Value(text);
}

Result<workflow::Value> read_fact(CaseSession& session, const std::string& name,
                                  const std::string& text) {
  const workflow::Policy& policy = *session.runbook().policy;
  if (const auto rule = policy.facts.find(name); rule != policy.facts.end()) {
    return read_value(session, form_of(rule->second), text);
  }
  auto law = reports::load_policies({});
  if (!law) return std::move(law).error();
  if (const reports::FactDefinition* known = law->catalog.find(name)) {
    return law_value(session, *known, text);
  }
  std::vector<std::string> names;
  for (const auto& [known, rule] : policy.facts) names.push_back(known);
  const std::string near = nearest(name, names);
  if (!near.empty()) {
    return Error{ErrorCode::invalid_input, printable(name) + ": no such fact",
                 "did you mean " + near + "?"};
  }
  return reports::unknown_fact(name, law->catalog);
}

Result<workflow::RunbookBody> fact_body(CaseSession& session, const FactOptions& options,
                                        const std::string& pair) {
  const std::size_t equals = pair.find('=');
  workflow::FactSet set;
  set.name = pair.substr(0, equals);
  if (set.name == "kind" && !session.runbook().policy->facts.contains("kind")) {
    return workflow::RunbookBody(workflow::KindSet{pair.substr(equals + 1)});
  }
  set.provisional = options.is_provisional;
  auto value = read_fact(session, set.name, pair.substr(equals + 1));
  if (!value) return std::move(value).error();
  set.value = *std::move(value);
  for (const std::string& text : options.evidence) {
    auto statement = read_evidence(session, text);
    if (!statement) return std::move(statement).error();
    set.evidence.push_back(*statement);
  }
  std::ranges::sort(set.evidence);
  auto key = make_facet_key(session.runtime().randomness);
  if (!key) return std::move(key).error();
  set.key = *key;
  return workflow::RunbookBody(std::move(set));
}

/// What laws make of it now, entered under the same name. It never undoes the fact.
DutiesSaid enter_duties(CaseSession& session) {
  if (!has_law_facts(session.runbook())) return {};
  auto law = law_of_case(session, {});
  if (!law) return {"Deadlines were not worked out: " + law.error().message, {}, {}};
  auto said = record_duties(session, **law);
  if (!said) return {"Duties were not entered: " + said.error().message, {}, {}};
  return *std::move(said);
}

ExitStatus set_facts(Runtime& runtime, const FactOptions& options) {
  for (const std::string& pair : options.pairs) {
    if (const std::size_t equals = pair.find('='); equals == 0 || equals == std::string::npos) {
      return refuse_usage(runtime, {ErrorCode::invalid_input, printable(pair) + ": not NAME=VALUE",
                                    "casebook fact alone shows the names"});
    }
  }
  auto session = CaseSession::open(runtime, kind_for(options.cosigning), "setting a fact");
  if (!session) return fail(runtime, session.error());
  Json said = Json::array();
  for (const std::string& pair : options.pairs) {
    Saying saying{.purpose = "setting a fact", .attempt = pair, .body = [&](CaseSession& open) {
                    return fact_body(open, options, pair);
                  }};
    if (!options.reason.empty()) saying.words.push_back({"reason", options.reason});
    Cosigning cosigning = options.cosigning;
    if (pair.starts_with("kind=")) cosigning.verbs = "kind.set";
    const ExitStatus status =
        say_in(**session, cosigning, saying, [&](CaseSession&, const vault::Appended& appended) {
          said.push_back({{"entry", appended.seq}, {"fact", pair}});
          if (runtime.common.is_json) return;
          runtime.out << printable(pair) << (options.is_provisional ? " (provisional)" : "")
                      << ", entry " << appended.seq << '\n';
        });
    if (status != ExitStatus::done) return status;
  }
  DutiesSaid duties;
  if (options.cosigning.out.empty()) duties = enter_duties(**session);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"duties", duties_json(duties)},
                         {"format", "casebook-facts-set/1"},
                         {"said", std::move(said)}});
  } else if (options.cosigning.out.empty()) {
    if (!duties.line.empty()) {
      runtime.out << wrap_behind("", duties.line, runtime.terminal.width_columns);
    }
    runtime.out << "Next: casebook status, casebook deadlines\n";
  }
  return ExitStatus::done;
}

Json said_json(CaseSession& session, const workflow::FactSaid& said) {
  Json persons = Json::array();
  for (const PersonId& id : said.persons) persons.push_back(session.name_of(id));
  return {{"at", format_utc(said.at)},
          {"entry", said.seq},
          {"persons", std::move(persons)},
          {"provisional", said.provisional},
          {"value", value_json(said.value)}};
}

std::string who_said(CaseSession& session, const workflow::FactSaid& said) {
  std::string names;
  for (const PersonId& id : said.persons) {
    names += (names.empty() ? "" : ", ") + session.name_of(id);
  }
  return names + " " + format_utc(said.at).substr(5, 11) +
         (said.provisional ? " (provisional)" : "");
}

/// All that the policy asks, answered or not, and facts of law that were answered.
ExitStatus show_facts(Runtime& runtime, const std::string& only) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading facts");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const workflow::CaseState& state = (*session)->runbook();
  const auto language = language_of(runtime);
  Json list = Json::array();
  Table table({{""}, {"value"}, {"who"}, {"question"}});
  const auto show = [&](const std::string& name, workflow::ValueType type,
                        const std::string& question) {
    if (!only.empty() && name != only) return;
    const auto history = state.facts.find(name);
    Json versions = Json::array();
    if (history != state.facts.end()) {
      for (const auto& said : history->second) versions.push_back(said_json(**session, said));
    }
    const workflow::FactSaid* said = state.fact(name);
    list.push_back({{"name", name},
                    {"said", std::move(versions)},
                    {"value", value_json(state.value_of(name))}});
    table.row({name, value_text(**session, state.value_of(name), type),
               said == nullptr ? "" : who_said(**session, *said), question});
  };
  for (const auto& [name, rule] : state.policy->facts) {
    show(name, rule.type, rule.question.in(language));
  }
  for (const auto& [name, history] : state.facts) {
    if (!state.policy->facts.contains(name)) show(name, workflow::ValueType::code, "law");
  }
  if (list.empty()) {
    return fail(runtime, {ErrorCode::not_found, printable(only) + ": no such fact",
                          "casebook fact alone shows the names"});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"facts", std::move(list)}, {"format", "casebook-facts-said/1"}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns);
  return ExitStatus::done;
}

}  // namespace

void add_fact_command(Command& root) {
  auto options = std::make_shared<FactOptions>();
  options->cosigning.verbs = "fact.set";
  Command& fact = root.add("fact", "Answer what gates and laws read, or show the answers");
  fact.arguments("NAME=VALUE", options->pairs, "alone: all facts; a name: its history", Count::any)
      .option("--evidence", "N", options->evidence, "an entry, B-7 of a bag, #12 of a record")
      .flag("--provisional", options->is_provisional, "a first guess: counts in no high-water mark")
      .option("--reason", "TEXT", options->reason, "why; kept as a text of the case");
  add_cosigning(fact, options->cosigning);
  fact.example("casebook fact severity=2 personal_data=suspected", "")
      .example("casebook fact personal_data=ruled_out --evidence 31 --with ben",
               "ruling out takes evidence and a second person")
      .example("casebook fact kind=vulnerability", "what kind of incident it is")
      .example("casebook fact", "what is known, and what nobody answered")
      .run([options](Runtime& runtime) {
        const bool is_asking =
            options->pairs.empty() ||
            (options->pairs.size() == 1 && options->pairs.front().find('=') == std::string::npos);
        if (!is_asking) return set_facts(runtime, *options);
        return show_facts(runtime, options->pairs.empty() ? "" : options->pairs.front());
      });
}

}  // namespace casebook::cli
