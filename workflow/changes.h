#pragma once
/// What one entry changed, and what of the runbook is looked at again because of it.

#include "workflow/case_state.h"
#include "workflow/policy_index.h"

namespace casebook::workflow {

struct Changes {
  std::vector<std::string> facts, kinds, steps;
  bool attestations = false, roles = false, phase = false;
  bool all = false;                ///< A policy was pinned, or something became contested.
  std::vector<std::size_t> added;  ///< Positions of new entries of registers.
};

/// Positions, sorted, that depend on something of `changes`, and those that depend on time.
std::vector<std::size_t> affected(const Dependents& dependents, const Changes& changes,
                                  std::size_t all_count);

/// Opens and discharges steps until nothing changes any more; notes changed ones in `changes`.
void update_steps(CaseState& state, Changes& changes);
/// Starts, stops and moves clocks.
void update_clocks(CaseState& state, const Changes& changes);
/// After another policy was pinned: clocks that it does not know stop.
void rebind_clocks(CaseState& state);
/// Cadences rest while the case is closed.
void pause_cadences(CaseState& state);
void resume_cadences(CaseState& state);
void start_clocks(CaseState& state, const std::string& start, const Record* record,
                  std::uint64_t number);

/// Gives the next number to something.
std::uint64_t give_number(CaseState& state, const Numbered& thing);

}  // namespace casebook::workflow
