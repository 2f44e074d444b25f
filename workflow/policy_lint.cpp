#include "workflow/policy_lint.h"

#include <algorithm>
#include <map>

namespace casebook::workflow {
namespace {

/// What one exit has in front of it.
std::set<std::string> gates_of(const Policy& policy, const std::string& exit) {
  std::set<std::string> ids;
  for (const Gate& gate : policy.gates) {
    if (std::ranges::find(gate.on, exit) != gate.on.end()) ids.insert(gate.id);
  }
  return ids;
}

bool is_ended(const Policy& policy, const std::string& phase) {
  const Phase* found = policy.phase(phase);
  return found != nullptr && !found->open;
}

bool leaves_open(const Policy& policy, const Move& move) {
  return is_ended(policy, move.to) &&
         std::ranges::any_of(move.from, [&](const auto& from) { return !is_ended(policy, from); });
}

}  // namespace

std::string gate_pointer(const Policy& policy, const Gate& gate) {
  return "/gates/" + std::to_string(&gate - policy.gates.data());
}
std::string step_pointer(const Policy& policy, const Step& step) {
  return "/steps/" + std::to_string(&step - policy.steps.data());
}
std::string clock_pointer(const Policy& policy, const ClockRule& clock) {
  return "/clocks/" + std::to_string(&clock - policy.clocks.data());
}

std::vector<std::pair<const Predicate*, std::string>> nodes_of(const Predicate& predicate,
                                                               const std::string& at) {
  std::vector<std::pair<const Predicate*, std::string>> nodes = {{&predicate, at}};
  const std::size_t first = predicate.kind == Predicate::Kind::each ? 2 : 1;
  for (std::size_t i = 0; i < predicate.children.size(); ++i) {
    const std::string below = at + "/" + std::to_string(i + first);
    for (auto& node : nodes_of(predicate.children[i], below)) nodes.push_back(std::move(node));
  }
  return nodes;
}

RosterShape ample_roster(const Policy& policy) {
  RosterShape roster;
  for (const auto& [name, role] : policy.roles) {
    roster.persons.push_back({name});
    if (!role.single) roster.persons.push_back({name});
  }
  return roster;
}

void lint_exits(const Policy& policy, Findings& findings) {
  std::map<std::pair<std::set<std::string>, std::string>, const Move*> alike;
  for (const auto& [name, move] : policy.moves) {
    const std::string at = "/moves/" + name;
    if (!move.exit && leaves_open(policy, move))
      findings.push_back(
          {"L2", at + "/exit", "ends a case and is no exit: no gate on exits sees it"});
    if (!move.exit) continue;
    const auto gates = gates_of(policy, name);
    if (gates.empty()) findings.push_back({"L2", at, "an exit without any gate"});
    const std::set<std::string> from(move.from.begin(), move.from.end());
    const auto [other, is_first] = alike.emplace(std::pair(from, move.to), &move);
    if (is_first) continue;
    const auto others = gates_of(policy, other->second->name);
    std::vector<std::string> differ;
    std::ranges::set_symmetric_difference(gates, others, std::back_inserter(differ));
    if (!differ.empty())
      findings.push_back(
          {"L2", at, "leads where " + other->second->name + " leads, past other gates", differ});
  }
  const auto severity = policy.facts.find("severity");
  if (severity != policy.facts.end() && !severity->second.rule_out &&
      gates_of(policy, "downgrade").empty())
    findings.push_back(
        {"L2", "/facts/severity", "a milder severity needs neither a gate nor a second person"});
}

std::vector<LintFinding> lint(const Policy& policy, const RosterShape& roster) {
  Findings findings;
  lint_exits(policy, findings);
  lint_people(policy, roster, findings);
  lint_texts(policy, findings);
  lint_conditions(policy, findings);
  lint_severities(policy, findings);
  const auto number = [](const LintFinding& finding) {
    return finding.id.size() * 100 + static_cast<std::size_t>(finding.id.back() - '0');
  };
  std::ranges::stable_sort(findings, {}, number);
  return findings;
}

}  // namespace casebook::workflow
