#include "workflow/missing_leaf.h"

#include <algorithm>

#include "workflow/evaluate.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;

bool touches(const std::vector<std::string>& covers, const std::set<std::string>& facets) {
  return std::ranges::any_of(covers,
                             [&](const std::string& facet) { return facets.contains(facet); });
}

/// The entries that a leaf counts or looks for.
const Query* query_of(const Predicate& node) {
  if (node.query) return node.query.get();
  if (node.left.query) return node.left.query.get();
  return node.right.query ? node.right.query.get() : nullptr;
}

const std::string* fact_of(const Predicate& node) {
  if (node.kind == Kind::ever_in) return &node.names.front();
  for (const Operand* operand : {&node.left, &node.right}) {
    if (operand->kind == Operand::Kind::fact) return &operand->name;
  }
  return nullptr;
}

bool is_fixed(const Operand& operand, const Scene& scene) {
  switch (operand.kind) {
    case Operand::Kind::attempt:
    case Operand::Kind::max_ever:
      return true;
    case Operand::Kind::self:
      return scene.self == nullptr || scene.self->is_settled();
    default:
      return false;
  }
}

std::vector<PersonId> active_with(const Scene& scene, const std::vector<std::string>& roles) {
  std::vector<PersonId> found;
  for (const auto& [id, person] : scene.state.people.persons) {
    if (!scene.state.is_active(id) || !scene.state.is_known(id)) continue;
    const bool fits = roles.empty() || std::ranges::any_of(roles, [&](const std::string& role) {
                        return scene.state.holds(id, role, scene.now);
                      });
    if (fits) found.push_back(id);
  }
  return found;
}

/// Who could say a word that counts and has not.
std::vector<PersonId> who_could_say(const AttestRule& rule, const Record* about,
                                    const Scene& scene) {
  std::vector<PersonId> found = active_with(scene, {rule.role});
  std::erase_if(found,
                [&](const PersonId& id) { return is_hit(rule.exclusions, id, about, scene); });
  for (const std::size_t position : words_of(scene.state, rule)) {
    const Attestation& word = scene.state.attestations[position];
    if (worth(word, rule, about, scene) == Word::counts) std::erase(found, word.person);
  }
  return found;
}

std::vector<PersonId> who_could_add(const Query& query, const Scene& scene) {
  const auto rule = scene.state.policy->registers.find(query.kind);
  if (rule == scene.state.policy->registers.end()) return {};
  std::vector<PersonId> found = active_with(scene, rule->second.add_roles);
  std::erase_if(found, [&](const PersonId& id) {
    const bool lacks_role =
        !query.roles.empty() && std::ranges::none_of(query.roles, [&](const std::string& role) {
          return scene.state.holds(id, role, scene.now);
        });
    return lacks_role || is_hit(query.exclusions, id, nullptr, scene) ||
           is_hit(rule->second.add_exclusions, id, nullptr, scene);
  });
  return found;
}

std::vector<MissingLeaf::Stale> stale_words(const AttestRule& rule, const Record* about,
                                            const Scene& scene) {
  std::vector<MissingLeaf::Stale> stale;
  const CaseState& state = scene.state;
  for (const std::size_t position : words_of(state, rule)) {
    const Attestation& word = state.attestations[position];
    if (worth(word, rule, about, scene) != Word::stale) continue;
    MissingLeaf::Stale one{word.id, word.person, word.seq, 0, {}};
    for (const std::string& facet : rule.covers) {
      const auto covered = word.covers.find(facet);
      const auto now = state.facets.find(facet);
      if (now == state.facets.end()) continue;
      if (covered != word.covers.end() && covered->second == now->second.digest) continue;
      one.facets.push_back(facet);
      one.changed_by = std::max(one.changed_by, now->second.changed_by);
    }
    stale.push_back(std::move(one));
  }
  return stale;
}

std::vector<PersonId> who_could_attest_time(const Elapsed& state_of, const Scene& scene) {
  std::vector<PersonId> found = active_with(scene, {});
  const auto& signatures = scene.state.people.signatures;
  if (!state_of.since) return found;
  const auto entry = std::ranges::lower_bound(signatures, *state_of.since, {}, &SignedEntry::seq);
  if (entry == signatures.end() || entry->seq != *state_of.since) return found;
  for (const std::string& key : entry->keys) {
    if (const BoundPerson* signer = scene.state.people.owner_of(key)) std::erase(found, signer->id);
  }
  return found;
}

