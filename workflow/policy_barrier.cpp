#include "workflow/policy_barrier.h"

#include <algorithm>

namespace casebook::workflow {

bool is_on(const std::vector<std::string>& on, const AbstractAttempt& attempt) {
  return std::ranges::any_of(on, [&](const auto& name) { return attempt.names.contains(name); });
}

bool may_be_waived_on(const Gate& gate, const AbstractAttempt& attempt) {
  if (!gate.waive || is_on(gate.waive->except_on, attempt)) return false;
  return gate.waive->only_on.empty() || is_on(gate.waive->only_on, attempt);
}

Formula discharged(const Step& step, const Policy& policy, const AbstractAttempt* attempt,
                   PolicySpace& space) {
  std::vector<Formula> ways;
  if (step.done) ways.push_back(Formula::test(space.compile(*step.done, policy, attempt), kYes));
  if (step.attest) {
    Predicate word;
    word.kind = Predicate::Kind::attest;
    word.attest = std::make_shared<AttestRule>(
        AttestRule{.verb = "done_" + step.id, .role = step.role.empty() ? "anybody" : step.role});
    ways.push_back(Formula::test(space.compile(word, policy, attempt), kYes));
  }
  return Formula::any(std::move(ways));
}

std::vector<Barrier> barriers(const Policy& policy, const AbstractAttempt& attempt,
                              PolicySpace& space, Language language) {
  std::vector<Barrier> found;
  for (const Gate& gate : policy.gates) {
    if (!is_on(gate.on, attempt)) continue;
    std::vector<Formula> ways;
    ways.push_back(Formula::test(space.compile(gate.when, policy, &attempt), kNo));
    ways.push_back(Formula::test(space.compile(gate.need, policy, &attempt), kYes));
    if (may_be_waived_on(gate, attempt)) ways.push_back(space.waived(gate));
    found.push_back({"gates/" + gate.id, gate.label.in(language), Formula::any(std::move(ways))});
  }
  for (const Step& step : policy.steps) {
    if (step.kind == StepKind::reminder || !is_on(step.blocks, attempt)) continue;
    std::vector<Formula> ways;
    ways.push_back(Formula::test(space.compile(step.opens, policy, &attempt), kNo | kUnknown));
    ways.push_back(discharged(step, policy, &attempt, space));
    found.push_back({"steps/" + step.id, step.label.in(language), Formula::any(std::move(ways))});
  }
  for (const auto& [kind, made] : policy.registers) {
    if (!made.settle || !is_on(made.blocks, attempt)) continue;
    found.push_back({"registers/" + kind, made.label.in(language),
                     Formula::negation(space.open_entries(kind, policy))});
  }
  return found;
}

}  // namespace casebook::workflow
