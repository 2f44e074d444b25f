#include "workflow/predicate_check.h"

#include <algorithm>
#include <array>

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;
constexpr std::array<std::string_view, 6> kFunctions = {"security",      "engineering", "legal",
                                                        "communication", "management",  "other"};

bool is_ordered(ValueType type) {
  return type == ValueType::level || type == ValueType::count || type == ValueType::time;
}

/// One entry of a set, as `in` and `ever_in` look for it.
bool is_member(const std::vector<std::string>& values, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && std::ranges::find(values, *text) != values.end();
}

/// Every entry has one; no register defines it.
const FieldRule* entry_field(const Register& kind, const std::string& name) {
  static const FieldRule kNumber{.name = "number", .type = ValueType::record};
  return name == kNumber.name ? &kNumber : kind.field(name);
}

/// Of the attempt to pin another policy.
const FieldRule* policy_field(const std::string& name) {
  static const FieldRule kDigest{.name = "digest", .type = ValueType::digest};
  static const FieldRule kPolicy{.name = "policy", .type = ValueType::code};
  if (name == kDigest.name) return &kDigest;
  return name == kPolicy.name ? &kPolicy : nullptr;
}

}  // namespace

void PredicateCheck::role(const std::string& name, const std::string& at) {
  if (!policy_.roles.contains(name)) refuse(at, "no such role");
}

void PredicateCheck::facets(const std::vector<std::string>& names, const std::string& at) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!policy_.facets.contains(names[i])) refuse(at + "/" + std::to_string(i), "no such facet");
  }
}

void PredicateCheck::exclusions(const std::vector<Exclusion>& list, const std::string& at) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string here = at + "/" + std::to_string(i);
    const std::string& name = list[i].name;
    switch (list[i].kind) {
      case Exclusion::Kind::author_of:
        if (!policy_.registers.contains(name)) refuse(here, "no such register");
        break;
      case Exclusion::Kind::requester_of:
        if (!policy_.facets.contains(name)) refuse(here, "no such facet");
        break;
      case Exclusion::Kind::holder:
        role(name, here);
        break;
      case Exclusion::Kind::signer_of:
        if (policy_.gate(name) == nullptr) refuse(here, "no such gate");
        break;
    }
  }
}

/// The first field of that name in a register whose entries gates look at.
const FieldRule* PredicateCheck::attempted_field(const std::string& name) const {
  for (const auto& [kind, made] : policy_.registers) {
    if (made.attempt.empty()) continue;
    if (const FieldRule* field = entry_field(made, name)) return field;
  }
  return policy_field(name);
}

std::optional<PredicateCheck::Typed> PredicateCheck::operand(const Operand& operand,
                                                             const std::string& at,
                                                             const Register* self) {
  switch (operand.kind) {
    case Operand::Kind::literal:
      return std::nullopt;
    case Operand::Kind::fact:
    case Operand::Kind::max_ever: {
      const auto fact = policy_.facts.find(operand.name);
      if (fact == policy_.facts.end()) return refuse(at + "/1", "no such fact"), std::nullopt;
      if (operand.kind == Operand::Kind::max_ever && fact->second.type != ValueType::level)
        refuse(at + "/1", "not a level");
      return Typed{fact->second.type, &fact->second, nullptr};
    }
    case Operand::Kind::attempt: {
      if (operand.name == "verb" || operand.name == "class") return std::nullopt;
      const FieldRule* field = attempted_field(operand.name);
      if (field == nullptr) return refuse(at + "/1", "no field of what is attempted"), std::nullopt;
      return Typed{field->type, nullptr, field};
    }
    case Operand::Kind::self: {
      if (self == nullptr) return refuse(at, "only inside \"each\""), std::nullopt;
      const FieldRule* field = entry_field(*self, operand.name);
      if (field == nullptr) return refuse(at + "/1", "no such field"), std::nullopt;
      return Typed{field->type, nullptr, field};
    }
    case Operand::Kind::count:
    case Operand::Kind::functions:
      query(*operand.query, at + "/1", self);
      return Typed{ValueType::count, nullptr, nullptr};
  }
  return std::nullopt;
}

void PredicateCheck::literals(const Typed& typed, const std::vector<Value>& values,
                              const std::string& at) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_set = typed.type == ValueType::set;
    bool fits = typed.type == ValueType::count && std::holds_alternative<std::int64_t>(values[i]);
    if (typed.fact != nullptr)
      fits = is_set ? is_member(typed.fact->values, values[i]) : holds(*typed.fact, values[i]);
    if (typed.field != nullptr)
      fits = is_set ? is_member(typed.field->values, values[i]) : holds(*typed.field, values[i]);
    if (!fits)
      refuse(at + (values.size() > 1 ? "/" + std::to_string(i) : ""), "not a value of its type");
  }
}

void PredicateCheck::field_match(const Register& kind, const FieldMatch& match,
                                 const std::string& at, const Register* self) {
  const FieldRule* field = entry_field(kind, match.field);
  if (field == nullptr) return refuse(at, "no such field");
  if (field->type == ValueType::text || field->type == ValueType::link)
    return refuse(at, "words are not in the record that everybody folds");
  std::vector<Value> values;
  for (const Operand& value : match.values) {
    if (value.kind == Operand::Kind::literal) values.push_back(value.literal);
    const auto typed = operand(value, at, self);
    if (typed && typed->type != field->type) refuse(at, "compares two types");
  }
  literals({field->type, nullptr, field}, values, at);
}

