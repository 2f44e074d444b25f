// What leaves of the abstract space ask, facets taken apart, and what one says about another: more
// exclusions, more facets, more persons imply fewer, whichever policy asks.
#include <algorithm>

#include "workflow/policy_space.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

using Kind = LeafShape::Kind;

bool is_superset(const std::set<std::string>& all, const std::set<std::string>& some) {
  return std::ranges::includes(all, some);
}

bool attest_implies(const LeafShape& strong, const LeafShape& weak) {
  if (strong.query.has_value() != weak.query.has_value()) return false;
  if (strong.query && !is_within(*weak.query, *strong.query)) return false;
  return strong.word == weak.word && strong.role == weak.role && strong.number >= weak.number &&
         strong.functions >= weak.functions && strong.valid <= weak.valid &&
         is_superset(strong.covers, weak.covers) && is_superset(strong.exclusions, weak.exclusions);
}

bool elapsed_implies(const LeafShape& strong, const LeafShape& weak) {
  const bool without =
      !weak.without || (strong.without && is_within(*weak.without, *strong.without));
  return strong.word == weak.word && strong.query == weak.query && strong.number >= weak.number &&
         without;
}

/// Whether the one cannot be yes without the other. For leaves that are yes or no.
bool implies(const LeafShape& strong, const LeafShape& weak) {
  if (strong.kind == Kind::distinct && weak.kind == Kind::held)
    return is_superset(strong.parts, weak.parts);
  if (strong.kind != weak.kind) return false;
  switch (strong.kind) {
    case Kind::attest:
      return attest_implies(strong, weak);
    case Kind::elapsed:
      return elapsed_implies(strong, weak);
    case Kind::each:
      return is_within(*weak.query, *strong.query) && is_superset(strong.parts, weak.parts);
    case Kind::unique:
      return strong.word == weak.word && is_within(*weak.query, *strong.query);
    case Kind::waiver:
      return strong.word == weak.word && strong.parts == weak.parts && strong.number >= weak.number;
    default:
      return false;
  }
}

bool is_count(const LeafShape& leaf) {
  return leaf.kind == Kind::count || leaf.kind == Kind::functions;
}

/// Whether the number of the first is never more than that of the second.
bool is_at_most(const LeafShape& less, const LeafShape& more) {
  if (less.kind == Kind::count && more.kind == Kind::functions) return false;
  QueryShape narrow = *less.query;
  QueryShape wide = *more.query;
  if (less.kind == Kind::functions && more.kind == Kind::count) narrow.among.clear();
  return is_within(narrow, wide);
}

/// not (first is a value of `low`) or (second is a value of `high`), as tables of the two.
Formula either(std::size_t first, std::vector<TruthSet> not_first, std::size_t second,
               std::vector<TruthSet> in_second) {
  std::vector<Formula> parts;
  parts.push_back(Formula::of(first, std::move(not_first)));
  parts.push_back(Formula::of(second, std::move(in_second)));
  return Formula::any(std::move(parts));
}

void bound(std::vector<Formula>& rules, std::size_t less, std::size_t more, std::int64_t most) {
  for (std::int64_t limit = 1; limit <= most; ++limit) {
    std::vector<TruthSet> below, reaches;
    for (std::int64_t value = 0; value <= most; ++value) {
      below.push_back(value < limit ? kYes : kNo);
      reaches.push_back(value >= limit ? kYes : kNo);
    }
    rules.push_back(either(less, std::move(below), more, std::move(reaches)));
  }
}

}  // namespace

std::set<std::string> PolicySpace::covers_of(const std::vector<std::string>& facets,
                                             const Policy& policy) const {
  std::set<std::string> covered;
  for (const std::string& facet : facets) {
    for (const std::string& member : policy.facets.at(facet)) {
      covered.insert(member);
      const auto kind = policy.registers.find(member);
      if (kind == policy.registers.end()) continue;
      for (const FieldRule& field : kind->second.fields) covered.insert(member + "." + field.name);
    }
  }
  return covered;
}

std::set<std::string> PolicySpace::exclusions_of(const std::vector<Exclusion>& list,
                                                 const Policy& policy) const {
  std::set<std::string> excluded;
  for (const Exclusion& exclusion : list) {
    if (exclusion.kind != Exclusion::Kind::requester_of) {
      excluded.insert(to_string(exclusion));
      continue;
    }
    for (const std::string& member : covers_of({exclusion.name}, policy))
      excluded.insert("requester_of:" + member);
  }
  return excluded;
}

QueryShape PolicySpace::shape_of(const Query& query, const Policy& policy) const {
  QueryShape shape{.kind = query.kind,
                   .settled = query.settled,
                   .attested = query.attested,
                   .told = query.told,
                   .covers = covers_of(query.covers, policy),
                   .exclusions = exclusions_of(query.exclusions, policy),
                   .roles = {query.roles.begin(), query.roles.end()},
                   .among = {query.among.begin(), query.among.end()}};
  for (const FieldMatch& match : query.where) {
    auto& values = shape.where[match.field];
    for (const Operand& value : match.values) {
      const std::string kind = std::to_string(static_cast<int>(value.kind)) + ":";
      values.insert(kind + (value.kind == Operand::Kind::literal
                                ? value_text(value.literal, Language::en)
                                : value.name));
    }
  }
  return shape;
}

bool is_within(const QueryShape& narrow, const QueryShape& wide) {
  const auto asks_no_less = [](const std::optional<bool>& own, const std::optional<bool>& other) {
    return !other || own == other;
  };
  if (narrow.kind != wide.kind || !asks_no_less(narrow.settled, wide.settled) ||
      !asks_no_less(narrow.attested, wide.attested) || !asks_no_less(narrow.told, wide.told))
    return false;
  for (const auto& [field, values] : wide.where) {
    const auto own = narrow.where.find(field);
    if (own == narrow.where.end() || !std::ranges::includes(values, own->second)) return false;
  }
  const bool roles_within = wide.roles.empty() || (!narrow.roles.empty() &&
                                                   std::ranges::includes(wide.roles, narrow.roles));
  const bool among_within = wide.among.empty() || (!narrow.among.empty() &&
                                                   std::ranges::includes(wide.among, narrow.among));
  return roles_within && among_within && std::ranges::includes(narrow.covers, wide.covers) &&
         std::ranges::includes(narrow.exclusions, wide.exclusions);
}

Formula PolicySpace::constraints() const {
  std::vector<Formula> rules;
  const auto flags = [&](const LeafShape& leaf, TruthSet in_yes, TruthSet otherwise) {
    std::vector<TruthSet> table(words_[leaf.variable].size(), otherwise);
    table[1] = in_yes;
    return table;
  };
  for (const LeafShape& strong : leaves_) {
    for (const LeafShape& weak : leaves_) {
      if (strong.variable == weak.variable) continue;
      if (is_count(strong) && is_count(weak)) {
        if (is_at_most(strong, weak)) bound(rules, strong.variable, weak.variable, count_most_);
      } else if (implies(strong, weak)) {
        rules.push_back(either(strong.variable, flags(strong, kNo, kYes), weak.variable,
                               flags(weak, kYes, kNo)));
      } else if (strong.kind == Kind::elapsed && weak.kind == Kind::count && strong.query &&
                 is_within(*strong.query, *weak.query)) {
        std::vector<TruthSet> some(words_[weak.variable].size(), kYes);
        some[0] = kNo;  // Time runs from an entry that is there.
        rules.push_back(
            either(strong.variable, flags(strong, kNo, kYes), weak.variable, std::move(some)));
      }
    }
  }
  return Formula::all(std::move(rules));
}

}  // namespace casebook::workflow
