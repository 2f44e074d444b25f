#pragma once
/// Deadlines as an iCalendar file (RFC 5545), one event for each dated duty.

#include <string>

#include "reports/evaluator.h"

namespace casebook::reports {

/// @param incident  names the events and makes their UIDs stable from run to run, so that a
///                  calendar program moves an event instead of doubling it; may be empty.
/// @param now       becomes DTSTAMP.
std::string deadlines_calendar(const Evaluation& evaluation, const std::string& incident,
                               UtcSeconds now);

}  // namespace casebook::reports
