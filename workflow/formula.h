#pragma once
/// Three-valued formulas over finitely many variables of finitely many values, and a search for
/// values that make one true. What the static checks of policies stand on.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace casebook::workflow {

/// Sets of truths as bits.
using TruthSet = std::uint8_t;
inline constexpr TruthSet kNo = 1, kUnknown = 2, kYes = 4, kAnyTruth = 7;

struct Formula {
  enum class Kind {
    constant,  ///< truths, one bit
    table,     ///< truths of `variable`, one bit set per value
    all,
    any,
    negation,  ///< children[0]
    test       ///< yes when children[0] is one of `accepted`, else no
  };
  Kind kind = Kind::constant;
  TruthSet accepted = kYes;  ///< Of constant: the truth.
  std::size_t variable = 0;
  std::vector<TruthSet> table = {};
  std::vector<Formula> children = {};

  bool operator==(const Formula&) const = default;

  static Formula constant(TruthSet truth);
  static Formula of(std::size_t variable, std::vector<TruthSet> table);
  static Formula all(std::vector<Formula> children);
  static Formula any(std::vector<Formula> children);
  static Formula negation(Formula child);
  static Formula test(Formula child, TruthSet accepted);
};

/// Values still possible, per variable, as bits; at most 64 values each.
using Domains = std::vector<std::uint64_t>;

/// What a formula can still be; more than it really can where parts hang together, never less, and
/// exact once each variable has one value.
TruthSet possible(const Formula& formula, const Domains& domains);
/// Variables that occur, each once, in order.
std::vector<std::size_t> variables_of(const Formula& formula);

struct Solution {
  /// One value for each variable that matters; the others keep all their values.
  Domains domains;
};
struct SearchResult {
  std::optional<Solution> solution;
  bool was_cut = false;  ///< Out of steps before an answer.
};
/// Values under which `goal` is yes.
SearchResult solve(const Formula& goal, const Domains& domains, std::size_t steps_max);

}  // namespace casebook::workflow
