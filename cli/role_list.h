#pragma once
/// `casebook role` alone: who holds which role. And whether a role is one of the case's policy.

#include "cli/case_session.h"
#include "cli/exit_status.h"

namespace casebook::cli {

/// Roles that somebody holds or was offered, and those that the policy wants filled now.
ExitStatus show_role_list(Runtime& runtime);

/// @return `invalid_input` with the nearest, or all, when no policy of the case has such a role.
/// Cases without a runbook have any.
Status check_role(CaseSession& session, const std::string& role);

}  // namespace casebook::cli
