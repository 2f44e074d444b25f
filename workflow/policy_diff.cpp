#include "workflow/policy_diff.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <set>

#include "workflow/policy_barrier.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

/// The same attempt under the other policy; nothing when nobody can make it there.
std::optional<AbstractAttempt> counterpart(const AbstractAttempt& attempt, const Policy& policy) {
  if (!attempt.move.empty() && !policy.moves.contains(attempt.move)) return std::nullopt;
  if (attempt.kind.empty()) return attempt;
  const auto made = policy.registers.find(attempt.kind);
  if (made == policy.registers.end()) return std::nullopt;
  AbstractAttempt same = attempt;
  same.verb = made->second.attempt;
  same.names.clear();
  if (same.verb.empty()) return same;  // It can be added, and no gate looks.
  same.names.insert(same.verb);
  const FieldRule* risk = made->second.field("class");
  if (!same.risk.empty() && risk != nullptr && holds(*risk, Value(same.risk)))
    same.names.insert("action:" + same.risk);
  return same;
}

class Comparison {
 public:
  Comparison(const Policy& old_policy, const Policy& next, Language language, std::size_t steps_max)
      : old_(old_policy), next_(next), language_(language), steps_max_(steps_max) {}

  PolicyDiff run() {
    for (const AbstractAttempt& attempt : attempts_of(old_)) {
      const auto same = counterpart(attempt, next_);
      if (same) compare(attempt, *same);
    }
    for (const auto& [name, move] : next_.moves) {
      if (old_.moves.contains(name)) continue;
      const Phase* to = next_.phase(move.to);
      if (!move.exit && (to == nullptr || to->open)) continue;
      diff_.loosened.push_back({"moves/" + name,
                                name,
                                say("a way out that the old version does not have",
                                    "een uitgang die de oude versie niet heeft"),
                                {}});
    }
    for (Loosening& rule : loosened_rules(old_, next_, language_))
      diff_.loosened.push_back(std::move(rule));
    return std::move(diff_);
  }

 private:
  std::string say(const char* en, const char* nl) const {
    return language_ == Language::nl ? nl : en;
  }
  void compare(const AbstractAttempt& attempt, const AbstractAttempt& same);
  Formula goal(const Barrier& blocks, const std::vector<Barrier>& after,
               const Formula& rules) const;
  std::vector<std::string> witness(const PolicySpace& space, const Domains& solution,
                                   const std::vector<const Formula*>& of) const;

  const Policy& old_;
  const Policy& next_;
  Language language_;
  std::size_t steps_max_;
  PolicyDiff diff_;
};

std::vector<std::string> Comparison::witness(const PolicySpace& space, const Domains& solution,
                                             const std::vector<const Formula*>& of) const {
  std::vector<std::size_t> shown;
  std::vector<std::string> lines;
  for (const Formula* formula : of) {
    for (const std::size_t variable : variables_of(*formula)) {
      if (!std::has_single_bit(solution[variable])) continue;
      if (std::ranges::find(shown, variable) != shown.end()) continue;
      shown.push_back(variable);
      lines.push_back(space.words(variable, solution[variable]));
    }
  }
  return lines;
}

/// Variables of a formula, and those that rules tie to them.
std::set<std::size_t> near_variables(const Formula& formula, const Formula& rules) {
  const std::vector<std::size_t> own = variables_of(formula);
  std::set<std::size_t> near(own.begin(), own.end());
  for (const Formula& rule : rules.children) {
    const std::vector<std::size_t> tied = variables_of(rule);
    if (std::ranges::any_of(
            tied, [&](std::size_t each) { return std::ranges::find(own, each) != own.end(); }))
      near.insert(tied.begin(), tied.end());
  }
  return near;
}

/// One old barrier blocks, all new ones let pass. What hangs together with the old one comes first,
/// so that a contradiction shows early.
Formula Comparison::goal(const Barrier& blocks, const std::vector<Barrier>& after,
                         const Formula& rules) const {
  const std::set<std::size_t> near = near_variables(blocks.passes, rules);
  std::vector<std::pair<std::size_t, const Barrier*>> order;
  for (const Barrier& barrier : after) {
    const auto variables = variables_of(barrier.passes);
    const auto far = static_cast<std::size_t>(
        std::ranges::count_if(variables, [&](std::size_t each) { return !near.contains(each); }));
    order.emplace_back(variables.size() == far ? SIZE_MAX : far, &barrier);
  }
  std::ranges::stable_sort(order, {}, &std::pair<std::size_t, const Barrier*>::first);
  std::vector<Formula> parts = {Formula::negation(blocks.passes)};
  for (const auto& [far, barrier] : order) parts.push_back(barrier->passes);
  parts.push_back(rules);
  return Formula::all(std::move(parts));
}

/// For each thing that stood in the way: is there a case that it blocked and that passes now?
void Comparison::compare(const AbstractAttempt& attempt, const AbstractAttempt& same) {
  ++diff_.attempts_compared;
  PolicySpace space({&old_, &next_}, language_);
  const std::vector<Barrier> before = barriers(old_, attempt, space, language_);
  const std::vector<Barrier> after = barriers(next_, same, space, language_);
  const Formula rules = space.constraints();
  for (const Barrier& old_barrier : before) {
    const auto is_same = [&](const Barrier& other) { return other.passes == old_barrier.passes; };
    if (std::ranges::any_of(after, is_same)) continue;
    const SearchResult found = solve(goal(old_barrier, after, rules), space.domains(), steps_max_);
    if (found.was_cut) {
      diff_.cut.push_back(attempt.name + ": " + old_barrier.pointer);
      continue;
    }
    if (!found.solution) continue;
    std::vector<const Formula*> shown = {&old_barrier.passes};
    for (const Barrier& barrier : after) {
      if (barrier.pointer == old_barrier.pointer) shown.push_back(&barrier.passes);
    }
    diff_.loosened.push_back(
        {old_barrier.pointer, attempt.name,
         "“" + old_barrier.label + "”" +
             say(" no longer stands in the way of ", " staat niet meer in de weg van ") +
             attempt.name,
         witness(space, found.solution->domains, shown)});
  }
}

}  // namespace

PolicyDiff diff_policies(const Policy& old_policy, const Policy& next, Language language,
                         std::size_t steps_max) {
  return Comparison(old_policy, next, language, steps_max).run();
}

}  // namespace casebook::workflow
