// Several pinned policies as one. What they add stands side by side; where they speak of the same
// thing the stricter counts, and where neither is stricter they are refused.
#include <algorithm>
#include <set>

#include "workflow/policy.h"

namespace casebook::workflow {
namespace {

Error disagreement(const Policy& first, const Policy& second, const std::string& what) {
  return {ErrorCode::invalid_input,
          "policies " + first.id + " and " + second.id + " disagree on " + what};
}

template <typename T>
void unite(std::vector<T>& into, const std::vector<T>& more) {
  for (const T& item : more) {
    if (std::ranges::find(into, item) == into.end()) into.push_back(item);
  }
}

/// Lists where empty means anybody: the one that says somebody; two that differ do not agree.
bool restrict_to(std::vector<std::string>& roles, const std::vector<std::string>& more) {
  if (more.empty() || std::set(roles.begin(), roles.end()) == std::set(more.begin(), more.end()))
    return true;
  if (!roles.empty()) return false;
  roles = more;
  return true;
}

bool agree_or_take(std::string& text, const std::string& other) {
  if (text.empty()) text = other;
  return other.empty() || text == other;
}

Predicate either(const Predicate& left, const Predicate& right) {
  if (left == right) return left;
  Predicate joined;
  joined.kind = Predicate::Kind::any;
  joined.children = {left, right};
  return joined;
}

bool join(FactRule& into, const FactRule& more) {
  if (into.type != more.type || into.values != more.values || into.levels != more.levels ||
      into.worst != more.worst || into.initial != more.initial ||
      into.worst_unknown != more.worst_unknown)
    return false;
  if (!into.rule_out) {
    into.rule_out = more.rule_out;
  } else if (more.rule_out) {
    into.rule_out->milder = into.rule_out->milder || more.rule_out->milder;
    unite(into.rule_out->to, more.rule_out->to);
    into.rule_out->persons = std::max(into.rule_out->persons, more.rule_out->persons);
    into.rule_out->evidence = std::max(into.rule_out->evidence, more.rule_out->evidence);
  }
  return restrict_to(into.roles, more.roles);
}

bool join(RoleRule& into, const RoleRule& more) {
  if (into.function != more.function) return false;
  into.single = into.single || more.single;
  unite(into.excludes, more.excludes);
  into.needed = either(into.needed, more.needed);
  return true;
}

bool join(IncidentKind& into, const IncidentKind& more) {
  into.restricted = into.restricted || more.restricted;
  return into.severities == more.severities;
}

bool join(FieldRule& into, const FieldRule& more) {
  into.required = into.required || more.required;
  return into.type == more.type && into.values == more.values && into.levels == more.levels &&
         into.initial == more.initial && into.of == more.of && into.at_settle == more.at_settle;
}

bool join_settling(Register& into, const Register& more) {
  if (into.settle.has_value() != more.settle.has_value()) return false;
  if (!into.settle) return true;
  unite(into.settle->exclusions, more.settle->exclusions);
  return restrict_to(into.settle->roles, more.settle->roles);
}

bool join(Register& into, const Register& more) {
  for (const FieldRule& field : more.fields) {
    const auto known = std::ranges::find(into.fields, field.name, &FieldRule::name);
    if (known == into.fields.end()) {
      into.fields.push_back(field);
    } else if (!join(*known, field)) {
      return false;
    }
  }
  unite(into.blocks, more.blocks);
  unite(into.add_exclusions, more.add_exclusions);
  return restrict_to(into.add_roles, more.add_roles) &&
         restrict_to(into.add_phases, more.add_phases) && into.attempt == more.attempt &&
         into.compartment == more.compartment && agree_or_take(into.clock, more.clock) &&
         agree_or_take(into.owner, more.owner) && join_settling(into, more);
}

bool join(Phase& into, const Phase& more) {
  return into.stage == more.stage && into.open == more.open;
}

bool join(Move& into, const Move& more) {
  if (std::set(into.from.begin(), into.from.end()) != std::set(more.from.begin(), more.from.end()))
    return false;
  into.persons = std::max(into.persons, more.persons);
  into.action = into.action || more.action;
  return into.to == more.to && into.exit == more.exit && restrict_to(into.roles, more.roles);
}

bool join(std::vector<MatrixRow>& into, const std::vector<MatrixRow>& more) {
  for (const MatrixRow& row : more) {
    const auto known = std::ranges::find(into, row.id, &MatrixRow::id);
    if (known == into.end()) {
      into.push_back(row);
    } else if (known->level != row.level || !(known->when == row.when)) {
      return false;
    }
  }
  return true;
}

bool join(Checklist& into, const Checklist& more) {
  for (const ChecklistItem& item : more.items) {
    if (std::ranges::find(into.items, item.id, &ChecklistItem::id) == into.items.end())
      into.items.push_back(item);
  }
  return true;
}

bool join(std::vector<std::string>& into, const std::vector<std::string>& more) {
  unite(into, more);
  return true;
}

bool join(Label& /*into*/, const Label& /*more*/) { return true; }  // The first is shown.

/// Steps, gates and clocks of the second policy whose ids the first has for something else get a
/// new one: `POLICY.ID`, which no id of a file can be.
class Renaming {
 public:
  explicit Renaming(const std::string& policy) : policy_(policy) {}

