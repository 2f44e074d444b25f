// Rules of facts and of entries of registers.
#include <algorithm>

#include "workflow/evaluate.h"
#include "workflow/rules.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

bool is_words(const FieldRule& field) {
  return field.type == ValueType::text || field.type == ValueType::link;
}

bool is_evidence(const CaseState& state, const StatementId& id) {
  return state.people.statements.contains(id) && !state.refused_ids.contains(id);
}

/// What a field refers to is there.
Answer refers(const CaseState& state, const FieldRule& field, const Value& value) {
  if (field.type == ValueType::record) {
    const auto* number = std::get_if<std::int64_t>(&value);
    const Record* record =
        number == nullptr ? nullptr : state.record_by_number(static_cast<std::uint64_t>(*number));
    if (record == nullptr || (!field.of.empty() && record->kind != field.of)) {
      return no(field.name + ": there is no " + field.of + " of that number");
    }
  }
  const auto* text = std::get_if<std::string>(&value);
  if (field.type == ValueType::person) {
    const auto id = text == nullptr ? Result<PersonId>(Error{ErrorCode::invalid_input, ""})
                                    : PersonId::parse(*text);
    if (!id || state.people.find(*id) == nullptr) {
      return no(field.name + ": there is no such person in the case");
    }
    if (state.is_excluded(*id)) return no(field.name + ": this person is excluded");
  }
  if (field.type == ValueType::evidence) {
    const auto id = text == nullptr ? Result<StatementId>(Error{ErrorCode::invalid_input, ""})
                                    : StatementId::parse(*text);
    if (!id || !is_evidence(state, *id)) return no(field.name + ": there is no such entry");
  }
  return {};
}

enum class When { add, change, settle };

Answer check_fields(const Saying& saying, const Register& rule, const Fields& fields, When when) {
  for (const auto& [name, value] : fields) {
    const FieldRule* field = rule.field(name);
    if (field == nullptr) return no(rule.kind + " has no field " + name);
    if (is_words(*field)) return no(name + " is words: they are kept in a compartment");
    if (when != When::change && field->at_settle != (when == When::settle)) {
      return no(name +
                (field->at_settle ? " is said when it is settled" : " is said at the start"));
    }
    if (!holds(*field, value)) return no(name + " cannot be that");
    if (auto answer = refers(saying.state, *field, value)) return answer;
  }
  if (when == When::change) return {};
  for (const FieldRule& field : rule.fields) {
    if (!field.required || field.at_settle != (when == When::settle)) continue;
    if (is_words(field)) {
      if (auto answer = saying.needs_text("text")) return answer;
    } else if (!fields.contains(field.name) &&
               std::holds_alternative<std::monostate>(field.initial)) {
      return no(field.name + " is missing", "`casebook record " + rule.kind + "` lists the fields");
    }
  }
  return {};
}

Answer check_exclusions(const Saying& saying, const std::vector<Exclusion>& exclusions,
                        const Record* about, const std::string& what) {
  const Attempt nothing;
  const Scene scene{saying.state, nothing, saying.now, about};
  for (const PersonId& person : saying.persons) {
    for (const Exclusion& exclusion : exclusions) {
      if (!is_hit(exclusion, person, about, scene)) continue;
      return no(what + " takes somebody else: " + to_string(exclusion),
                "ask another person of the case");
    }
  }
  return {};
}

Answer check_adder(const Saying& saying, const Register& rule) {
  const auto& phases = rule.add_phases;
  if (!phases.empty() && std::ranges::find(phases, saying.state.phase) == phases.end()) {
    std::string able;
    for (const std::string& phase : phases) able += (able.empty() ? "" : ", ") + phase;
    return no("no " + rule.kind + " is recorded in phase " + saying.state.phase,
              "it is in " + able);
  }
  if (auto answer = saying.needs_role(rule.add_roles, "to record " + rule.kind)) return answer;
  return check_exclusions(saying, rule.add_exclusions, nullptr, "to record " + rule.kind);
}

Answer check_rule_out(const Saying& saying, const FactSet& set, const RuleOut& rule) {
  const std::string what = "to set " + set.name + " to that";
  if (saying.persons.size() < rule.persons) {
    const bool lacks_evidence = set.evidence.size() < rule.evidence;
    return no(what + " takes " + std::to_string(rule.persons) + " persons" +
                  (lacks_evidence ? " and evidence; " : "; ") +
                  std::to_string(saying.persons.size()) + " signed",
              std::string(lacks_evidence ? "name entries with --evidence, and " : "") +
                  "ask another person of the case to sign as well");
  }
  if (set.evidence.size() < rule.evidence) {
    return no(what + " takes " + std::to_string(rule.evidence) + " pieces of evidence; " +
                  std::to_string(set.evidence.size()) + " given",
              "name entries of the case with --evidence");
  }
  const auto known = [&](const PersonId& id) { return saying.state.is_known(id); };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(saying.persons, known));
  if (count < rule.persons) return no(what + " takes persons whom the anchors name");
  return {};
}

