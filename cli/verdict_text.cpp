#include "cli/verdict_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/board_messages.h"
#include "cli/duties.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/printable.h"
#include "workflow/nobody.h"

namespace casebook::cli {
namespace {

using workflow::MissingLeaf;
using workflow::Predicate;
using workflow::Query;

std::string numbered(std::uint64_t number) { return "#" + std::to_string(number); }

std::string persons_text(CaseSession& session, const std::vector<PersonId>& persons) {
  const Messages& messages = board_messages(language_of(session.runtime()));
  if (persons.empty()) return messages.text("who.nobody");
  const auto everybody = std::ranges::count_if(
      session.people().persons, [](const auto& entry) { return !entry.second.is_removed; });
  if (everybody > 1 && persons.size() == static_cast<std::size_t>(everybody))
    return messages.text("who.anybody");
  std::vector<std::string> names;
  for (const PersonId& id : persons) {
    names.push_back(id == session.me() ? messages.text("who.you") : session.name_of(id));
  }
  std::ranges::sort(names);  // Ids are random: the same people are named in the same order.
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? messages.text("word.or") : ", ";
    text += names[i];
  }
  return text;
}

std::string literal_text(const workflow::Value& value) {
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "...";
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : std::string(between)) + word;
  return text;
}

/// Words of the policy for a role, register, fact or gate, in the language of the person.
class Words {
 public:
  explicit Words(CaseSession& session)
      : policy_(*session.runbook().policy), language_(language_of(session.runtime())) {}
  [[nodiscard]] std::string role(const std::string& name) const {
    const auto found = policy_.roles.find(name);
    return found == policy_.roles.end() ? name : found->second.label.in(language_);
  }
  [[nodiscard]] std::string kind(const std::string& name) const {
    const auto found = policy_.registers.find(name);
    return found == policy_.registers.end() ? name : found->second.label.in(language_);
  }
  [[nodiscard]] std::string fact(const std::string& name) const {
    const auto found = policy_.facts.find(name);
    return found == policy_.facts.end() ? name : found->second.label.in(language_);
  }
  [[nodiscard]] std::string gate(const std::string& id) const {
    const workflow::Gate* gate = policy_.gate(id);
    return gate == nullptr ? id : gate->label.in(language_);
  }
  [[nodiscard]] std::string step(const std::string& id) const {
    const workflow::Step* step = policy_.step(id);
    return step == nullptr ? id : step->label.in(language_);
  }
  [[nodiscard]] workflow::Language language() const { return language_; }
  [[nodiscard]] std::string phase(const std::string& name) const {
    const workflow::Phase* phase = policy_.phase(name);
    return phase == nullptr ? name : phase->label.in(language_);
  }
  [[nodiscard]] std::string text(std::string_view key,
                                 std::initializer_list<Messages::Value> values = {}) const {
    return board_messages(language_).text(key, values);
  }
  /// "kind positive or negative"
  [[nodiscard]] std::string any_of(const std::vector<std::string>& words) const {
    return joined(words, text("word.or"));
  }
  /// What a value is called by people, and what they would type.
  [[nodiscard]] std::string value(const workflow::Value& value) const {
    const auto* yes = std::get_if<bool>(&value);
    return yes == nullptr ? literal_text(value) : text(*yes ? "value.yes" : "value.no");
  }

 private:
  const workflow::Policy& policy_;
  workflow::Language language_;
};

std::string_view exclusion_key(workflow::Exclusion::Kind kind) {
  switch (kind) {
    case workflow::Exclusion::Kind::author_of:
      return "not.author_of";
    case workflow::Exclusion::Kind::requester_of:
      return "not.requester_of";
    case workflow::Exclusion::Kind::holder:
      return "not.holder";
    case workflow::Exclusion::Kind::signer_of:
      return "not.signer_of";
  }
  return "";
}

