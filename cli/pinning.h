#pragma once
/// The policies that a case pins: chosen by name or file, kept in the case as their exact text.

#include <string>
#include <vector>

#include "cli/proposal.h"
#include "cli/runtime.h"
#include "workflow/policy.h"

namespace casebook::cli {

inline constexpr const char* kUsualPolicy = "need-to-know";

struct ChosenPolicy {
  std::string text;  ///< Canonical: what is hashed.
  workflow::Policy policy;
};
/// Built-in ids, canonical files and commented sources; none: the usual one. They must go together.
Result<std::vector<ChosenPolicy>> choose_policies(const std::vector<std::string>& wanted);

/// One alone, whatever others there are.
Result<ChosenPolicy> choose_policy(const std::string& wanted);

/// The statement that pins them.
SaidBody pin_of(const std::vector<ChosenPolicy>& policies);
/// What keeps the texts in `general`, in the record that pins them.
Result<std::vector<vault::ItemVersion>> policy_items(const std::vector<ChosenPolicy>& policies,
                                                     const PersonId& author, Runtime& runtime);
/// One line for each policy whose review is overdue.
void warn_of_stale(Runtime& runtime, const std::vector<ChosenPolicy>& policies);

}  // namespace casebook::cli
