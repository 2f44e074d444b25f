#include "tests/property/workflow/oracle.h"

#include "tests/property/workflow/oracle_reading.h"

namespace casebook::workflow {
namespace second_opinion {
namespace {

class Oracle : public Reading {
 public:
  using Reading::Reading;

  std::string object(const Said& next) const {
    const std::size_t n = said_.size();
    if (const auto* move = std::get_if<MakeMove>(&next.body)) return object(*move, next, n);
    if (const auto* add = std::get_if<RecordAdd>(&next.body)) return object(*add, next, n);
    if (const auto* set = std::get_if<FactSet>(&next.body)) return object(*set, next, n);
    if (const auto* word = std::get_if<Attest>(&next.body)) {
      return next.persons.size() == 1 &&
                     (word->role == "person" || holds(next.persons[0], word->role, n))
                 ? ""
                 : "role";
    }
    if (const auto* asked = std::get_if<WaiveAsk>(&next.body)) return object(*asked, next, n);
    if (const auto* grant = std::get_if<WaiveGrant>(&next.body)) return object(*grant, next, n);
    if (std::holds_alternative<PolicyPin>(next.body)) {
      return next.persons.size() < 2 ? "persons" : object(*tried(next, n), n);
    }
    return "";
  }

 private:
  // --- steps, gates, waivers

