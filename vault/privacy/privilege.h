#pragma once
/// Labels of claimed privilege: who may set them, and how one comes off. Pure rules over a history;
/// nothing here decides whether privilege exists. Specification: docs/spec/privacy.md section 3.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace casebook::privacy {

enum class PrivilegeBasis {
  attorney_client,
  work_product_fact,
  work_product_opinion,
  common_interest,
  joint_defence,
  other
};
std::string_view to_string(PrivilegeBasis basis) noexcept;
/// As people write it in a log: "attorney-client".
std::string_view privilege_basis_text(PrivilegeBasis basis) noexcept;
Result<PrivilegeBasis> parse_privilege_basis(std::string_view name);

struct PrivilegeLabel {
  PrivilegeBasis basis = PrivilegeBasis::attorney_client;
  std::string basis_note;                 ///< Needed for `other`.
  std::string purpose;                    ///< Why it was made, in one line.
  std::string requested_by;               ///< Person id of who asked for the work.
  std::vector<std::string> distribution;  ///< Person ids, sorted, each once.
  friend bool operator==(const PrivilegeLabel&, const PrivilegeLabel&) = default;
};

/// One step of a label's history. `by` is the person who signed it, `at` the received time.
struct PrivilegeSet {
  PrivilegeLabel label;
};
/// Asks to take the label off, or to put a weaker one in its place.
struct PrivilegeRemovalAsked {
  std::string reason;
  std::optional<PrivilegeLabel> replacement;
};
struct PrivilegeRemovalConfirmed {
  std::string asked;  ///< Statement id of what is confirmed.
};
struct PrivilegeRemovalRefused {
  std::string asked;
  std::string reason;
};
using PrivilegeStep = std::variant<PrivilegeSet, PrivilegeRemovalAsked, PrivilegeRemovalConfirmed,
                                   PrivilegeRemovalRefused>;
struct PrivilegeEvent {
  std::string statement;  ///< Id of the statement that carried it.
  std::string target;     ///< Id of the note, finding or attachment.
  std::string by;
  UtcSeconds at;
  PrivilegeStep step;
};

/// What the history of one target comes to.
struct PrivilegeState {
  std::optional<PrivilegeLabel> label;
  std::string set_by;
  UtcSeconds set_at{};
  struct OpenRemoval {
    std::string statement;
    std::string by;
    std::string reason;
    std::optional<PrivilegeLabel> replacement;
  };
  std::optional<OpenRemoval> open_removal;
  std::vector<PrivilegeEvent> history;
};
using PrivilegeStates = std::map<std::string, PrivilegeState>;  ///< By target.

/// Total: an event that decide_… would have refused changes nothing but the history.
void apply(PrivilegeStates& states, const PrivilegeEvent& event);

struct PrivilegeActor {
  std::string person;
  bool is_legal = false;       ///< Holds the legal role now.
  bool is_bound = false;       ///< A person of the case.
  bool has_fresh_act = false;  ///< Passphrase, touch or confirmed key for this one act.
};

/// Each says ok, or why not and what to do (`invalid_input`; `locked` when only the fresh act is
/// missing).
Status decide_privilege_set(const PrivilegeState& state, const PrivilegeActor& actor,
                            const PrivilegeLabel& label);
Status decide_privilege_removal(const PrivilegeState& state, const PrivilegeActor& actor,
                                const PrivilegeRemovalAsked& asked);
/// For confirming and for refusing.
Status decide_privilege_answer(const PrivilegeState& state, const PrivilegeActor& actor,
                               std::string_view asked);

/// True when `next` lets more people see it, or claims by another basis (work product may rise from
/// fact to opinion).
bool is_weaker(const PrivilegeLabel& next, const PrivilegeLabel& now);

// The body of the statement, canonical: docs/spec/privacy.md section 3.
std::string_view privilege_verb(const PrivilegeStep& step) noexcept;
nlohmann::json privilege_body(const std::string& target, const PrivilegeStep& step);
struct PrivilegeBody {
  std::string target;
  PrivilegeStep step;
};
Result<PrivilegeBody> parse_privilege_body(std::string_view verb, const nlohmann::json& body);

}  // namespace casebook::privacy