void describe_deed(const Predicate& node, const Scene& scene, MissingLeaf& leaf) {
  if (node.kind == Kind::elapsed) {
    const Elapsed now = elapsed(*node.elapsed, scene);
    leaf.lacks_trusted_time = now.lacks_trusted_time;
    leaf.opens_at = now.opens_at;
    if (now.lacks_trusted_time) leaf.who = who_could_attest_time(now, scene);
    return;
  }
  if (node.kind == Kind::step) {
    const Step* step = scene.state.policy->step(node.names.front());
    if (step != nullptr && !step->role.empty()) leaf.who = active_with(scene, {step->role});
    return;
  }
  if (const Query* query = query_of(node)) {
    leaf.who = who_could_add(*query, scene);
  } else if (const std::string* fact = fact_of(node)) {
    const auto rule = scene.state.policy->facts.find(*fact);
    if (rule != scene.state.policy->facts.end()) leaf.who = active_with(scene, rule->second.roles);
  }
}

/// A leaf that wants at least so many entries, or functions of their authors.
struct AtLeast {
  const Query* query = nullptr;
  std::int64_t count = 0;
  bool of_functions = false;
};
std::optional<AtLeast> at_least(const LeafKey& leaf) {
  const Predicate& node = *leaf.node;
  if (leaf.is_negated) return std::nullopt;
  if (node.kind == Kind::exists) return AtLeast{node.query.get(), 1};
  if (node.kind != Kind::compare || !node.left.query) return std::nullopt;
  const auto* count = std::get_if<std::int64_t>(&node.right.literal);
  if (count == nullptr || node.right.kind != Operand::Kind::literal) return std::nullopt;
  if (node.compare != Compare::ge && node.compare != Compare::gt) return std::nullopt;
  return AtLeast{node.left.query.get(), *count + (node.compare == Compare::gt ? 1 : 0),
                 node.left.kind == Operand::Kind::functions};
}

template <typename Item>
bool holds_all(const std::vector<Item>& list, const std::vector<Item>& items) {
  return std::ranges::all_of(
      items, [&](const Item& item) { return std::ranges::find(list, item) != list.end(); });
}

/// Literal values only: what depends on the attempt or the entry is compared by nobody.
bool is_match_of(const FieldMatch& narrow, const FieldMatch& wide) {
  return narrow.field == wide.field &&
         std::ranges::all_of(narrow.values, [&](const Operand& value) {
           return value.kind == Operand::Kind::literal &&
                  std::ranges::any_of(wide.values, [&](const Operand& other) {
                    return other.kind == Operand::Kind::literal && other.literal == value.literal;
                  });
         });
}

bool is_narrower(const Query& narrow, const Query& wide) {
  if (narrow.kind != wide.kind || (wide.settled && narrow.settled != wide.settled)) return false;
  if ((wide.attested && narrow.attested != wide.attested) ||
      (wide.told && narrow.told != wide.told)) {
    return false;
  }
  if (!wide.roles.empty() && (narrow.roles.empty() || !holds_all(wide.roles, narrow.roles))) {
    return false;
  }
  return holds_all(narrow.covers, wide.covers) && holds_all(narrow.exclusions, wide.exclusions) &&
         std::ranges::all_of(wide.where, [&](const FieldMatch& match) {
           return std::ranges::any_of(
               narrow.where, [&](const FieldMatch& own) { return is_match_of(own, match); });
         });
}

bool same(const Operand& one, const Operand& other) {
  return one.kind == other.kind && one.name == other.name && one.literal == other.literal &&
         one.query == nullptr && other.query == nullptr;
}

/// Whether an entry that the one means is meant by the other when it is new: no condition of the
/// other is one that the first leaves open.
bool asks_as_much(const Query& one, const Query& other) {
  return one.kind == other.kind && other.roles.empty() && other.exclusions.empty() &&
         !other.attested && !other.told && !other.settled.value_or(false) &&
         std::ranges::all_of(other.where, [&](const FieldMatch& match) {
           return std::ranges::any_of(one.where, [&](const FieldMatch& own) {
             return own.field == match.field && std::ranges::equal(own.values, match.values, same);
           });
         });
}

Value value_in(const Record& record, const std::string& field) {
  if (field == "number") return static_cast<std::int64_t>(record.number);
  const auto found = record.fields().find(field);
  return found == record.fields().end() ? Value() : found->second;
}

