#pragma once
/// What of a policy depends on what, worked out once when it is pinned, so that an entry makes the
/// fold look only at what it can have changed. Pure.

#include <set>

#include "workflow/policy.h"

namespace casebook::workflow {

/// Things that entries change, as predicates see them.
struct Dependencies {
  std::set<std::string, std::less<>> facts, kinds, steps;
  bool attestations = false, roles = false, phase = false;
  bool time = false;  ///< Trusted times, and words that expire.
};

/// A leaf that wants a signed word.
struct AttestLeaf {
  std::string gate;          ///< Empty: of a step or clock.
  std::uint32_t leaf = 0;    ///< Index of the node, depth first.
  bool about_entry = false;  ///< It has `of`, or stands in an `each`.
  std::shared_ptr<const AttestRule> rule;
};

/// Positions in lists of the policy, per thing that changes.
struct Dependents {
  std::map<std::string, std::vector<std::size_t>, std::less<>> facts, kinds, steps;
  std::vector<std::size_t> attestations, roles, phase, time;
};

struct PolicyIndex {
  std::map<std::string, std::vector<std::size_t>, std::less<>> gates_on;     ///< By attempt.
  std::map<std::string, std::vector<std::string>, std::less<>> kinds_block;  ///< By exit.
  std::map<std::string, std::vector<std::size_t>, std::less<>> steps_block;  ///< By exit.
  std::map<std::string, std::vector<std::string>, std::less<>> facets_of_fact;
  std::map<std::string, std::vector<std::string>, std::less<>> facets_of_kind;
  /// Facets whose digests an entry of a kind keeps, because queries ask what it covers.
  std::map<std::string, std::set<std::string>, std::less<>> kept_by_kind;
  Dependents steps;   ///< Positions in Policy::steps.
  Dependents clocks;  ///< Positions in Policy::clocks, by their stops.
  std::vector<AttestLeaf> words;
  std::vector<std::vector<std::string>> gate_covers;  ///< Facets that words of a gate cover.
  std::map<std::string, std::vector<std::size_t>, std::less<>> clocks_started;  ///< By `start`.
};

PolicyIndex index_policy(const Policy& policy);

/// The node with that index, depth first, 0 being the root; null when there are fewer.
const Predicate* node_at(const Predicate& root, std::uint32_t index);
/// Nodes below and including this one.
std::uint32_t node_count(const Predicate& root);

}  // namespace casebook::workflow
