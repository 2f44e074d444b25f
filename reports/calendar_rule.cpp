#include "reports/calendar_rule.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/printable.h"

namespace casebook::reports {
namespace {

using Kind = CalendarRule::Kind;

struct Known {
  std::string_view name;
  Kind kind;
  std::string_view calendar;
};
constexpr std::array<Known, 13> kRules{{{"elapsed_hours", Kind::elapsed_hours, ""},
                                        {"eu_1182_71_hours", Kind::eu_hours, ""},
                                        {"eu_1182_71_days", Kind::eu_days, ""},
                                        {"calendar_days", Kind::calendar_days, ""},
                                        {"dora_weekend_noon", Kind::weekend_noon, ""},
                                        {"no_fixed_limit", Kind::no_fixed_limit, ""},
                                        {"sec_business_days", Kind::business_days, "US"},
                                        {"us_business_days", Kind::business_days, "US"},
                                        {"br_business_days", Kind::business_days, "BR"},
                                        {"uk_business_days", Kind::business_days, "GB-ENG"},
                                        {"co_business_days", Kind::business_days, "CO"},
                                        {"au_business_days", Kind::business_days, "AU"},
                                        {"eg_business_days", Kind::business_days, "EG"}}};
constexpr std::array<std::string_view, 18> kMarks{"where_feasible",
                                                  "reasons_required_if_late",
                                                  "phased_allowed",
                                                  "without_unreasonable_delay",
                                                  "as_soon_as_possible",
                                                  "as_soon_as_practicable",
                                                  "as_promptly_as_possible",
                                                  "most_expedient",
                                                  "skip_if_already_provided",
                                                  "extension_on_request",
                                                  "contemporaneous_with_individual_notice",
                                                  "unless_operationally_unable",
                                                  "all_reasonable_steps",
                                                  "guideline_only",
                                                  "trigger_day_excluded_presumed",
                                                  "state_variant",
                                                  "double_for_small_agents",
                                                  "keep_until"};

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

/// "72" or "3-5" of a guideline.
bool parse_window(std::string_view text, CalendarRule& rule) {
  const std::size_t dash = text.find('-');
  const std::string_view first = text.substr(0, dash);
  const std::string_view last = dash == std::string_view::npos ? first : text.substr(dash + 1);
  const auto read = [](std::string_view digits, int& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && value > 0 &&
           value <= 10'000;
  };
  return read(first, rule.from) && read(last, rule.to) && rule.from <= rule.to;
}

}  // namespace

Result<CalendarRule> parse_calendar_rule(std::string_view name) {
  CalendarRule rule;
  rule.name = std::string(name);
  for (const auto& [prefix, kind] :
       {std::pair<std::string_view, Kind>{"guideline_days:", Kind::guideline_days},
        {"guideline_hours:", Kind::guideline_hours}}) {
    if (!name.starts_with(prefix)) continue;
    rule.kind = kind;
    if (!parse_window(name.substr(prefix.size()), rule))
      return invalid("\"" + printable(name) + "\" is not a window like 3-5");
    return rule;
  }
  const auto* known = std::ranges::find(kRules, name, &Known::name);
  if (known == kRules.end())
    return invalid("calendar rule \"" + printable(name) + "\" is not known");
  rule.kind = known->kind;
  rule.calendar = std::string(known->calendar);
  return rule;
}

bool is_rule_mark(std::string_view name) { return std::ranges::find(kMarks, name) != kMarks.end(); }

Status check_limit_fits(const CalendarRule& rule, const std::optional<Limit>& limit) {
  const Error misfit = invalid("limit does not fit calendar rule " + rule.name);
  switch (rule.kind) {
    case Kind::no_fixed_limit:
    case Kind::guideline_days:
    case Kind::guideline_hours:
      return limit ? Status(misfit) : ok();
    case Kind::elapsed_hours:
    case Kind::eu_hours:
      return limit && limit->unit == Limit::Unit::hours ? ok() : Status(misfit);
    case Kind::business_days:
      return limit && limit->unit == Limit::Unit::business_days ? ok() : Status(misfit);
    case Kind::eu_days:
    case Kind::calendar_days: {
      const bool days =
          limit && (limit->unit == Limit::Unit::days || limit->unit == Limit::Unit::months);
      return days ? ok() : Status(misfit);
    }
    case Kind::weekend_noon:
      return limit && limit->unit != Limit::Unit::business_days ? ok() : Status(misfit);
  }
  return misfit;
}

}  // namespace casebook::reports