/// As the law catalogue names them: "awareness_at", "entity.zone", "residents.US-CA".
bool is_law_fact_name(std::string_view name) {
  return !name.empty() && name.front() >= 'a' && name.front() <= 'z' &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '.' || c == '-';
         });
}

bool rules_out(const FactRule& rule, const Value& value) {
  const auto* word = std::get_if<std::string>(&value);
  return rule.rule_out && word != nullptr &&
         std::ranges::find(rule.rule_out->to, *word) != rule.rule_out->to.end();
}

}  // namespace

bool is_downgrade(const CaseState& state, const FactSet& set) {
  const auto rule = state.policy->facts.find(set.name);
  if (rule == state.policy->facts.end() || rule->second.type != ValueType::level) return false;
  if (!rule->second.rule_out && set.name != "severity") return false;
  const auto* level = std::get_if<std::int64_t>(&set.value);
  const auto marks = state.marks.find(set.name);
  if (level == nullptr || marks == state.marks.end() || !marks->second.in_earnest) return false;
  const FactSaid& before = state.facts.find(set.name)->second[*marks->second.in_earnest];
  const auto* in_force = std::get_if<std::int64_t>(&before.value);
  return in_force != nullptr && is_worse(rule->second, *in_force, *level);
}

bool is_rise(const CaseState& state, const FactSet& set) {
  const auto rule = state.policy->facts.find(set.name);
  if (rule == state.policy->facts.end()) return false;
  const Value before = state.value_of(set.name);
  if (before == set.value) return false;
  if (const auto* level = std::get_if<std::int64_t>(&set.value)) {
    if (rule->second.type != ValueType::level) return false;
    if (set.name != "severity" && !rule->second.rule_out) return false;
    const auto* old = std::get_if<std::int64_t>(&before);
    return old == nullptr || is_worse(rule->second, *level, *old);
  }
  return rule->second.rule_out && !rules_out(rule->second, set.value) &&
         set.value != Value(std::string("unknown"));
}

Answer judge(const Saying& saying, const FactSet& set) {
  for (const StatementId& id : set.evidence) {
    if (!is_evidence(saying.state, id)) return no("the evidence names an entry that is not there");
  }
  const auto found = saying.policy().facts.find(set.name);
  if (found == saying.policy().facts.end()) {
    // A fact that laws ask for: no gate reads it, since a policy that reads one defines it.
    if (is_law_fact_name(set.name)) return {};
    return no("no fact has the name " + set.name, "`casebook fact` lists them");
  }
  const FactRule& rule = found->second;
  if (!holds(rule, set.value))
    return no(set.name + " cannot be that", "`casebook fact` lists the values");
  if (auto answer = saying.needs_role(rule.roles, "to set " + set.name)) return answer;
  const bool is_milder = rule.rule_out && rule.rule_out->milder && is_downgrade(saying.state, set);
  if (is_milder || rules_out(rule, set.value)) {
    if (auto answer = check_rule_out(saying, set, *rule.rule_out)) return answer;
  }
  const bool is_closed = !saying.state.is_open();
  if (is_closed && is_rise(saying.state, set) && !may_reopen(saying.state)) {
    return no("the case is closed and cannot be reopened from phase " + saying.state.phase,
              "open another case about it");
  }
  return {};
}

Answer judge(const Saying& saying, const RecordAdd& add) {
  const auto found = saying.policy().registers.find(add.kind);
  if (found == saying.policy().registers.end()) {
    return no("no pinned policy has a register " + add.kind, "`casebook record` lists them");
  }
  if (auto answer = check_adder(saying, found->second)) return answer;
  return check_fields(saying, found->second, add.fields, When::add);
}

Answer judge(const Saying& saying, const RecordChange& change) {
  const Record* record = saying.state.record(change.record);
  if (record == nullptr) return no("it names an entry that is not there");
  const auto found = saying.policy().registers.find(record->kind);
  if (found == saying.policy().registers.end()) return no("no pinned policy knows that register");
  if (record->is_settled())
    return no("this entry is settled and changes no more", "record another one");
  if (auto answer = check_adder(saying, found->second)) return answer;
  for (const auto& [name, value] : change.fields) {
    const FieldRule* field = found->second.field(name);
    if (field != nullptr && field->at_settle) return no(name + " is said when it is settled");
  }
  return check_fields(saying, found->second, change.fields, When::change);
}

Answer judge(const Saying& saying, const RecordSettle& settle) {
  const Record* record = saying.state.record(settle.record);
  if (record == nullptr) return no("it names an entry that is not there");
  const auto found = saying.policy().registers.find(record->kind);
  if (found == saying.policy().registers.end()) return no("no pinned policy knows that register");
  const Register& rule = found->second;
  if (!rule.settle) return no(rule.kind + " is never open: there is nothing to settle");
  if (record->is_settled()) return no("this entry is settled already");
  if (auto answer = saying.needs_role(rule.settle->roles, "to settle " + rule.kind)) return answer;
  if (auto answer =
          check_exclusions(saying, rule.settle->exclusions, record, "to settle " + rule.kind)) {
    return answer;
  }
  return check_fields(saying, rule, settle.fields, When::settle);
}

}  // namespace casebook::workflow
