#include "workflow/policy_index.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

class Collector {
 public:
  explicit Collector(PolicyIndex& index) : index_(index) {}

  Dependencies of(const Predicate& predicate) {
    Dependencies found;
    visit(predicate, found);
    return found;
  }

  void visit(const Predicate& node, Dependencies& found) {
    operand(node.left, found);
    operand(node.right, found);
    if (node.query) query(*node.query, found);
    switch (node.kind) {
      case Predicate::Kind::ever_in:
        found.facts.insert(node.names.front());
        break;
      case Predicate::Kind::held:
      case Predicate::Kind::distinct:
        found.roles = true;
        break;
      case Predicate::Kind::phase:
        found.phase = true;
        break;
      case Predicate::Kind::step:
        found.steps.insert(node.names.front());
        break;
      case Predicate::Kind::attest:
        word(*node.attest, found);
        break;
      case Predicate::Kind::elapsed:
        elapsed(*node.elapsed, found);
        break;
      default:
        break;
    }
    for (const Predicate& child : node.children) visit(child, found);
  }

 private:
  void operand(const Operand& operand, Dependencies& found) {
    if (operand.kind == Operand::Kind::fact || operand.kind == Operand::Kind::max_ever) {
      found.facts.insert(operand.name);
    }
    if (operand.query) query(*operand.query, found);
  }
  void query(const Query& query, Dependencies& found) {
    found.kinds.insert(query.kind);
    for (const FieldMatch& match : query.where) {
      for (const Operand& value : match.values) operand(value, found);
    }
    for (const std::string& facet : query.covers) index_.kept_by_kind[query.kind].insert(facet);
    covers(query.covers, found);
    exclusions(query.exclusions, found);
    if (query.attested) found.attestations = true;
  }
  void covers(const std::vector<std::string>& facets, Dependencies& found) {
    for (const std::string& facet : facets) {
      for (const auto& [fact, of] : index_.facets_of_fact) {
        if (std::ranges::find(of, facet) != of.end()) found.facts.insert(fact);
      }
      for (const auto& [kind, of] : index_.facets_of_kind) {
        if (std::ranges::find(of, facet) != of.end()) found.kinds.insert(kind);
      }
    }
  }
  void exclusions(const std::vector<Exclusion>& exclusions, Dependencies& found) {
    for (const Exclusion& exclusion : exclusions) {
      switch (exclusion.kind) {
        case Exclusion::Kind::author_of:
          found.kinds.insert(exclusion.name);
          break;
        case Exclusion::Kind::requester_of:
          covers({exclusion.name}, found);
          break;
        case Exclusion::Kind::holder:
          found.roles = true;
          break;
        case Exclusion::Kind::signer_of:
          found.attestations = true;
          break;
      }
    }
  }
  void word(const AttestRule& rule, Dependencies& found) {
    found.attestations = true;
    found.roles = true;
    if (rule.valid) found.time = true;
    covers(rule.covers, found);
    exclusions(rule.exclusions, found);
    if (rule.of) query(*rule.of, found);
  }
  void elapsed(const ElapsedRule& rule, Dependencies& found) {
    found.time = true;
    if (const auto* since = std::get_if<std::shared_ptr<const Query>>(&rule.since)) {
      query(**since, found);
    } else {
      found.phase = true;
    }
    if (rule.without) query(*rule.without, found);
  }

  PolicyIndex& index_;
};

void depend(Dependents& all, std::size_t position, const Dependencies& on) {
  for (const std::string& fact : on.facts) all.facts[fact].push_back(position);
  for (const std::string& kind : on.kinds) all.kinds[kind].push_back(position);
  for (const std::string& step : on.steps) all.steps[step].push_back(position);
  if (on.attestations) all.attestations.push_back(position);
  if (on.roles) all.roles.push_back(position);
  if (on.phase) all.phase.push_back(position);
  if (on.time) all.time.push_back(position);
}

