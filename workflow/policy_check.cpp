#include "workflow/policy_check.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "workflow/predicate_check.h"

namespace casebook::workflow {
namespace {

class PolicyCheck {
 public:
  PolicyCheck(const PolicyNode& root, const Policy& policy)
      : root_(root), policy_(policy), predicates_(root.reading(), policy) {}

  void check();

 private:
  void facts();
  void facets();
  void facet_member(const PolicyNode& node, const std::string& name);
  void roles();
  void registers();
  void moves();
  void steps();
  void gates();
  void waive(const PolicyNode& node, const Gate& gate);
  void clocks();
  [[nodiscard]] const Register* starting_register(const ClockRule& clock) const;
  void clock_start(const PolicyNode& node, const ClockRule& clock);
  void others();

  void role(const PolicyNode& node, const std::string& name) const {
    if (!name.empty() && !policy_.roles.contains(name)) node.refuse("no such role");
  }
  void role_list(const PolicyNode& list, const std::vector<std::string>& names) const {
    for (std::size_t i = 0; i < names.size(); ++i) role(list.element(i), names[i]);
  }
  void exits(const PolicyNode& list, const std::vector<std::string>& names) const {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!is_exit(policy_, names[i])) list.element(i).refuse("no such exit");
    }
  }
  void clock(const PolicyNode& node, const std::string& id) const {
    if (!id.empty() && policy_.clock(id) == nullptr) node.refuse("no such clock");
  }
  void phases(const PolicyNode& list, const std::vector<std::string>& ids) const {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (policy_.phase(ids[i]) == nullptr) list.element(i).refuse("no such phase");
    }
  }
  [[nodiscard]] bool is_attempt(const std::string& name) const;

  const PolicyNode& root_;
  const Policy& policy_;
  PredicateCheck predicates_;
};

bool PolicyCheck::is_attempt(const std::string& name) const {
  constexpr std::string_view kAction = "action:";
  if (name == "publish" || name == "policy" || name == "downgrade") return true;
  if (policy_.moves.contains(name)) return true;
  return std::ranges::any_of(policy_.registers, [&](const auto& entry) {
    const Register& kind = entry.second;
    if (!name.starts_with(kAction)) return kind.attempt == name;
    const FieldRule* field = kind.field("class");
    return field != nullptr && !kind.attempt.empty() &&
           holds(*field, Value(name.substr(kAction.size())));
  });
}

void PolicyCheck::facts() {
  for (const auto& [name, node] : root_.member("facts").entries(256)) {
    const FactRule& fact = policy_.facts.at(name);
    if (!fact.roles.empty()) role_list(node.member("roles"), fact.roles);
    if (name == "severity" && fact.type != ValueType::level)
      node.member("type").refuse("the severity is a level");
  }
}

void PolicyCheck::facet_member(const PolicyNode& node, const std::string& name) {
  if (policy_.facts.contains(name) || policy_.registers.contains(name)) return;
  const std::size_t dot = name.find('.');
  const auto kind = policy_.registers.find(name.substr(0, dot));
  if (dot == std::string::npos || kind == policy_.registers.end())
    return node.refuse("no such fact or register");
  const FieldRule* field = kind->second.field(name.substr(dot + 1));
  if (field == nullptr) return node.refuse("no such field");
  if (field->type == ValueType::text || field->type == ValueType::link)
    node.refuse("words are not in the record that everybody folds");
}

void PolicyCheck::facets() {
  for (const auto& [name, node] : root_.member("facets").entries(64)) {
    const auto& members = policy_.facets.at(name);
    if (members.empty()) node.refuse("empty");
    for (std::size_t i = 0; i < members.size(); ++i) facet_member(node.element(i), members[i]);
  }
}

void PolicyCheck::roles() {
  for (const auto& [name, node] : root_.member("roles").entries(64)) {
    const RoleRule& rule = policy_.roles.at(name);
    role_list(node.member("excludes"), rule.excludes);
    if (std::ranges::find(rule.excludes, name) != rule.excludes.end())
      node.member("excludes").refuse("excludes itself");
    predicates_.check(rule.needed, node.member("needed").at());
  }
}

