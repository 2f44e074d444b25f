// What of a policy has to do with one gate.
#include <algorithm>

#include "tests/property/workflow/world.h"

namespace casebook::workflow {
namespace {

/// Gates whose signers, and facets whose values, a condition asks for.
struct Named {
  std::set<std::string> gates, facets;

  void take(const std::vector<Exclusion>& exclusions) {
    for (const Exclusion& one : exclusions) {
      if (one.kind == Exclusion::Kind::signer_of) gates.insert(one.name);
      if (one.kind == Exclusion::Kind::requester_of) facets.insert(one.name);
    }
  }
  void take(const Query& query) {
    take(query.exclusions);
    facets.insert(query.covers.begin(), query.covers.end());
  }
  void take(const Predicate& node) {
    if (node.query) take(*node.query);
    if (node.left.query) take(*node.left.query);
    if (node.right.query) take(*node.right.query);
    if (node.elapsed && node.elapsed->without) take(*node.elapsed->without);
    if (node.elapsed) {
      const auto* since = std::get_if<std::shared_ptr<const Query>>(&node.elapsed->since);
      if (since != nullptr) take(**since);
    }
    if (node.attest) {
      take(node.attest->exclusions);
      facets.insert(node.attest->covers.begin(), node.attest->covers.end());
      if (node.attest->of) take(*node.attest->of);
    }
    for (const Predicate& child : node.children) take(child);
  }
};

Named named_by(const Policy& policy, const std::string& gate) {
  Named named;
  std::vector<std::string> waiting{gate};
  std::set<std::string> seen;
  while (!waiting.empty()) {
    const Gate* one = policy.gate(waiting.back());
    waiting.pop_back();
    if (one == nullptr || !seen.insert(one->id).second) continue;
    named.take(one->need);
    named.take(one->when);
    waiting.insert(waiting.end(), named.gates.begin(), named.gates.end());
  }
  named.gates = seen;
  return named;
}

/// The case begins where most of what the gate stands before can be tried.
void begin_before(Policy& policy, const Gate& gate) {
  const auto can_try = [&](const Phase& phase) {
    return std::ranges::count_if(gate.on, [&](const std::string& attempt) {
      const auto move = policy.moves.find(attempt);
      return move != policy.moves.end() &&
             std::ranges::find(move->second.from, phase.id) != move->second.from.end();
    });
  };
  const auto best = std::ranges::max_element(policy.phases, {}, can_try);
  std::rotate(policy.phases.begin(), best, best + 1);
}

}  // namespace

std::shared_ptr<const Policy> slice_of(const Policy& policy, const std::string& gate) {
  auto slice = std::make_shared<Policy>(policy);
  const Named named = named_by(policy, gate);
  std::erase_if(slice->gates, [&](const Gate& one) { return !named.gates.contains(one.id); });
  for (Gate& other : slice->gates) {
    if (other.id != gate) other.on.clear();  // Only named by this one.
  }
  std::erase_if(slice->facets, [&](const auto& one) { return !named.facets.contains(one.first); });
  slice->steps.clear();
  slice->clocks.clear();
  for (auto& [kind, rule] : slice->registers) rule.blocks.clear();
  begin_before(*slice, *policy.gate(gate));
  return slice;
}

std::vector<Event> all_events(const Policy& policy, const Setup& setup) {
  std::vector<std::vector<Event>> gates;
  std::size_t most = 0;
  for (const Gate& gate : policy.gates) {
    gates.push_back(events_for(policy, setup, gate.id).events);
    most = std::max(most, gates.back().size());
  }
  std::vector<Event> events;
  std::set<std::string> names;
  for (std::size_t i = 0; i < most; ++i) {  // The most needed of each first.
    for (std::vector<Event>& gate : gates) {
      if (i < gate.size() && names.insert(gate[i].name).second) {
        events.push_back(std::move(gate[i]));
      }
    }
  }
  return events;
}

}  // namespace casebook::workflow
