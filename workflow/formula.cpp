#include "workflow/formula.h"

#include <algorithm>
#include <bit>

namespace casebook::workflow {
namespace {

TruthSet opposite_set(TruthSet truths) {
  return static_cast<TruthSet>((truths & kUnknown) | ((truths & kNo) != 0 ? kYes : 0) |
                               ((truths & kYes) != 0 ? kNo : 0));
}

/// Truths of "both", given those of each.
TruthSet both(TruthSet left, TruthSet right) {
  TruthSet result = (left | right) & kNo;
  if ((left & kYes) != 0 && (right & kYes) != 0) result |= kYes;
  const TruthSet not_no = kUnknown | kYes;
  if (((left & kUnknown) != 0 && (right & not_no) != 0) ||
      ((right & kUnknown) != 0 && (left & not_no) != 0))
    result |= kUnknown;
  return result;
}

TruthSet table_truths(const Formula& formula, const Domains& domains) {
  TruthSet truths = 0;
  for (std::uint64_t left = domains[formula.variable]; left != 0; left &= left - 1)
    truths |= formula.table[static_cast<std::size_t>(std::countr_zero(left))];
  return truths;
}

/// A variable that is still open and that an undecided part hangs on.
std::optional<std::size_t> undecided(const Formula& formula, const Domains& domains) {
  if (std::has_single_bit(static_cast<unsigned>(possible(formula, domains)))) return std::nullopt;
  if (formula.kind == Formula::Kind::table) return formula.variable;
  for (const Formula& child : formula.children) {
    if (const auto found = undecided(child, domains)) return found;
  }
  return std::nullopt;
}

class Search {
 public:
  Search(const Formula& goal, std::size_t steps_max) : goal_(goal), steps_left_(steps_max) {}

  bool find(Domains& domains) {
    if (steps_left_ == 0) {
      was_cut = true;
      return false;
    }
    --steps_left_;
    const TruthSet truths = possible(goal_, domains);
    if (truths == kYes) return true;
    if ((truths & kYes) == 0) return false;
    const auto variable = undecided(goal_, domains);
    if (!variable) return false;
    const std::uint64_t values = domains[*variable];
    for (std::uint64_t left = values; left != 0; left &= left - 1) {
      domains[*variable] = left & (~left + 1);
      if (find(domains)) return true;
    }
    domains[*variable] = values;
    return false;
  }

  bool was_cut = false;

 private:
  const Formula& goal_;
  std::size_t steps_left_;
};

void collect(const Formula& formula, std::vector<std::size_t>& found) {
  if (formula.kind == Formula::Kind::table &&
      std::ranges::find(found, formula.variable) == found.end())
    found.push_back(formula.variable);
  for (const Formula& child : formula.children) collect(child, found);
}

}  // namespace

Formula Formula::constant(TruthSet truth) { return {.accepted = truth}; }

Formula Formula::of(std::size_t variable, std::vector<TruthSet> table) {
  return {.kind = Kind::table, .variable = variable, .table = std::move(table)};
}

Formula Formula::all(std::vector<Formula> children) {
  return {.kind = Kind::all, .children = std::move(children)};
}

Formula Formula::any(std::vector<Formula> children) {
  return {.kind = Kind::any, .children = std::move(children)};
}

Formula Formula::negation(Formula child) {
  Formula made{.kind = Kind::negation};
  made.children.push_back(std::move(child));
  return made;
}

Formula Formula::test(Formula child, TruthSet accepted) {
  Formula made{.kind = Kind::test, .accepted = accepted};
  made.children.push_back(std::move(child));
  return made;
}

TruthSet possible(const Formula& formula, const Domains& domains) {
  switch (formula.kind) {
    case Formula::Kind::constant:
      return formula.accepted;
    case Formula::Kind::table:
      return table_truths(formula, domains);
    case Formula::Kind::all: {
      TruthSet truths = kYes;
      for (const Formula& child : formula.children) {
        truths = both(truths, possible(child, domains));
        if (truths == kNo) break;
      }
      return truths;
    }
    case Formula::Kind::any: {
      TruthSet truths = kYes;  // Of the opposites.
      for (const Formula& child : formula.children) {
        truths = both(truths, opposite_set(possible(child, domains)));
        if (truths == kNo) break;
      }
      return opposite_set(truths);
    }
    case Formula::Kind::negation:
      return opposite_set(possible(formula.children.front(), domains));
    case Formula::Kind::test: {
      const TruthSet truths = possible(formula.children.front(), domains);
      return static_cast<TruthSet>(((truths & formula.accepted) != 0 ? kYes : 0) |
                                   ((truths & ~formula.accepted & kAnyTruth) != 0 ? kNo : 0));
    }
  }
  return kAnyTruth;
}

std::vector<std::size_t> variables_of(const Formula& formula) {
  std::vector<std::size_t> found;
  collect(formula, found);
  return found;
}

SearchResult solve(const Formula& goal, const Domains& domains, std::size_t steps_max) {
  Search search(goal, steps_max);
  Domains working = domains;
  SearchResult result;
  if (search.find(working)) {
    // What need not be said is left open again.
    for (std::size_t i = 0; i < working.size(); ++i) {
      const std::uint64_t value = working[i];
      working[i] = domains[i];
      if (possible(goal, working) != kYes) working[i] = value;
    }
    result.solution = Solution{std::move(working)};
  }
  result.was_cut = search.was_cut && !result.solution;
  return result;
}

}  // namespace casebook::workflow
