#include "tests/property/workflow/mutants.h"

#include <algorithm>

#include "workflow/policy_index.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;

Predicate* node_in(Predicate& root, std::uint32_t& index) {
  if (index == 0) return &root;
  for (Predicate& child : root.children) {
    --index;
    if (Predicate* found = node_in(child, index)) return found;
  }
  return nullptr;
}

/// Where a node stands: in `need` or `when` of a gate.
struct Place {
  std::string gate;
  bool in_when = false;
  std::uint32_t index = 0;

  [[nodiscard]] Predicate& in(Policy& policy) const {
    Gate& one = *std::ranges::find(policy.gates, gate, &Gate::id);
    std::uint32_t left = index;
    return *node_in(in_when ? one.when : one.need, left);
  }
  [[nodiscard]] std::string text() const {
    return (in_when ? " when " : " need ") + std::to_string(index);
  }
};

template <typename Thing>
Thing& own(std::shared_ptr<const Thing>& shared) {
  const auto copy = std::make_shared<Thing>(*shared);
  shared = copy;
  return *copy;
}

AttestRule& word_in(Policy& policy, const Place& place) { return own(place.in(policy).attest); }

template <typename List>
void drop(List& list, std::size_t i) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(i));
}

using QueryAt = std::function<Query&(Policy&)>;

class Collector {
 public:
  Collector(const Policy& policy, const Gate& gate) : policy_(policy), gate_(gate) {}

  std::vector<Mutant> take() {
    for (const bool in_when : {false, true}) {
      const Predicate& root = in_when ? gate_.when : gate_.need;
      for (std::uint32_t i = 0; i < node_count(root); ++i) {
        visit(*node_at(root, i), {gate_.id, in_when, i});
      }
    }
    if (gate_.waive) waiver();
    add("gate", [id = gate_.id](Policy& policy) {
      std::ranges::find(policy.gates, id, &Gate::id)->on.clear();
    });
    return std::move(all_);
  }

 private:
  void add(std::string name, std::function<void(Policy&)> change) {
    all_.push_back({std::move(name), std::move(change)});
  }

  [[nodiscard]] bool is_below_negation(const Place& place) const {
    const Predicate& root = place.in_when ? gate_.when : gate_.need;
    return place.index > 0 && node_at(root, place.index - 1)->kind == Kind::negation;
  }
  void visit(const Predicate& node, const Place& place) {
    const bool is_condition = place.in_when && node.kind == Kind::always;
    const bool is_denied = is_below_negation(place);
    if (node.children.empty() && !is_condition) {
      // No node is added or removed: places of others stay. A leaf of the condition never holds, so
      // that the gate is asked less often. One that is denied always holds: the gate is stricter.
      add((is_denied ? "stricter" : "leaf") + place.text(), [place](Policy& policy) {
        place.in(policy).kind = place.in_when ? Kind::any : Kind::always;
      });
    }
    if (node.kind == Kind::negation && !place.in_when) {
      add("leaf" + place.text(), [place](Policy& policy) { place.in(policy).kind = Kind::always; });
    }
    if (node.kind == Kind::each) {
      add("each" + place.text(), [place](Policy& policy) { place.in(policy).kind = Kind::always; });
    }
    high_water(node, place);
    if (node.query) {
      queries(*node.query, place, [place](Policy& p) -> Query& { return own(place.in(p).query); });
    }
    if (node.left.query) {
      queries(*node.left.query, place,
              [place](Policy& p) -> Query& { return own(place.in(p).left.query); });
    }
    if (node.attest) words(*node.attest, place);
    if (node.elapsed && node.elapsed->without) {
      add("without" + place.text(),
          [place](Policy& policy) { own(place.in(policy).elapsed).without.reset(); });
    }
    if (node.elapsed) {
      add("shorter" + place.text(), [place](Policy& policy) {
        own(place.in(policy).elapsed).at_least = std::chrono::seconds(0);
      });
    }
  }
  /// What was ever so becomes what is so now.
  void high_water(const Predicate& node, const Place& place) {
    if (node.kind == Kind::ever_in) {
      add("ever" + place.text(), [place](Policy& policy) {
        Predicate& leaf = place.in(policy);
        leaf.kind = Kind::in;
        leaf.left = {Operand::Kind::fact, {}, leaf.names.front(), {}};
      });
    }
    if (node.left.kind == Operand::Kind::max_ever) {
      add("worst" + place.text(),
          [place](Policy& policy) { place.in(policy).left.kind = Operand::Kind::fact; });
    }
  }
  void queries(const Query& query, const Place& place, const QueryAt& at) {
    const auto each = [&](const char* what, std::size_t count, auto change) {
      for (std::size_t i = 0; i < count; ++i) {
        add(what + (" " + std::to_string(i)) + place.text(),
            [at, i, change](Policy& policy) { change(at(policy), i); });
      }
    };
    each("where", query.where.size(), [](Query& q, std::size_t i) { drop(q.where, i); });
    each("stale", query.covers.size(), [](Query& q, std::size_t i) { drop(q.covers, i); });
    each("exclusion", query.exclusions.size(),
         [](Query& q, std::size_t i) { drop(q.exclusions, i); });
    each("roles", query.roles.empty() ? 0 : 1, [](Query& q, std::size_t) { q.roles.clear(); });
    each("settled", query.settled ? 1 : 0, [](Query& q, std::size_t) { q.settled.reset(); });
    each("attested", query.attested ? 1 : 0, [](Query& q, std::size_t) { q.attested.reset(); });
    // S0-5d: what nobody says has arrived does not count.
    each("told", query.told ? 1 : 0, [](Query& q, std::size_t) { q.told.reset(); });
  }
  void words(const AttestRule& rule, const Place& place) {
    for (std::size_t i = 0; i < rule.covers.size(); ++i) {
      add("stale " + rule.covers[i] + place.text(),
          [place, i](Policy& policy) { drop(word_in(policy, place).covers, i); });
    }
    for (std::size_t i = 0; i < rule.exclusions.size(); ++i) {
      add("exclusion " + to_string(rule.exclusions[i]) + place.text(),
          [place, i](Policy& policy) { drop(word_in(policy, place).exclusions, i); });
    }
    if (rule.valid) {
      add("valid" + place.text(), [place](Policy& p) { word_in(p, place).valid.reset(); });
    }
    if (rule.count > 1) {
      add("count" + place.text(), [place](Policy& p) { word_in(p, place).count = 1; });
    }
  }
  void waiver() {
    const auto change = [&](const char* name, void (*how)(WaiveRule&)) {
      add(name, [id = gate_.id, how](Policy& policy) {
        how(*std::ranges::find(policy.gates, id, &Gate::id)->waive);
      });
    };
    if (!gate_.waive->except_on.empty()) {
      change("waived everywhere", [](WaiveRule& rule) { rule.except_on.clear(); });
    }
    if (!gate_.waive->only_on.empty()) {
      change("waived on all", [](WaiveRule& rule) { rule.only_on.clear(); });
    }
    if (gate_.waive->sign_within) {
      change("never signed", [](WaiveRule& rule) { rule.sign_within.reset(); });
    }
    const bool by_few = gate_.waive->grant == "legal" || gate_.waive->grant == "executive";
    const auto technical = std::ranges::find_if(
        policy_.roles, [](const auto& role) { return role.first.starts_with("engineer"); });
    const std::string other = by_few ? technical->first : "legal";
    add("granted by others", [id = gate_.id, other](Policy& policy) {
      std::ranges::find(policy.gates, id, &Gate::id)->waive->grant = other;
    });
  }

