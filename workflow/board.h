#pragma once
/// What is open in a case, for whom, and until when: what `status` and `watch` show. Pure.
/// Specification: docs/spec/workflow.md, sections "Numbers" and "Board".

#include "workflow/decide.h"

namespace casebook::workflow {

/// Something with a number that waits for somebody.
struct OpenThing {
  enum class Kind { step, record, ask, waiver, handover, role };
  std::uint64_t number = 0;
  Kind kind = Kind::step;
  std::string id = {};                 ///< Of the step, else the statement.
  std::string what = {};               ///< Kind of the register, name of the gate or role.
  Label label = {};                    ///< As the policy words it.
  std::vector<PersonId> persons = {};  ///< Who has to act; empty: any holder of `roles`.
  std::vector<std::string> roles = {};
  std::optional<UtcSeconds> since = {};
  std::optional<UtcSeconds> due = {};    ///< By the clock it started.
  std::vector<std::string> blocks = {};  ///< Exits.
  bool is_reminder = false;
};

struct RunningClock {
  const ClockRule* rule = nullptr;
  const ClockState* state = nullptr;
  std::optional<std::uint64_t> number = {};   ///< Of the entry or step that it runs for.
  bool is_late = false, is_near = false;      ///< Past the limit, past the warning.
  std::vector<std::string> escalate_to = {};  ///< Roles that should be called now.
};

struct RoleSeat {
  const RoleRule* rule = nullptr;
  std::vector<PersonId> holders;
  bool is_missing = false;  ///< Needed by the policy, and nobody holds it.
};

struct Board {
  std::vector<OpenThing> things;          ///< By number.
  std::vector<OpenThing> set_aside = {};  ///< Open, too; behind an exit nobody waits for them.
  std::vector<RunningClock> clocks;       ///< Soonest first; those without a limit last.
  std::vector<RoleSeat> roles;
  std::vector<const Record*> hosts;
  std::vector<const Record*> unverified;  ///< Assumptions that nobody checked.
};
Board make_board(const CaseState& state, UtcSeconds now);

/// Whether this person is asked for it by name or by a role held now.
bool is_for(const OpenThing& thing, const CaseState& state, const PersonId& person, UtcSeconds now);
/// Null when nothing open has that number.
const OpenThing* find_thing(const Board& board, std::uint64_t number);

}  // namespace casebook::workflow