void PolicyCheck::registers() {
  for (const auto& [name, node] : root_.member("registers").entries(128)) {
    const Register& kind = policy_.registers.at(name);
    const PolicyNode add = node.member("add");
    role_list(add.member("roles"), kind.add_roles);
    phases(add.member("phases"), kind.add_phases);
    if (!kind.add_exclusions.empty())
      predicates_.exclusions(kind.add_exclusions, add.member("not").at());
    if (policy_.moves.contains(kind.attempt)) add.member("attempt").refuse("is a move's name");
    for (std::size_t i = 0; i < kind.fields.size(); ++i) {
      const PolicyNode field = node.member("fields").element(i);
      if (!kind.fields[i].of.empty() && !policy_.registers.contains(kind.fields[i].of))
        field.member("of").refuse("no such register");
      if (kind.fields[i].at_settle && !kind.settle)
        field.member("at").refuse("entries of this register are not settled");
    }
    if (kind.settle) {
      role_list(node.member("settle").member("roles"), kind.settle->roles);
      predicates_.exclusions(kind.settle->exclusions, node.member("settle").member("not").at());
    } else if (!kind.blocks.empty()) {
      node.member("blocks").refuse("an entry that is never open blocks nothing");
    }
    exits(node.member("blocks"), kind.blocks);
    clock(node.member("clock"), kind.clock);
    const FieldRule* owner = kind.field(kind.owner);
    if (!kind.owner.empty() && (owner == nullptr || owner->type != ValueType::person))
      node.member("owner").refuse("no field of type person");
  }
}

void PolicyCheck::moves() {
  for (const auto& [name, node] : root_.member("moves").entries(64)) {
    const Move& move = policy_.moves.at(name);
    phases(node.member("from"), move.from);
    if (policy_.phase(move.to) == nullptr) node.member("to").refuse("no such phase");
    role_list(node.member("roles"), move.roles);
  }
}

void PolicyCheck::steps() {
  for (const PolicyNode& node : root_.member("steps").list(512)) {
    const Step& step = *policy_.step(node.member("id").id());
    role(node.member("role"), step.role);
    predicates_.check(step.opens, node.member("opens").at());
    if (step.done) predicates_.check(*step.done, node.member("done").at());
    exits(node.member("blocks"), step.blocks);
    clock(node.member("clock"), step.clock);
  }
}

void PolicyCheck::waive(const PolicyNode& node, const Gate& gate) {
  const WaiveRule& rule = *gate.waive;
  role(node.member("ask"), rule.ask);
  role(node.member("grant"), rule.grant);
  const auto among_on = [&](std::string_view key, const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (std::ranges::find(gate.on, name) == gate.on.end())
        node.member(key).refuse("names an attempt that the gate is not on");
    }
  };
  among_on("except_on", rule.except_on);
  among_on("only_on", rule.only_on);
}

void PolicyCheck::gates() {
  for (const PolicyNode& node : root_.member("gates").list(512)) {
    const Gate& gate = *policy_.gate(node.member("id").id());
    for (std::size_t i = 0; i < gate.on.size(); ++i) {
      if (!is_attempt(gate.on[i])) node.member("on").element(i).refuse("no such attempt");
    }
    predicates_.check(gate.when, node.member("when").at());
    predicates_.check(gate.need, node.member("need").at());
    if (gate.waive) waive(node.member("waive"), gate);
  }
}

void PolicyCheck::clock_start(const PolicyNode& node, const ClockRule& clock) {
  const std::size_t colon = clock.start.find(':');
  const std::string_view source = std::string_view(clock.start).substr(0, colon);
  const std::string name = colon == std::string::npos ? "" : clock.start.substr(colon + 1);
  const bool is_there = (clock.start == "opened") ||
                        (source == "fact" && policy_.facts.contains(name)) ||
                        (source == "record" && policy_.registers.contains(name)) ||
                        (source == "step" && policy_.step(name) != nullptr) ||
                        (source == "move" && policy_.moves.contains(name)) ||
                        (source == "phase" && policy_.phase(name) != nullptr);
  if (!is_there) node.member("start").refuse("nothing of this policy starts it so");
  const bool settles = source == "record" || source == "step";
  if (!clock.stop && !settles)
    node.member("stop").refuse(
        "missing: only clocks of records and "
        "steps stop by themselves");
}

