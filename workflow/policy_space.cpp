#include "workflow/policy_space.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;
constexpr std::int64_t kCountMost = 20;

TruthSet truth(bool holds) { return holds ? kYes : kNo; }

bool holds_between(Compare compare, std::int64_t left, std::int64_t right) {
  switch (compare) {
    case Compare::eq:
      return left == right;
    case Compare::ne:
      return left != right;
    case Compare::lt:
      return left < right;
    case Compare::le:
      return left <= right;
    case Compare::gt:
      return left > right;
    case Compare::ge:
      return left >= right;
  }
  return false;
}

Compare mirrored(Compare compare) {
  switch (compare) {
    case Compare::lt:
      return Compare::gt;
    case Compare::le:
      return Compare::ge;
    case Compare::gt:
      return Compare::lt;
    case Compare::ge:
      return Compare::le;
    default:
      return compare;
  }
}

/// Values that a fact of few values can have; none for times, counts and codes.
std::vector<Value> domain_of(const FactRule& fact) {
  std::vector<Value> values;
  if (fact.type == ValueType::boolean) values = {false, true};
  if (fact.type == ValueType::choice)
    for (const std::string& word : fact.values) values.emplace_back(word);
  if (fact.type == ValueType::level)
    for (const std::int64_t level : fact.levels) values.emplace_back(level);
  return values;
}

std::string json_key(const Predicate& predicate) {
  return canonical_json(predicate_json(predicate));
}

}  // namespace

std::vector<AbstractAttempt> attempts_of(const Policy& policy) {
  std::vector<AbstractAttempt> attempts;
  for (const auto& [name, move] : policy.moves)
    attempts.push_back({.name = name, .names = {name}, .verb = name, .move = name});
  for (const auto& [kind, made] : policy.registers) {
    if (made.attempt.empty()) continue;
    const FieldRule* risk = made.field("class");
    const AbstractAttempt plain{
        .name = made.attempt, .names = {made.attempt}, .verb = made.attempt, .kind = kind};
    if (risk == nullptr || risk->values.empty()) {
      attempts.push_back(plain);
      continue;
    }
    for (const std::string& value : risk->values) {
      AbstractAttempt attempt = plain;
      attempt.name += " (" + value + ")";
      attempt.names.insert("action:" + value);
      attempt.risk = value;
      attempts.push_back(std::move(attempt));
    }
  }
  for (const char* word : {"publish", "policy", "downgrade"}) {
    if (std::ranges::none_of(attempts, [&](const auto& known) { return known.verb == word; }))
      attempts.push_back({.name = word, .names = {word}, .verb = word});
  }
  return attempts;
}

PolicySpace::PolicySpace(std::vector<const Policy*> policies, Language language)
    : policies_(std::move(policies)), language_(language) {
  for (const Policy* policy : policies_) {
    for (const auto& [name, fact] : policy->facts) {
      auto& values = fact_values_[name];
      const bool may_be_unsaid = std::holds_alternative<std::monostate>(fact.initial);
      if (may_be_unsaid && std::ranges::find(values, Value{}) == values.end())
        values.insert(values.begin(), Value{});
      for (Value& value : domain_of(fact)) {
        if (std::ranges::find(values, value) == values.end()) values.push_back(std::move(value));
      }
    }
    for (const Gate& gate : policy->gates) {
      note_literals(gate.when);
      note_literals(gate.need);
    }
    for (const Step& step : policy->steps) {
      note_literals(step.opens);
      if (step.done) note_literals(*step.done);
    }
  }
}

void PolicySpace::note_literals(const Predicate& predicate) {
  for (const Operand* operand : {&predicate.left, &predicate.right}) {
    if (const auto* number = std::get_if<std::int64_t>(&operand->literal))
      count_most_ = std::min(kCountMost, std::max(count_most_, *number + 1));
  }
  for (const Predicate& child : predicate.children) note_literals(child);
}

std::size_t PolicySpace::variable(const std::string& key, std::vector<std::string> words) {
  const auto [found, is_new] = by_key_.emplace(key, domains_.size());
  if (is_new) {
    check(!words.empty() && words.size() <= 64, "a variable has 1 to 64 values");
    domains_.push_back(words.size() == 64 ? ~std::uint64_t{0}
                                          : (std::uint64_t{1} << words.size()) - 1);
    words_.push_back(std::move(words));
  }
  return found->second;
}