  std::string blocked_by_open(const Try& attempt, std::size_t n) const {
    for (const Thing& thing : things(n)) {
      const Register& rule = policy_.registers.find(thing.kind)->second;
      if (rule.settle && !thing.settled && has(rule.blocks, attempt.verb)) return thing.kind;
    }
    for (const Step& step : policy_.steps) {
      if (step.kind == StepKind::reminder || !has(step.blocks, attempt.verb)) continue;
      if (was_opened(step, n) && !is_done(step, n)) return "step " + step.id;
    }
    if (!leaves(attempt)) return "";
    for (const Gate& gate : policy_.gates) {
      if (is_owed(gate, n)) return "a waived word of " + gate.id;
    }
    return "";
  }
  bool leaves(const Try& attempt) const {
    const auto move = policy_.moves.find(attempt.verb);
    return attempt.verb == "downgrade" || (move != policy_.moves.end() && move->second.exit);
  }
  static std::vector<std::string> names(const Try& attempt) {
    std::vector<std::string> all;
    if (!attempt.verb.empty()) all.push_back(attempt.verb);
    if (!attempt.action.empty()) all.push_back("action:" + attempt.action);
    return all;
  }
  bool applies(const Gate& gate, const Try& attempt, std::size_t n) const {
    const auto called = names(attempt);
    return std::any_of(called.begin(), called.end(),
                       [&](const std::string& name) { return has(gate.on, name); }) &&
           ask(gate.when, {n, &attempt, nullptr}) != no;
  }
  bool may_waive(const Gate& gate, const Try& attempt) const {
    if (!gate.waive) return false;
    for (const std::string& name : names(attempt)) {
      if (has(gate.waive->except_on, name)) return false;
      if (has(gate.on, name) && !gate.waive->only_on.empty() && !has(gate.waive->only_on, name))
        return false;
    }
    return true;
  }
  std::vector<std::string> covered(const Gate& gate) const {
    std::vector<const AttestRule*> rules;
    words_in(gate.need, rules);
    std::vector<std::string> facets;
    for (const AttestRule* rule : rules) {
      facets.insert(facets.end(), rule->covers.begin(), rule->covers.end());
    }
    return facets;
  }
  std::optional<Try> tried(const Said& said, std::size_t n) const {
    if (const auto* move = std::get_if<MakeMove>(&said.body)) return Try{move->move, "", {}};
    if (const auto* add = std::get_if<RecordAdd>(&said.body)) {
      const Register& rule = policy_.registers.find(add->kind)->second;
      Fields fields = add->fields;
      for (const FieldRule& field : rule.fields) {
        if (!field.at_settle && field.initial.index() != 0)
          fields.emplace(field.name, field.initial);
      }
      Try attempt{rule.attempt, "", fields};
      const auto word = fields.find("class");
      if (word != fields.end()) attempt.action = text(word->second);
      if (attempt.verb.empty() && attempt.action.empty()) return std::nullopt;
      return attempt;
    }
    if (const auto* pin = std::get_if<PolicyPin>(&said.body)) {
      const PinnedPolicy& next = pin->policies.back();
      return Try{"policy", "", {{"policy", next.id}, {"digest", to_hex(next.digest)}}};
    }
    const auto* set = std::get_if<FactSet>(&said.body);
    if (set == nullptr || !is_milder(*set, n)) return std::nullopt;
    return Try{"downgrade", "", {{"fact", set->name}, {"value", set->value}}};
  }
  struct Paper {  // A waiver, from asking to use.
    std::size_t asked;
    StatementId id;
    std::string attempt;
    bool granted = false, gone = false;
    std::optional<std::size_t> used = {};
  };
  /// In the order in which they were asked, as they stand after n statements. Another policy and a
  /// reopening end them, each opens one attempt.
  std::vector<Paper> papers(const Gate& gate, std::size_t n) const {
    std::vector<Paper> all;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* asked = std::get_if<WaiveAsk>(&said_[i].body);
      if (asked != nullptr && asked->gate == gate.id) {
        all.push_back({i, said_[i].id, asked->attempt});
      }
      if (all.empty()) continue;
      if (const auto* grant = std::get_if<WaiveGrant>(&said_[i].body)) {
        for (Paper& one : all) one.granted = one.granted || one.id == grant->statement;
      }
      const auto attempt = tried(said_[i], i);
      if (attempt && may_waive(gate, *attempt) && applies(gate, *attempt, i) &&
          ask(gate.need, {i, &*attempt, nullptr}) != yes) {
        if (Paper* one = standing(all, gate, *attempt, i)) one->used = i;
      }
      if (!std::holds_alternative<PolicyPin>(said_[i].body) && reopened(i + 1) != i + 1) continue;
      for (Paper& one : all) one.gone = true;
    }
    return all;
  }
  /// The first of them that stands for this attempt.
  Paper* standing(std::vector<Paper>& all, const Gate& gate, const Try& attempt,
                  std::size_t n) const {
    for (Paper& one : all) {
      if (!one.granted || one.gone || one.used || !has(names(attempt), one.attempt)) continue;
      bool stands = true;
      for (const std::string& facet : covered(gate))
        stands = stands && !changed(facet, one.asked, n);
      if (stands) return &one;
    }
    return nullptr;
  }
  bool waived(const Gate& gate, const Try& attempt, std::size_t n) const {
    if (!may_waive(gate, attempt)) return false;
    std::vector<Paper> all = papers(gate, n);
    return standing(all, gate, attempt, n) != nullptr;
  }
  /// A word that was to be signed later, and was not.
  bool is_owed(const Gate& gate, std::size_t n) const {
    if (!gate.waive || !gate.waive->sign_within) return false;
    for (const Paper& one : papers(gate, n)) {
      if (!one.used) continue;
      Try attempt;
      const bool is_action = one.attempt.starts_with("action:");
      (is_action ? attempt.action : attempt.verb) = is_action ? one.attempt.substr(7) : one.attempt;
      bool is_signed = false;
      for (std::size_t m = *one.used + 1; m <= n && !is_signed; ++m) {
        is_signed = ask(gate.need, {m, &attempt, nullptr}) == yes;
      }
      if (!is_signed) return true;
    }
    return false;
  }
  std::string object(const Try& attempt, std::size_t n) const {
    std::string open = blocked_by_open(attempt, n);
    if (!open.empty()) return open;
    for (const Gate& gate : policy_.gates) {
      if (!applies(gate, attempt, n) || ask(gate.need, {n, &attempt, nullptr}) == yes) continue;
      if (!waived(gate, attempt, n)) return "gate " + gate.id;
    }
    return "";
  }

  // --- what may be said

