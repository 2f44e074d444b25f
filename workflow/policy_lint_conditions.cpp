// Conditions that are always or never true, and steps that never begin or never end.
#include <algorithm>

#include "workflow/policy_barrier.h"
#include "workflow/policy_lint.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kStepsMax = 20'000;

/// Whether a formula can be one of some truths; running out of steps counts as yes.
bool can_be(const PolicySpace& space, const Formula& rules, const Formula& formula,
            TruthSet truths) {
  std::vector<Formula> goal;
  goal.push_back(Formula::test(formula, truths));
  goal.push_back(rules);
  const SearchResult found = solve(Formula::all(std::move(goal)), space.domains(), kStepsMax);
  return found.solution || found.was_cut;
}

class GateCheck {
 public:
  GateCheck(const Policy& policy, const Gate& gate, Findings& findings)
      : policy_(policy), gate_(gate), at_(gate_pointer(policy, gate)), findings_(findings) {
    for (AbstractAttempt& attempt : attempts_of(policy)) {
      if (is_on(gate.on, attempt)) attempts_.push_back(std::move(attempt));
    }
  }

  void run() {
    if (attempts_.empty()) {
      add(at_ + "/on", "nothing that it is on can be attempted");
      return;
    }
    if (!ever(gate_.when, kUnknown | kYes)) add(at_ + "/when", "never applies");
    if (!ever(gate_.need, kYes)) add(at_ + "/need", "can never be satisfied");
    if (!ever(gate_.need, kNo | kUnknown))
      add(at_ + "/need", "is always satisfied: it stops nothing");
    parts(gate_.when, at_ + "/when");
    parts(gate_.need, at_ + "/need");
  }

 private:
  void add(const std::string& pointer, const std::string& message) {
    findings_.push_back({"L6", pointer, message});
  }
  /// On some attempt.
  bool ever(const Predicate& predicate, TruthSet truths) const {
    return std::ranges::any_of(attempts_, [&](const AbstractAttempt& attempt) {
      PolicySpace space({&policy_}, Language::en);
      const Formula formula = space.compile(predicate, policy_, &attempt);
      return can_be(space, space.constraints(), formula, truths);
    });
  }
  /// Parts of a join that do nothing. Within "each" nothing is known.
  void parts(const Predicate& whole, const std::string& at) {
    if (whole.kind != Predicate::Kind::all && whole.kind != Predicate::Kind::any &&
        whole.kind != Predicate::Kind::negation)
      return;
    for (std::size_t i = 0; i < whole.children.size(); ++i) {
      const Predicate& child = whole.children[i];
      const std::string below = at + "/" + std::to_string(i + 1);
      if (!ever(child, kYes)) {
        add(below, "is never true: " + sentence(child, policy_, Language::en));
      } else if (!ever(child, kNo | kUnknown)) {
        add(below, "is always true: " + sentence(child, policy_, Language::en));
      } else {
        parts(child, below);
      }
    }
  }

  const Policy& policy_;
  const Gate& gate_;
  std::string at_;
  Findings& findings_;
  std::vector<AbstractAttempt> attempts_;
};

/// Steps in the order in which they can be done; what is left over never can.
void lint_step_order(const Policy& policy, Findings& findings) {
  PolicySpace space({&policy}, Language::en);
  std::vector<Formula> opens, done;
  for (const Step& step : policy.steps) {
    opens.push_back(space.compile(step.opens, policy, nullptr));
    done.push_back(discharged(step, policy, nullptr, space));
  }
  const Formula rules = space.constraints();
  const Domains all = space.domains();
  std::set<std::string> opened, finished;
  const auto restrict_to_finished = [&] {
    space.domains() = all;
    for (const Step& step : policy.steps) {
      const auto variable = space.step_variable(step.id);
      if (variable && !finished.contains(step.id)) space.domains()[*variable] = 1;  // Not done.
    }
  };
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (std::size_t i = 0; i < policy.steps.size(); ++i) {
      const std::string& id = policy.steps[i].id;
      if (finished.contains(id)) continue;
      restrict_to_finished();
      if (!can_be(space, rules, opens[i], kYes)) continue;
      opened.insert(id);
      if (!can_be(space, rules, done[i], kYes)) continue;
      finished.insert(id);
      is_new = true;
    }
  }
  for (const Step& step : policy.steps) {
    const std::string at = step_pointer(policy, step);
    if (!opened.contains(step.id))
      findings.push_back({"L7", at + "/opens", "never opens, or only after itself"});
    else if (!finished.contains(step.id))
      findings.push_back({"L7", at + "/done", "can never be done, or only after itself"});
  }
}

/// A step that stands before an exit must be doable where the exit begins.
void lint_blocking_steps(const Policy& policy, Findings& findings) {
  for (const Step& step : policy.steps) {
    for (const AbstractAttempt& attempt : attempts_of(policy)) {
      if (!is_on(step.blocks, attempt)) continue;
      PolicySpace space({&policy}, Language::en);
      const Formula formula = discharged(step, policy, &attempt, space);
      if (!can_be(space, space.constraints(), formula, kYes))
        findings.push_back({"L7", step_pointer(policy, step) + "/done",
                            "blocks " + attempt.name + " and can only be done after it"});
    }
  }
}

void lint_phases(const Policy& policy, Findings& findings) {
  std::set<std::string> reached = {policy.phases.front().id};
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (const auto& [name, move] : policy.moves) {
      const bool can_start = std::ranges::any_of(
          move.from, [&](const std::string& from) { return reached.contains(from); });
      if (can_start && reached.insert(move.to).second) is_new = true;
    }
  }
  for (const Phase& phase : policy.phases) {
    const std::string at = "/phases/" + std::to_string(&phase - policy.phases.data());
    if (!reached.contains(phase.id)) findings.push_back({"L7", at, "no way leads to this phase"});
  }
}

}  // namespace

void lint_conditions(const Policy& policy, Findings& findings) {
  for (const Gate& gate : policy.gates) GateCheck(policy, gate, findings).run();
  lint_step_order(policy, findings);
  lint_blocking_steps(policy, findings);
  lint_phases(policy, findings);
}

}  // namespace casebook::workflow
