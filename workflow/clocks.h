#pragma once
/// Response clocks and cadences as they stand at a moment, and whom they call. A clock opens no
/// gate. Pure. Specification: docs/spec/policy.md, section "Clocks".

#include "workflow/case_state.h"

namespace casebook::workflow {

/// One rung of a ladder whose time has come and that nobody qualified has acknowledged.
struct Call {
  std::size_t rung = 0;  ///< In ClockRule::escalate.
  std::vector<std::string> roles;
  UtcSeconds since;
  std::uint64_t times = 1;              ///< How often it was due by now.
  std::optional<UtcSeconds> next = {};  ///< When it is repeated; none: said once.
};

struct ClockStanding {
  std::size_t clock = 0;  ///< In CaseState::clocks.
  bool is_running = false;
  bool is_late = false;     ///< Now, or it was before it stopped or its limit changed.
  bool is_warning = false;  ///< The share of its time that the policy names is over.
  std::optional<std::chrono::seconds> left = {};  ///< Negative: late by so much.
  std::vector<Call> calls = {};
};

ClockStanding clock_at(const CaseState& state, std::size_t clock, UtcSeconds now);
/// All clocks in the order in which they started; the earliest of those that matter is the caller's
/// choice.
std::vector<ClockStanding> clocks_at(const CaseState& state, UtcSeconds now);

}  // namespace casebook::workflow
