// Who could do what: gates that nobody can open, words that people give themselves, waivers that
// are none. A search over who holds which role and who made what.
#include <algorithm>
#include <functional>
#include <map>

#include "workflow/policy_lint.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;
constexpr std::size_t kPersonsMax = 64;

/// Position of the person in the roster who made entries of a kind, or last changed a facet.
using Deeds = std::map<std::string, std::size_t>;

class Cast {
 public:
  Cast(const Policy& policy, const RosterShape& roster) : policy_(policy), roster_(roster) {}

  /// Whether some distribution of the work opens it.
  bool can_open(const Predicate& need) {
    std::vector<std::string> deeds;
    note_deeds(need, deeds);
    Deeds assigned;
    return try_all(need, deeds, 0, assigned);
  }

 private:
  void note_deeds(const Predicate& node, std::vector<std::string>& deeds) const;
  void note(const std::vector<Exclusion>& list, std::vector<std::string>& deeds) const;
  bool try_all(const Predicate& need, const std::vector<std::string>& deeds, std::size_t next,
               Deeds& assigned);
  bool holds(const Predicate& node, const Deeds& deeds) const;
  bool attest(const AttestRule& rule, const Deeds& deeds) const;
  std::vector<std::size_t> authors(const Query& query, const Deeds& deeds) const;
  bool is_hit(const std::vector<Exclusion>& list, std::size_t person, const Deeds& deeds) const;
  bool may_add(const std::string& kind, std::size_t person) const;
  std::vector<std::size_t> holders(const std::string& role) const;
  bool distinct(const std::string& first, const std::string& second) const;
  bool compare(const Predicate& node, const Deeds& deeds) const;

  const Policy& policy_;
  const RosterShape& roster_;
};

void Cast::note(const std::vector<Exclusion>& list, std::vector<std::string>& deeds) const {
  for (const Exclusion& exclusion : list) {
    const bool is_deed = exclusion.kind == Exclusion::Kind::author_of ||
                         exclusion.kind == Exclusion::Kind::requester_of;
    const std::string text = to_string(exclusion);
    if (is_deed && std::ranges::find(deeds, text) == deeds.end()) deeds.push_back(text);
  }
}

void Cast::note_deeds(const Predicate& node, std::vector<std::string>& deeds) const {
  if (node.attest) note(node.attest->exclusions, deeds);
  for (const auto& query : {node.query, node.left.query, node.right.query}) {
    if (query) note(query->exclusions, deeds);
  }
  for (const Predicate& child : node.children) note_deeds(child, deeds);
}

bool Cast::try_all(const Predicate& need, const std::vector<std::string>& deeds, std::size_t next,
                   Deeds& assigned) {
  if (next == deeds.size()) return holds(need, assigned);
  constexpr std::string_view kAuthor = "author_of:";
  std::set<std::set<std::string>>
      tried;  // Persons of the same roles stand for each other, in twos.
  for (std::size_t person = 0; person < std::min(roster_.persons.size(), kPersonsMax); ++person) {
    if (deeds[next].starts_with(kAuthor) && !may_add(deeds[next].substr(kAuthor.size()), person))
      continue;
    if (assigned.empty() && !tried.insert(roster_.persons[person]).second) continue;
    assigned[deeds[next]] = person;
    if (try_all(need, deeds, next + 1, assigned)) return true;
  }
  assigned.erase(deeds[next]);
  return false;
}

bool Cast::may_add(const std::string& kind, std::size_t person) const {
  const auto made = policy_.registers.find(kind);
  if (made == policy_.registers.end() || made->second.add_roles.empty()) return true;
  return std::ranges::any_of(made->second.add_roles, [&](const std::string& role) {
    return roster_.persons[person].contains(role);
  });
}

std::vector<std::size_t> Cast::holders(const std::string& role) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < roster_.persons.size(); ++i) {
    if (roster_.persons[i].contains(role)) found.push_back(i);
  }
  return found;
}

bool Cast::is_hit(const std::vector<Exclusion>& list, std::size_t person,
                  const Deeds& deeds) const {
  return std::ranges::any_of(list, [&](const Exclusion& exclusion) {
    if (exclusion.kind == Exclusion::Kind::holder)
      return roster_.persons[person].contains(exclusion.name);
    const auto deed = deeds.find(to_string(exclusion));
    return deed != deeds.end() && deed->second == person;
  });
}

bool Cast::attest(const AttestRule& rule, const Deeds& deeds) const {
  std::size_t free = 0;
  for (const std::size_t person : holders(rule.role)) {
    if (!is_hit(rule.exclusions, person, deeds)) ++free;
  }
  return free >= rule.count;
}

std::vector<std::size_t> Cast::authors(const Query& query, const Deeds& deeds) const {
  std::vector<std::size_t> found;
  for (std::size_t person = 0; person < roster_.persons.size(); ++person) {
    const bool has_role =
        query.roles.empty() || std::ranges::any_of(query.roles, [&](const std::string& role) {
          return roster_.persons[person].contains(role);
        });
    if (has_role && may_add(query.kind, person) && !is_hit(query.exclusions, person, deeds))
      found.push_back(person);
  }
  return found;
}

bool Cast::distinct(const std::string& first, const std::string& second) const {
  const auto left = holders(first), right = holders(second);
  return !left.empty() && !right.empty() && std::ranges::none_of(left, [&](std::size_t person) {
    return std::ranges::find(right, person) != right.end();
  });
}

