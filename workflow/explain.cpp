// What is missing, in smallest sets. Specification: docs/spec/workflow.md, section "Explaining".
#include <algorithm>

#include "workflow/evaluate.h"
#include "workflow/gates.h"
#include "workflow/missing_leaf.h"

namespace casebook::workflow {
namespace {

using Leaves = std::vector<LeafKey>;  ///< Sorted.
using Alternatives =
    std::vector<Leaves>;  ///< Empty: impossible. One empty set: nothing is missing.
using Facets = std::set<std::string>;

constexpr std::size_t kWorkingMax = 4 * kAlternativesMax;

/// Smallest first; without those that hold another one.
void keep_smallest(Alternatives& sets) {
  std::ranges::sort(sets, [](const Leaves& left, const Leaves& right) {
    return left.size() != right.size() ? left.size() < right.size() : left < right;
  });
  Alternatives kept;
  for (Leaves& set : sets) {
    const bool holds_another = std::ranges::any_of(
        kept, [&](const Leaves& smaller) { return std::ranges::includes(set, smaller); });
    if (!holds_another && kept.size() < kWorkingMax) kept.push_back(std::move(set));
  }
  sets = std::move(kept);
}

/// Without what comes with another item anyway; of two that come with each other the first stays.
void drop_implied(Leaves& set) {
  for (std::size_t i = set.size(); i-- > 0;) {
    const bool comes_anyway = std::ranges::any_of(
        set, [&](const LeafKey& other) { return &other != &set[i] && implies(other, set[i]); });
    if (comes_anyway) set.erase(set.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

bool needs_nothing(const Alternatives& sets) { return sets.size() == 1 && sets.front().empty(); }

Alternatives both(const Alternatives& left, const Alternatives& right) {
  if (needs_nothing(left)) return right;
  if (needs_nothing(right)) return left;
  Alternatives sets;
  for (const Leaves& one : left) {
    for (const Leaves& other : right) {
      Leaves joined;
      std::ranges::set_union(one, other, std::back_inserter(joined));
      sets.push_back(std::move(joined));
    }
  }
  keep_smallest(sets);
  return sets;
}

/// Walks a gate's tree once: what would make it true.
class Search {
 public:
  /// @param changing  facets that will have changed: words over them will be stale.
  Search(const Scene& scene, const Facets& changing) : scene_(scene), changing_(changing) {}

  Alternatives of(const Predicate& node) {
    std::uint32_t next = 0;
    return visit(node, /*wanted=*/true, scene_, next);
  }

 private:
  Alternatives visit(const Predicate& node, bool wanted, const Scene& scene, std::uint32_t& next) {
    const std::uint32_t own = next++;
    switch (node.kind) {
      case Predicate::Kind::negation:
        return visit(node.children.front(), !wanted, scene, next);
      case Predicate::Kind::all:
      case Predicate::Kind::any: {
        const bool needs_all = (node.kind == Predicate::Kind::all) == wanted;
        return needs_all ? every(node, wanted, scene, next) : some(node, wanted, scene, next);
      }
      case Predicate::Kind::each:
        if (wanted) return for_each(node, own, scene, next);
        next += node_count(node.children.front());
        return leaf(node, own, wanted, nullptr, scene);
      case Predicate::Kind::attest:
        if (wanted && node.attest->of) return word_of_each(node, own, scene);
        return leaf(node, own, wanted, scene.self, scene);
      default:
        return leaf(node, own, wanted, scene.self, scene);
    }
  }

  Alternatives every(const Predicate& node, bool wanted, const Scene& scene, std::uint32_t& next) {
    Alternatives sets(1);
    for (const Predicate& child : node.children) {
      const std::uint32_t own = next;
      Alternatives own_sets = visit(child, wanted, scene, next);
      if (wanted && needs_nothing(own_sets)) own_sets = of_coming_entry(node, child, own, scene);
      sets = both(sets, std::move(own_sets));
    }
    return sets;
  }

  /// What is asked of entries that are not there, beside their being there: words, the end.
  Alternatives of_coming_entry(const Predicate& all, const Predicate& child, std::uint32_t own,
                               const Scene& scene) {
    const bool is_denied = child.kind == Predicate::Kind::negation;
    const Predicate& asked = is_denied ? child.children.front() : child;
    const bool is_asked = std::ranges::any_of(all.children, [&](const Predicate& entry) {
      const bool follows =
          is_denied ? will_be_open(entry, asked, scene.state) : will_need_word(entry, asked);
      return follows && evaluate(entry, scene) != Truth::yes;
    });
    if (!is_asked) return Alternatives(1);
    return {{LeafKey{own + (is_denied ? 1 : 0), nullptr, &asked, is_denied}}};
  }

  Alternatives some(const Predicate& node, bool wanted, const Scene& scene, std::uint32_t& next) {
    Alternatives sets;
    for (const Predicate& child : node.children) {
      Alternatives more = visit(child, wanted, scene, next);
      sets.insert(sets.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    }
    keep_smallest(sets);
    return sets;
  }

  Alternatives for_each(const Predicate& node, std::uint32_t own, const Scene& scene,
                        std::uint32_t& next) {
    Alternatives sets(1);
    each_match(*node.query, scene, [&](const Record& record, Truth) {
      Scene inner = scene;
      inner.self = &record;
      std::uint32_t index = own + 1;
      sets = both(sets, visit(node.children.front(), /*wanted=*/true, inner, index));
      return true;
    });
    next = own + 1 + node_count(node.children.front());
    return sets;
  }

  Alternatives word_of_each(const Predicate& node, std::uint32_t own, const Scene& scene) {
    Alternatives sets(1);
    each_match(*node.attest->of, scene, [&](const Record& record, Truth) {
      sets = both(sets, leaf(node, own, /*wanted=*/true, &record, scene));
      return true;
    });
    return sets;
  }

  Alternatives leaf(const Predicate& node, std::uint32_t own, bool wanted, const Record* about,
                    const Scene& scene) {
    const bool is_word_about = node.kind == Predicate::Kind::attest && about != nullptr;
    const Truth truth =
        is_word_about ? attested(*node.attest, about, scene) : evaluate(node, scene);
    const bool goes_stale = wanted && covers_one(node, changing_);
    if (truth == truth_of(wanted) && !goes_stale) return Alternatives(1);
    if (!can_become(node, wanted, scene)) return {};
    return {{LeafKey{own, about, &node, !wanted}}};
  }

  const Scene& scene_;
  const Facets& changing_;
};

/// What doing all of these changes.
Facets changed_by(const CaseState& state, const Leaves& leaves) {
  Facets changed;
  for (const LeafKey& leaf : leaves) add_changed(state, leaf, changed);
  return changed;
}

bool is_word(const LeafKey& leaf) { return leaf.node->kind == Predicate::Kind::attest; }

Leaves without_words(const Leaves& leaves) {
  Leaves rest;
  std::ranges::copy_if(leaves, std::back_inserter(rest),
                       [](const LeafKey& leaf) { return !is_word(leaf); });
  return rest;
}

/// One gate's sets, each with the words that it makes stale itself.
Alternatives with_stale_words(const Gate& gate, const Scene& scene, Alternatives sets,
                              const Facets& others) {
  Alternatives all;
  for (Leaves& set : sets) {
    Facets changing = changed_by(scene.state, set);
    changing.insert(others.begin(), others.end());
    if (changing.empty() || !covers_one(gate.need, changing)) {
      all.push_back(std::move(set));
      continue;
    }
    const Leaves deeds = without_words(set);
    bool found = false;
    for (Leaves& later : Search(scene, changing).of(gate.need)) {
      if (!std::ranges::includes(later, deeds) || without_words(later).size() < deeds.size())
        continue;
      found = true;
      all.push_back(std::move(later));
    }
    if (!found) all.push_back(std::move(set));
  }
  for (Leaves& set : all) drop_implied(set);
  keep_smallest(all);
  if (all.size() > kAlternativesMax) all.resize(kAlternativesMax);
  return all;
}

/// Facets that change whichever alternative somebody takes.
Facets unavoidable(const CaseState& state, const Alternatives& sets) {
  if (sets.empty()) return {};
  Facets common = changed_by(state, sets.front());
  for (const Leaves& set : sets) {
    const Facets changed = changed_by(state, set);
    std::erase_if(common, [&](const std::string& facet) { return !changed.contains(facet); });
  }
  return common;
}

/// Settling what is open changes facets, too.
Facets changed_by_settling(const CaseState& state, const std::vector<BlockingThing>& open) {
  Facets changed;
  for (const BlockingThing& thing : open) {
    const Record* record = state.record_by_number(thing.number);
    if (thing.kind != "record" || record == nullptr) continue;
    for (const auto& [facet, parts] : state.policy->facets) {
      if (std::ranges::find(parts, record->kind) != parts.end()) changed.insert(facet);
    }
  }
  return changed;
}

struct Looked {
  const Gate* gate = nullptr;
  GateVerdict verdict;
  Alternatives sets;
  Facets changes;  ///< Whatever is chosen.
  int rank = 0;    ///< What changes facets comes first, words over them then, plain words last.
};

int rank_of(const Alternatives& sets) {
  int rank = -1;
  if (sets.empty()) return rank;
  for (const LeafKey& leaf : sets.front()) rank = std::max(rank, order_of(leaf));
  return rank;
}

std::vector<Looked> look(const CaseState& state, const Attempt& attempt, const Scene& scene) {
  std::vector<Looked> all;
  const Facets nothing;
  for (const std::size_t position : gates_on(state, attempt)) {
    const Gate& gate = state.policy->gates[position];
    if (evaluate(gate.when, scene) == Truth::no) continue;
    Looked one;
    one.gate = &gate;
    one.verdict.gate = gate.id;
    one.verdict.may_be_waived = may_be_waived(gate, attempt);
    one.sets = Search(scene, nothing).of(gate.need);
    if (needs_nothing(one.sets)) {
      one.verdict.answer = GateAnswer::satisfied;
    } else if (const auto waiver = waiver_for(state, gate, attempt)) {
      one.verdict.answer = GateAnswer::waived;
      one.verdict.waiver = state.waivers[*waiver].id;
    } else {
      one.changes = unavoidable(state, one.sets);
    }
    all.push_back(std::move(one));
  }
  return all;
}

Facets changes_of_others(const std::vector<Looked>& all, const Looked& own,
                         const Facets& settling) {
  Facets changed = settling;
  for (const Looked& other : all) {
    if (&other != &own) changed.insert(other.changes.begin(), other.changes.end());
  }
  return changed;
}

std::vector<std::vector<MissingLeaf>> described(const Alternatives& sets, const Gate& gate,
                                                const Scene& scene) {
  std::vector<std::vector<MissingLeaf>> all;
  for (const Leaves& set : sets) {
    std::vector<MissingLeaf> leaves;
    for (const LeafKey& leaf : set) leaves.push_back(describe(leaf, gate, scene));
    std::ranges::stable_sort(leaves, {},
                             [](const MissingLeaf& leaf) { return order_of(leaf.predicate); });
    all.push_back(std::move(leaves));
  }
  // What somebody here can do comes before what nobody here can.
  std::ranges::stable_partition(all, [](const std::vector<MissingLeaf>& leaves) {
    return std::ranges::all_of(leaves, [](const MissingLeaf& leaf) {
      return leaf.predicate.kind != Predicate::Kind::attest || !leaf.who.empty();
    });
  });
  return all;
}

}  // namespace

GateVerdict explain_step(const CaseState& state, std::string_view id, UtcSeconds now) {
  GateVerdict verdict;
  const Step* step = state.policy ? state.policy->step(id) : nullptr;
  if (step == nullptr) return verdict;
  verdict.gate = step->id;
  verdict.answer = GateAnswer::satisfied;
  if (!step->done) return verdict;
  Gate gate;
  gate.id = step->id;
  gate.need = *step->done;
  const Attempt nothing;
  const Scene scene{state, nothing, std::max(now, state.received_at), nullptr,
                    !step->blocks.empty()};
  const Facets none;
  const Alternatives sets = with_stale_words(gate, scene, Search(scene, none).of(gate.need), none);
  if (needs_nothing(sets)) return verdict;
  verdict.answer = GateAnswer::blocked;
  verdict.alternatives = described(sets, gate, scene);
  return verdict;
}

Verdict explain(const CaseState& state, const Attempt& attempt, UtcSeconds now) {
  Verdict verdict;
  if (!state.policy) return verdict;
  verdict.policy = state.policy;
  verdict.open = blocking(state, attempt);
  const Scene scene = scene_of(state, attempt, now);
  std::vector<Looked> all = look(state, attempt, scene);
  const Facets settling = changed_by_settling(state, verdict.open);
  for (Looked& one : all) {
    if (one.verdict.answer == GateAnswer::waived) continue;
    const Facets others = changes_of_others(all, one, settling);
    one.sets = with_stale_words(*one.gate, scene, std::move(one.sets), others);
  }
  for (Looked& one : all) {
    if (one.verdict.answer == GateAnswer::waived || needs_nothing(one.sets)) continue;
    one.rank = rank_of(one.sets);
    one.verdict.alternatives = described(one.sets, *one.gate, scene);
  }
  std::ranges::stable_sort(all, {}, &Looked::rank);
  for (Looked& one : all) verdict.gates.push_back(std::move(one.verdict));
  return verdict;
}

}  // namespace casebook::workflow
