// `casebook close`, `reopen`, `rule-out`, `archive` and `move NAME`: from one phase to the next.
// Exit status 5 when a gate is closed.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/board_messages.h"
#include "cli/commands.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct MoveOptions {
  std::string move;
  std::string record;
  std::string reason;
  Cosigning cosigning;
};

Result<std::string> name_of_move(const CaseSession& session, const std::string& word) {
  std::vector<std::string> names;
  for (const auto& [name, move] : session.runbook().policy->moves) {
    std::string plain = name;
    for (char& c : plain) c = c == '_' ? '-' : c;
    if (name == word || plain == word) return name;
    names.push_back(plain);
  }
  const std::string near = nearest(word, names);
  return Error{ErrorCode::not_found, printable(word) + ": the policy has no such move",
               near.empty() ? "casebook move alone shows them" : "did you mean " + near + "?"};
}

ExitStatus make_move(Runtime& runtime, const MoveOptions& options) {
  Saying saying{.purpose = "deciding: " + options.move, .attempt = options.move};
  if (!options.reason.empty()) saying.words.push_back({"reason", options.reason});
  std::string name;
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    auto found = name_of_move(session, options.move);
    if (!found) return std::move(found).error();
    name = *found;
    workflow::MakeMove move{name, {}};
    if (!options.record.empty()) {
      auto record = read_evidence(session, "#" + options.record);
      if (!record) return std::move(record).error();
      move.record = *record;
    }
    return workflow::RunbookBody(std::move(move));
  };
  return say_in_case(runtime, options.cosigning, saying,
                     [&](CaseSession& session, const vault::Appended& at) {
                       const workflow::CaseState& state = session.runbook();
                       const workflow::Phase* phase = state.policy->phase(state.phase);
                       const std::string label =
                           phase == nullptr ? state.phase : phase->label.in(language_of(runtime));
                       if (runtime.common.is_json) {
                         print_json(runtime, {{"entry", at.seq},
                                              {"format", "casebook-moved/1"},
                                              {"move", options.move},
                                              {"phase", state.phase}});
                         return;
                       }
                       runtime.out << label << ", entry " << at.seq << ", "
                                   << format_utc(at.received_at).substr(11, 8) << " UTC\n";
                       if (!state.is_open())
                         runtime.out << "Next: casebook status shows what follows\n";
                     });
}

ExitStatus show_moves(Runtime& runtime) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "looking at the runbook");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const workflow::CaseState& state = (*session)->runbook();
  const auto language = language_of(runtime);
  const Messages& messages = board_messages(language);
  Json list = Json::array();
  Table table({{""}, {""}, {""}});
  for (const auto& [name, move] : state.policy->moves) {
    if (std::ranges::find(move.from, state.phase) == move.from.end()) continue;
    const workflow::Verdict verdict =
        workflow::explain(state, {.verb = name, .persons = {(*session)->me()}}, (*session)->now());
    const std::size_t missing = missing_count(verdict);
    list.push_back({{"missing", missing}, {"move", name}, {"to", move.to}});
    table.row({name, move.label.in(language),
               missing == 0
                   ? messages.text("move.open")
                   : messages.text("board.blocked", {{"count", std::to_string(missing)}})});
  }
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"format", "casebook-moves/1"}, {"moves", std::move(list)}, {"phase", state.phase}});
  } else {
    const workflow::Phase* phase = state.policy->phase(state.phase);
    runtime.out << messages.text(
                       "move.now",
                       {{"phase", phase == nullptr ? state.phase : phase->label.in(language)}})
                << '\n'
                << table.text(runtime.terminal.width_columns, 2);
  }
  return ExitStatus::done;
}

void add_options(Command& command, MoveOptions& options) {
  options.cosigning.verbs = "move";
  command.option("--reason", "TEXT", options.reason, "why; kept as a text of the case")
      .option("--about", "N", options.record,
              "the entry that it is about: another case, a duplicate");
  add_cosigning(command, options.cosigning);
}

void add_move(Command& root, const std::string& name, const std::string& help,
              const std::string& example) {
  auto options = std::make_shared<MoveOptions>();
  options->move = name;
  Command& command = root.add(name, help);
  add_options(command, *options);
  command.example(example, "").run([options](Runtime& runtime) {
    return make_move(runtime, *options);
  });
}

}  // namespace

void add_move_commands(Command& root) {
  add_move(root, "close", "Close the case, when nothing blocks it any more", "casebook close");
  add_move(root, "reopen", "Open a closed case again; what was signed for closing counts no more",
           "casebook reopen --reason 'new indicators'");
  add_move(root, "rule-out", "It was nothing: two persons, one piece of evidence",
           "casebook rule-out --reason 'load test' --with ben");
  add_move(root, "archive", "The last step: follow-ups filed, post-mortem held",
           "casebook archive");
  auto options = std::make_shared<MoveOptions>();
  Command& move = root.add("move", "Go to another phase of the runbook; alone: what is possible");
  move.argument("MOVE", options->move, "declare, contain, resolve, ...: as the policy names it",
                Count::optional);
  add_options(move, *options);
  move.example("casebook move", "which ones there are now, and which are blocked")
      .example("casebook move declare --with ben", "")
      .run([options](Runtime& runtime) {
        return options->move.empty() ? show_moves(runtime) : make_move(runtime, *options);
      });
}

}  // namespace casebook::cli
