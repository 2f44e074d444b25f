#include "workflow/values.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

Value attempted(const Attempt& attempt, const std::string& key) {
  if (key == "verb") return attempt.verb;
  const auto field = attempt.fields.find(key);
  if (field != attempt.fields.end()) return field->second;
  if (key == "class") return attempt.action;
  return {};
}

const FactRule* rule_of(const CaseState& state, std::string_view fact) {
  const auto rule = state.policy->facts.find(fact);
  return rule == state.policy->facts.end() ? nullptr : &rule->second;
}

}  // namespace

Value field_value(const Record& record, std::string_view field) {
  const auto found = record.fields().find(field);
  if (found != record.fields().end()) return found->second;
  if (field == "number") return static_cast<std::int64_t>(record.number);
  if (field == "id") return record.id.text();
  return {};
}

Value operand_value(const Operand& operand, const Scene& scene) {
  switch (operand.kind) {
    case Operand::Kind::literal:
      return operand.literal;
    case Operand::Kind::fact:
      return trusted_value(scene.state, operand.name);
    case Operand::Kind::max_ever:
      return worst_ever(scene.state, operand.name);
    case Operand::Kind::attempt:
      return attempted(scene.attempt, operand.name);
    case Operand::Kind::self:
      return scene.self == nullptr ? Value() : field_value(*scene.self, operand.name);
    default:
      return {};
  }
}

bool same_value(const Value& left, const Value& right) { return left == right; }

bool is_worse(const FactRule& rule, std::int64_t value, std::int64_t other) {
  const bool low_is_worse =
      !rule.levels.empty() && rule.worst == *std::ranges::min_element(rule.levels);
  return low_is_worse ? value < other : value > other;
}

Value trusted_value(const CaseState& state, std::string_view fact) {
  const FactSaid* said = state.fact(fact);
  if (said != nullptr) return state.is_contested(said->seq) ? Value() : said->value;
  const FactRule* rule = rule_of(state, fact);
  if (rule == nullptr) return {};
  return std::holds_alternative<std::monostate>(rule->initial) ? rule->worst_unknown
                                                               : rule->initial;
}

Value worst_ever(const CaseState& state, const std::string& fact) {
  const auto marks = state.marks.find(fact);
  if (marks != state.marks.end() && marks->second.worst) return *marks->second.worst;
  const FactRule* rule = rule_of(state, fact);
  if (rule == nullptr) return {};
  return std::holds_alternative<std::monostate>(rule->initial) ? rule->worst_unknown
                                                               : rule->initial;
}

std::string plain_text(const Value& value) {
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "yes" : "no";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* moment = std::get_if<Moment>(&value)) {
    return format_utc(UtcSeconds(std::chrono::seconds(moment->seconds)));
  }
  std::string text;
  if (const auto* words = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& word : *words) text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

}  // namespace casebook::workflow
