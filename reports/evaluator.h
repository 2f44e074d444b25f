#pragma once
/// From facts and regimes to duties with reasons: for every regime and stage due, not due (which
/// fact), or unknown (exactly the facts that would decide it). Specification:
/// docs/spec/regime.md 4.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/calendar.h"
#include "reports/condition.h"
#include "reports/fact.h"
#include "reports/regime.h"

namespace casebook::reports {

using Calendars = std::map<std::string, HolidayCalendar, std::less<>>;

enum class Outcome { due, recommended, unknown, not_due };
std::string_view to_string(Outcome outcome) noexcept;

/// What the date of a stage is.
enum class DeadlineKind {
  limit,       ///< A limit of law or contract.
  guideline,   ///< A recommended window.
  own_target,  ///< The law says only "without undue delay": our own target.
  retention,   ///< The end of a retention period.
  open,        ///< The clock has not started.
};
std::string_view to_string(DeadlineKind kind) noexcept;

struct StageDeadline {
  DeadlineKind kind = DeadlineKind::open;
  std::optional<UtcSeconds> start;
  bool start_assumed = false;
  std::optional<UtcSeconds> earliest;  ///< Set for every kind but open.
  std::optional<UtcSeconds> legal;     ///< For guidelines the end of the window.
  std::vector<std::string> steps;
  std::vector<std::string> notes;    ///< What else bears on the date, as sentences.
  std::vector<std::string> assumed;  ///< What was taken for granted, as sentences.
  std::vector<std::string> missing;  ///< Facts that would make the date certain.
  std::optional<Error> problem;      ///< Why there is no legal deadline.
};

struct HarbourMark {
  const Harbour* harbour = nullptr;
  std::vector<std::string> facts;  ///< Deciding, or missing for an open exemption.
};

struct StageVerdict {
  const Stage* stage = nullptr;
  Outcome outcome = Outcome::unknown;
  std::string reason;                     ///< A sentence.
  std::vector<std::string> deciding;      ///< Facts that decided, unless unknown.
  std::vector<std::string> missing;       ///< Facts that would decide, when unknown.
  std::optional<StageDeadline> deadline;  ///< When due or recommended.
  std::vector<HarbourMark> delays, substitutes, contents, open_exemptions;
};

struct RegimeVerdict {
  const Regime* regime = nullptr;
  Finding in_force;                ///< By status and dates.
  std::string assumed_date;        ///< How the date whose law applies was taken, when assumed.
  Truth applies = Truth::unknown;  ///< The gate of the whole regime alone.
  std::vector<StageVerdict> stages;
};

struct Evaluation {
  std::vector<RegimeVerdict> regimes;  ///< In the order given.
  const TimeZone* zone = nullptr;      ///< Where days are counted.
  bool zone_assumed = false;           ///< entity.zone is unset; UTC stands in.
};

/// @param regimes, calendars, facts, catalog, zones  must outlive the result.
/// @return `not_found` when entity.zone names no zone.
Result<Evaluation> evaluate_regimes(const std::vector<Regime>& regimes, const Facts& facts,
                                    const FactCatalog& catalog, const Calendars& calendars,
                                    ZoneDatabase& zones);

}  // namespace casebook::reports