void merge(Dependencies& into, const Dependencies& more) {
  into.facts.insert(more.facts.begin(), more.facts.end());
  into.kinds.insert(more.kinds.begin(), more.kinds.end());
  into.steps.insert(more.steps.begin(), more.steps.end());
  into.attestations |= more.attestations;
  into.roles |= more.roles;
  into.phase |= more.phase;
  into.time |= more.time;
}

void index_facets(const Policy& policy, PolicyIndex& index) {
  for (const auto& [facet, parts] : policy.facets) {
    for (const std::string& part : parts) {
      if (policy.facts.contains(part)) {
        index.facets_of_fact[part].push_back(facet);
        continue;
      }
      auto& facets = index.facets_of_kind[part.substr(0, part.find('.'))];
      if (std::ranges::find(facets, facet) == facets.end()) facets.push_back(facet);
    }
  }
}

/// Attest leaves below a node, with their numbers.
class WordCollector {
 public:
  WordCollector(std::string gate, std::vector<AttestLeaf>& words)
      : gate_(std::move(gate)), words_(words) {}
  void visit(const Predicate& node, bool in_each = false) {
    const std::uint32_t own = next_++;
    if (node.attest) words_.push_back({gate_, own, in_each || node.attest->of, node.attest});
    const bool is_each = in_each || node.kind == Predicate::Kind::each;
    for (const Predicate& child : node.children) visit(child, is_each);
  }

 private:
  std::string gate_;
  std::vector<AttestLeaf>& words_;
  std::uint32_t next_ = 0;
};

void index_gates(const Policy& policy, PolicyIndex& index, Collector& collector) {
  for (std::size_t i = 0; i < policy.gates.size(); ++i) {
    const Gate& gate = policy.gates[i];
    for (const std::string& attempt : gate.on) index.gates_on[attempt].push_back(i);
    collector.of(gate.when);  // For what its queries keep.
    collector.of(gate.need);
    const std::size_t first = index.words.size();
    WordCollector(gate.id, index.words).visit(gate.need);
    std::vector<std::string> covers;
    for (std::size_t w = first; w < index.words.size(); ++w) {
      const auto& more = index.words[w].rule->covers;
      covers.insert(covers.end(), more.begin(), more.end());
    }
    std::ranges::sort(covers);
    covers.erase(std::unique(covers.begin(), covers.end()), covers.end());
    index.gate_covers.push_back(std::move(covers));
  }
}

}  // namespace

PolicyIndex index_policy(const Policy& policy) {
  PolicyIndex index;
  Collector collector(index);
  index_facets(policy, index);
  index_gates(policy, index, collector);
  for (std::size_t i = 0; i < policy.steps.size(); ++i) {
    const Step& step = policy.steps[i];
    Dependencies on = collector.of(step.opens);
    if (step.done) {
      merge(on, collector.of(*step.done));
      WordCollector("", index.words).visit(*step.done);
    }
    depend(index.steps, i, on);
    for (const std::string& exit : step.blocks) index.steps_block[exit].push_back(i);
  }
  for (std::size_t i = 0; i < policy.clocks.size(); ++i) {
    const ClockRule& clock = policy.clocks[i];
    index.clocks_started[clock.start].push_back(i);
    if (clock.stop) depend(index.clocks, i, collector.of(*clock.stop));
  }
  for (const auto& [kind, rule] : policy.registers) {
    for (const std::string& exit : rule.blocks) index.kinds_block[exit].push_back(kind);
  }
  return index;
}

const Predicate* node_at(const Predicate& root, std::uint32_t index) {
  if (index == 0) return &root;
  --index;
  for (const Predicate& child : root.children) {
    const std::uint32_t count = node_count(child);
    if (index < count) return node_at(child, index);
    index -= count;
  }
  return nullptr;
}

std::uint32_t node_count(const Predicate& root) {
  std::uint32_t count = 1;
  for (const Predicate& child : root.children) count += node_count(child);
  return count;
}

}  // namespace casebook::workflow
