// What a new version loosens beside gates.
#include <algorithm>
#include <set>

#include "workflow/policy_diff.h"
#include "workflow/predicate_text.h"

namespace casebook::workflow {
namespace {

using Words = std::vector<std::string>;

std::vector<std::string> lost(const Words& before, const Words& after) {
  Words missing;
  for (const std::string& word : before) {
    if (std::ranges::find(after, word) == after.end()) missing.push_back(word);
  }
  return missing;
}

Words texts(const std::vector<Exclusion>& exclusions) {
  Words words;
  for (const Exclusion& exclusion : exclusions) words.push_back(to_string(exclusion));
  return words;
}

/// Lists of roles where empty means anybody.
bool is_wider(const Words& before, const Words& after) {
  return !before.empty() && (after.empty() || !lost(after, before).empty());
}

class Rules {
 public:
  Rules(const Policy& before, const Policy& after, Language language)
      : before_(before), after_(after), language_(language) {}

  std::vector<Loosening> find() {
    for (const auto& [name, fact] : before_.facts) of_fact(name, fact);
    for (const auto& [name, role] : before_.roles) of_role(name, role);
    for (const auto& [name, move] : before_.moves) of_move(name, move);
    for (const auto& [kind, made] : before_.registers) of_register(kind, made);
    for (const auto& [id, kind] : before_.kinds) {
      const auto same = after_.kinds.find(id);
      if (same != after_.kinds.end() && kind.restricted && !same->second.restricted)
        add("kinds/" + id, "no longer restricted", "niet langer besloten");
    }
    for (const Step& step : before_.steps) {
      if (after_.step(step.id) == nullptr) add("steps/" + step.id, "is gone", "is weg");
    }
    for (const ClockRule& clock : before_.clocks) of_clock(clock);
    return std::move(found_);
  }

 private:
  void add(const std::string& pointer, const std::string& en, const std::string& nl) {
    found_.push_back({pointer, {}, language_ == Language::nl ? nl : en, {}});
  }
  void of_fact(const std::string& name, const FactRule& fact);
  void of_role(const std::string& name, const RoleRule& role);
  void of_move(const std::string& name, const Move& move);
  void of_register(const std::string& kind, const Register& made);
  void of_clock(const ClockRule& clock);

  const Policy& before_;
  const Policy& after_;
  Language language_;
  std::vector<Loosening> found_;
};

void Rules::of_fact(const std::string& name, const FactRule& fact) {
  const std::string at = "facts/" + name;
  const auto same = after_.facts.find(name);
  if (same == after_.facts.end()) return add(at, "is gone", "is weg");
  const FactRule& next = same->second;
  if (is_wider(fact.roles, next.roles))
    add(at, "more people may say it", "meer mensen mogen het zeggen");
  if (!fact.rule_out) return;
  if (!next.rule_out)
    return add(at, "one person may rule it out", "één persoon mag het uitsluiten");
  if (next.rule_out->persons < fact.rule_out->persons)
    add(at, "fewer persons rule it out", "minder personen sluiten het uit");
  if (next.rule_out->evidence < fact.rule_out->evidence)
    add(at, "less evidence rules it out", "minder bewijs sluit het uit");
  if ((fact.rule_out->milder && !next.rule_out->milder) ||
      (!next.rule_out->milder && !lost(fact.rule_out->to, next.rule_out->to).empty()))
    add(at, "fewer values need a second person", "minder waarden vragen een tweede persoon");
}

void Rules::of_role(const std::string& name, const RoleRule& role) {
  const std::string at = "roles/" + name;
  const auto same = after_.roles.find(name);
  if (same == after_.roles.end()) return add(at, "is gone", "is weg");
  if (role.single && !same->second.single)
    add(at, "several may hold it", "meerdere mogen haar hebben");
  for (const std::string& other : lost(role.excludes, same->second.excludes))
    add(at, "may be held together with " + other, "mag samengaan met " + other);
}

void Rules::of_move(const std::string& name, const Move& move) {
  const std::string at = "moves/" + name;
  const auto same = after_.moves.find(name);
  if (same == after_.moves.end()) return;
  const Move& next = same->second;
  if (next.persons < move.persons) add(at, "one person is enough", "één persoon is genoeg");
  if (is_wider(move.roles, next.roles)) add(at, "more people may", "meer mensen mogen het");
  if (move.exit && !next.exit) add(at, "is no exit any more", "is geen uitgang meer");
  if (move.action && !next.action)
    add(at, "needs no fresh signature", "vraagt geen verse handtekening");
  for (const std::string& phase : lost(next.from, move.from))
    add(at, "is possible from " + phase, "kan vanuit " + phase);
}

void Rules::of_register(const std::string& kind, const Register& made) {
  const std::string at = "registers/" + kind;
  const auto same = after_.registers.find(kind);
  if (same == after_.registers.end()) return add(at, "is gone", "is weg");
  const Register& next = same->second;
  if (is_wider(made.add_roles, next.add_roles) ||
      !lost(texts(made.add_exclusions), texts(next.add_exclusions)).empty())
    add(at, "more people may add to it", "meer mensen mogen toevoegen");
  if (is_wider(made.add_phases, next.add_phases))
    add(at, "is open in more phases", "kan in meer fasen");
  for (const FieldRule& field : made.fields) {
    const FieldRule* kept = next.field(field.name);
    if (field.required && (kept == nullptr || !kept->required))
      add(at, "does not ask for " + field.name, "vraagt niet naar " + field.name);
  }
  if (!made.settle) return;
  if (!next.settle) return add(at, "is never open", "is nooit open");
  if (is_wider(made.settle->roles, next.settle->roles) ||
      !lost(texts(made.settle->exclusions), texts(next.settle->exclusions)).empty())
    add(at, "more people may settle it", "meer mensen mogen het afhandelen");
}

void Rules::of_clock(const ClockRule& clock) {
  const std::string at = "clocks/" + clock.id;
  const ClockRule* next = after_.clock(clock.id);
  if (next == nullptr) return add(at, "is gone", "is weg");
  for (const auto& [value, limit] : clock.within) {
    if (!limit) continue;
    const auto kept = next->within.find(value);
    const auto plain = next->within.find("");
    const auto& longer = kept != next->within.end() ? kept : plain;
    if (longer == next->within.end() || !longer->second || *longer->second > *limit) {
      const std::string of = value.empty() ? "" : " (" + value + ")";
      add(at, "runs longer" + of, "loopt langer" + of);
    }
  }
  for (const Escalation& rung : clock.escalate) {
    const bool is_kept = std::ranges::any_of(next->escalate, [&](const Escalation& other) {
      return other.after_percent <= rung.after_percent && lost(rung.roles, other.roles).empty() &&
             (!rung.repeat || (other.repeat && *other.repeat <= *rung.repeat));
    });
    if (!is_kept) add(at, "calls fewer people, or later", "roept minder mensen, of later");
  }
}

}  // namespace

std::vector<Loosening> loosened_rules(const Policy& old_policy, const Policy& next,
                                      Language language) {
  return Rules(old_policy, next, language).find();
}

}  // namespace casebook::workflow
