#pragma once
/// Duties to tell, as open entries of the case: found out of its facts, entered under the name of
/// whoever said the fact, moved when a deadline moves. A policy without the register `duty` has
/// none. Specification: docs/spec/duties.md.

#include "cli/case_law.h"
#include "cli/runbook_saying.h"

namespace casebook::cli {

inline constexpr std::string_view kDutyKind = "duty";
/// In place of the id of a law, for what a contract promises a customer.
inline constexpr std::string_view kContract = "contract";

/// What a duty ought to say, by the facts as they stand.
struct DutyFound {
  std::string regime, stage, customer;
  std::optional<UtcSeconds> started, due;
  std::string zone;
  bool is_assumed = false;
  std::string words;  ///< "Notification to supervisory authority: to …".
};

struct DutyChanges {
  struct Change {
    StatementId record;
    std::uint64_t number = 0;
    std::string name;                  ///< "eu-gdpr sa_initial".
    std::optional<DutyFound> to = {};  ///< None: the facts ask for it no longer.
    std::optional<UtcSeconds> before = {};
  };
  std::vector<DutyFound> found;
  std::vector<Change> changed;
  [[nodiscard]] bool empty() const { return found.empty() && changed.empty(); }
};
/// What stands in the register and what ought to. Nothing for a case whose policy has no duties, or
/// that has left its open phases.
DutyChanges compare_duties(const workflow::CaseState& state, const CaseLaw& law);

/// What was entered.
struct DutiesSaid {
  struct Entry {
    std::uint64_t number = 0;
    std::string name;  ///< "eu-gdpr sa_initial".
    std::optional<UtcSeconds> due = {};
    std::string standing;  ///< "due" or "no_longer".
  };
  std::string line;  ///< To show: "2 duties found: …"; empty when nothing changed.
  std::vector<Entry> found, changed;
};
Json duties_json(const DutiesSaid& said);
/// Enters them, each signed by this person.
Result<DutiesSaid> record_duties(CaseSession& session, const CaseLaw& law);

/// An open or settled duty as people read it: "eu-gdpr sa_initial", its words, its date in its
/// zone.
struct DutyShown {
  const workflow::Record* record = nullptr;
  std::string regime = {}, stage = {};
  std::string name = {};   ///< "eu-gdpr sa_initial", "contract Acme".
  std::string words = {};  ///< As entered; empty when they are erased.
  std::optional<UtcSeconds> due = {};
  std::string due_text = {};   ///< "Mon 26 Oct 2026 17:00 Paris".
  std::string due_short = {};  ///< "Mon 26 Oct 17:00 Paris".
  bool is_assumed = false;
  bool is_lapsed = false;  ///< The facts ask for it no longer.
};
DutyShown shown_duty(CaseSession& session, const workflow::Record& record, ZoneDatabase& zones);

}  // namespace casebook::cli
