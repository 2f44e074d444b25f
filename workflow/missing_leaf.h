#pragma once
/// One thing that a gate lacks: whether it can be done, what it changes, who could do it. Internal
/// to explanations.

#include "workflow/decide.h"
#include "workflow/policy_index.h"

namespace casebook::workflow {

/// A leaf of a gate's tree that is not as it is wanted.
struct LeafKey {
  std::uint32_t leaf = 0;
  const Record* about = nullptr;
  const Predicate* node = nullptr;
  bool is_negated = false;
  auto operator<=>(const LeafKey& other) const {
    if (const auto order = leaf <=> other.leaf; order != 0) return order;
    return std::compare_three_way()(about, other.about);
  }
  bool operator==(const LeafKey& other) const { return leaf == other.leaf && about == other.about; }
};

/// Whether something that somebody does can make the leaf so: not what was attempted, nor what was
/// ever said.
bool can_become(const Predicate& leaf, bool wanted, const Scene& scene);
/// Whether a node, or one below it, asks for something over one of these facets.
bool covers_one(const Predicate& node, const std::set<std::string>& facets);
/// Facets that doing it changes.
void add_changed(const CaseState& state, const LeafKey& leaf, std::set<std::string>& changed);
/// 0: a deed, which may change facets; 1: a word over facets; 2: a plain word.
int order_of(const Predicate& leaf);
inline int order_of(const LeafKey& leaf) { return order_of(*leaf.node); }
/// Whether doing one leaf does another one, too: a narrower query, or more of the same.
bool implies(const LeafKey& done, const LeafKey& other);
/// Whether the entry that an `exists` asks for will be one that this word is asked of.
bool will_need_word(const Predicate& exists, const Predicate& word);
/// Whether it will be one that this denied `exists` finds, being open at first.
bool will_be_open(const Predicate& exists, const Predicate& denied, const CaseState& state);
MissingLeaf describe(const LeafKey& leaf, const Gate& gate, const Scene& scene);

}  // namespace casebook::workflow
