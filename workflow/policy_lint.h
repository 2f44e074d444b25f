#pragma once
/// What is wrong with a policy that reads well: exits without a gate, gates that nobody can open or
/// that somebody opens alone, conditions that say nothing. Pure. The checks L2 to L11; L1 compares
/// two versions (policy_diff.h). Specification: docs/spec/policy.md, section "Checks".

#include <set>
#include <string>
#include <vector>

#include "workflow/policy.h"

namespace casebook::workflow {

/// Who is there, as far as the checks care: the roles of each person.
struct RosterShape {
  std::vector<std::set<std::string>> persons;
};
/// Nobody short: two persons for each role, one for a role that one person holds.
RosterShape ample_roster(const Policy& policy);

struct LintFinding {
  std::string id;       ///< "L3".
  std::string pointer;  ///< JSON pointer into the file: "/gates/3".
  std::string message;
  std::vector<std::string> witness = {};
  bool is_hint = false;  ///< Worth a look; not a fault.
};

/// Sorted by id, then in the order of the file.
std::vector<LintFinding> lint(const Policy& policy, const RosterShape& roster);

/// The parts of lint(), one file each.
using Findings = std::vector<LintFinding>;
void lint_exits(const Policy& policy, Findings& findings);  // L2
void lint_people(const Policy& policy, const RosterShape& roster,
                 Findings& findings);                            // L3 L4 L9 L11
void lint_conditions(const Policy& policy, Findings& findings);  // L6 L7
void lint_severities(const Policy& policy, Findings& findings);  // L8
void lint_texts(const Policy& policy, Findings& findings);       // L5 L10

/// "/gates/3"; where a policy extends another, positions count from its base.
std::string gate_pointer(const Policy& policy, const Gate& gate);
std::string step_pointer(const Policy& policy, const Step& step);
std::string clock_pointer(const Policy& policy, const ClockRule& clock);
/// All nodes of a condition, depth first, with their pointers below `at`.
std::vector<std::pair<const Predicate*, std::string>> nodes_of(const Predicate& predicate,
                                                               const std::string& at);

}  // namespace casebook::workflow