/// "failed attack test: kind negative, result pass, of fix as it is now, not by its author".
std::string query_text(const Words& words, const Query& query) {
  std::string text = words.kind(query.kind);
  std::vector<std::string> parts;
  for (const workflow::FieldMatch& match : query.where) {
    std::vector<std::string> values;
    for (const workflow::Operand& value : match.values) {
      if (value.kind == workflow::Operand::Kind::literal) {
        values.push_back(words.value(value.literal));
      }
    }
    if (!values.empty()) parts.push_back(match.field + " " + words.any_of(values));
  }
  if (query.settled) parts.push_back(words.text(*query.settled ? "query.settled" : "query.open"));
  if (!query.covers.empty()) {
    parts.push_back(words.text("query.of", {{"what", joined(query.covers, ", ")}}));
  }
  if (!query.roles.empty()) {
    parts.push_back(words.text("query.by", {{"roles", words.any_of(query.roles)}}));
  }
  for (const workflow::Exclusion& exclusion : query.exclusions) {
    parts.push_back(words.text(exclusion_key(exclusion.kind), {{"what", exclusion.name}}));
  }
  if (query.attested) parts.push_back(words.text("query.attested"));
  return parts.empty() ? text : text + ": " + joined(parts, ", ");
}

/// What somebody would type to add what the query asks for.
std::string record_command(const Query& query) {
  std::string text = "casebook record " + query.kind;
  for (const workflow::FieldMatch& match : query.where) {
    if (match.values.size() == 1 && match.values.front().kind == workflow::Operand::Kind::literal) {
      text += " " + match.field + "=" + literal_text(match.values.front().literal);
    }
  }
  return text;
}

std::string_view compare_key(workflow::Compare compare) {
  switch (compare) {
    case workflow::Compare::eq:
      return "compare.eq";
    case workflow::Compare::ne:
      return "compare.ne";
    case workflow::Compare::lt:
      return "compare.lt";
    case workflow::Compare::le:
      return "compare.le";
    case workflow::Compare::gt:
      return "compare.gt";
    case workflow::Compare::ge:
      return "compare.ge";
  }
  return "";
}

/// The open ask for a leaf, if somebody asked already.
const workflow::Ask* ask_for(const workflow::CaseState& state, const MissingLeaf& leaf) {
  for (const workflow::Ask& ask : state.asks) {
    if (ask.answer == workflow::Ask::Answer::open && ask.gate == leaf.gate &&
        ask.leaf == leaf.leaf) {
      return &ask;
    }
  }
  return nullptr;
}

/// Why nobody can do it, in the language of the person.
struct Hindered {
  workflow::Hindrance what;
  workflow::HindranceWords words;
};
std::vector<Hindered> hindered(CaseSession& session, const MissingLeaf& leaf) {
  const workflow::CaseState& state = session.runbook();
  std::vector<Hindered> all;
  for (workflow::Hindrance& one :
       workflow::why_nobody(state, workflow::Attempt{}, leaf, session.now())) {
    const std::string name = one.person ? session.name_of(*one.person) : "";
    auto words = words_of(one, *state.policy, name, language_of(session.runtime()));
    all.push_back({std::move(one), std::move(words)});
  }
  return all;
}
Json hindered_json(CaseSession& session, const MissingLeaf& leaf) {
  Json all = Json::array();
  for (const Hindered& one : hindered(session, leaf)) {
    all.push_back({{"about", one.what.about},
                   {"from", one.what.from ? Json(format_utc(*one.what.from)) : Json(nullptr)},
                   {"next", one.words.next},
                   {"obstacle", to_string(one.what.obstacle)},
                   {"person", one.what.person ? Json(one.what.person->text()) : Json(nullptr)},
                   {"role", one.what.role},
                   {"why", one.words.why}});
  }
  return all;
}

class Wording {
 public:
  Wording(CaseSession& session, const MissingLeaf& leaf)
      : session_(session), leaf_(leaf), words_(session) {}