Formula PolicySpace::flag(const std::string& key, std::string yes, std::string no,
                          bool may_be_unknown) {
  std::vector<std::string> words = {no, yes};
  if (may_be_unknown)
    words.push_back((language_ == Language::nl ? "in twijfel: " : "in doubt: ") + yes);
  std::vector<TruthSet> table = {kNo, kYes};
  if (may_be_unknown) table.push_back(kUnknown);
  return Formula::of(variable(key, std::move(words)), std::move(table));
}

std::string PolicySpace::words(std::size_t variable, std::uint64_t value) const {
  return words_[variable][static_cast<std::size_t>(std::countr_zero(value))];
}

std::optional<std::size_t> PolicySpace::step_variable(const std::string& id) const {
  const auto found = by_key_.find("step:" + id);
  if (found == by_key_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::size_t> PolicySpace::fact_variable(const std::string& name) const {
  const auto found = by_key_.find("fact:" + name);
  if (found == by_key_.end()) return std::nullopt;
  return found->second;
}

std::uint64_t PolicySpace::fact_value(const std::string& name, const Value& value) const {
  const auto& values = fact_values_.at(name);
  return std::uint64_t{1} << (std::ranges::find(values, value) - values.begin());
}

// Facts.

Formula PolicySpace::fact_test(const std::string& name, const Policy& policy,
                               const std::function<TruthSet(const Value&)>& truth_of) {
  const FactRule& fact = policy.facts.at(name);
  const std::vector<Value>& values = fact_values_.at(name);
  std::vector<std::string> words;
  std::vector<TruthSet> table;
  for (const Value& value : values) {
    words.push_back(fact.label.in(language_) + (language_ == Language::nl ? ": " : ": ") +
                    value_text(value, language_));
    const bool is_unsaid = std::holds_alternative<std::monostate>(value);
    const Value& taken = is_unsaid ? fact.worst_unknown : value;
    table.push_back(std::holds_alternative<std::monostate>(taken) ? kUnknown : truth_of(taken));
  }
  return Formula::of(variable("fact:" + name, std::move(words)), std::move(table));
}

/// Whether a value was ever said in earnest. What is said now need not have been: it may be
/// provisional.
Formula PolicySpace::ever(const std::string& name, const Value& value, const Policy& policy) {
  const std::string label = policy.facts.at(name).label.in(language_);
  const std::string what = value_text(value, language_);
  const bool is_nl = language_ == Language::nl;
  return flag("ever:" + name + ":" + what, label + (is_nl ? " was ooit " : " was ever ") + what,
              label + (is_nl ? " was nooit " : " was never ") + what, false);
}

Formula PolicySpace::ever_in(const Predicate& predicate, const Policy& policy) {
  std::vector<Formula> parts;
  for (const Value& value : predicate.values)
    parts.push_back(ever(predicate.names.front(), value, policy));
  return Formula::any(std::move(parts));
}

Formula PolicySpace::max_ever(const Predicate& predicate, const Policy& policy) {
  const bool is_left = predicate.left.kind == Operand::Kind::max_ever;
  const Operand& level = is_left ? predicate.left : predicate.right;
  const Operand& other = is_left ? predicate.right : predicate.left;
  const auto* const bound = std::get_if<std::int64_t>(&other.literal);
  if (bound == nullptr) return leaf(predicate, policy);
  const Compare how = is_left ? predicate.compare : mirrored(predicate.compare);
  const FactRule& fact = policy.facts.at(level.name);
  std::vector<std::int64_t> order = fact.levels;
  std::ranges::sort(order);
  if (fact.worst != order.front()) std::ranges::reverse(order);
  std::vector<Formula> cases, none_so_far;
  for (const std::int64_t each : order) {
    std::vector<Formula> parts = none_so_far;
    parts.push_back(ever(level.name, each, policy));
    parts.push_back(Formula::constant(truth(holds_between(how, each, *bound))));
    cases.push_back(Formula::all(std::move(parts)));
    none_so_far.push_back(Formula::negation(ever(level.name, each, policy)));
  }
  const auto* const initial = std::get_if<std::int64_t>(&fact.initial);
  none_so_far.push_back(Formula::constant(
      initial == nullptr ? kUnknown : truth(holds_between(how, *initial, *bound))));
  cases.push_back(Formula::all(std::move(none_so_far)));
  return Formula::any(std::move(cases));
}

// What is attempted.

Formula PolicySpace::attempt_test(const std::string& key, const std::vector<Value>& values,
                                  bool is_in, const Policy& policy,
                                  const AbstractAttempt* attempt) {
  const auto among = [&](const Value& value) {
    return truth((std::ranges::find(values, value) != values.end()) == is_in);
  };
  if (attempt != nullptr && key == "verb") return Formula::constant(among(attempt->verb));
  if (attempt != nullptr && key == "class" && !attempt->risk.empty())
    return Formula::constant(among(attempt->risk));
  const Register* kind = nullptr;
  if (attempt != nullptr && !attempt->kind.empty()) {
    const auto found = policy.registers.find(attempt->kind);
    if (found != policy.registers.end()) kind = &found->second;
  }
  const FieldRule* field = kind == nullptr ? nullptr : kind->field(key);
  if (attempt != nullptr && field == nullptr && key != "policy" && key != "digest")
    return Formula::constant(kUnknown);  // It has no such field.
  std::string yes = key + (is_in ? " is one of " : " is none of ");
  std::string no = key + (is_in ? " is none of " : " is one of ");
  std::vector<std::string> all;
  for (const Value& value : values) all.push_back(value_text(value, language_));
  const std::string list = one_of_text(all, language_);
  return flag("attempt:" + key + (is_in ? "=" : "!") + list, yes + list, no + list, true);
}

// Entries.

std::size_t PolicySpace::count_variable(const Query& query, const Policy& policy,
                                        bool of_functions) {
  QueryShape shape = shape_of(query, policy);
  const auto kind = of_functions ? LeafShape::Kind::functions : LeafShape::Kind::count;
  for (const LeafShape& known : leaves_) {
    if (known.kind == kind && known.query == shape) return known.variable;
  }
  const bool is_nl = language_ == Language::nl;
  const std::string what = query_text(query, policy, language_);
  const std::string behind = is_nl ? " afdelingen achter " : " departments behind ";
  std::vector<std::string> words;
  for (std::int64_t count = 0; count <= count_most_; ++count) {
    const std::string number =
        (count == count_most_ ? (is_nl ? "minstens " : "at least ") : "") + std::to_string(count);
    words.push_back(count == 0 && !of_functions ? (is_nl ? "geen " : "no ") + what
                                                : number + (of_functions ? behind : " × ") + what);
  }
  const std::size_t made = variable("leaf:" + std::to_string(leaves_.size()), std::move(words));
  leaves_.push_back({.kind = kind, .variable = made, .query = std::move(shape)});
  return made;
}

Formula PolicySpace::count_test(const Operand& operand, const Policy& policy,
                                const std::function<bool(std::int64_t)>& holds) {
  const std::size_t count =
      count_variable(*operand.query, policy, operand.kind == Operand::Kind::functions);
  std::vector<TruthSet> table;
  for (std::int64_t number = 0; number <= count_most_; ++number)
    table.push_back(truth(holds(number)));
  return Formula::of(count, std::move(table));
}

Formula PolicySpace::open_entries(const std::string& kind, const Policy& policy) {
  Operand operand{
      Operand::Kind::count, {}, {}, std::make_shared<Query>(Query{.kind = kind, .settled = false})};
  return count_test(operand, policy, [](std::int64_t number) { return number > 0; });
}

Formula PolicySpace::compare(const Predicate& predicate, const Policy& policy,
                             const AbstractAttempt* attempt) {
  const bool is_right = predicate.left.kind == Operand::Kind::literal;
  const Operand& asked = is_right ? predicate.right : predicate.left;
  const Operand& bound = is_right ? predicate.left : predicate.right;
  const Compare how = is_right ? mirrored(predicate.compare) : predicate.compare;
  if (predicate.left.kind == Operand::Kind::max_ever ||
      predicate.right.kind == Operand::Kind::max_ever)
    return max_ever(predicate, policy);
  if (bound.kind != Operand::Kind::literal) return leaf(predicate, policy);
  const auto* const number = std::get_if<std::int64_t>(&bound.literal);
  const bool is_equality = how == Compare::eq || how == Compare::ne;
  switch (asked.kind) {
    case Operand::Kind::count:
    case Operand::Kind::functions:
      if (number == nullptr || *number >= kCountMost) return leaf(predicate, policy);
      return count_test(asked, policy,
                        [&](std::int64_t count) { return holds_between(how, count, *number); });
    case Operand::Kind::attempt:
      if (!is_equality) return leaf(predicate, policy);
      return attempt_test(asked.name, {bound.literal}, how == Compare::eq, policy, attempt);
    case Operand::Kind::fact:
      if (domain_of(policy.facts.at(asked.name)).empty()) return leaf(predicate, policy);
      return fact_test(asked.name, policy, [&](const Value& value) {
        const auto* own = std::get_if<std::int64_t>(&value);
        if (own != nullptr && number != nullptr) return truth(holds_between(how, *own, *number));
        return truth((value == bound.literal) == (how == Compare::eq));
      });
    default:
      return leaf(predicate, policy);
  }
}

Formula PolicySpace::in(const Predicate& predicate, const Policy& policy,
                        const AbstractAttempt* attempt) {
  const Operand& asked = predicate.left;
  if (asked.kind == Operand::Kind::attempt)
    return attempt_test(asked.name, predicate.values, true, policy, attempt);
  const auto fact = policy.facts.find(asked.name);
  if (asked.kind != Operand::Kind::fact || fact == policy.facts.end())
    return leaf(predicate, policy);
  const auto among = [&](const Value& value) {
    return truth(std::ranges::find(predicate.values, value) != predicate.values.end());
  };
  if (!domain_of(fact->second).empty()) return fact_test(asked.name, policy, among);
  if (fact->second.type != ValueType::set) return leaf(predicate, policy);
  std::vector<Formula> members;
  for (const Value& value : predicate.values) {
    const std::string what = value_text(value, language_);
    const std::string label = fact->second.label.in(language_);
    const bool is_nl = language_ == Language::nl;
    members.push_back(flag("in:" + asked.name + ":" + what,
                           label + (is_nl ? " bevat " : " holds ") + what,
                           label + (is_nl ? " bevat geen " : " does not hold ") + what, true));
  }
  return Formula::any(std::move(members));
}

// Leaves that are true or not as they are.

Formula PolicySpace::leaf(const Predicate& predicate, const Policy& policy) {
  LeafShape shape;
  bool is_known_kind = true;
  bool may_be_unknown = true;
  switch (predicate.kind) {
    case Kind::attest: {
      const AttestRule& rule = *predicate.attest;
      shape = {.kind = LeafShape::Kind::attest,
               .word = rule.verb,
               .role = rule.role,
               .number = rule.count,
               .functions = rule.distinct_functions,
               .valid = rule.valid ? rule.valid->count() : INT64_MAX,
               .covers = covers_of(rule.covers, policy),
               .exclusions = exclusions_of(rule.exclusions, policy)};
      if (rule.of) shape.query = shape_of(*rule.of, policy);
      break;
    }
    case Kind::each: {
      shape = {.kind = LeafShape::Kind::each, .query = shape_of(*predicate.query, policy)};
      const Predicate& inner = predicate.children.front();
      if (inner.kind != Kind::all) shape.parts.insert(json_key(inner));
      if (inner.kind == Kind::all)
        for (const Predicate& part : inner.children) shape.parts.insert(json_key(part));
      break;
    }
    case Kind::elapsed: {
      const ElapsedRule& rule = *predicate.elapsed;
      shape = {.kind = LeafShape::Kind::elapsed, .number = rule.at_least.count()};
      if (const auto* move = std::get_if<std::string>(&rule.since)) shape.word = *move;
      if (const auto* since = std::get_if<std::shared_ptr<const Query>>(&rule.since))
        shape.query = shape_of(**since, policy);
      if (rule.without) shape.without = shape_of(*rule.without, policy);
      break;
    }
    case Kind::unique:
      shape = {.kind = LeafShape::Kind::unique,
               .query = shape_of(*predicate.query, policy),
               .word = predicate.names.front()};
      break;
    case Kind::held:
    case Kind::distinct:
      may_be_unknown = false;
      shape.kind = predicate.kind == Kind::held ? LeafShape::Kind::held : LeafShape::Kind::distinct;
      shape.parts = {predicate.names.begin(), predicate.names.end()};
      break;
    default:
      is_known_kind = false;
      break;
  }
  std::string key = "is:" + json_key(predicate);
  if (is_known_kind) {
    key = "leaf:" + std::to_string(leaves_.size());
    for (const LeafShape& known : leaves_) {
      LeafShape same = shape;
      same.variable = known.variable;
      if (same == known) key = "leaf:" + std::to_string(&known - leaves_.data());
    }
  }
  Predicate no;
  no.kind = Kind::negation;
  no.children = {predicate};
  const std::size_t before = domains_.size();
  Formula made = flag(key, sentence(predicate, policy, language_), sentence(no, policy, language_),
                      may_be_unknown);
  if (is_known_kind && domains_.size() != before) {
    shape.variable = made.variable;
    leaves_.push_back(std::move(shape));
  }
  return made;
}

Formula PolicySpace::waived(const Gate& gate) {
  if (!gate.waive) return Formula::constant(kNo);
  LeafShape shape{.kind = LeafShape::Kind::waiver,
                  .word = gate.id,
                  .number = gate.waive->reason_chars,
                  .parts = {"ask:" + gate.waive->ask, "grant:" + gate.waive->grant}};
  std::string key = "leaf:" + std::to_string(leaves_.size());
  for (const LeafShape& known : leaves_) {
    LeafShape same = shape;
    same.variable = known.variable;
    if (same == known) key = "leaf:" + std::to_string(&known - leaves_.data());
  }
  const bool is_nl = language_ == Language::nl;
  const std::string words =
      gate.label.in(language_) + (is_nl ? ": zonder, gevraagd door " : ": waived, asked by ") +
      plain_words(gate.waive->ask) + (is_nl ? ", toegestaan door " : ", granted by ") +
      plain_words(gate.waive->grant);
  const std::size_t before = domains_.size();
  Formula made = flag(key, words, (is_nl ? "niet " : "not ") + words, false);
  if (domains_.size() != before) {
    shape.variable = made.variable;
    leaves_.push_back(std::move(shape));
  }
  return made;
}

Formula PolicySpace::phases(const Predicate& predicate, const Policy& policy,
                            const AbstractAttempt* attempt) {
  std::vector<std::string> ids, words;
  for (const Policy* each : policies_) {
    for (const Phase& phase : each->phases) {
      if (std::ranges::find(ids, phase.id) != ids.end()) continue;
      ids.push_back(phase.id);
      words.push_back((language_ == Language::nl ? "de zaak is " : "the case is ") +
                      phase.label.in(language_));
    }
  }
  std::vector<TruthSet> table;
  for (const std::string& id : ids) {
    bool is_there = true;
    if (attempt != nullptr && !attempt->move.empty()) {
      const auto& from = policy.moves.at(attempt->move).from;
      is_there = std::ranges::find(from, id) != from.end();
    }
    const bool is_in = is_there && std::ranges::find(predicate.names, id) != predicate.names.end();
    table.push_back(truth(is_in));
  }
  return Formula::of(variable("phase", std::move(words)), std::move(table));
}

Formula PolicySpace::compile(const Predicate& predicate, const Policy& policy,
                             const AbstractAttempt* attempt) {
  switch (predicate.kind) {
    case Kind::always:
      return Formula::constant(kYes);
    case Kind::all:
    case Kind::any: {
      std::vector<Formula> parts;
      for (const Predicate& child : predicate.children)
        parts.push_back(compile(child, policy, attempt));
      return predicate.kind == Kind::all ? Formula::all(std::move(parts))
                                         : Formula::any(std::move(parts));
    }
    case Kind::negation:
      return Formula::negation(compile(predicate.children.front(), policy, attempt));
    case Kind::compare:
      return compare(predicate, policy, attempt);
    case Kind::in:
      return in(predicate, policy, attempt);
    case Kind::ever_in:
      return ever_in(predicate, policy);
    case Kind::exists: {
      const Operand operand{Operand::Kind::count, {}, {}, predicate.query};
      return count_test(operand, policy, [](std::int64_t number) { return number > 0; });
    }
    case Kind::each: {
      // Of no entry everything holds.
      const Operand operand{Operand::Kind::count, {}, {}, predicate.query};
      Formula none = count_test(operand, policy, [](std::int64_t number) { return number == 0; });
      std::vector<Formula> parts;
      parts.push_back(std::move(none));
      parts.push_back(leaf(predicate, policy));
      return Formula::any(std::move(parts));
    }
    case Kind::attest:
      if (predicate.attest->of) {
        const Operand operand{Operand::Kind::count, {}, {}, predicate.attest->of};
        std::vector<Formula> parts;
        parts.push_back(
            count_test(operand, policy, [](std::int64_t number) { return number == 0; }));
        parts.push_back(leaf(predicate, policy));
        return Formula::any(std::move(parts));
      }
      return leaf(predicate, policy);
    case Kind::phase:
      return phases(predicate, policy, attempt);
    case Kind::step: {
      const std::string& id = predicate.names.front();
      const bool is_nl = language_ == Language::nl;
      const Step* step = policy.step(id);
      const std::string label = step == nullptr ? id : step->label.in(language_);
      return flag("step:" + id, (is_nl ? "gedaan: " : "done: ") + label,
                  (is_nl ? "niet gedaan: " : "not done: ") + label, false);
    }
    default:
      return leaf(predicate, policy);
  }
}

}  // namespace casebook::workflow
