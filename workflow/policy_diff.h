#pragma once
/// What a new version of a policy permits that the old one blocked (L1). Pure; looks at nothing but
/// the two policies.

#include <string>
#include <vector>

#include "workflow/policy.h"

namespace casebook::workflow {

struct Loosening {
  std::string pointer;               ///< "gates/legal", of the old policy, or of what is new.
  std::string attempt;               ///< The exit or action; empty: a rule of another kind.
  std::string what;                  ///< One line.
  std::vector<std::string> witness;  ///< A case that only the new policy lets through.
};

struct PolicyDiff {
  std::vector<Loosening> loosened;
  std::size_t attempts_compared = 0;
  std::vector<std::string> cut;  ///< Attempts whose search ran out of steps: not proven.
};

inline constexpr std::size_t kDiffStepsMax = 200'000;

PolicyDiff diff_policies(const Policy& old_policy, const Policy& next, Language language,
                         std::size_t steps_max = kDiffStepsMax);
/// Rules beside gates: who may sign, add, settle and rule out, and how long clocks run.
std::vector<Loosening> loosened_rules(const Policy& old_policy, const Policy& next,
                                      Language language);

}  // namespace casebook::workflow
