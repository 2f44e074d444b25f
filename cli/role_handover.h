#pragma once
/// Roles that pass from one person to another, and stand-ins with dates.

#include "cli/runbook_saying.h"

namespace casebook::cli {

struct RoleWords {
  std::string role, person;
  std::string from = "now", until;
};
/// The holder offers the role; it passes when the other person signs.
ExitStatus offer_role(Runtime& runtime, const RoleWords& words);
/// The holder names a stand-in between two times; it counts once that person accepted.
ExitStatus name_deputy(Runtime& runtime, const RoleWords& words);
/// The person named accepts to stand in.
ExitStatus accept_deputy(Runtime& runtime, const RoleWords& words);
/// A person who must never be added, nor hold a role: a suspect.
ExitStatus exclude_person(Runtime& runtime, const std::string& person);

}  // namespace casebook::cli