  template <typename Part>
  void find_clashes(const std::vector<Part>& first, const std::vector<Part>& second,
                    std::set<std::string>& renamed) {
    for (const Part& part : second) {
      const auto same = std::ranges::find(first, part.id, &Part::id);
      if (same == first.end()) continue;
      Part with_its_words = part;
      with_its_words.label = same->label;
      if (!(with_its_words == *same)) renamed.insert(part.id);
    }
  }

  void rename(Policy& policy) {
    for (Step& step : policy.steps) {
      name(steps, step.id);
      name(clocks, step.clock);
      predicate(step.opens);
      if (step.done) predicate(*step.done);
    }
    for (Gate& gate : policy.gates) {
      name(gates, gate.id);
      predicate(gate.when);
      predicate(gate.need);
    }
    for (ClockRule& clock : policy.clocks) {
      name(clocks, clock.id);
      if (clock.start.starts_with("step:") && steps.contains(clock.start.substr(5)))
        clock.start = "step:" + named(clock.start.substr(5));
      if (clock.stop) predicate(*clock.stop);
    }
    for (auto& [role, rule] : policy.roles) predicate(rule.needed);
    for (auto& [kind, made] : policy.registers) {
      name(clocks, made.clock);
      exclusions(made.add_exclusions);
      if (made.settle) exclusions(made.settle->exclusions);
    }
    for (auto& [id, rows] : policy.matrices)
      for (MatrixRow& row : rows) predicate(row.when);
    for (FollowUp& follow_up : policy.follow_up) predicate(follow_up.when);
  }

  [[nodiscard]] std::size_t size() const { return steps.size() + gates.size() + clocks.size(); }

  std::set<std::string> steps, gates, clocks;  ///< Ids that get a new name.

 private:
  [[nodiscard]] std::string named(const std::string& id) const { return policy_ + "." + id; }
  void name(const std::set<std::string>& renamed, std::string& id) const {
    if (renamed.contains(id)) id = named(id);
  }
  void exclusions(std::vector<Exclusion>& list) const {
    for (Exclusion& exclusion : list) {
      if (exclusion.kind == Exclusion::Kind::signer_of) name(gates, exclusion.name);
    }
  }
  void query(std::shared_ptr<const Query>& shared) const {
    if (!shared) return;
    auto copy = std::make_shared<Query>(*shared);
    exclusions(copy->exclusions);
    shared = std::move(copy);
  }
  void predicate(Predicate& node) const {
    for (Predicate& child : node.children) predicate(child);
    if (node.kind == Predicate::Kind::step) name(steps, node.names.front());
    query(node.query);
    query(node.left.query);
    query(node.right.query);
    if (node.attest) {
      auto rule = std::make_shared<AttestRule>(*node.attest);
      exclusions(rule->exclusions);
      query(rule->of);
      node.attest = std::move(rule);
    }
    if (node.elapsed) {
      auto rule = std::make_shared<ElapsedRule>(*node.elapsed);
      query(rule->without);
      if (auto* since = std::get_if<std::shared_ptr<const Query>>(&rule->since)) query(*since);
      node.elapsed = std::move(rule);
    }
  }

