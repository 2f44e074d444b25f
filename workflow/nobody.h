#pragma once
/// Why nobody can do a missing thing now, and what would change that. Pure. Specification:
/// docs/spec/workflow.md, section "Explaining".

#include "workflow/decide.h"

namespace casebook::workflow {

/// What keeps one person, or everybody, from doing it.
enum class Obstacle {
  role_unfilled,        ///< Nobody holds the role.
  role_not_accepted,    ///< It was given to somebody who did not accept it yet.
  deputy_not_accepted,  ///< The same of a delegation.
  deputy_not_yet,       ///< The delegation begins later.
  no_key,               ///< The holder has no key that counts.
  shut_out,             ///< The holder is excluded from the case.
  not_anchored,         ///< Nobody outside vouches for the holder.
  author,               ///< The holder wrote what it is about.
  changed_it,           ///< The holder changed what it covers.
  holds_role,           ///< The holder holds another role that has to be somebody else's.
  signed_another,       ///< The holder signed another gate that has to be signed by somebody else.
  signed_already        ///< Their word counts already: one more person has to say it.
};
/// The enumerator's own name.
std::string_view to_string(Obstacle obstacle) noexcept;

struct Hindrance {
  Obstacle obstacle = Obstacle::role_unfilled;
  std::optional<PersonId> person = {};  ///< Whom it keeps; nobody: everybody.
  std::string role = {};                ///< The role that it takes.
  std::string about = {};               ///< Register, facet, role or gate of an exclusion.
  std::optional<UtcSeconds> from = {};  ///< When a delegation begins.
  bool operator==(const Hindrance&) const = default;
};

/// Empty when somebody can do it, or when it is not up to persons.
std::vector<Hindrance> why_nobody(const CaseState& state, const Attempt& attempt,
                                  const MissingLeaf& leaf, UtcSeconds now);

/// One line for people, and what they would do about it.
struct HindranceWords {
  std::string why, next;
};
/// @param name  of the person it keeps; empty when there is none.
HindranceWords words_of(const Hindrance& hindrance, const Policy& policy, const std::string& name,
                        Language language);

}  // namespace casebook::workflow
