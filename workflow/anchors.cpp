#include "workflow/anchors.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

bool is_in_roster(const BoundPerson& person, const Roster& roster) {
  const RosterPerson* known = roster.find(person.id);
  if (known == nullptr || known->has_left) return false;
  return std::ranges::any_of(
      person.keys, [&](const BoundKey& key) { return roster.owner_of(key.key) == known; });
}

bool is_given(const BoundPerson& person, const std::vector<std::string>& fingerprints) {
  return std::ranges::any_of(person.keys, [&](const BoundKey& key) {
    return std::ranges::find(fingerprints, key.fingerprint) != fingerprints.end();
  });
}

}  // namespace

bool AnchoredPeople::holds(const PersonId& id) const {
  return std::ranges::find(anchored, id) != anchored.end();
}

AnchoredPeople anchor(const People& people, const Anchors& anchors) {
  AnchoredPeople result;
  for (const auto& [id, person] : people.persons) {
    const bool in_roster = anchors.roster != nullptr && is_in_roster(person, *anchors.roster);
    if (in_roster) result.names.emplace(id, anchors.roster->find(id)->name);
    if (in_roster || is_given(person, anchors.fingerprints)) {
      result.anchored.push_back(id);
    } else if (!person.is_removed) {
      result.unknown.push_back(id);
    }
  }
  return result;
}

std::vector<PersonId> counting(const People& people, const AnchoredPeople& anchored) {
  std::vector<PersonId> ids = people.active();
  std::erase_if(ids, [&](const PersonId& id) {
    return !anchored.holds(id) || is_contested(people, people.find(id)->bound_by);
  });
  return ids;
}

}  // namespace casebook::workflow
