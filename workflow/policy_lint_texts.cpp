// Names that nothing uses, texts that differ between languages, names of rooms.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "workflow/policy_lint.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kRoomBytesMax = 80;
constexpr std::size_t kSameWordsMax = 40;

/// `{words}` of a text, sorted; nothing when a brace stands alone.
std::optional<std::vector<std::string>> placeholders(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') return std::nullopt;
    if (text[i] != '{') continue;
    const std::size_t end = text.find('}', i);
    if (end == std::string::npos) return std::nullopt;
    found.push_back(text.substr(i + 1, end - i - 1));
    if (!is_policy_id(found.back())) return std::nullopt;
    i = end;
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

void lint_template(const std::string& id, const Label& text, Findings& findings) {
  const std::string at = "/templates/" + id;
  const auto en = placeholders(text.en), nl = placeholders(text.nl);
  if (!en) findings.push_back({"L5", at + "/en", "a brace that is no {placeholder}"});
  if (!nl) findings.push_back({"L5", at + "/nl", "a brace that is no {placeholder}"});
  if (!en || !nl || *en == *nl) return;
  std::vector<std::string> differ;
  std::ranges::set_symmetric_difference(*en, *nl, std::back_inserter(differ));
  findings.push_back({"L5", at, "the languages do not say the same", differ});
}

/// What conditions and rules of a policy name.
struct Uses {
  std::set<std::string> facts, facets, roles;

  void exclusions(const std::vector<Exclusion>& list) {
    for (const Exclusion& exclusion : list) {
      if (exclusion.kind == Exclusion::Kind::holder) roles.insert(exclusion.name);
      if (exclusion.kind == Exclusion::Kind::requester_of) facets.insert(exclusion.name);
    }
  }
  void query(const Query& query) {
    facets.insert(query.covers.begin(), query.covers.end());
    roles.insert(query.roles.begin(), query.roles.end());
    exclusions(query.exclusions);
  }
  void operand(const Operand& operand) {
    if (operand.kind == Operand::Kind::fact || operand.kind == Operand::Kind::max_ever)
      facts.insert(operand.name);
    if (operand.query) query(*operand.query);
  }
  void predicate(const Predicate& whole) {
    for (const auto& [node, at] : nodes_of(whole, "")) {
      operand(node->left);
      operand(node->right);
      if (node->kind == Predicate::Kind::ever_in) facts.insert(node->names.front());
      if (node->kind == Predicate::Kind::held || node->kind == Predicate::Kind::distinct)
        roles.insert(node->names.begin(), node->names.end());
      if (node->query) query(*node->query);
      if (node->attest) {
        roles.insert(node->attest->role);
        facets.insert(node->attest->covers.begin(), node->attest->covers.end());
        exclusions(node->attest->exclusions);
        if (node->attest->of) query(*node->attest->of);
      }
    }
  }
};

Uses uses_of(const Policy& policy) {
  Uses uses;
  uses.roles.insert({policy.owner, "commander", "legal"});
  uses.facts.insert({"severity", "priority"});
  for (const auto& [name, role] : policy.roles) uses.predicate(role.needed);
  for (const auto& [kind, made] : policy.registers) {
    uses.roles.insert(made.add_roles.begin(), made.add_roles.end());
    uses.exclusions(made.add_exclusions);
    if (!made.settle) continue;
    uses.roles.insert(made.settle->roles.begin(), made.settle->roles.end());
    uses.exclusions(made.settle->exclusions);
  }
  for (const auto& [name, move] : policy.moves)
    uses.roles.insert(move.roles.begin(), move.roles.end());
  for (const auto& [name, fact] : policy.facts)
    uses.roles.insert(fact.roles.begin(), fact.roles.end());
  for (const Step& step : policy.steps) {
    uses.roles.insert(step.role);
    uses.predicate(step.opens);
    if (step.done) uses.predicate(*step.done);
  }
  for (const Gate& gate : policy.gates) {
    uses.predicate(gate.when);
    uses.predicate(gate.need);
    if (gate.waive) uses.roles.insert({gate.waive->ask, gate.waive->grant});
  }
  for (const ClockRule& clock : policy.clocks) {
    if (clock.start.starts_with("fact:")) uses.facts.insert(clock.start.substr(5));
    uses.facts.insert(clock.by);
    if (clock.stop) uses.predicate(*clock.stop);
    for (const Escalation& rung : clock.escalate)
      uses.roles.insert(rung.roles.begin(), rung.roles.end());
  }
  for (const auto& [id, rows] : policy.matrices)
    for (const MatrixRow& row : rows) uses.predicate(row.when);
  for (const FollowUp& follow_up : policy.follow_up) uses.predicate(follow_up.when);
  for (const auto& [name, members] : policy.facets)
    for (const std::string& member : members) uses.facts.insert(member);
  return uses;
}

void lint_unused(const Policy& policy, Findings& findings) {
  const Uses uses = uses_of(policy);
  for (const auto& [name, fact] : policy.facts) {
    if (!uses.facts.contains(name))
      findings.push_back(
          {"L5", "/facts/" + name, "no condition, facet or clock asks for it", {}, true});
  }
  for (const auto& [name, role] : policy.roles) {
    if (!uses.roles.contains(name))
      findings.push_back({"L5", "/roles/" + name, "nothing asks for this role", {}, true});
  }
  for (const auto& [name, members] : policy.facets) {
    if (!uses.facets.contains(name))
      findings.push_back({"L5", "/facets/" + name, "no approval covers it"});
  }
  for (const auto& [id, rows] : policy.matrices) {
    const bool is_used = std::ranges::any_of(
        policy.kinds, [&](const auto& kind) { return kind.second.severities == id; });
    if (!is_used) findings.push_back({"L5", "/matrices/" + id, "no kind of incident uses it"});
  }
}

/// The same long words in both languages were forgotten, not translated.
void lint_translations(const Policy& policy, Findings& findings) {
  const auto check = [&](const std::string& at, const Label& label) {
    if (label.en == label.nl && label.en.size() > kSameWordsMax)
      findings.push_back({"L5", at, "not translated", {label.en}});
  };
  for (const Step& step : policy.steps) check(step_pointer(policy, step) + "/text", step.text);
  for (const Gate& gate : policy.gates) check(gate_pointer(policy, gate) + "/label", gate.label);
  for (const auto& [name, role] : policy.roles) check("/roles/" + name + "/card", role.card);
  for (const auto& [kind, made] : policy.registers)
    check("/registers/" + kind + "/help", made.help);
  for (const auto& [name, fact] : policy.facts)
    check("/facts/" + name + "/question", fact.question);
  for (const auto& [id, text] : policy.templates) check("/templates/" + id, text);
}

std::string with(std::string name, const std::string& placeholder, const std::string& sample) {
  for (std::size_t i = name.find(placeholder); i != std::string::npos;
       i = name.find(placeholder, i + sample.size()))
    name.replace(i, placeholder.size(), sample);
  return name;
}

/// Rooms of two sample cases on one day.
void lint_room(const std::string& id, const IncidentKind& kind, Findings& findings) {
  const std::string at = "/kinds/" + id + "/room";
  const auto sample = [&](const char* code_name, const char* slug) {
    return with(with(with(kind.room, "{date}", "2026-11-21"), "{code_name}", code_name), "{slug}",
                slug);
  };
  const std::string first = sample("amber-heron", "odd-logins");
  const std::string second = sample("slate-otter", "lost-laptop");
  const bool is_narrow = std::ranges::all_of(first, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!is_narrow)
    findings.push_back({"L10",
                        at,
                        "only a-z, 0-9, '-', '_', {date}, {code_name} and {slug} make a name "
                        "that every chat takes",
                        {first}});
  if (first.size() > kRoomBytesMax)
    findings.push_back({"L10", at, "longer than 80 characters", {first}});
  if (first == second)
    findings.push_back({"L10", at, "two cases of one day get one room", {first}});
  if (kind.restricted && kind.room.find("{slug}") != std::string::npos)
    findings.push_back(
        {"L10", at, "the title of a restricted case shows in the name of its room", {first}});
}

}  // namespace

void lint_texts(const Policy& policy, Findings& findings) {
  lint_unused(policy, findings);
  lint_translations(policy, findings);
  for (const auto& [id, text] : policy.templates) lint_template(id, text, findings);
  for (const auto& [id, kind] : policy.kinds) lint_room(id, kind, findings);
}

}  // namespace casebook::workflow