/// Of two entries that each have to have one: what is asked for the one is asked for the other, so
/// that both have it at once.
bool ask_the_same(const LeafKey& one, const LeafKey& other) {
  if (one.node != other.node || one.is_negated || !one.node->query) return false;
  if (one.node->kind != Kind::exists || one.about == nullptr || other.about == nullptr)
    return false;
  const Query& query = *one.node->query;
  return query.exclusions.empty() && std::ranges::all_of(query.where, [&](const auto& match) {
           return std::ranges::all_of(match.values, [&](const Operand& value) {
             return value.kind != Operand::Kind::self ||
                    value_in(*one.about, value.name) == value_in(*other.about, value.name);
           });
         });
}

}  // namespace

bool implies(const LeafKey& done, const LeafKey& other) {
  if (done.about != other.about && ask_the_same(done, other)) return true;
  const auto more = at_least(done), less = at_least(other);
  if (!more || !less || done.about != other.about) return false;
  if (less->of_functions && !more->of_functions) return false;
  return more->count >= less->count && is_narrower(*more->query, *less->query);
}

bool will_need_word(const Predicate& exists, const Predicate& word) {
  return exists.kind == Kind::exists && word.kind == Kind::attest && word.attest->of &&
         asks_as_much(*exists.query, *word.attest->of);
}

bool will_be_open(const Predicate& exists, const Predicate& denied, const CaseState& state) {
  if (exists.kind != Kind::exists || denied.kind != Kind::exists) return false;
  const auto rule = state.policy->registers.find(exists.query->kind);
  const bool begins_open = rule != state.policy->registers.end() && rule->second.settle.has_value();
  return begins_open && denied.query->settled == false &&
         asks_as_much(*exists.query, *denied.query);
}

bool can_become(const Predicate& node, bool wanted, const Scene& scene) {
  switch (node.kind) {
    case Kind::always:
      return false;
    case Kind::compare:
      return !is_fixed(node.left, scene) && !is_fixed(node.right, scene);
    case Kind::in:
      return !is_fixed(node.left, scene);
    case Kind::ever_in:
    case Kind::step:
      return wanted;
    case Kind::attest:
      return wanted;
    default:
      return true;
  }
}

bool covers_one(const Predicate& node, const std::set<std::string>& facets) {
  if (facets.empty()) return false;
  if (node.attest && touches(node.attest->covers, facets)) return true;
  const Query* query = query_of(node);
  if (query != nullptr && touches(query->covers, facets)) return true;
  return std::ranges::any_of(node.children,
                             [&](const Predicate& child) { return covers_one(child, facets); });
}

void add_changed(const CaseState& state, const LeafKey& leaf, std::set<std::string>& changed) {
  const Predicate& node = *leaf.node;
  const auto add =
      [&](const std::map<std::string, std::vector<std::string>, std::less<>>& facets_of,
          const std::string& name) {
        const auto found = facets_of.find(name);
        if (found != facets_of.end()) changed.insert(found->second.begin(), found->second.end());
      };
  if (node.kind == Kind::attest || node.kind == Kind::elapsed) return;
  if (const Query* query = query_of(node)) add(state.index->facets_of_kind, query->kind);
  if (const std::string* fact = fact_of(node)) add(state.index->facets_of_fact, *fact);
  const bool of_entry =
      node.left.kind == Operand::Kind::self || node.right.kind == Operand::Kind::self;
  if (of_entry && leaf.about != nullptr) add(state.index->facets_of_kind, leaf.about->kind);
}

int order_of(const Predicate& leaf) {
  if (leaf.kind != Kind::attest) return 0;
  return leaf.attest->covers.empty() ? 2 : 1;
}

MissingLeaf describe(const LeafKey& key, const Gate& gate, const Scene& outer) {
  Scene scene = outer;
  scene.self = key.about;
  MissingLeaf leaf;
  leaf.gate = gate.id;
  leaf.leaf = key.leaf;
  if (key.is_negated) {
    leaf.predicate.kind = Kind::negation;
    leaf.predicate.children.push_back(*key.node);
  } else {
    leaf.predicate = *key.node;
  }
  if (key.about != nullptr) leaf.about = key.about->id;
  if (key.node->kind == Kind::attest) {
    leaf.who = who_could_say(*key.node->attest, key.about, scene);
    leaf.stale = stale_words(*key.node->attest, key.about, scene);
  } else {
    describe_deed(*key.node, scene, leaf);
  }
  return leaf;
}

}  // namespace casebook::workflow
