// Severity matrices that leave a case out or turn milder when things get worse, and clocks that do.
#include <algorithm>
#include <array>
#include <bit>

#include "workflow/policy_lint.h"
#include "workflow/policy_space.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kStepsMax = 200'000;
constexpr std::size_t kCombinationsMax = 100'000;

bool is_worse(const FactRule& level, std::int64_t value, std::int64_t other) {
  const bool least_is_worst = level.worst == std::ranges::min(level.levels);
  return least_is_worst ? value < other : value > other;
}

/// Values of a fact from mild to bad, where that is plain: yes is worse than no, a suspicion worse
/// than nothing known, levels say it.
std::vector<Value> by_badness(const FactRule& fact) {
  if (fact.type == ValueType::boolean) return {false, true};
  if (fact.type == ValueType::level) {
    std::vector<std::int64_t> levels = fact.levels;
    std::ranges::sort(levels, [&](auto left, auto right) { return is_worse(fact, right, left); });
    return {levels.begin(), levels.end()};
  }
  constexpr std::array<std::string_view, 4> kOrder = {"ruled_out", "unknown", "suspected",
                                                      "confirmed"};
  std::vector<Value> values;
  if (fact.type != ValueType::choice) return values;
  for (const std::string_view word : kOrder) {
    if (std::ranges::find(fact.values, word) != fact.values.end())
      values.emplace_back(std::string(word));
  }
  if (values.size() != fact.values.size()) values.clear();
  return values;
}

/// One matrix as formulas over its facts.
class MatrixCheck {
 public:
  MatrixCheck(const Policy& policy, const std::string& id, const FactRule& severity,
              Findings& findings)
      : policy_(policy),
        severity_(severity),
        at_("/matrices/" + id),
        findings_(findings),
        rows_(policy.matrices.at(id)),
        space_({&policy}, Language::en) {
    for (const MatrixRow& row : rows_)
      conditions_.push_back(space_.compile(row.when, policy, nullptr));
  }

  void run() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (std::ranges::find(severity_.levels, rows_[i].level) == severity_.levels.end())
        add(at_ + "/" + std::to_string(i) + "/level", "not a level of the severity");
    }
    total();
    for (const auto& [name, fact] : policy_.facts) monotone(name, fact);
  }

 private:
  void add(const std::string& pointer, const std::string& message,
           std::vector<std::string> witness = {}) {
    findings_.push_back({"L8", pointer, message, std::move(witness)});
  }
  std::vector<std::string> words(const Domains& domains) const {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < domains.size(); ++i) {
      if (std::has_single_bit(domains[i])) lines.push_back(space_.words(i, domains[i]));
    }
    return lines;
  }
  void total() {
    std::vector<Formula> goal;
    for (const Formula& row : conditions_) goal.push_back(Formula::test(row, kNo | kUnknown));
    goal.push_back(space_.constraints());
    const SearchResult found = solve(Formula::all(std::move(goal)), space_.domains(), kStepsMax);
    if (found.solution) add(at_, "no row for some cases", words(found.solution->domains));
  }
  void monotone(const std::string& name, const FactRule& fact);
  /// Of the rows that hold for sure; nothing when none does.
  std::optional<std::int64_t> suggested(const Domains& domains) const {
    std::optional<std::int64_t> worst;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (possible(conditions_[i], domains) != kYes) continue;
      if (!worst || is_worse(severity_, rows_[i].level, *worst)) worst = rows_[i].level;
    }
    return worst;
  }

  const Policy& policy_;
  const FactRule& severity_;
  std::string at_;
  Findings& findings_;
  const std::vector<MatrixRow>& rows_;
  PolicySpace space_;
  std::vector<Formula> conditions_;
};

