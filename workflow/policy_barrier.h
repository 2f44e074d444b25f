#pragma once
/// What stands before an attempt, as formulas: gates, open steps, open entries.

#include "workflow/policy_space.h"

namespace casebook::workflow {

struct Barrier {
  std::string pointer;  ///< "gates/legal", "steps/look", "registers/change".
  std::string label;
  Formula passes;  ///< yes or no.
};

std::vector<Barrier> barriers(const Policy& policy, const AbstractAttempt& attempt,
                              PolicySpace& space, Language language);
/// Whether a waiver of the gate may stand for this attempt.
bool may_be_waived_on(const Gate& gate, const AbstractAttempt& attempt);
bool is_on(const std::vector<std::string>& on, const AbstractAttempt& attempt);
/// That a step is discharged.
Formula discharged(const Step& step, const Policy& policy, const AbstractAttempt* attempt,
                   PolicySpace& space);

}  // namespace casebook::workflow
