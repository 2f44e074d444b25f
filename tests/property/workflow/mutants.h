#pragma once
/// Guards taken away one by one: in the data of a policy, and in what the engine made of a state.

#include "tests/property/workflow/world.h"

namespace casebook::workflow {

/// A policy without one of its guards, or an engine that forgets one of its rules.
struct Mutant {
  std::string name;
  std::function<void(Policy&)> change = {};
  Sabotage sabotage = {};
  std::vector<std::string> gates = {};  ///< Where it shows; empty: on any.
};

/// Each leaf, each facet covered, each exclusion, each limit of one gate, its waiver, itself.
std::vector<Mutant> mutants_of(const Policy& policy, const std::string& gate);
/// Who may move, set and record, by how many and with what evidence.
std::vector<Mutant> mutants_of_rules(const Policy& policy);
/// Rules that are in no policy: what goes stale, what reopening takes back, what is used up.
std::vector<Mutant> mutants_of_engine();

}  // namespace casebook::workflow
