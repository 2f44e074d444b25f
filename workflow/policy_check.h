#pragma once
/// Whether everything that a policy names is there, and what it compares can be compared.

#include "workflow/policy_node.h"

namespace casebook::workflow {

/// @param root    the file; its own parts are checked, those of a policy that it extends were.
/// @param policy  what was read from it, with the policy that it extends.
void check_policy(const PolicyNode& root, const Policy& policy);

/// Whether a reference of `practices` ("gates/legal") names a part of the policy.
bool is_part(const Policy& policy, std::string_view pointer);

}  // namespace casebook::workflow