  MissingText text() {
    describe(leaf_.predicate);
    made_.who = persons_text(session_, leaf_.who);
    for (const Hindered& one : hindered(session_, leaf_)) {
      made_.notes.push_back(one.words.why + " -> " + one.words.next);
    }
    for (const MissingLeaf::Stale& stale : leaf_.stale) {
      made_.notes.push_back(words_.text("note.stale", {{"entry", std::to_string(stale.seq)},
                                                       {"facets", joined(stale.facets, ", ")},
                                                       {"later", std::to_string(stale.changed_by)},
                                                       {"person", session_.name_of(stale.by)}}));
    }
    if (leaf_.opens_at) {
      made_.notes.push_back(words_.text("note.opens", {{"time", format_utc(*leaf_.opens_at)}}));
    }
    if (leaf_.lacks_trusted_time) {
      made_.notes.push_back(words_.text("note.lacks_time"));
      made_.command = "casebook timestamp witness ENTRY";
    }
    return std::move(made_);
  }

 private:
  void describe(const Predicate& node) {
    switch (node.kind) {
      case Predicate::Kind::attest:
        return attest(*node.attest);
      case Predicate::Kind::exists:
      case Predicate::Kind::unique:
        made_.what = query_text(words_, *node.query);
        made_.command = record_command(*node.query);
        if (node.kind == Predicate::Kind::unique) {
          made_.what = words_.text("query.each_once", {{"what", made_.what}});
        }
        return;
      case Predicate::Kind::compare:
        return compare(node);
      case Predicate::Kind::in:
        return fact_in(node);
      case Predicate::Kind::ever_in:
        made_.what = words_.text("leaf.was_set", {{"what", words_.fact(node.names.front())}});
        made_.command = "casebook fact " + node.names.front() + "=...";
        return;
      case Predicate::Kind::held:
        made_.what = words_.text("leaf.held", {{"role", words_.role(node.names.front())}});
        made_.command = "casebook role " + node.names.front() + " PERSON";
        return;
      case Predicate::Kind::distinct:
        made_.what = words_.text("leaf.distinct", {{"one", words_.role(node.names.front())},
                                                   {"other", words_.role(node.names.back())}});
        made_.command = "casebook role " + node.names.back() + " PERSON";
        return;
      case Predicate::Kind::elapsed:
        made_.what = words_.text("leaf.quiet", {{"time", human_duration(node.elapsed->at_least)}});
        return;
      case Predicate::Kind::step:
        made_.what = words_.text("leaf.step", {{"what", words_.step(node.names.front())}});
        made_.command = step_command(node.names.front());
        return;
      case Predicate::Kind::phase:
        return in_phase(node.names);
      case Predicate::Kind::negation:
        return negation(node.children.front());
      case Predicate::Kind::always:
      case Predicate::Kind::all:
      case Predicate::Kind::any:
      case Predicate::Kind::each:
        made_.what = words_.gate(leaf_.gate);
        return;
    }
  }

  void in_phase(const std::vector<std::string>& names) {
    std::vector<std::string> labels;
    for (const std::string& name : names) labels.push_back(words_.phase(name));
    made_.what = words_.text("leaf.phase", {{"phase", words_.any_of(labels)}});
  }

  void attest(const workflow::AttestRule& rule) {
    made_.what = words_.role(rule.role) + ": " + rule.verb;
    if (!rule.covers.empty()) made_.what += " (" + joined(rule.covers, ", ") + ")";
    if (leaf_.about) {
      if (const workflow::Record* record = session_.runbook().record(*leaf_.about)) {
        made_.what =
            words_.text("leaf.for", {{"number", numbered(record->number)}, {"what", made_.what}});
      }
    }
    if (const workflow::Ask* ask = ask_for(session_.runbook(), leaf_)) {
      made_.notes.push_back(words_.text(
          "note.asked",
          {{"number", numbered(ask->number)}, {"time", format_utc(ask->at).substr(11, 5)}}));
      made_.command = "casebook sign " + std::to_string(ask->number);
    } else {
      made_.command = "casebook ask " + leaf_.gate;
    }
  }

