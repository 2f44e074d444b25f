#include "reports/condition.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"
#include "core/printable.h"

namespace casebook::reports {
namespace {

constexpr int kDepthMax = 8;
constexpr std::size_t kChildrenMax = 100;
constexpr std::string_view kResidents = "residents.";
constexpr std::array<std::pair<std::string_view, Operator>, 10> kOperators{
    {{"eq", Operator::eq},
     {"ne", Operator::ne},
     {"gt", Operator::gt},
     {"ge", Operator::ge},
     {"lt", Operator::lt},
     {"in", Operator::in},
     {"includes", Operator::includes},
     {"includes_any", Operator::includes_any},
     {"any_gt", Operator::any_gt},
     {"any_ge", Operator::any_ge}}};

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

bool counts(Operator op) { return op == Operator::gt || op == Operator::ge || op == Operator::lt; }
bool counts_any(Operator op) { return op == Operator::any_gt || op == Operator::any_ge; }

/// Which operators make sense for which type.
bool fits(const FactDefinition& fact, Operator op) {
  switch (fact.type) {
    case FactType::boolean:
      return op == Operator::eq || op == Operator::ne;
    case FactType::integer:
    case FactType::number:
      return counts(op) || op == Operator::eq || op == Operator::ne;
    case FactType::text:
    case FactType::choice:
      return op == Operator::eq || op == Operator::ne || op == Operator::in;
    case FactType::set:
      return op == Operator::includes || op == Operator::includes_any;
    case FactType::wildcard:
      return counts_any(op);
    case FactType::time:
      return false;
  }
  return false;
}

Result<std::string> word_of(const Json& value, const FactDefinition& fact) {
  if (!value.is_string())
    return invalid(fact.name + " is compared with something that is not text");
  auto word = value.get<std::string>();
  if (!fact.values.empty() && std::ranges::find(fact.values, word) == fact.values.end()) {
    return invalid(fact.name + " has no value \"" + printable(word) + "\"");
  }
  return word;
}

Result<FactValue> parse_operand(const Json& value, const FactDefinition& fact, Operator op) {
  if (fact.type == FactType::boolean) {
    if (!value.is_boolean())
      return invalid(fact.name + " is compared with something else than true or false");
    return FactValue(value.get<bool>());
  }
  if (fact.type == FactType::integer || fact.type == FactType::number ||
      fact.type == FactType::wildcard) {
    constexpr std::int64_t max = 1'000'000'000'000;
    if (!value.is_number_integer() || std::abs(value.get<std::int64_t>()) > max) {
      return invalid(fact.name + " is compared with something that is not a whole number");
    }
    return FactValue(Number{value.get<std::int64_t>() * 1000});
  }
  if (op != Operator::in && op != Operator::includes_any) {
    auto word = word_of(value, fact);
    if (!word) return std::move(word).error();
    return FactValue(*std::move(word));
  }
  if (!value.is_array() || value.empty() || value.size() > kChildrenMax) {
    return invalid(fact.name + " is compared with something that is not a list");
  }
  std::set<std::string> words;
  for (const Json& item : value) {
    auto word = word_of(item, fact);
    if (!word) return std::move(word).error();
    words.insert(*std::move(word));
  }
  return FactValue(std::move(words));
}

Result<Condition> parse_comparison(const Json& json, const FactCatalog& catalog) {
  if (auto known = json_only_members(json, {"fact", "op", "value"}); !known)
    return std::move(known).error();
  auto name = json_text_member(json, "fact");
  if (!name) return std::move(name).error();
  const FactDefinition* fact = catalog.find(*name);
  if (fact == nullptr) {
    const std::string near = catalog.near_name(*name);
    return Error{ErrorCode::invalid_input, "fact \"" + printable(*name) + "\" is not defined",
                 near.empty() ? "" : "did you mean " + near + "?"};
  }
  auto op = json_text_member(json, "op");
  if (!op) return std::move(op).error().context(fact->name);
  const auto* known =
      std::ranges::find(kOperators, *op, &std::pair<std::string_view, Operator>::first);
  if (known == kOperators.end())
    return invalid(fact->name + ": operator \"" + printable(*op) + "\" is not known");
  if (!fits(*fact, known->second))
    return invalid(fact->name + ": operator " + *op + " does not fit its type");
  auto value = json_member(json, "value");
  if (!value) return std::move(value).error().context(fact->name);
  auto operand = parse_operand(**value, *fact, known->second);
  if (!operand) return std::move(operand).error();
  Condition condition;
  condition.kind = Condition::Kind::comparison;
  condition.comparison = {fact->name, known->second, *std::move(operand)};
  return condition;
}

Result<Condition> parse_node(const Json& json, const FactCatalog& catalog, int depth);

Result<Condition> parse_list(const Json& list, Condition::Kind kind, const FactCatalog& catalog,
                             int depth) {
  if (!list.is_array() || list.empty() || list.size() > kChildrenMax) {
    return invalid("a list of conditions is empty or no list");
  }
  Condition condition;
  condition.kind = kind;
  for (const Json& item : list) {
    auto child = parse_node(item, catalog, depth + 1);
    if (!child) return std::move(child).error();
    condition.children.push_back(*std::move(child));
  }
  return condition;
}

Result<Condition> parse_node(const Json& json, const FactCatalog& catalog, int depth) {
  if (depth > kDepthMax) return invalid("conditions are nested too deep");
  if (!json.is_object()) return invalid("a condition is not an object");
  if (json.contains("fact")) return parse_comparison(json, catalog);
  if (auto known = json_only_members(json, {"all", "any"}); !known) return std::move(known).error();
  if (json.empty()) return Condition{};
  if (json.size() == 1) {
    const bool all = json.contains("all");
    return parse_list(*json.begin(), all ? Condition::Kind::all : Condition::Kind::any, catalog,
                      depth);
  }
  auto all = parse_list(json.at("all"), Condition::Kind::all, catalog, depth);
  if (!all) return all;
  auto any = parse_list(json.at("any"), Condition::Kind::any, catalog, depth);
  if (!any) return any;
  all->children.push_back(*std::move(any));
  return all;
}

void collect_names(const Condition& condition, std::set<std::string>& names) {
  if (condition.kind == Condition::Kind::comparison) names.insert(condition.comparison.fact);
  for (const Condition& child : condition.children) collect_names(child, names);
}

bool compare_numbers(Number left, Operator op, Number right) {
  switch (op) {
    case Operator::gt:
    case Operator::any_gt:
      return left > right;
    case Operator::ge:
    case Operator::any_ge:
      return left >= right;
    case Operator::lt:
      return left < right;
    case Operator::ne:
      return left != right;
    default:
      return left == right;
  }
}

bool holds(const FactValue& value, const Comparison& comparison) {
  if (const auto* number = std::get_if<Number>(&value)) {
    return compare_numbers(*number, comparison.op, std::get<Number>(comparison.operand));
  }
  if (const auto* set = std::get_if<std::set<std::string>>(&value)) {
    if (const auto* word = std::get_if<std::string>(&comparison.operand))
      return set->contains(*word);
    return std::ranges::any_of(std::get<std::set<std::string>>(comparison.operand),
                               [&](const std::string& word) { return set->contains(word); });
  }
  if (comparison.op == Operator::in) {
    return std::get<std::set<std::string>>(comparison.operand)
        .contains(std::get<std::string>(value));
  }
  return (value == comparison.operand) == (comparison.op == Operator::eq);
}

Finding decided(bool truth, const std::string& fact, std::string reason) {
  return {truth ? Truth::yes : Truth::no, {fact}, {std::move(reason)}};
}

bool list_is_complete(const Facts& facts) {
  return facts.get<bool>("residents_complete").value_or(false);
}

/// One of the places of `residents.US-*` suffices; none does only when the list is complete or when
/// all people together are too few.
Finding evaluate_any(const Comparison& comparison, const Facts& facts) {
  const std::string prefix = comparison.fact.substr(0, comparison.fact.size() - 1);
  const Number threshold = std::get<Number>(comparison.operand);
  const std::string needed = comparison_text(comparison);
  for (auto it = facts.all().lower_bound(prefix);
       it != facts.all().end() && it->first.starts_with(prefix); ++it) {
    const Number* count = std::get_if<Number>(&it->second.value);
    if (count != nullptr && compare_numbers(*count, comparison.op, threshold)) {
      return decided(true, it->first, it->first + " is " + number_text(*count));
    }
  }
  if (list_is_complete(facts))
    return decided(false, "residents_complete", "no place has " + needed);
  const auto total = facts.get<Number>("affected_individuals_total");
  if (total && !compare_numbers(*total, comparison.op, threshold)) {
    return decided(
        false, "affected_individuals_total",
        "affected_individuals_total is " + number_text(*total) + ", too few for " + needed);
  }
  return {Truth::unknown, {comparison.fact}, {needed}};
}

Finding evaluate_comparison(const Comparison& comparison, const Facts& facts) {
  if (counts_any(comparison.op)) return evaluate_any(comparison, facts);
  const std::string needed = comparison_text(comparison);
  const Fact* fact = facts.find(comparison.fact);
  if (fact == nullptr && comparison.fact.starts_with(kResidents) && list_is_complete(facts)) {
    const bool truth =
        compare_numbers(Number{0}, comparison.op, std::get<Number>(comparison.operand));
    return decided(
        truth, comparison.fact,
        comparison.fact + " is 0 (not in the complete list)" + (truth ? "" : ", not " + needed));
  }
  if (fact == nullptr) return {Truth::unknown, {comparison.fact}, {needed}};
  const std::string is = comparison.fact + " is " + value_text(fact->value);
  if (holds(fact->value, comparison)) return decided(true, comparison.fact, is);
  return decided(false, comparison.fact, is + ", not " + needed.substr(comparison.fact.size() + 1));
}

void append(Finding& to, Finding&& from) {
  for (std::string& fact : from.facts) {
    if (std::ranges::find(to.facts, fact) == to.facts.end()) to.facts.push_back(std::move(fact));
  }
  for (std::string& reason : from.reasons) {
    if (std::ranges::find(to.reasons, reason) == to.reasons.end())
      to.reasons.push_back(std::move(reason));
  }
}

/// At least one must hold: true beats unknown.
Finding either(Finding left, Finding right) {
  if (left.truth == right.truth) {
    if (left.truth != Truth::yes) append(left, std::move(right));
    return left;
  }
  return left.truth > right.truth ? left : right;
}

}  // namespace

Result<Condition> Condition::parse(const nlohmann::json& value, const FactCatalog& catalog) {
  return parse_node(value, catalog, 0);
}

std::vector<std::string> Condition::fact_names() const {
  std::set<std::string> names;
  collect_names(*this, names);
  return {names.begin(), names.end()};
}

Finding both(Finding left, Finding right) {
  if (left.truth == right.truth) {
    append(left, std::move(right));
    return left;
  }
  return left.truth < right.truth ? left : right;
}

Finding evaluate(const Condition& condition, const Facts& facts) {
  switch (condition.kind) {
    case Condition::Kind::open:
      return {Truth::unknown, {}, {"needs a judgement that no fact records"}};
    case Condition::Kind::comparison:
      return evaluate_comparison(condition.comparison, facts);
    case Condition::Kind::all:
    case Condition::Kind::any:
      break;
  }
  const bool all = condition.kind == Condition::Kind::all;
  Finding result = evaluate(condition.children.front(), facts);
  for (std::size_t i = 1; i < condition.children.size(); ++i) {
    Finding next = evaluate(condition.children[i], facts);
    result =
        all ? both(std::move(result), std::move(next)) : either(std::move(result), std::move(next));
  }
  return result;
}

std::string comparison_text(const Comparison& comparison) {
  std::string words = value_text(comparison.operand);
  switch (comparison.op) {
    case Operator::eq:
      return comparison.fact + " " + words;
    case Operator::ne:
      return comparison.fact + " other than " + words;
    case Operator::gt:
      return comparison.fact + " more than " + words;
    case Operator::ge:
      return comparison.fact + " at least " + words;
    case Operator::lt:
      return comparison.fact + " fewer than " + words;
    case Operator::in:
      return comparison.fact + " one of " + words;
    case Operator::includes:
      return comparison.fact + " including " + words;
    case Operator::includes_any:
      return comparison.fact + " including one of " + words;
    case Operator::any_gt:
      return "more than " + words + " in one of " + comparison.fact;
    case Operator::any_ge:
      return "at least " + words + " in one of " + comparison.fact;
  }
  return {};
}

std::string condition_text(const Condition& condition) {
  if (condition.kind == Condition::Kind::open) return "a judgement that no fact records";
  if (condition.kind == Condition::Kind::comparison) return comparison_text(condition.comparison);
  std::string text;
  for (const Condition& child : condition.children) {
    const bool nested = child.kind == Condition::Kind::any && child.children.size() > 1;
    const std::string part = condition_text(child);
    if (!text.empty()) text += condition.kind == Condition::Kind::all ? " and " : " or ";
    text += nested ? "(" + part + ")" : part;
  }
  return text;
}

}  // namespace casebook::reports
