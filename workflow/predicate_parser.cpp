#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "workflow/policy_node.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;
constexpr std::size_t kListMax = 64;

struct Form {
  std::string_view word;
  Kind kind;
  std::size_t arguments;  ///< 0: one or more predicates.
  Compare compare = Compare::eq;
};
constexpr std::size_t kNone = SIZE_MAX;
constexpr std::array<Form, 22> kForms = {{
    {"true", Kind::always, kNone},
    {"and", Kind::all, 0},
    {"or", Kind::any, 0},
    {"not", Kind::negation, 1},
    {"eq", Kind::compare, 2, Compare::eq},
    {"ne", Kind::compare, 2, Compare::ne},
    {"lt", Kind::compare, 2, Compare::lt},
    {"le", Kind::compare, 2, Compare::le},
    {"gt", Kind::compare, 2, Compare::gt},
    {"ge", Kind::compare, 2, Compare::ge},
    {"in", Kind::in, 2},
    {"ever_in", Kind::ever_in, 2},
    {"exists", Kind::exists, 1},
    {"each", Kind::each, 2},
    {"attest", Kind::attest, 1},
    {"held", Kind::held, 1},
    {"distinct", Kind::distinct, 2},
    {"elapsed", Kind::elapsed, 1},
    {"phase", Kind::phase, 1},
    {"step", Kind::step, 1},
    {"unique", Kind::unique, 2},
}};

constexpr std::array<std::pair<std::string_view, Operand::Kind>, 6> kOperands = {{
    {"fact", Operand::Kind::fact},
    {"max_ever", Operand::Kind::max_ever},
    {"attempt", Operand::Kind::attempt},
    {"this", Operand::Kind::self},
    {"count", Operand::Kind::count},
    {"functions", Operand::Kind::functions},
}};

class PredicateParser {
 public:
  Predicate parse(const PolicyNode& node, std::size_t depth);

 private:
  std::shared_ptr<const Query> query(const PolicyNode& node);
  static Operand operand_of_word(const PolicyNode& node);
  FieldMatch field_match(std::string field, const PolicyNode& node);
  Operand operand(const PolicyNode& node);
  std::shared_ptr<const AttestRule> attest(const PolicyNode& node);
  std::shared_ptr<const ElapsedRule> elapsed(const PolicyNode& node);
  void arguments(Predicate& predicate, const PolicyNode& node, std::size_t depth);

  std::size_t nodes_ = 0;
};

/// A list that may be left out but not be empty.
std::vector<std::string> optional_ids(const PolicyNode& object, std::string_view key) {
  if (!object.has(key)) return {};
  const PolicyNode node = object.member(key);
  std::vector<std::string> found = node.ids(kListMax);
  if (found.empty()) node.refuse("empty: leave it out");
  return found;
}

std::vector<Exclusion> optional_exclusions(const PolicyNode& object) {
  if (!object.has("not")) return {};
  const PolicyNode node = object.member("not");
  std::vector<Exclusion> found = node.exclusions();
  if (found.empty()) node.refuse("empty: leave it out");
  return found;
}

bool is_operand_word(const Json& json) {
  return json.is_array() && json.size() == 2 && json[0].is_string() && json[1].is_string() &&
         (json[0] == "attempt" || json[0] == "this");
}

Operand PredicateParser::operand_of_word(const PolicyNode& node) {
  const bool is_self = node.json()[0] == "this";
  return {is_self ? Operand::Kind::self : Operand::Kind::attempt, {}, node.element(1).id(), {}};
}

/// A list of two words that begins with "attempt" or "this" is such a reference, never two values.
FieldMatch PredicateParser::field_match(std::string field, const PolicyNode& node) {
  FieldMatch match{std::move(field), {}};
  if (is_operand_word(node.json())) {
    match.values.push_back(operand_of_word(node));
  } else if (node.json().is_array()) {
    for (Value& value : node.literals(kListMax))
      match.values.push_back({Operand::Kind::literal, std::move(value), {}, {}});
  } else {
    match.values.push_back({Operand::Kind::literal, node.literal(), {}, {}});
  }
  return match;
}

std::shared_ptr<const Query> PredicateParser::query(const PolicyNode& node) {
  auto query = std::make_shared<Query>();
  if (node.json().is_string()) {
    query->kind = node.id();
    return query;
  }
  node.only({"of"}, {"where", "settled", "covers", "not", "roles", "among", "attested", "told"});
  query->kind = node.member("of").id();
  if (node.has("where")) {
    for (auto& [field, value] : node.member("where").entries(kListMax))
      query->where.push_back(field_match(field, value));
  }
  if (node.has("settled")) query->settled = node.member("settled").boolean();
  query->covers = optional_ids(node, "covers");
  query->exclusions = optional_exclusions(node);
  query->roles = optional_ids(node, "roles");
  query->among = optional_ids(node, "among");
  if (node.has("attested")) query->attested = node.member("attested").boolean();
  if (node.has("told")) query->told = node.member("told").boolean();
  return query;
}