  void compare(const Predicate& node) {
    const workflow::Operand& left = node.left;
    const std::string value =
        words_.text(compare_key(node.compare), {{"value", words_.value(node.right.literal)}});
    if (left.query != nullptr) {
      const bool counts_departments = left.kind == workflow::Operand::Kind::functions;
      made_.what = words_.text(counts_departments ? "query.departments" : "query.count",
                               {{"value", value}, {"what", query_text(words_, *left.query)}});
      made_.command = record_command(*left.query);
      return;
    }
    made_.what = words_.text("leaf.is", {{"value", value}, {"what", words_.fact(left.name)}});
    made_.command =
        "casebook fact " + left.name + "=" +
        (node.compare == workflow::Compare::eq ? literal_text(node.right.literal) : "...");
  }

  void fact_in(const Predicate& node) {
    std::vector<std::string> values;
    for (const workflow::Value& value : node.values) values.push_back(words_.value(value));
    made_.what = words_.text(
        "leaf.is", {{"value", words_.any_of(values)}, {"what", words_.fact(node.left.name)}});
    // One value is what to type; of several, the person chooses.
    made_.command = "casebook fact " + node.left.name + "=" +
                    (node.values.size() == 1 ? literal_text(node.values.front()) : "...");
  }

  void negation(const Predicate& inner) {
    if (inner.query != nullptr && inner.kind == Predicate::Kind::exists) {
      made_.what = words_.text("query.none", {{"what", query_text(words_, *inner.query)}});
      made_.command = "casebook record list " + inner.query->kind;
      return;
    }
    describe(inner);
    made_.what = words_.text("leaf.not", {{"what", made_.what}});
  }

  std::string step_command(const std::string& id) const {
    for (const workflow::StepState& step : session_.runbook().steps) {
      if (step.id == id && step.is_open()) return settling_command(session_, step.number);
    }
    return "";
  }

  CaseSession& session_;
  const MissingLeaf& leaf_;
  Words words_;
  MissingText made_;
};

/// The first part that is not there yet of what a step asks for.
const Predicate& first_missing(const Predicate& node, const workflow::Scene& scene) {
  const bool is_joined = node.kind == Predicate::Kind::all || node.kind == Predicate::Kind::any;
  if (!is_joined) return node.kind == Predicate::Kind::each ? node.children.back() : node;
  for (const Predicate& child : node.children) {
    if (evaluate(child, scene) != workflow::Truth::yes) return first_missing(child, scene);
  }
  return node;
}

/// The first alternative of each blocked gate: what to do, in order.
std::vector<const MissingLeaf*> first_way(const workflow::Verdict& verdict) {
  std::vector<const MissingLeaf*> leaves;
  for (const workflow::GateVerdict& gate : verdict.gates) {
    if (gate.answer != workflow::GateAnswer::blocked || gate.alternatives.empty()) continue;
    for (const MissingLeaf& leaf : gate.alternatives.front()) leaves.push_back(&leaf);
  }
  return leaves;
}

/// Duties are told apart by whom they are to, which one label of a register cannot say.
std::optional<DutyShown> duty_of(CaseSession& session, const workflow::OpenThing& thing) {
  if (thing.what != kDutyKind) return {};
  const auto id = StatementId::parse(thing.id);
  const workflow::Record* record = id ? session.runbook().record(*id) : nullptr;
  if (record == nullptr) return {};
  ZoneDatabase zones;
  return shown_duty(session, *record, zones);
}

std::string blocking_text(CaseSession& session, const workflow::BlockingThing& thing,
                          const workflow::Board& board) {
  const workflow::OpenThing* open = workflow::find_thing(board, thing.number);
  if (open == nullptr) return thing.kind + " " + numbered(thing.number);
  const auto duty = duty_of(session, *open);
  const bool is_dated = duty && !duty->due_text.empty();
  const std::string what = thing_text(session, *open);
  if (!is_dated) return what;
  return Words(session).text("due", {{"what", what}, {"when", duty->due_text}});
}

