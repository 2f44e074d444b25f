#pragma once
/// What laws make of a case: its facts of law with who said each, the profile of the organisation,
/// and the duties that follow. The rules are those of reports/; nothing here is decided.

#include <deque>

#include "cli/case_session.h"
#include "cli/law_options.h"
#include "reports/deadline_list.h"

namespace casebook::cli {

/// A moment from which laws count, and who stands for it.
struct TriggerTime {
  std::string fact;
  UtcSeconds at;
  std::string said_by;  ///< "Cy, entry 41"; for what is taken from elsewhere, from where.
  bool is_confirmed = true;
};

/// A customer of the organisation to whom a contract promises word within hours.
struct CustomerDuty {
  std::string code;  ///< Harmless in the skeleton: drawn from the case and the name.
  std::string name;
  int hours = 0;
  UtcSeconds started, due;
};

/// Lives at one place: the evaluation points into it.
struct CaseLaw {
  reports::PolicySet policies;
  ZoneDatabase zones;
  reports::Facts facts;
  std::deque<reports::Facts> after_submissions;  ///< Of regimes that were told something.
  reports::Evaluation evaluation;
  std::vector<std::string> sources;  ///< "the case amber-heron", "profile.json".
  std::vector<TriggerTime> triggers;
  std::vector<CustomerDuty> customers;  ///< The soonest first.
  std::vector<std::string> notes;       ///< What was left out, as sentences.
  bool is_awareness_assumed = false;
  bool is_processor = false;
};

/// Evaluates all laws over what the case says. The runbook is folded.
/// @param policies  own folders, as options give them.
Result<std::unique_ptr<CaseLaw>> law_of_case(CaseSession& session, const PolicyOptions& policies);

/// The zone in which days of this case are counted and shown.
const TimeZone& zone_of(const CaseLaw& law);

/// True when somebody said a fact that laws read: before that there is nothing to work out.
bool has_law_facts(const workflow::CaseState& state);

}  // namespace casebook::cli