const Register* PolicyCheck::starting_register(const ClockRule& clock) const {
  constexpr std::string_view kRecord = "record:";
  if (!clock.start.starts_with(kRecord)) return nullptr;
  const auto kind = policy_.registers.find(clock.start.substr(kRecord.size()));
  return kind == policy_.registers.end() ? nullptr : &kind->second;
}

void PolicyCheck::clocks() {
  for (const PolicyNode& node : root_.member("clocks").list(256)) {
    const ClockRule& clock = *policy_.clock(node.member("id").id());
    clock_start(node, clock);
    const Register* started_by = starting_register(clock);
    if (clock.stop) predicates_.check(*clock.stop, node.member("stop").at(), started_by);
    if (!clock.until.empty()) {
      const FieldRule* until = started_by == nullptr ? nullptr : started_by->field(clock.until);
      if (until == nullptr || until->type != ValueType::time)
        node.member("until").refuse("no field of type time of the register that starts it");
    }
    for (std::size_t i = 0; i < clock.escalate.size(); ++i)
      role_list(node.member("escalate").element(i).member("roles"), clock.escalate[i].roles);
    if (clock.by.empty()) continue;
    const auto fact = policy_.facts.find(clock.by);
    if (fact == policy_.facts.end()) return node.member("by").refuse("no such fact");
    for (const auto& [value, limit] : clock.within) {
      const auto is_level = [&](std::int64_t level) { return std::to_string(level) == value; };
      if (std::ranges::find(fact->second.values, value) == fact->second.values.end() &&
          std::ranges::none_of(fact->second.levels, is_level))
        node.member("within").member(value).refuse("not a value of the fact");
    }
  }
}

void PolicyCheck::others() {
  role(root_.member("owner"), policy_.owner);
  if (policy_.phases.empty()) root_.member("phases").refuse("empty");
  for (const auto& [id, node] : root_.member("kinds").entries(64)) {
    if (!policy_.matrices.contains(policy_.kinds.at(id).severities))
      node.member("severities").refuse("no such matrix");
  }
  for (const auto& [id, node] : root_.member("matrices").entries(16)) {
    const auto& rows = policy_.matrices.at(id);
    for (std::size_t i = 0; i < rows.size(); ++i)
      predicates_.check(rows[i].when, node.element(i).member("when").at());
  }
  const std::size_t own = root_.member("follow_up").json().size();
  for (std::size_t i = 0; i < own; ++i) {
    const FollowUp& follow_up = policy_.follow_up[policy_.follow_up.size() - own + i];
    predicates_.check(follow_up.when, root_.member("follow_up").element(i).member("when").at());
  }
  for (const auto& [practice, node] : root_.member("practices").json().items()) {
    const PolicyNode list = root_.member("practices").member(practice);
    for (const PolicyNode& pointer : list.list(64)) {
      if (!is_part(policy_, pointer.text(256))) pointer.refuse("no such part of the policy");
    }
  }
}

void PolicyCheck::check() {
  others();
  facts();
  facets();
  roles();
  registers();
  moves();
  steps();
  gates();
  clocks();
}

}  // namespace

bool is_part(const Policy& policy, std::string_view pointer) {
  const std::size_t slash = pointer.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view section = pointer.substr(0, slash);
  const std::string_view name = pointer.substr(slash + 1);
  if (section == "kinds") return policy.kinds.contains(name);
  if (section == "facts") return policy.facts.contains(name);
  if (section == "facets") return policy.facets.contains(name);
  if (section == "roles") return policy.roles.contains(name);
  if (section == "registers") return policy.registers.contains(name);
  if (section == "moves") return policy.moves.contains(name);
  if (section == "matrices") return policy.matrices.contains(name);
  if (section == "checklists") return policy.checklists.contains(name);
  if (section == "templates") return policy.templates.contains(name);
  if (section == "follow_up")
    return std::ranges::find(policy.follow_up, name, &FollowUp::form) != policy.follow_up.end();
  if (section == "phases") return policy.phase(name) != nullptr;
  if (section == "steps") return policy.step(name) != nullptr;
  if (section == "gates") return policy.gate(name) != nullptr;
  if (section == "clocks") return policy.clock(name) != nullptr;
  return false;
}

void check_policy(const PolicyNode& root, const Policy& policy) {
  PolicyCheck(root, policy).check();
}

}  // namespace casebook::workflow
