#pragma once
/// Which persons of a case are known from outside it. Specification: docs/spec/people.md, section
/// "Anchors".

#include "core/roster.h"
#include "workflow/people.h"

namespace casebook::workflow {

struct Anchors {
  const Roster* roster = nullptr;         ///< Signature and root key were checked by the caller.
  std::vector<std::string> fingerprints;  ///< Given from outside.
  [[nodiscard]] bool none() const { return roster == nullptr && fingerprints.empty(); }
};

struct AnchoredPeople {
  std::vector<PersonId> anchored;
  std::vector<PersonId> unknown;  ///< Bound and not removed, and nobody outside vouches for them.
  /// Names as the roster gives them.
  std::map<PersonId, std::string> names;
  [[nodiscard]] bool holds(const PersonId& id) const;
};
AnchoredPeople anchor(const People& people, const Anchors& anchors);

/// Persons who count for gates: anchored, active, and not bound by a contested statement.
std::vector<PersonId> counting(const People& people, const AnchoredPeople& anchored);

}  // namespace casebook::workflow