/// Other ways to open a gate, and the waiver that its policy allows.
void add_ways(CaseSession& session, const workflow::GateVerdict& gate, int width,
              std::string& text) {
  const Words words(session);
  const std::string way = "       " + words.text("way.or") + "  ";
  for (std::size_t i = 1; i < gate.alternatives.size() && i < 4; ++i) {
    std::string line;
    for (const MissingLeaf& leaf : gate.alternatives[i]) {
      line += (line.empty() ? "" : "; ") + missing_text(session, leaf).what;
    }
    text += wrap_behind(way, line, width);
  }
  const workflow::Gate* rule = session.runbook().policy->gate(gate.gate);
  if (rule != nullptr && rule->waive) {
    text += wrap_behind(way,
                        words.text("way.waive", {{"ask", rule->waive->ask},
                                                 {"command", "casebook waive " + gate.gate},
                                                 {"grant", rule->waive->grant}}),
                        width);
  }
}

std::string summary_text(const Words& words, const workflow::Verdict& verdict) {
  std::size_t satisfied = 0, waived = 0;
  for (const workflow::GateVerdict& gate : verdict.gates) {
    if (gate.answer == workflow::GateAnswer::satisfied) ++satisfied;
    if (gate.answer == workflow::GateAnswer::waived) ++waived;
  }
  return words.text("summary",
                    {{"satisfied", std::to_string(satisfied)}, {"waived", std::to_string(waived)}});
}

}  // namespace

MissingText missing_text(CaseSession& session, const MissingLeaf& leaf) {
  return Wording(session, leaf).text();
}

std::string settling_command(CaseSession& session, std::uint64_t number) {
  const std::string done = "casebook done " + std::to_string(number);
  const workflow::CaseState& state = session.runbook();
  const bool waits_for_word =
      std::ranges::find(state.asks, number, &workflow::Ask::number) != state.asks.end() ||
      std::ranges::find(state.waivers, number, &workflow::Waiver::number) != state.waivers.end();
  if (number != 0 && waits_for_word) return "casebook sign " + std::to_string(number);
  const auto open = std::ranges::find(state.steps, number, &workflow::StepState::number);
  if (number == 0 || open == state.steps.end()) return done;
  const workflow::Step* step = state.policy->step(open->id);
  if (step == nullptr || !step->done) return done;
  const workflow::Attempt nothing;
  const workflow::Scene scene{state, nothing, session.now()};
  if (evaluate(*step->done, scene) == workflow::Truth::yes) return done;
  const MissingLeaf leaf{.gate = step->id, .predicate = first_missing(*step->done, scene)};
  const std::string command = missing_text(session, leaf).command;
  return command.empty() ? done : command;
}

std::size_t missing_count(const workflow::Verdict& verdict) {
  std::size_t gates_without_way = 0;
  for (const workflow::GateVerdict& gate : verdict.gates) {
    if (gate.answer == workflow::GateAnswer::blocked && gate.alternatives.empty()) {
      ++gates_without_way;
    }
  }
  return first_way(verdict).size() + verdict.open.size() + gates_without_way;
}

std::string thing_text(CaseSession& session, const workflow::OpenThing& thing) {
  const Words words(session);
  const std::string& label = thing.label.in(words.language());
  std::string text = label.empty() ? thing.what : label;
  if (const auto duty = duty_of(session, thing)) text += ": " + duty->name;
  switch (thing.kind) {
    case workflow::OpenThing::Kind::ask:
      text = words.text("thing.sign", {{"what", text}});
      break;
    case workflow::OpenThing::Kind::waiver:
      text = words.text("thing.waiver", {{"what", text}});
      break;
    case workflow::OpenThing::Kind::handover:
    case workflow::OpenThing::Kind::role:
      text = words.text("thing.accept", {{"what", text}});
      break;
    case workflow::OpenThing::Kind::step:
    case workflow::OpenThing::Kind::record:
      break;
  }
  return numbered(thing.number) + " " + text;
}