/// Tries every combination of what the matrix reads, with this fact one value worse.
void MatrixCheck::monotone(const std::string& name, const FactRule& fact) {
  const std::vector<Value> order = by_badness(fact);
  const auto variable = space_.fact_variable(name);
  if (!variable || order.size() < 2) return;
  std::vector<std::size_t> others;
  std::size_t combinations = 1;
  for (const Formula& row : conditions_) {
    for (const std::size_t each : variables_of(row)) {
      if (each == *variable || std::ranges::find(others, each) != others.end()) continue;
      others.push_back(each);
      combinations *= static_cast<std::size_t>(std::popcount(space_.domains()[each]));
      if (combinations > kCombinationsMax) {
        findings_.push_back({"L8", at_, "too many combinations to try them all", {}, true});
        return;
      }
    }
  }
  Domains domains = space_.domains();
  for (std::size_t combination = 0; combination < combinations; ++combination) {
    std::size_t rest = combination;
    for (const std::size_t each : others) {
      const auto size = static_cast<std::size_t>(std::popcount(space_.domains()[each]));
      domains[each] = std::uint64_t{1} << (rest % size);
      rest /= size;
    }
    std::optional<std::int64_t> before;
    for (const Value& value : order) {
      domains[*variable] = space_.fact_value(name, value);
      const auto level = suggested(domains);
      if (before && (!level || is_worse(severity_, *before, *level)))
        return add(at_, "milder although “" + fact.label.en + "” is worse", words(domains));
      before = level;
    }
  }
}

/// Whether each value has a limit, and worse levels none that is longer.
void lint_limits(const Policy& policy, const ClockRule& clock, Findings& findings) {
  if (clock.by.empty()) return;
  const std::string at = clock_pointer(policy, clock) + "/within";
  const FactRule& fact = policy.facts.at(clock.by);
  std::vector<std::string> keys = fact.values;
  for (const std::int64_t level : fact.levels) keys.push_back(std::to_string(level));
  for (const std::string& key : keys) {
    if (!clock.within.contains(key))
      findings.push_back({"L8", at, "says nothing for " + key + " (null: no limit)"});
  }
  for (const std::int64_t worse : fact.levels) {
    for (const std::int64_t milder : fact.levels) {
      const auto bad = clock.within.find(std::to_string(worse));
      const auto mild = clock.within.find(std::to_string(milder));
      if (!is_worse(fact, worse, milder) || bad == clock.within.end() ||
          mild == clock.within.end() || !mild->second)
        continue;
      if (!bad->second || *bad->second > *mild->second)
        findings.push_back(
            {"L8", at,
             "longer for " + std::to_string(worse) + " than for " + std::to_string(milder)});
    }
  }
}

/// Acknowledged before triaged before mended, where clocks are called so and hang on one fact.
void lint_order(const Policy& policy, Findings& findings) {
  constexpr std::array<std::string_view, 3> kOrder = {"acknowledge", "triage", "remediate"};
  const ClockRule* before = nullptr;
  for (const std::string_view id : kOrder) {
    const ClockRule* clock = policy.clock(id);
    if (clock == nullptr) continue;
    if (before != nullptr && before->by == clock->by) {
      for (const auto& [value, limit] : clock->within) {
        const auto earlier = before->within.find(value);
        if (!limit || earlier == before->within.end()) continue;
        if (!earlier->second || *earlier->second > *limit)
          findings.push_back({"L8", clock_pointer(policy, *clock) + "/within",
                              "shorter than " + before->id + " for " + value});
      }
    }
    before = clock;
  }
}

}  // namespace

void lint_severities(const Policy& policy, Findings& findings) {
  const auto severity = policy.facts.find("severity");
  if (severity != policy.facts.end() && severity->second.type == ValueType::level) {
    for (const auto& [id, rows] : policy.matrices)
      MatrixCheck(policy, id, severity->second, findings).run();
  }
  for (const ClockRule& clock : policy.clocks) lint_limits(policy, clock, findings);
  lint_order(policy, findings);
}

}  // namespace casebook::workflow