  const std::string& policy_;
};

template <typename Part>
void add_parts(std::vector<Part>& into, const std::vector<Part>& more) {
  for (const Part& part : more) {
    if (std::ranges::find(into, part.id, &Part::id) == into.end()) into.push_back(part);
  }
}

class Joining {
 public:
  explicit Joining(const Policy& first) : joined_(first) {}

  Status take(const Policy& next) {
    Policy more = next;
    Renaming renaming(next.id);
    // A new name makes those that use it differ as well, until no more do.
    for (std::size_t names = 0;; names = renaming.size()) {
      renaming.find_clashes(joined_.steps, more.steps, renaming.steps);
      renaming.find_clashes(joined_.gates, more.gates, renaming.gates);
      renaming.find_clashes(joined_.clocks, more.clocks, renaming.clocks);
      if (renaming.size() == names) break;
      more = next;
      renaming.rename(more);
    }
    const std::string clash = first_of({
        maps("kind", joined_.kinds, more.kinds),
        maps("fact", joined_.facts, more.facts),
        maps("facet", joined_.facets, more.facets),
        maps("role", joined_.roles, more.roles),
        maps("register", joined_.registers, more.registers),
        phases(more.phases),
        maps("move", joined_.moves, more.moves),
        maps("matrix", joined_.matrices, more.matrices),
        maps("checklist", joined_.checklists, more.checklists),
        maps("template", joined_.templates, more.templates),
        maps("practice", joined_.practices, more.practices),
    });
    if (!clash.empty()) return disagreement(joined_, next, clash);
    add_parts(joined_.steps, more.steps);
    add_parts(joined_.gates, more.gates);
    add_parts(joined_.clocks, more.clocks);
    unite(joined_.follow_up, more.follow_up);
    return ok();
  }
  Policy finish() && { return std::move(joined_); }

 private:
  static std::string first_of(const std::vector<std::string>& clashes) {
    const auto found =
        std::ranges::find_if(clashes, [](const auto& text) { return !text.empty(); });
    return found == clashes.end() ? std::string() : *found;
  }
  template <typename Map>
  static std::string maps(const std::string& what, Map& into, const Map& more) {
    for (const auto& [name, part] : more) {
      const auto [known, is_new] = into.emplace(name, part);
      if (!is_new && !join(known->second, part)) return what + " \"" + name + "\"";
    }
    return {};
  }
  std::string phases(const std::vector<Phase>& more) {
    for (const Phase& phase : more) {
      const auto known = std::ranges::find(joined_.phases, phase.id, &Phase::id);
      if (known == joined_.phases.end()) {
        joined_.phases.push_back(phase);
      } else if (!join(*known, phase)) {
        return "phase \"" + phase.id + "\"";
      }
    }
    return {};
  }

  Policy joined_;
};

}  // namespace

Result<Policy> join_policies(const std::vector<Policy>& pinned) {
  if (pinned.empty()) return Error{ErrorCode::invalid_input, "no policy to join"};
  Joining joining(pinned.front());
  for (std::size_t i = 1; i < pinned.size(); ++i) {
    if (auto taken = joining.take(pinned[i]); !taken) return std::move(taken).error();
  }
  return std::move(joining).finish();
}

}  // namespace casebook::workflow
