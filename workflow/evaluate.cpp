#include "workflow/evaluate.h"

#include <algorithm>

#include "workflow/values.h"

namespace casebook::workflow {
namespace {

/// What a number is at least and at most: entries in doubt may count or not.
struct Range {
  std::int64_t least = 0, most = 0;
};

Range count_of(const Query& query, const Scene& scene) {
  Range count;
  each_match(query, scene, [&](const Record&, Truth truth) {
    if (truth == Truth::yes) ++count.least;
    ++count.most;
    return true;
  });
  return count;
}

Range functions_in(const Query& query, const Scene& scene) {
  std::vector<std::set<std::string>> sure, possible;
  each_match(query, scene, [&](const Record& record, Truth truth) {
    std::set<std::string> functions = functions_of(scene.state, record.author_roles);
    if (!query.among.empty()) {
      std::erase_if(functions, [&](const std::string& function) {
        return std::ranges::find(query.among, function) == query.among.end();
      });
    }
    if (truth == Truth::yes) sure.push_back(functions);
    possible.push_back(std::move(functions));
    return true;
  });
  return {static_cast<std::int64_t>(functions_covered(sure)),
          static_cast<std::int64_t>(functions_covered(possible))};
}

std::optional<Range> number_of(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return Range{*number, *number};
  if (const auto* time = std::get_if<Moment>(&value)) return Range{time->seconds, time->seconds};
  return std::nullopt;
}

std::optional<Range> number_of(const Operand& operand, const Scene& scene) {
  if (operand.kind == Operand::Kind::count) return count_of(*operand.query, scene);
  if (operand.kind == Operand::Kind::functions) return functions_in(*operand.query, scene);
  return number_of(operand_value(operand, scene));
}

Truth less(const Range& left, const Range& right) {
  if (left.most < right.least) return Truth::yes;
  return left.least >= right.most ? Truth::no : Truth::unknown;
}

Truth equal(const Range& left, const Range& right) {
  if (left.most < right.least || right.most < left.least) return Truth::no;
  const bool is_sure = left.least == left.most && right.least == right.most;
  return is_sure ? Truth::yes : Truth::unknown;
}

Truth compare_numbers(Compare compare, const Range& left, const Range& right) {
  switch (compare) {
    case Compare::eq:
      return equal(left, right);
    case Compare::ne:
      return opposite(equal(left, right));
    case Compare::lt:
      return less(left, right);
    case Compare::ge:
      return opposite(less(left, right));
    case Compare::gt:
      return less(right, left);
    case Compare::le:
      return opposite(less(right, left));
  }
  return Truth::unknown;
}

bool is_counted(const Operand& operand) {
  return operand.kind == Operand::Kind::count || operand.kind == Operand::Kind::functions;
}

Truth compare(const Predicate& node, const Scene& scene) {
  const bool by_equality = node.compare == Compare::eq || node.compare == Compare::ne;
  if (by_equality && !is_counted(node.left) && !is_counted(node.right)) {
    const Value left = operand_value(node.left, scene), right = operand_value(node.right, scene);
    if (std::holds_alternative<std::monostate>(left) ||
        std::holds_alternative<std::monostate>(right)) {
      return Truth::unknown;
    }
    const Truth same = truth_of(same_value(left, right));
    return node.compare == Compare::eq ? same : opposite(same);
  }
  const auto left = number_of(node.left, scene), right = number_of(node.right, scene);
  if (!left || !right) return Truth::unknown;
  return compare_numbers(node.compare, *left, *right);
}

/// A set is in when one of its words is.
Truth is_in(const Value& value, const std::vector<Value>& values) {
  if (std::holds_alternative<std::monostate>(value)) return Truth::unknown;
  if (const auto* words = std::get_if<std::vector<std::string>>(&value)) {
    return truth_of(std::ranges::any_of(*words, [&](const std::string& word) {
      return std::ranges::find(values, Value(word)) != values.end();
    }));
  }
  return truth_of(std::ranges::find(values, value) != values.end());
}

Truth ever_in(const Predicate& node, const CaseState& state) {
  const auto marks = state.marks.find(node.names.front());
  if (marks == state.marks.end()) return Truth::no;
  if (!state.has_contested()) {
    return truth_of(std::ranges::any_of(marks->second.ever, [&](const Value& value) {
      return is_in(value, node.values) == Truth::yes;
    }));
  }
  Truth found = Truth::no;
  for (const FactSaid& said : state.facts.find(node.names.front())->second) {
    if (said.provisional || is_in(said.value, node.values) != Truth::yes) continue;
    found = std::max(found, state.is_contested(said.seq) ? Truth::unknown : Truth::yes);
  }
  return found;
}

Truth all_of(const std::vector<Predicate>& children, const Scene& scene) {
  Truth truth = Truth::yes;
  for (const Predicate& child : children) {
    truth = std::min(truth, evaluate(child, scene));
    if (truth == Truth::no) break;
  }
  return truth;
}

Truth any_of(const std::vector<Predicate>& children, const Scene& scene) {
  Truth truth = Truth::no;
  for (const Predicate& child : children) {
    truth = std::max(truth, evaluate(child, scene));
    if (truth == Truth::yes) break;
  }
  return truth;
}

Truth exists(const Query& query, const Scene& scene) {
  Truth found = Truth::no;
  each_match(query, scene, [&](const Record&, Truth truth) {
    found = std::max(found, truth);
    return found != Truth::yes;
  });
  return found;
}

Truth each(const Predicate& node, const Scene& scene) {
  Truth truth = Truth::yes;
  each_match(*node.query, scene, [&](const Record& record, Truth matched) {
    Scene inner = scene;
    inner.self = &record;
    Truth holds = evaluate(node.children.front(), inner);
    if (matched == Truth::unknown) holds = std::max(holds, Truth::unknown);
    truth = std::min(truth, holds);
    return truth != Truth::no;
  });
  return truth;
}

Truth attested_leaf(const AttestRule& rule, const Scene& scene) {
  if (!rule.of) return attested(rule, scene.self, scene);
  Truth truth = Truth::yes;
  each_match(*rule.of, scene, [&](const Record& record, Truth matched) {
    Truth holds = attested(rule, &record, scene);
    if (matched == Truth::unknown) holds = std::max(holds, Truth::unknown);
    truth = std::min(truth, holds);
    return truth != Truth::no;
  });
  return truth;
}

Truth distinct(const Predicate& node, const Scene& scene) {
  const auto first = scene.state.holders(node.names[0], scene.now);
  const auto second = scene.state.holders(node.names[1], scene.now);
  return truth_of(!first.empty() && !second.empty() &&
                  std::ranges::none_of(first, [&](const PersonId& id) {
                    return std::ranges::find(second, id) != second.end();
                  }));
}

Truth step_done(const std::string& id, const CaseState& state) {
  const auto step = std::ranges::find(state.steps, id, &StepState::id);
  return truth_of(step != state.steps.end() && step->done_at.has_value());
}

Truth unique(const Predicate& node, const Scene& scene) {
  std::vector<std::pair<Value, Truth>> seen;
  Truth truth = Truth::yes;
  each_match(*node.query, scene, [&](const Record& record, Truth matched) {
    const Value value = field_value(record, node.names.front());
    if (std::holds_alternative<std::monostate>(value)) return true;
    for (const auto& [other, how] : seen) {
      if (!same_value(other, value)) continue;
      truth = std::min(truth, opposite(std::min(how, matched)));
    }
    seen.emplace_back(value, matched);
    return truth != Truth::no;
  });
  return truth;
}

}  // namespace

Truth evaluate(const Predicate& predicate, const Scene& scene) {
  switch (predicate.kind) {
    case Predicate::Kind::always:
      return Truth::yes;
    case Predicate::Kind::all:
      return all_of(predicate.children, scene);
    case Predicate::Kind::any:
      return any_of(predicate.children, scene);
    case Predicate::Kind::negation:
      return opposite(evaluate(predicate.children.front(), scene));
    case Predicate::Kind::compare:
      return compare(predicate, scene);
    case Predicate::Kind::in:
      return is_in(operand_value(predicate.left, scene), predicate.values);
    case Predicate::Kind::ever_in:
      return ever_in(predicate, scene.state);
    case Predicate::Kind::exists:
      return exists(*predicate.query, scene);
    case Predicate::Kind::each:
      return each(predicate, scene);
    case Predicate::Kind::attest:
      return attested_leaf(*predicate.attest, scene);
    case Predicate::Kind::held:
      return truth_of(!scene.state.holders(predicate.names.front(), scene.now).empty());
    case Predicate::Kind::distinct:
      return distinct(predicate, scene);
    case Predicate::Kind::elapsed:
      return elapsed(*predicate.elapsed, scene).truth;
    case Predicate::Kind::phase:
      return truth_of(std::ranges::find(predicate.names, scene.state.phase) !=
                      predicate.names.end());
    case Predicate::Kind::step:
      return step_done(predicate.names.front(), scene.state);
    case Predicate::Kind::unique:
      return unique(predicate, scene);
  }
  return Truth::unknown;
}

}  // namespace casebook::workflow
