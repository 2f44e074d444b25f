#pragma once
/// Conditions over facts, three-valued: false beats unknown, and unknown names the facts that
/// would decide it. Specification: docs/spec/regime.md 3.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "reports/fact.h"

namespace casebook::reports {

enum class Truth { no, unknown, yes };

enum class Operator { eq, ne, gt, ge, lt, in, includes, includes_any, any_gt, any_ge };

struct Comparison {
  std::string fact;
  Operator op = Operator::eq;
  FactValue operand;  ///< For in and includes_any the set of accepted words.
};

/// A tree: `all` and `any` hold children; `open` (an empty condition) cannot be decided by facts.
struct Condition {
  enum class Kind { open, comparison, all, any };
  Kind kind = Kind::open;
  Comparison comparison;
  std::vector<Condition> children;

  /// @return `invalid_input` for unknown facts or operators, operands of the wrong type, or
  ///         nesting beyond 8.
  static Result<Condition> parse(const nlohmann::json& value, const FactCatalog& catalog);
  /// The facts it names, each once, sorted.
  [[nodiscard]] std::vector<std::string> fact_names() const;
};

/// What a condition says about facts.
struct Finding {
  Truth truth = Truth::yes;
  std::vector<std::string> facts;  ///< no, yes: the facts that decided; unknown: the missing ones.
  std::vector<std::string> reasons;  ///< One phrase for each of the deciding comparisons.
};

Finding evaluate(const Condition& condition, const Facts& facts);

/// Both must hold: false beats unknown; findings of the stronger truth are joined.
Finding both(Finding left, Finding right);

/// "residents.US-TX at least 250".
std::string comparison_text(const Comparison& comparison);
/// "entity.dora is true and (a or b)".
std::string condition_text(const Condition& condition);

}  // namespace casebook::reports
