#pragma once
/// Names of calendar rules in regime files. Specification: docs/spec/calendar.md 4.

#include <optional>
#include <string_view>

#include "reports/regime.h"

namespace casebook::reports {

/// "dora_weekend_noon", "guideline_days:3-5". @return `invalid_input` for a name that is no rule.
Result<CalendarRule> parse_calendar_rule(std::string_view name);
/// True for the names that describe and change no date ("where_feasible"), and for
/// "double_for_small_agents" and "keep_until".
bool is_rule_mark(std::string_view name);
/// Hours for rules of hours, days or months for rules of days, and so on. @return `invalid_input`.
Status check_limit_fits(const CalendarRule& rule, const std::optional<Limit>& limit);

}  // namespace casebook::reports
