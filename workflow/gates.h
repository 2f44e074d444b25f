#pragma once
/// The plain check of gates and open things, shared by decisions and explanations.

#include "workflow/decide.h"
#include "workflow/policy_index.h"

namespace casebook::workflow {

/// "close"; "rollout" and "action:CLASS" for an entry that is both.
std::vector<std::string> names_of(const Attempt& attempt);
bool is_exit(const CaseState& state, const Attempt& attempt);
/// Positions of gates that name the attempt, in the order of the policy; `when` is not looked at.
std::vector<std::size_t> gates_on(const CaseState& state, const Attempt& attempt);
/// The scene in which gates on an attempt are evaluated.
Scene scene_of(const CaseState& state, const Attempt& attempt, UtcSeconds now);
/// Position of a waiver that stands for a gate on this attempt.
std::optional<std::size_t> waiver_for(const CaseState& state, const Gate& gate,
                                      const Attempt& attempt);
/// Why a gate has no waiver on an attempt, as data of the policy.
bool may_be_waived(const Gate& gate, const Attempt& attempt);
/// What is open and blocks an attempt, in the order of numbers.
std::vector<BlockingThing> blocking(const CaseState& state, const Attempt& attempt);
bool is_blocked(const CaseState& state, const Attempt& attempt);
/// Waivers that an attempt uses up.
std::vector<std::size_t> waivers_used(const CaseState& state, const Attempt& attempt,
                                      UtcSeconds now);
/// The attempt that a waiver is for: its name in the gate's `on`, and the entry.
Attempt waived_attempt(const CaseState& state, const std::string& name,
                       const std::optional<StatementId>& record);
/// Fields of an entry with the initial values of those that are not given.
Fields with_initial(const Register& rule, Fields fields, bool at_settle);

}  // namespace casebook::workflow
