#include "workflow/case_state.h"

#include <algorithm>

namespace casebook::workflow {

bool Record::is_author(const PersonId& person) const {
  return std::ranges::any_of(versions, [&](const RecordVersion& version) {
    return !version.settles && std::ranges::find(version.persons, person) != version.persons.end();
  });
}

const FactSaid* CaseState::fact(std::string_view name) const {
  const auto said = facts.find(name);
  return said == facts.end() ? nullptr : &said->second.back();
}

Value CaseState::value_of(std::string_view name) const {
  if (const FactSaid* said = fact(name)) return said->value;
  if (!policy) return {};
  const auto rule = policy->facts.find(name);
  return rule == policy->facts.end() ? Value() : rule->second.initial;
}

const Record* CaseState::record(const StatementId& id) const {
  const auto found = record_at.find(id);
  return found == record_at.end() ? nullptr : &records[found->second];
}

const Numbered* CaseState::numbered(std::uint64_t number) const {
  return number == 0 || number > numbers.size() ? nullptr : &numbers[number - 1];
}

const Record* CaseState::record_by_number(std::uint64_t number) const {
  const Numbered* thing = numbered(number);
  if (thing == nullptr || thing->kind != Numbered::Kind::record) return nullptr;
  return &records[thing->index];
}

bool CaseState::is_open() const {
  const Phase* now = policy ? policy->phase(phase) : nullptr;
  return now != nullptr && now->open;
}

bool CaseState::is_excluded(const PersonId& person) const {
  return std::ranges::find(excluded, person) != excluded.end();
}

bool CaseState::is_contested(std::uint64_t seq) const {
  return any_compromised && workflow::is_contested(people, seq);
}

bool CaseState::is_active(const PersonId& id) const {
  const BoundPerson* person = people.find(id);
  return person != nullptr && !person->is_removed && person->current_key() != nullptr &&
         !is_contested(person->bound_by) && !is_excluded(id);
}

bool CaseState::is_known(const PersonId& id) const {
  const BoundPerson* person = people.find(id);
  return person != nullptr && !is_contested(person->bound_by) &&
         (!anchored || anchored->contains(id));
}

bool CaseState::holds(const PersonId& id, std::string_view role, UtcSeconds now) const {
  if (!is_active(id)) return false;
  const auto& roles = people.find(id)->roles;
  const auto held = roles.find(std::string(role));
  if (held != roles.end() && held->second.accepted_at && !is_contested(held->second.given_at)) {
    return true;
  }
  return std::ranges::any_of(deputies, [&](const Deputy& deputy) {
    if (deputy.person != id || deputy.role != role || !deputy.accepted) return false;
    if (now < deputy.from || now >= deputy.until || !is_active(deputy.of)) return false;
    const BoundPerson* holder = people.find(deputy.of);
    return holder->holds(deputy.role);
  });
}

std::vector<PersonId> CaseState::holders(std::string_view role, UtcSeconds now) const {
  std::vector<PersonId> found;
  for (const auto& [id, person] : people.persons) {
    if (holds(id, role, now)) found.push_back(id);
  }
  return found;
}

Digest256 CaseState::facet_digest(std::string_view facet) const {
  const auto found = facets.find(facet);
  return found == facets.end() ? Digest256{} : found->second.digest;
}

}  // namespace casebook::workflow
