// `casebook why ACTION`: what blocks it, and who can unblock it. `casebook done N`: settle an open
// thing. Exit status of `why`: 0 when nothing blocks, 5 when something does.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

std::string with_underscores(std::string word) {
  std::ranges::replace(word, '-', '_');
  return word;
}

/// A move as people type it: `rule-out` is `rule_out`.
const workflow::Move* find_move(const workflow::Policy& policy, const std::string& word) {
  for (const auto& [name, move] : policy.moves) {
    if (name == word || with_underscores(name) == with_underscores(word)) return &move;
  }
  return nullptr;
}

/// Every attempt that some gate names.
std::vector<std::string> known_attempts(const workflow::Policy& policy) {
  std::vector<std::string> names;
  for (const auto& [name, move] : policy.moves) names.push_back(name);
  for (const workflow::Gate& gate : policy.gates) {
    names.insert(names.end(), gate.on.begin(), gate.on.end());
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

/// `close`, `rollout`, `action:disable_core`, or the kind of a register that gates look at.
Result<workflow::Attempt> read_attempt(CaseSession& session,
                                       const std::vector<std::string>& words) {
  const workflow::Policy& policy = *session.runbook().policy;
  const std::string& word = words.front();
  workflow::Attempt attempt;
  attempt.persons = {session.me()};
  const workflow::Register* rule = nullptr;
  if (const workflow::Move* move = find_move(policy, word)) {
    attempt.verb = move->name;
  } else if (word.starts_with("action:")) {
    attempt.action = word.substr(7);
  } else if (const auto kind = policy.registers.find(word); kind != policy.registers.end()) {
    rule = &kind->second;
    attempt.verb = rule->attempt;
  } else {
    const auto known = known_attempts(policy);
    if (std::ranges::find(known, word) == known.end()) {
      const std::string near = nearest(word, known);
      return Error{
          ErrorCode::not_found, printable(word) + ": nothing that gates look at",
          near.empty() ? "casebook policy show lists the gates" : "did you mean " + near + "?"};
    }
    attempt.verb = word;
  }
  if (rule == nullptr) {
    for (const auto& [kind, candidate] : policy.registers) {
      if (!candidate.attempt.empty() && candidate.attempt == attempt.verb) rule = &candidate;
    }
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const std::string name = words[i].substr(0, equals);
    const workflow::FieldRule* field = rule == nullptr ? nullptr : rule->field(name);
    if (equals == std::string::npos || field == nullptr) {
      return Error{ErrorCode::invalid_input, printable(words[i]) + ": no field of " + word,
                   "fields of the entry are given as NAME=VALUE"};
    }
    auto value = read_value(session, form_of(*field), words[i].substr(equals + 1));
    if (!value) return std::move(value).error();
    if (name == "class") {
      if (const auto* action = std::get_if<std::string>(&*value)) attempt.action = *action;
    }
    attempt.fields[name] = *std::move(value);
  }
  return attempt;
}

ExitStatus why(Runtime& runtime, const std::vector<std::string>& words) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "looking at gates");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  auto attempt = read_attempt(**session, words);
  if (!attempt) return refuse_usage(runtime, attempt.error());
  const workflow::Verdict verdict =
      workflow::explain((*session)->runbook(), *attempt, (*session)->now());
  if (runtime.common.is_json) {
    print_json(runtime, verdict_json(**session, words.front(), verdict));
  } else {
    runtime.out << verdict_text(**session, words.front(), verdict);
  }
  return verdict.is_open() ? ExitStatus::done : ExitStatus::gate_closed;
}

// Settling.

struct DoneOptions {
  RecordWords words;
  bool is_skipping = false;
  std::string reason;
};

