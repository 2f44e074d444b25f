#pragma once
/// The date of one stage that is due.

#include "reports/evaluator.h"

namespace casebook::reports {

/// What dates are worked out from.
struct DateContext {
  const Facts& facts;
  const FactCatalog& catalog;
  const Calendars& calendars;
  const TimeZone& zone;
  bool zone_assumed = false;
};

/// @param bound  the deadline of the stage that bounds this one, when that stage is due.
StageDeadline stage_deadline(const Stage& stage, const Regime& regime, const DateContext& context,
                             const StageDeadline* bound);

}  // namespace casebook::reports