  bool one_holds(const std::vector<std::size_t>& persons, const std::vector<std::string>& roles,
                 std::size_t n) const {
    if (roles.empty()) return true;
    for (const std::size_t person : persons) {
      for (const std::string& role : roles) {
        if (holds(person, role, n)) return true;
      }
    }
    return false;
  }
  bool is_milder(const FactSet& set, std::size_t n) const {
    const FactRule& rule = policy_.facts.find(set.name)->second;
    if (rule.type != ValueType::level || (!rule.rule_out && set.name != "severity")) return false;
    std::optional<std::int64_t> earnest;
    for (std::size_t i = 0; i < n; ++i) {
      const auto* before = std::get_if<FactSet>(&said_[i].body);
      if (before != nullptr && before->name == set.name && !before->provisional) {
        earnest = std::get<std::int64_t>(before->value);
      }
    }
    const std::int64_t level = std::get<std::int64_t>(set.value);
    return earnest && std::abs(level - rule.worst) > std::abs(*earnest - rule.worst);
  }
  std::string object(const FactSet& set, const Said& next, std::size_t n) const {
    const FactRule& rule = policy_.facts.find(set.name)->second;
    if (!one_holds(next.persons, rule.roles, n)) return "role";
    const bool milder = is_milder(set, n);
    const auto* word = std::get_if<std::string>(&set.value);
    if (rule.rule_out &&
        ((milder && rule.rule_out->milder) || (word != nullptr && has(rule.rule_out->to, *word)))) {
      if (next.persons.size() < rule.rule_out->persons) return "persons";
      if (set.evidence.size() < rule.rule_out->evidence) return "evidence";
    }
    const auto attempt = tried(next, n);
    return attempt ? object(*attempt, n) : "";
  }
  std::string object(const MakeMove& made, const Said& next, std::size_t n) const {
    const Move& move = policy_.moves.find(made.move)->second;
    if (!has(move.from, phase(n))) return "phase";
    if (next.persons.size() < move.persons) return "persons";
    if (!one_holds(next.persons, move.roles, n)) return "role";
    return object(*tried(next, n), n);
  }
  std::string object(const RecordAdd& add, const Said& next, std::size_t n) const {
    const Register& rule = policy_.registers.find(add.kind)->second;
    if (!rule.add_phases.empty() && !has(rule.add_phases, phase(n))) return "phase";
    if (!one_holds(next.persons, rule.add_roles, n)) return "role";
    for (const Exclusion& one : rule.add_exclusions) {
      for (const std::size_t person : next.persons) {
        if (excluded(one, person, nullptr, {n, nullptr, nullptr})) return "excluded";
      }
    }
    const auto attempt = tried(next, n);
    return attempt ? object(*attempt, n) : "";
  }
  std::string object(const WaiveAsk& asked, const Said& next, std::size_t n) const {
    const Gate& gate = *policy_.gate(asked.gate);
    if (!gate.waive || !holds(next.persons[0], gate.waive->ask, n)) return "role";
    const auto& only = gate.waive->only_on;
    if (has(gate.waive->except_on, asked.attempt)) return "never on this attempt";
    if (!only.empty() && !has(only, asked.attempt)) return "not on this attempt";
    return asked.reason_chars < gate.waive->reason_chars ? "too short a reason" : "";
  }
  std::string object(const WaiveGrant& grant, const Said& next, std::size_t n) const {
    for (std::size_t i = 0; i < n; ++i) {
      const auto* asked = std::get_if<WaiveAsk>(&said_[i].body);
      if (asked == nullptr || said_[i].id != grant.statement) continue;
      const Gate& gate = *policy_.gate(asked->gate);
      if (said_[i].persons == next.persons) return "the same person";
      if (!gate.waive || !holds(next.persons[0], gate.waive->grant, n)) return "role";
      std::vector<const AttestRule*> rules;
      words_in(gate.need, rules);
      const Try attempt{asked->attempt, "", {}};
      for (const AttestRule* rule : rules) {
        const bool hit = std::any_of(
            rule->exclusions.begin(), rule->exclusions.end(), [&](const Exclusion& one) {
              return excluded(one, next.persons[0], nullptr, {n, &attempt, nullptr});
            });
        if (holds(next.persons[0], rule->role, n) && !hit) return "could have signed";
      }
    }
    return "";
  }
};

}  // namespace
}  // namespace second_opinion

std::string oracle_objects(const Setup& setup, const std::vector<Said>& past, const Said& next) {
  return second_opinion::Oracle(setup, past, next.at).object(next);
}

}  // namespace casebook::workflow