std::string verdict_text(CaseSession& session, const std::string& attempt,
                         const workflow::Verdict& verdict) {
  const int width = std::min(session.runtime().terminal.width_columns, kTextColumnsMax);
  const std::size_t missing = missing_count(verdict);
  const Words words(session);
  const std::string action = printable(attempt);
  if (missing == 0) {
    return words.text("nothing_blocks", {{"action", action}}) + " " + summary_text(words, verdict) +
           "\n";
  }
  std::string text = wrap_behind(
      "",
      missing == 1
          ? words.text("missing.one", {{"action", action}})
          : words.text("missing.many", {{"action", action}, {"count", with_thousands(missing)}}),
      width);
  std::size_t place = 0;
  const auto board = workflow::make_board(session.runbook(), session.now());
  for (const workflow::BlockingThing& thing : verdict.open) {
    text += wrap_behind(" " + std::to_string(++place) + " ", blocking_text(session, thing, board),
                        width);
    text += wrap_behind("       ", settling_command(session, thing.number), width);
  }
  for (const workflow::GateVerdict& gate : verdict.gates) {
    if (gate.answer != workflow::GateAnswer::blocked) continue;
    if (gate.alternatives.empty()) {
      text += wrap_behind(" " + std::to_string(++place) + " ",
                          words.text("no_way", {{"gate", words.gate(gate.gate)}}), width);
    } else {
      for (const MissingLeaf& leaf : gate.alternatives.front()) {
        const MissingText one = missing_text(session, leaf);
        text += wrap_behind(" " + std::to_string(++place) + " ",
                            words.gate(gate.gate) + ": " + one.what + "  [" + one.who + "]", width);
        for (const std::string& note : one.notes) text += wrap_behind("       ", note, width);
        if (!one.command.empty()) text += wrap_behind("       ", one.command, width);
      }
    }
    add_ways(session, gate, width, text);
  }
  return text + summary_text(words, verdict) + "\n";
}

Json verdict_json(CaseSession& session, const std::string& attempt,
                  const workflow::Verdict& verdict) {
  Json gates = Json::array();
  for (const workflow::GateVerdict& gate : verdict.gates) {
    Json ways = Json::array();
    for (const auto& way : gate.alternatives) {
      Json leaves = Json::array();
      for (const MissingLeaf& leaf : way) {
        const MissingText text = missing_text(session, leaf);
        Json who = Json::array();
        for (const PersonId& id : leaf.who) who.push_back(id.text());
        leaves.push_back({{"command", text.command},
                          {"leaf", leaf.leaf},
                          {"nobody", hindered_json(session, leaf)},
                          {"notes", text.notes},
                          {"what", text.what},
                          {"who", std::move(who)}});
      }
      ways.push_back(std::move(leaves));
    }
    const char* answer = gate.answer == workflow::GateAnswer::satisfied ? "satisfied"
                         : gate.answer == workflow::GateAnswer::waived  ? "waived"
                                                                        : "blocked";
    gates.push_back({{"alternatives", std::move(ways)}, {"answer", answer}, {"gate", gate.gate}});
  }
  Json open = Json::array();
  for (const workflow::BlockingThing& thing : verdict.open) {
    open.push_back({{"command", settling_command(session, thing.number)},
                    {"id", thing.id},
                    {"kind", thing.kind},
                    {"number", thing.number}});
  }
  return {{"attempt", attempt},
          {"format", "casebook-verdict/1"},
          {"gates", std::move(gates)},
          {"missing", missing_count(verdict)},
          {"open", std::move(open)}};
}

}  // namespace casebook::cli