  const Policy& policy_;
  const Gate& gate_;
  std::vector<Mutant> all_;
};

template <typename Test>
std::vector<std::string> gates_with(const Policy& policy, Test test) {
  std::vector<std::string> found;
  for (const Gate& gate : policy.gates) {
    if (test(gate)) found.push_back(gate.id);
  }
  return found;
}

bool names_fact(const Predicate& node, const std::string& name) {
  return (node.kind == Kind::ever_in && node.names.front() == name) || node.left.name == name ||
         std::ranges::any_of(node.children,
                             [&](const Predicate& child) { return names_fact(child, name); });
}
bool counts(const Predicate& node, const std::string& kind) {
  return (node.query && node.query->kind == kind) ||
         std::ranges::any_of(node.children,
                             [&](const Predicate& child) { return counts(child, kind); });
}

}  // namespace

std::vector<Mutant> mutants_of(const Policy& policy, const std::string& gate) {
  return Collector(policy, *policy.gate(gate)).take();
}

std::vector<Mutant> mutants_of_rules(const Policy& policy) {
  std::vector<Mutant> all;
  const auto add = [&](std::string name, std::function<void(Policy&)> change,
                       std::vector<std::string> gates) {
    all.push_back({std::move(name), std::move(change), {}, std::move(gates)});
  };
  for (const auto& [name, move] : policy.moves) {
    const auto gates = gates_with(policy, [&, called = name](const Gate& gate) {
      return std::ranges::find(gate.on, called) != gate.on.end();
    });
    if (move.persons > 1) {
      add(
          name + " by one", [name](Policy& p) { p.moves.find(name)->second.persons = 1; }, gates);
    }
    if (!move.roles.empty()) {
      add(
          name + " by anybody", [name](Policy& p) { p.moves.find(name)->second.roles.clear(); },
          gates);
    }
  }
  for (const auto& [name, fact] : policy.facts) {
    if (!fact.rule_out) continue;
    auto gates = gates_with(policy, [&, called = name](const Gate& gate) {
      return names_fact(gate.when, called) || names_fact(gate.need, called);
    });
    if (gates.empty()) gates = {"fact:" + name};
    add(
        name + " ruled out by one",
        [name](Policy& p) { p.facts.find(name)->second.rule_out->persons = 1; }, gates);
    add(
        name + " ruled out without evidence",
        [name](Policy& p) { p.facts.find(name)->second.rule_out->evidence = 0; }, gates);
  }
  for (const auto& [kind, rule] : policy.registers) {
    if (rule.add_exclusions.empty()) continue;
    const auto gates = gates_with(policy, [&, called = kind](const Gate& gate) {
      return std::ranges::find(gate.on, called) != gate.on.end() || counts(gate.need, called);
    });
    add(
        kind + " by the excluded",
        [kind](Policy& p) { p.registers.find(kind)->second.add_exclusions.clear(); }, gates);
    add(
        kind + " by anybody",
        [kind](Policy& p) { p.registers.find(kind)->second.add_roles.clear(); }, gates);
  }
  return all;
}

