#pragma once
/// Letting persons into compartments, and making new ones.

#include "cli/case_session.h"

namespace casebook::cli {

/// Lets further persons in: slots staged, grant said, slots in force.
Status grant_access(CaseSession& session, const std::string& compartment,
                    const std::vector<PersonId>& persons);
/// Takes persons out by a new generation: they keep what they could copy, and open nothing new.
Status revoke_access(CaseSession& session, const std::string& compartment,
                     const std::vector<PersonId>& persons);
/// One more recovery identity: whoever has it opens the compartment. It is kept nowhere.
Result<AgeIdentity> make_recovery(CaseSession& session, const std::string& compartment);
/// Ends every recovery identity of a compartment by a new generation, for the same persons.
Status end_recovery(CaseSession& session, const std::string& compartment);
/// Makes the first generation of a compartment for oneself.
Status begin_compartment(CaseSession& session, const std::string& compartment);

}  // namespace casebook::cli
