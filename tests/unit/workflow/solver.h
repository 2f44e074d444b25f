#pragma once
/// Does what an explanation lists, as people would: for tests that walk whole cases and for I19.

#include "tests/unit/workflow/case_story.h"
#include "workflow/evaluate.h"

namespace casebook::workflow {

/// A case with a cast of seven; whoever `who` names does it.
class SolvedCase : public CaseStory {
 public:
  explicit SolvedCase(std::uint64_t seed = 1)
      : CaseStory(seed), eve(story.character()), finn(story.character()), gus(story.character()) {}

  /// Ada commands; Ben mends; Cy is counsel, Dee an executive, Eve security, Finn operations, Gus
  /// speaks for the firm.
  void open_all(std::string_view pack) {
    open({"commander"}, {"engineering"}, {"legal"}, {"executive"});
    const std::vector<std::pair<Character, std::vector<std::string>>> more = {
        {eve, {"security", "responder", "qa"}},
        {finn, {"operations"}},
        {gus, {"public_relations", "customer_lead", "engineering"}}};
    for (const auto& [who, roles] : more) {
      ASSERT_TRUE(people(PersonAdd{who.id, who.key, who.recipient}, {ada, ben, who})) << why;
      for (const std::string& role : roles) ASSERT_TRUE(give(who, role)) << why;
    }
    ASSERT_TRUE(pin_pack(pack)) << why;
  }
  [[nodiscard]] const Character& character(const PersonId& id) const {
    for (const Character* one : {&ada, &ben, &cy, &dee, &eve, &finn, &gus}) {
      if (one->id == id) return *one;
    }
    ADD_FAILURE() << "nobody has that id";
    return ada;
  }

  /// @return whether it could be done.
  bool solve(const MissingLeaf& leaf) {
    about_ = leaf.about;
    if (leaf.predicate.kind == Predicate::Kind::negation) {
      return undo(leaf.predicate.children.front());
    }
    return fulfil(leaf.predicate, leaf);
  }
  bool solve_all(const std::vector<MissingLeaf>& leaves) {
    return std::ranges::all_of(leaves, [&](const MissingLeaf& leaf) { return solve(leaf); });
  }
  /// What is open and blocks: settled, or done.
  bool settle_thing(const BlockingThing& thing) {
    if (thing.kind == "record") {
      const Record record = *state.record_by_number(thing.number);
      return settle(record.id, {ada}, fields_of(record.kind, {}, /*at_settle=*/true)) ||
             settle(record.id, {ben}, fields_of(record.kind, {}, /*at_settle=*/true));
    }
    trace = thing.kind + " " + thing.id;
    if (thing.kind != "step") return false;
    const Step* step = state.policy->step(thing.id);
    const GateVerdict missing = explain_step(state, thing.id, now);
    if (!missing.alternatives.empty() && !solve_all(missing.alternatives.front())) return false;
    if (!step->attest || !std::ranges::find(state.steps, thing.id, &StepState::id)->is_open()) {
      return true;
    }
    const auto who = step->role.empty() ? std::vector{ada.id} : state.holders(step->role, now);
    return !who.empty() && says(StepDone{thing.id}, {character(who.front())});
  }
  /// Does what is listed until an attempt passes.
  bool bring_to(const Attempt& attempt, const std::string& but_gate = {}) {
    for (int round = 0; round < 60; ++round) {
      attempted_ = attempt;
      const Verdict now_missing = explain(state, attempt, now);
      if (!now_missing.open.empty()) {
        if (!settle_thing(now_missing.open.front())) return false;
        continue;
      }
      const auto next = std::ranges::find_if(now_missing.gates, [&](const GateVerdict& gate) {
        return gate.answer == GateAnswer::blocked && gate.gate != but_gate;
      });
      if (next == now_missing.gates.end()) return but_gate.empty();
      if (next->alternatives.empty() || !solve(next->alternatives.front().front())) {
        trace += " <- " + next->gate + " (" + why + ")";
        return false;
      }
    }
    return false;
  }

  Fields fields_of(const std::string& kind, Fields given, bool at_settle = false) {
    const Register& rule = state.policy->registers.find(kind)->second;
    for (const FieldRule& field : rule.fields) {
      if (field.at_settle != at_settle || !field.required || given.contains(field.name)) continue;
      if (field.type == ValueType::text || field.type == ValueType::link) continue;
      given.emplace(field.name, sample(field));
    }
    return given;
  }

