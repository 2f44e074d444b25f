#include "cli/outgoing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "cli/board_messages.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "cli/verdict_text.h"
#include "core/characters.h"
#include "core/printable.h"
#include "workflow/decide.h"

namespace casebook::cli {
namespace {

using workflow::Operand;
using workflow::Predicate;

/// Facts that a condition looks at.
void add_facts(const Predicate& node, std::set<std::string>& names) {
  for (const Operand* side : {&node.left, &node.right}) {
    const bool is_fact = side->kind == Operand::Kind::fact || side->kind == Operand::Kind::max_ever;
    if (is_fact) names.insert(side->name);
  }
  if (node.kind == Predicate::Kind::ever_in) names.insert(node.names.front());
  for (const Predicate& child : node.children) add_facts(child, names);
}

void join(std::string& text, const std::string& part, std::string_view between) {
  if (!part.empty()) text += (text.empty() ? "" : std::string(between)) + part;
}

class Refusing {
 public:
  Refusing(CaseSession& session, const workflow::Verdict& verdict)
      : session_(session),
        state_(session.runbook()),
        verdict_(verdict),
        language_(language_of(session.runtime())),
        messages_(board_messages(language_)) {}

  Error error(const std::string& attempt) {
    std::string closed, commands;
    for (const workflow::GateVerdict& one : verdict_.gates) {
      if (one.answer != workflow::GateAnswer::blocked) continue;
      const workflow::Gate* gate = state_.policy->gate(one.gate);
      std::string words = gate == nullptr ? one.gate : gate->label.in(language_);
      if (const std::string facts = said_facts(gate); !facts.empty()) words += " (" + facts + ")";
      join(closed, words, "; ");
      if (one.alternatives.empty()) continue;
      for (const workflow::MissingLeaf& leaf : one.alternatives.front()) {
        join(commands, missing_text(session_, leaf).command, ", ");
      }
    }
    const std::string why = "casebook why " + attempt;
    return {ErrorCode::invalid_input, messages_.text("leaves.closed", {{"gates", closed}}),
            messages_.text("leaves.todo", {{"commands", commands.empty() ? why : commands},
                                           {"keep", "casebook note add"}})};
  }

 private:
  /// "channel_suspect yes, ada 18:10 UTC"
  std::string said_facts(const workflow::Gate* gate) {
    std::set<std::string> names;
    if (gate != nullptr) add_facts(gate->when, names);
    std::string text;
    for (const std::string& name : names) {
      const workflow::FactSaid* said = state_.fact(name);
      const auto rule = state_.policy->facts.find(name);
      if (said == nullptr || said->persons.empty() || rule == state_.policy->facts.end()) continue;
      join(text,
           messages_.text("leaves.fact",
                          {{"fact", name},
                           {"person", session_.name_of(said->persons.front())},
                           {"time", format_utc(said->at).substr(11, 5)},
                           {"value", value_text(session_, said->value, rule->second.type)}}),
           "; ");
    }
    return text;
  }

  CaseSession& session_;
  const workflow::CaseState& state_;
  const workflow::Verdict& verdict_;
  workflow::Language language_;
  const Messages& messages_;
};

}  // namespace

std::optional<ExitStatus> refuse_to_send(CaseSession& session, const std::string& attempt,
                                         const workflow::Fields& fields) {
  const workflow::Verdict verdict = workflow::explain(
      session.runbook(), {.verb = attempt, .fields = fields, .persons = {session.me()}},
      session.now());
  if (verdict.is_open()) return {};
  Runtime& runtime = session.runtime();
  if (runtime.common.is_json) print_json(runtime, verdict_json(session, attempt, verdict));
  fail(runtime, Refusing(session, verdict).error(attempt));
  return ExitStatus::gate_closed;
}

Status check_length(const std::string& text, bool is_chat, bool is_mail) {
  if (!is_chat && !is_mail) return ok();
  const std::size_t most = is_chat ? kChatCharactersMax : kMailCharactersMax;
  const std::size_t count = character_count(text);
  if (count <= most) return ok();
  return Error{ErrorCode::limit_exceeded,
               "the text has " + with_thousands(count) + " characters; a " +
                   (is_chat ? "chat" : "mail") + " takes " + with_thousands(most),
               "nothing was kept or written; shorten it, or say it in several"};
}

}  // namespace casebook::cli