const Register* PredicateCheck::query(const Query& query, const std::string& at,
                                      const Register* self) {
  const auto kind = policy_.registers.find(query.kind);
  if (kind == policy_.registers.end()) return refuse(at, "no such register"), nullptr;
  for (const FieldMatch& match : query.where)
    field_match(kind->second, match, at + "/where/" + match.field, self);
  if (query.settled && !kind->second.settle) refuse(at + "/settled", "is never open");
  facets(query.covers, at + "/covers");
  exclusions(query.exclusions, at + "/not");
  for (const std::string& name : query.roles) role(name, at + "/roles");
  for (const std::string& name : query.among) {
    if (std::ranges::find(kFunctions, name) == kFunctions.end())
      refuse(at + "/among", "no such function");
  }
  return &kind->second;
}

void PredicateCheck::compare(const Predicate& predicate, const std::string& at,
                             const Register* self) {
  const Operand& left = predicate.left;
  const Operand& right = predicate.right;
  const bool is_literal = left.kind == Operand::Kind::literal;
  if (is_literal && right.kind == Operand::Kind::literal) return refuse(at, "compares two values");
  const auto left_type = operand(left, at + "/1", self);
  const auto right_type = operand(right, at + "/2", self);
  const auto typed = left_type ? left_type : right_type;
  const bool asks_order = predicate.compare != Compare::eq && predicate.compare != Compare::ne;
  if (asks_order && (!typed || !is_ordered(typed->type)))
    refuse(at, "only counts, times and levels are more or less");
  if (!typed) return;
  if (left_type && right_type && left_type->type != right_type->type)
    return refuse(at, "compares two types");
  if (typed->type == ValueType::set)
    return refuse(at, "ask with \"in\" whether a set holds one of some values");
  if (is_literal) literals(*typed, {left.literal}, at + "/1");
  if (right.kind == Operand::Kind::literal) literals(*typed, {right.literal}, at + "/2");
}

void PredicateCheck::ever_in(const Predicate& predicate, const std::string& at) {
  const auto fact = policy_.facts.find(predicate.names.front());
  if (fact == policy_.facts.end()) return refuse(at + "/1", "no such fact");
  literals({fact->second.type, &fact->second, nullptr}, predicate.values, at + "/2");
}

void PredicateCheck::attest(const AttestRule& rule, const std::string& at, const Register* self) {
  role(rule.role, at + "/role");
  facets(rule.covers, at + "/covers");
  exclusions(rule.exclusions, at + "/not");
  if (rule.of) query(*rule.of, at + "/of", self);
  if (rule.distinct_functions > rule.count)
    refuse(at + "/distinct_functions", "more functions than persons");
}

void PredicateCheck::elapsed(const ElapsedRule& rule, const std::string& at, const Register* self) {
  if (const auto* move = std::get_if<std::string>(&rule.since)) {
    if (!policy_.moves.contains(*move)) refuse(at + "/since", "no such move");
  } else {
    query(**std::get_if<std::shared_ptr<const Query>>(&rule.since), at + "/since", self);
  }
  if (rule.without) query(*rule.without, at + "/without", self);
}

void PredicateCheck::check(const Predicate& predicate, const std::string& at,
                           const Register* self) {
  const Register* inner = self;
  switch (predicate.kind) {
    case Kind::always:
    case Kind::all:
    case Kind::any:
    case Kind::negation:
      break;
    case Kind::compare:
      compare(predicate, at, self);
      break;
    case Kind::in:
      if (const auto typed = operand(predicate.left, at + "/1", self))
        literals(*typed, predicate.values, at + "/2");
      else if (predicate.left.kind == Operand::Kind::literal)
        refuse(at + "/1", "compares two values");
      break;
    case Kind::ever_in:
      ever_in(predicate, at);
      break;
    case Kind::exists:
      query(*predicate.query, at + "/1", self);
      break;
    case Kind::each:
      inner = query(*predicate.query, at + "/1", self);
      break;
    case Kind::attest:
      attest(*predicate.attest, at + "/1", self);
      break;
    case Kind::elapsed:
      elapsed(*predicate.elapsed, at + "/1", self);
      break;
    case Kind::held:
    case Kind::distinct:
      for (std::size_t i = 0; i < predicate.names.size(); ++i)
        role(predicate.names[i], at + "/" + std::to_string(i + 1));
      break;
    case Kind::phase:
      for (std::size_t i = 0; i < predicate.names.size(); ++i) {
        if (policy_.phase(predicate.names[i]) == nullptr)
          refuse(at + "/1/" + std::to_string(i), "no such phase");
      }
      break;
    case Kind::step:
      if (policy_.step(predicate.names.front()) == nullptr) refuse(at + "/1", "no such step");
      break;
    case Kind::unique: {
      const Register* kind = query(*predicate.query, at + "/2", self);
      if (kind != nullptr && entry_field(*kind, predicate.names.front()) == nullptr)
        refuse(at + "/1", "no such field");
      break;
    }
  }
  const std::size_t first = predicate.kind == Kind::each ? 2 : 1;
  for (std::size_t i = 0; i < predicate.children.size(); ++i)
    check(predicate.children[i], at + "/" + std::to_string(i + first), inner);
}

}  // namespace casebook::workflow