ExitStatus finish_step(CaseSession& session, const workflow::OpenThing& thing,
                       const DoneOptions& options) {
  const workflow::Step* step = session.runbook().policy->step(thing.id);
  const auto language = language_of(session.runtime());
  if (step == nullptr) return ExitStatus::failed;
  if (options.is_skipping) {
    Saying saying{.purpose = "skipping a reminder", .attempt = thing.id};
    saying.words.push_back({"reason", options.reason});
    saying.body = [&](CaseSession&) {
      return Result<workflow::RunbookBody>(workflow::StepSkip{thing.id});
    };
    return say_in(session, options.words.cosigning, saying,
                  [&](CaseSession& open, const vault::Appended&) {
                    open.runtime().out << "#" << thing.number << " skipped\n";
                  });
  }
  if (!step->attest) {
    // Such a step is done by what it asks for, never by saying so.
    return fail(session.runtime(), {ErrorCode::invalid_input,
                                    "#" + std::to_string(thing.number) + " " +
                                        step->label.in(language) + ": done by what it asks for",
                                    settling_command(session, thing.number)});
  }
  Saying saying{.purpose = "finishing a step", .attempt = thing.id};
  saying.body = [&](CaseSession&) {
    return Result<workflow::RunbookBody>(workflow::StepDone{thing.id});
  };
  return say_in(
      session, options.words.cosigning, saying,
      [&](CaseSession& open, const vault::Appended& appended) {
        Runtime& runtime = open.runtime();
        if (runtime.common.is_json) {
          print_json(
              runtime,
              {{"entry", appended.seq}, {"format", "casebook-done/1"}, {"number", thing.number}});
          return;
        }
        runtime.out << "#" << thing.number << " done: " << step->label.in(language) << '\n';
      });
}

ExitStatus done(Runtime& runtime, const DoneOptions& options) {
  auto number = read_number(options.words.words.front());
  if (!number) return refuse_usage(runtime, number.error());
  if (options.is_skipping && options.reason.empty()) {
    return refuse_usage(runtime,
                        {ErrorCode::invalid_input, "--skip needs --reason TEXT", "one sentence"});
  }
  auto session =
      CaseSession::open(runtime, kind_for(options.words.cosigning), "settling an open thing");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const auto board = workflow::make_board((*session)->runbook(), (*session)->now());
  const workflow::OpenThing* thing = workflow::find_thing(board, *number);
  ExitStatus status = ExitStatus::failed;
  if (thing == nullptr) {
    status = fail(runtime, {ErrorCode::not_found,
                            "#" + std::to_string(*number) + ": nothing open has that number",
                            "casebook status shows what is open"});
  } else if (thing->kind == workflow::OpenThing::Kind::step) {
    status = finish_step(**session, *thing, options);
  } else if (thing->kind == workflow::OpenThing::Kind::record) {
    const workflow::Record* record = (*session)->runbook().record_by_number(*number);
    status = settle_record(**session, *record, options.words);
  } else {
    status = fail(runtime, {ErrorCode::invalid_input,
                            "#" + std::to_string(*number) + " waits for a person's word",
                            "casebook sign " + std::to_string(*number)});
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

}  // namespace

void add_why_command(Command& root) {
  struct Options {
    std::vector<std::string> words;
  };
  auto options = std::make_shared<Options>();
  root.add("why", "What blocks an action, and who can unblock it")
      .arguments("ACTION", options->words,
                 "close, rule-out, rollout, publish, action:CLASS; NAME=VALUE")
      .example("casebook why close", "in an order in which nobody signs twice")
      .example("casebook why redeploy host=12", "for one host")
      .run([options](Runtime& runtime) { return why(runtime, options->words); });
}

void add_done_command(Command& root) {
  auto options = std::make_shared<DoneOptions>();
  Command& command = root.add("done", "Settle an open thing by its number");
  command.arguments("N", options->words.words, "the number; then what it needs: NAME=VALUE, text")
      .flag("--skip", options->is_skipping, "of a reminder: not this time")
      .option("--reason", "TEXT", options->reason, "why it is skipped");
  add_cosigning(command, options->words.cosigning);
  command.example("casebook done 19 outcome=better", "a change and what it did")
      .example("casebook done 7 --skip --reason 'night shift ate before'", "")
      .run([options](Runtime& runtime) { return done(runtime, *options); });
}

}  // namespace casebook::cli