bool Cast::compare(const Predicate& node, const Deeds& deeds) const {
  const Operand& asked = node.left;
  const auto* const number = std::get_if<std::int64_t>(&node.right.literal);
  const bool wants_some = node.compare == Compare::ge || node.compare == Compare::gt;
  if (!asked.query || number == nullptr || !wants_some || *number <= 0) return true;
  const auto persons = authors(*asked.query, deeds);
  if (asked.kind == Operand::Kind::count) return !persons.empty();
  std::set<std::string> functions;
  for (const std::size_t person : persons) {
    for (const std::string& role : roster_.persons[person]) {
      const auto rule = policy_.roles.find(role);
      if (rule == policy_.roles.end()) continue;
      const auto& among = asked.query->among;
      if (among.empty() || std::ranges::find(among, rule->second.function) != among.end())
        functions.insert(rule->second.function);
    }
  }
  const auto needed = static_cast<std::size_t>(*number + (node.compare == Compare::gt ? 1 : 0));
  return functions.size() >= needed;
}

/// What hangs on facts and entries alone is taken as possible.
bool Cast::holds(const Predicate& node, const Deeds& deeds) const {
  const auto child_holds = [&](const Predicate& child) { return holds(child, deeds); };
  switch (node.kind) {
    case Kind::all:
    case Kind::each:
      return std::ranges::all_of(node.children, child_holds);
    case Kind::any:
      return std::ranges::any_of(node.children, child_holds);
    case Kind::attest:
      return attest(*node.attest, deeds);
    case Kind::exists:
      return !authors(*node.query, deeds).empty();
    case Kind::compare:
      return compare(node, deeds);
    case Kind::held:
      return !holders(node.names.front()).empty();
    case Kind::distinct:
      return distinct(node.names.front(), node.names.back());
    default:
      return true;
  }
}

/// Whether a facet can be changed by somebody who may also hold `role`.
bool may_change(const Policy& policy, const std::string& facet, const std::string& role) {
  const auto compatible = [&](const std::vector<std::string>& roles) {
    if (roles.empty()) return true;
    return std::ranges::any_of(roles, [&](const std::string& other) {
      const auto& excludes = policy.roles.at(other).excludes;
      const auto& own = policy.roles.at(role).excludes;
      return std::ranges::find(excludes, role) == excludes.end() &&
             std::ranges::find(own, other) == own.end();
    });
  };
  return std::ranges::any_of(policy.facets.at(facet), [&](const std::string& member) {
    const auto fact = policy.facts.find(member);
    if (fact != policy.facts.end()) return compatible(fact->second.roles);
    const auto kind = policy.registers.find(member.substr(0, member.find('.')));
    return kind != policy.registers.end() && compatible(kind->second.add_roles);
  });
}

bool excludes_makers(const AttestRule& rule) {
  return rule.count > 1 || std::ranges::any_of(rule.exclusions, [](const Exclusion& exclusion) {
           return exclusion.kind == Exclusion::Kind::author_of ||
                  exclusion.kind == Exclusion::Kind::requester_of;
         });
}

void lint_own_words(const Policy& policy, const Gate& gate, Findings& findings) {
  for (const auto& [node, at] : nodes_of(gate.need, gate_pointer(policy, gate) + "/need")) {
    if (!node->attest || excludes_makers(*node->attest)) continue;
    const AttestRule& rule = *node->attest;
    for (const std::string& facet : rule.covers) {
      if (!may_change(policy, facet, rule.role)) continue;
      findings.push_back(
          {"L4",
           at,
           "who changes " + facet + " may sign “" + plain_words(rule.verb) + "” over it",
           {"one person holds " + rule.role, "changes " + facet, "signs for it"}});
      break;
    }
  }
}

void lint_waiver(const Policy& policy, const Gate& gate, Findings& findings) {
  const WaiveRule& rule = *gate.waive;
  const std::string at = gate_pointer(policy, gate) + "/waive";
  if (rule.ask == rule.grant)
    findings.push_back({"L9",
                        at + "/grant",
                        "who asks holds the role that grants",
                        {"one " + rule.ask + " asks, another of them grants"}});
  if (std::ranges::find(gate.on, "policy") != gate.on.end() &&
      std::ranges::find(rule.except_on, "policy") == rule.except_on.end() &&
      (rule.only_on.empty() || std::ranges::find(rule.only_on, "policy") != rule.only_on.end()))
    findings.push_back({"L9", at, "the rules could be changed by doing without their own guard"});
  bool has_word = false;
  for (const auto& [node, below] : nodes_of(gate.need, "")) {
    if (!node->attest) continue;
    has_word = true;
    if (node->attest->role == rule.grant)
      findings.push_back({"L11",
                          at + "/grant",
                          "could sign instead of letting it pass",
                          {rule.grant + " may sign “" + plain_words(node->attest->verb) + "”"}});
  }
  if (rule.sign_within && !has_word)
    findings.push_back({"L9", at + "/sign_within", "there is no word to sign afterwards"});
}

}  // namespace

void lint_people(const Policy& policy, const RosterShape& roster, Findings& findings) {
  Cast cast(policy, roster);
  for (const Gate& gate : policy.gates) {
    if (!cast.can_open(gate.need))
      findings.push_back({"L3",
                          gate_pointer(policy, gate) + "/need",
                          "nobody can open it with these people and roles",
                          {sentence(gate.need, policy, Language::en)}});
    lint_own_words(policy, gate, findings);
    if (gate.waive) lint_waiver(policy, gate, findings);
  }
}

}  // namespace casebook::workflow