  Character eve, finn, gus;
  bool makes_more =
      true;           ///< What an entry refers to is recorded first, though nothing asked for it.
  std::string trace;  ///< The last thing that could not be done.

 private:
  Value sample(const FieldRule& field) {
    switch (field.type) {
      case ValueType::boolean:
        return true;
      case ValueType::choice:
        return makes_more ? field.values.front() : field.values.back();
      case ValueType::level:
        return field.levels.front();
      case ValueType::count:
        return std::int64_t{1};
      case ValueType::set:
        return std::vector<std::string>{field.values.front()};
      case ValueType::time:
        return Moment{now.time_since_epoch().count() + 3600};
      case ValueType::person:
        return ada.id.text();
      case ValueType::evidence:
        return evidence().text();
      case ValueType::digest:
        return std::string(64, 'a');
      case ValueType::record: {
        if (!state.records_of.contains(field.of) && (!makes_more || !add(field.of, {}, {})))
          return {};
        return static_cast<std::int64_t>(
            state.records[state.records_of.find(field.of)->second.back()].number);
      }
      default:
        return std::string("x1");
    }
  }
  Value value(const Operand& operand) {
    if (operand.kind == Operand::Kind::literal) return operand.literal;
    if (operand.kind == Operand::Kind::attempt) {
      const auto field = attempted_.fields.find(operand.name);
      return field == attempted_.fields.end() ? Value() : field->second;
    }
    const Record* self_ = self();
    if (self_ == nullptr) return {};
    if (operand.name == "number") return static_cast<std::int64_t>(self_->number);
    const auto field = self_->fields().find(operand.name);
    return field == self_->fields().end() ? Value() : field->second;
  }
  bool add(const std::string& kind, Fields fields, const std::vector<PersonId>& who) {
    std::vector<Character> candidates;
    for (const PersonId& id : who) candidates.push_back(character(id));
    if (who.empty()) candidates = {ben, ada, eve, finn, gus, cy, dee};
    fields = fields_of(kind, std::move(fields));
    for (int round = 0; round < 2; ++round) {
      for (const Character& one : candidates) {
        if (record(kind, fields, {one})) return true;
      }
      const Attempt outer = attempted_;
      const auto about = about_;
      const auto attempt = attempt_of(state, RecordAdd{kind, fields, {}}, {});
      if (!attempt || !bring_to(*attempt)) break;
      attempted_ = outer;
      about_ = about;
    }
    trace += " <- record " + kind + " (" + why + ")";
    return false;
  }
  bool add(const Query& query, const std::vector<PersonId>& who, bool by_others = false) {
    Fields fields;
    for (const FieldMatch& match : query.where) {
      Value wanted = value(match.values.front());
      if (!std::holds_alternative<std::monostate>(wanted)) fields.emplace(match.field, wanted);
    }
    std::vector<PersonId> authors = who;
    if (by_others && query.roles.empty()) {  // Whoever did the same did it already.
      const auto others = state.records_of.find(query.kind);
      std::ranges::stable_partition(authors, [&](const PersonId& id) {
        return others == state.records_of.end() ||
               std::ranges::none_of(others->second, [&](std::size_t position) {
                 return state.records[position].is_author(id);
               });
      });
    }
    if (!add(query.kind, std::move(fields), authors)) return false;
    const StatementId added = last();
    if (query.attested.value_or(false)) {
      const Character& other = state.record(added)->is_author(eve.id) ? finn : eve;
      if (!says(Attest{"confirmed", "person", {}, added}, {other})) return false;
    }
    if (query.told.value_or(false) && !says(TellDone{added, now, "mail", true}, {ada}))
      return false;
    if (!query.settled.value_or(false)) return true;
    return settle(added, {ada}, fields_of(query.kind, {}, /*at_settle=*/true));
  }
  bool set(const Predicate& leaf) {
    const FactRule& rule = state.policy->facts.find(leaf.left.name)->second;
    if (leaf.compare == Compare::eq) return fact(rule.name, leaf.right.literal, {ben});
    for (const std::string& other : rule.values) {
      if (Value(other) != leaf.right.literal && fact(rule.name, other, {ben})) return true;
    }
    trace = "fact " + rule.name + ": " + why;
    return false;
  }
  bool set_one_of(const Predicate& leaf) {
    if (leaf.left.kind != Operand::Kind::fact) return false;
    const FactRule& rule = state.policy->facts.find(leaf.left.name)->second;
    if (rule.type != ValueType::set) return fact(rule.name, leaf.values.front(), {ben});
    const std::vector<std::string> one = {std::get<std::string>(leaf.values.front())};
    return fact(rule.name, one, {ben});
  }
  bool compare(const Predicate& leaf, const std::vector<PersonId>& who) {
    if (leaf.left.kind == Operand::Kind::fact) return set(leaf);
    if (!leaf.left.query) return false;
    Query query = *leaf.left.query;
    const auto* wanted = std::get_if<std::int64_t>(&leaf.right.literal);
    const auto holds = [&] {
      return evaluate(leaf, Scene{state, attempted_, now, self()}) == Truth::yes;
    };
    for (std::int64_t i = 0; wanted != nullptr && i < *wanted + 1; ++i) {
      if (holds()) return true;
      if (!add(query, who, /*by_others=*/true)) return false;
    }
    return holds();
  }
  bool wait(const Predicate& leaf, const MissingLeaf& missing) {
    now += std::chrono::hours(24 * 8);
    const auto* since = std::get_if<std::shared_ptr<const Query>>(&leaf.elapsed->since);
    if (since == nullptr) return false;
    if (!state.records_of.contains((*since)->kind) && !add(**since, {})) return false;
    const auto& all = state.records_of.find((*since)->kind)->second;
    const std::uint64_t start = state.records[all.back()].versions.front().seq;
    const bool said = says(TimeAttest{start, state.records[all.back()].versions.front().at}, {cy});
    (void)said;  // Known already when the rest of the time was lacking.
    if (!take_host()) return false;
    trace = missing.gate;
    return says(TimeAttest{entries.back().seq, now}, {cy});
  }
  /// Some entry of somebody else's, to say a time of.
  bool take_host() { return says(KindSet{state.policy->kinds.begin()->first}, {ada}); }