namespace {

struct Forgetful {
  const char* name;
  std::vector<std::string> gates;
  Sabotage sabotage;
};

Sabotage words(void (*how)(CaseState&, Attestation&)) {
  return [how](CaseState& state) {
    for (Attestation& word : state.attestations) how(state, word);
  };
}
Sabotage waivers(void (*how)(CaseState&, Waiver&)) {
  return [how](CaseState& state) {
    for (Waiver& waiver : state.waivers) how(state, waiver);
  };
}
Sabotage entries(void (*how)(CaseState&, Record&)) {
  return [how](CaseState& state) {
    for (Record& record : state.records) how(state, record);
  };
}
/// What was covered is always what is there now.
void renew(const CaseState& state, Covers& covers) {
  for (auto& [facet, digest] : covers) digest = state.facet_digest(facet);
}
const Value& said_last(const CaseState& state, const std::string& fact) {
  return state.facts.find(fact)->second.back().value;
}

std::vector<Forgetful> forgetful_about_words() {
  return {
      {"words outlive reopening", {"legal"}, words([](CaseState&, Attestation& word) {
         word.disarmed = false;
       })},
      {"words outlive their withdrawal", {"legal"}, words([](CaseState&, Attestation& word) {
         word.withdrawn = false;
       })},
      {"words never expire", {"executive-sign-off"}, words([](CaseState& state, Attestation& word) {
         word.at = state.received_at;
       })},
      {"words never go stale", {"legal"}, words([](CaseState& state, Attestation& word) {
         renew(state, word.covers);
       })},
      {"waivers go stale by nothing",
       {"legal-on-words", "public-relations"},
       waivers([](CaseState& state, Waiver& waiver) { renew(state, waiver.covers); })},
      {"waivers open again and again", {"staging-first"}, waivers([](CaseState&, Waiver& waiver) {
         waiver.used_at.reset();
       })},
      {"waivers outlive reopening", {"hosts-analysed"}, waivers([](CaseState&, Waiver& waiver) {
         waiver.disarmed = false;
       })},
      {"waived words are never asked for",
       {"executive-sign-off"},
       waivers([](CaseState&, Waiver& waiver) { waiver.signs_later = false; })},
  };
}

std::vector<Forgetful> forgetful_about_entries() {
  return {
      {"entries never go stale", {"rolled-out"}, entries([](CaseState& state, Record& record) {
         renew(state, record.covers);
       })},
      {"nobody wrote anything", {"legal-on-words"}, entries([](CaseState&, Record& record) {
         for (RecordVersion& version : record.versions) version.persons.clear();
       })},
      {"what is open blocks nothing",
       {"all-unwound"},
       [](CaseState& state) { state.unsettled.clear(); }},
      {"whoever wrote it may confirm it", {"never-clean"}, entries([](CaseState&, Record& record) {
         record.versions.front().settles = true;
       })},
      {"nobody changed anything",
       {"legal"},
       [](CaseState& state) {
         for (auto& [facet, now] : state.facets) now.changers.clear();
       }},
      {"the worst is forgotten",
       {"post-mortem-held"},
       [](CaseState& state) {
         for (auto& [fact, marks] : state.marks) {
           const auto* now = std::get_if<std::int64_t>(&said_last(state, fact));
           if (now != nullptr && marks.worst) marks.worst = *now;
         }
       }},
      {"what was ever is forgotten",
       {"legal"},
       [](CaseState& state) {
         for (auto& [fact, marks] : state.marks) marks.ever = {said_last(state, fact)};
       }},
      {"time runs by itself",
       {"watched"},
       [](CaseState& state) {
         for (TimeAttested& time : state.times) {
           if (time.seq + 1 == state.size) time.time = state.received_at;
         }
       }},
      {"reopening is forgotten", {"watched"}, [](CaseState& state) { state.rearmed_seq = 0; }},
  };
}

}  // namespace

std::vector<Mutant> mutants_of_engine() {
  std::vector<Mutant> mutants;
  for (const auto& list : {forgetful_about_words(), forgetful_about_entries()}) {
    for (const Forgetful& one : list) mutants.push_back({one.name, {}, one.sabotage, one.gates});
  }
  return mutants;
}

}  // namespace casebook::workflow