Operand PredicateParser::operand(const PolicyNode& node) {
  const Json& json = node.json();
  if (!json.is_array()) return {Operand::Kind::literal, node.literal(), {}, {}};
  const auto* const word = std::ranges::find_if(
      kOperands, [&](const auto& form) { return json.size() == 2 && json[0] == form.first; });
  if (word == kOperands.end()) {
    node.refuse(
        "not a value, [\"fact\", ...], [\"max_ever\", ...], [\"attempt\", ...], "
        "[\"this\", ...], [\"count\", ...] or [\"functions\", ...]");
    return {};
  }
  Operand operand{word->second, {}, {}, {}};
  if (operand.kind == Operand::Kind::count || operand.kind == Operand::Kind::functions) {
    operand.query = query(node.element(1));
  } else {
    operand.name = node.element(1).id();
  }
  return operand;
}

std::shared_ptr<const AttestRule> PredicateParser::attest(const PolicyNode& node) {
  node.only({"verb", "role", "covers"}, {"count", "not", "valid", "of", "distinct_functions"});
  auto rule = std::make_shared<AttestRule>();
  rule->verb = node.member("verb").id();
  rule->role = node.member("role").id();
  rule->covers = node.member("covers").ids(kListMax);
  if (node.has("count")) rule->count = node.member("count").small(1, 16);
  rule->exclusions = optional_exclusions(node);
  if (node.has("valid")) rule->valid = node.member("valid").duration();
  if (node.has("of")) rule->of = query(node.member("of"));
  if (node.has("distinct_functions"))
    rule->distinct_functions = node.member("distinct_functions").small(2, 6);
  return rule;
}

std::shared_ptr<const ElapsedRule> PredicateParser::elapsed(const PolicyNode& node) {
  node.only({"since", "ge"}, {"without"});
  auto rule = std::make_shared<ElapsedRule>();
  constexpr std::string_view kMove = "move:";
  const PolicyNode since = node.member("since");
  if (since.json().is_string() && since.text(128).starts_with(kMove)) {
    std::string move = since.text(128).substr(kMove.size());
    if (!is_policy_id(move)) since.refuse("not move:NAME");
    rule->since = std::move(move);
  } else {
    rule->since = query(since);
  }
  rule->at_least = node.member("ge").duration();
  if (node.has("without")) rule->without = query(node.member("without"));
  return rule;
}

void PredicateParser::arguments(Predicate& predicate, const PolicyNode& node, std::size_t depth) {
  switch (predicate.kind) {
    case Kind::always:
      return;
    case Kind::all:
    case Kind::any:
    case Kind::negation:
      for (std::size_t i = 1; i < node.json().size() && !node.failed(); ++i)
        predicate.children.push_back(parse(node.element(i), depth + 1));
      return;
    case Kind::compare:
      predicate.left = operand(node.element(1));
      predicate.right = operand(node.element(2));
      return;
    case Kind::in:
      predicate.left = operand(node.element(1));
      predicate.values = node.element(2).literals(kListMax);
      return;
    case Kind::ever_in:
      predicate.names = {node.element(1).id()};
      predicate.values = node.element(2).literals(kListMax);
      return;
    case Kind::exists:
      predicate.query = query(node.element(1));
      return;
    case Kind::each:
      predicate.query = query(node.element(1));
      predicate.children.push_back(parse(node.element(2), depth + 1));
      return;
    case Kind::attest:
      predicate.attest = attest(node.element(1));
      return;
    case Kind::elapsed:
      predicate.elapsed = elapsed(node.element(1));
      return;
    case Kind::held:
    case Kind::step:
      predicate.names = {node.element(1).id()};
      return;
    case Kind::distinct:
      predicate.names = {node.element(1).id(), node.element(2).id()};
      return;
    case Kind::phase:
      predicate.names = node.element(1).ids(kListMax);
      if (predicate.names.empty()) node.element(1).refuse("empty");
      return;
    case Kind::unique:
      predicate.names = {node.element(1).id()};
      predicate.query = query(node.element(2));
      return;
  }
}

Predicate PredicateParser::parse(const PolicyNode& node, std::size_t depth) {
  Predicate predicate;
  const Json& json = node.json();
  if (!json.is_array() || json.empty()) {
    node.refuse("not a condition: a list that begins with its operator");
    return predicate;
  }
  if (++nodes_ > kPredicateNodesMax) node.refuse("a condition of more than 256 nodes");
  if (depth > kPredicateDepthMax) node.refuse("a condition more than 12 levels deep");
  const auto* const form =
      std::ranges::find_if(kForms, [&](const Form& known) { return json[0] == known.word; });
  if (form == kForms.end()) node.element(0).refuse("not an operator");
  if (node.failed()) return predicate;
  predicate.kind = form->kind;
  predicate.compare = form->compare;
  const std::size_t given = json.size() - 1;
  if (form->arguments == 0 && given == 0) {
    node.refuse("nothing to join");
  } else if (form->arguments == kNone ? given != 0
                                      : form->arguments != 0 && given != form->arguments) {
    node.refuse("\"" + std::string(form->word) + "\" takes " +
                std::to_string(form->arguments == kNone ? 0 : form->arguments) +
                " arguments, not " + std::to_string(given));
  }
  if (!node.failed()) arguments(predicate, node, depth);
  return predicate;
}

}  // namespace

Result<Predicate> parse_predicate(const Json& value, std::string_view at) {
  PolicyReading reading;
  Predicate predicate = PredicateParser().parse({reading, value, std::string(at)}, 1);
  if (reading.failed()) return reading.error();
  return predicate;
}

}  // namespace casebook::workflow