  bool fulfil(const Predicate& leaf, const MissingLeaf& missing) {
    switch (leaf.kind) {
      case Predicate::Kind::attest:
        if (missing.who.empty()) return false;
        return attest(leaf.attest->verb, leaf.attest->role, leaf.attest->covers,
                      character(missing.who.front()), missing.about);
      case Predicate::Kind::exists:
        return add(*leaf.query, missing.who);
      case Predicate::Kind::compare:
        return compare(leaf, missing.who);
      case Predicate::Kind::elapsed:
        return wait(leaf, missing);
      case Predicate::Kind::in:
        return set_one_of(leaf);
      default:
        trace = missing.gate + ": a leaf that cannot be done";
        return false;
    }
  }
  /// Says another value of the field, so that the entry is no longer meant.
  bool change(const StatementId& id, const FieldMatch& match) {
    const FieldRule* field =
        state.policy->registers.find(state.record(id)->kind)->second.field(match.field);
    for (const std::string& value : field->values) {
      const bool is_meant = std::ranges::any_of(
          match.values, [&](const Operand& operand) { return operand.literal == Value(value); });
      if (!is_meant) return says(RecordChange{id, {{field->name, value}}, key()}, {ben});
    }
    return false;
  }
  bool undo(const Predicate& leaf) {
    if (leaf.kind != Predicate::Kind::exists) return false;
    std::vector<StatementId> open;
    const Scene scene{state, attempted_, now, self()};
    each_match(*leaf.query, scene, [&](const Record& record, Truth) {
      open.push_back(record.id);
      return true;
    });
    const bool settles = leaf.query->settled.has_value();
    for (const StatementId& id : open) {
      const std::string kind = state.record(id)->kind;
      if (settles ? !settle(id, {ada}, fields_of(kind, {}, /*at_settle=*/true))
                  : !change(id, leaf.query->where.front())) {
        return false;
      }
    }
    return !open.empty();
  }

  [[nodiscard]] const Record* self() const { return about_ ? state.record(*about_) : nullptr; }

  Attempt attempted_;
  std::optional<StatementId> about_;
};

}  // namespace casebook::workflow
