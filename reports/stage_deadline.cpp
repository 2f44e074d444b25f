#include "reports/stage_deadline.h"

#include <algorithm>

#include "core/calendar_text.h"
#include "reports/legal_time.h"

namespace casebook::reports {
namespace {

using Kind = CalendarRule::Kind;
constexpr std::int64_t kOwnTargetHours = 72;
constexpr std::int64_t kOwnTargetHoursMax = 10'000;

/// Works out one stage; each step fills a part of the result.
class DateBuilder {
 public:
  DateBuilder(const Stage& stage, const Regime& regime, const DateContext& context)
      : stage_(stage), regime_(regime), context_(context) {}

  StageDeadline build(const StageDeadline* bound) {
    const auto start =
        legal_time(stage_.starts_at, context_.facts, context_.catalog, context_.zone);
    if (start) {
      result_.start = start->at;
      result_.start_assumed = start->assumed;
      if (start->assumed) {
        result_.assumed.push_back(stage_.starts_at + " taken from " + start->taken_from);
      }
      apply_rule(start->at);
    } else {
      result_.missing.push_back(stage_.starts_at);
      result_.steps.push_back("starts when " + stage_.starts_at + " is known");
    }
    if (bound != nullptr) apply_bound(*bound);
    if (stage_.keep_until && result_.earliest) result_.kind = DeadlineKind::retention;
    return std::move(result_);
  }

 private:
  void apply_rule(UtcSeconds start) {
    switch (stage_.rule.kind) {
      case Kind::no_fixed_limit:
        return own_target(start);
      case Kind::guideline_days:
      case Kind::guideline_hours:
        return guideline(start);
      case Kind::weekend_noon:
        return take(noon_rule(start));
      case Kind::elapsed_hours:
        return take_capped(elapsed_hours(start, limit().amount, context_.zone), start);
      case Kind::eu_hours:
        return take_capped(eu_hours(start, limit().amount, context_.zone), start);
      case Kind::calendar_days:
        day_rule_used();
        return take_capped(calendar_days(start, limit(), context_.zone), start);
      case Kind::eu_days:
        day_rule_used();
        return take_capped(eu_days(start, limit(), {context_.zone, member_state()}), start);
      case Kind::business_days:
        day_rule_used();
        return take_capped(business_rule(start), start);
    }
  }

  /// The limit, doubled where the law doubles it.
  Limit limit() {
    Limit limit = stage_.limit.value_or(Limit{});
    if (!stage_.doubles_for_small_agents) return limit;
    const auto small = context_.facts.get<bool>("entity.br_small_agent");
    if (!small) {
      result_.missing.emplace_back("entity.br_small_agent");
      result_.notes.push_back("the short limit stands; it doubles for a small agent");
    } else if (*small) {
      limit.amount *= 2;
      result_.steps.push_back("a small agent: the limit doubles to " + limit_text(limit));
    }
    return limit;
  }

  void day_rule_used() {
    if (context_.zone_assumed)
      result_.assumed.push_back("days are counted in UTC, since entity.zone is not set");
  }

  /// The Member State whose working days count, or nothing and the reason.
  const HolidayCalendar* member_state() {
    const auto state = context_.facts.get<std::string>("entity.member_state");
    if (!state) {
      result_.missing.emplace_back("entity.member_state");
      calendar_problem_ =
          Error{ErrorCode::not_found, "the Member State whose working days count is not set",
                "set entity.member_state"};
      return nullptr;
    }
    return calendar(*state);
  }

  const HolidayCalendar* calendar(const std::string& id) {
    const auto found = context_.calendars.find(id);
    if (found != context_.calendars.end()) return &found->second;
    calendar_problem_ =
        Error{ErrorCode::not_found, "no calendar of public holidays for " + id,
              "add calendars/" + id + ".json to a folder of your own and pass it with --policies"};
    return nullptr;
  }

  Deadline business_rule(UtcSeconds start) {
    const HolidayCalendar* holidays = calendar(stage_.rule.calendar);
    const auto weekends = HolidayCalendar::weekends_only(stage_.rule.calendar);
    return business_days(start, limit().amount,
                         {context_.zone, holidays == nullptr ? &weekends : holidays});
  }

  /// Whether the entity may not use a calendar rule, by the harbours of the regime.
  Finding exclusion() const {
    Finding excluded{Truth::no, {}, {}};
    for (const Harbour& harbour : regime_.harbours) {
      if (harbour.effect != Harbour::Effect::rule_exclusion || !harbour.covers(stage_.id)) continue;
      Finding finding = evaluate(harbour.condition, context_.facts);
      if (finding.truth > excluded.truth) excluded = std::move(finding);
    }
    return excluded;
  }

  Deadline noon_rule(UtcSeconds start) {
    const Limit own = limit();
    if (own.unit != Limit::Unit::hours) day_rule_used();
    Deadline plain = own.unit == Limit::Unit::hours
                         ? elapsed_hours(start, own.amount, context_.zone)
                         : calendar_days(start, own, context_.zone);
    cap(plain, start);
    const Finding excluded = exclusion();
    if (excluded.truth == Truth::yes) {
      plain.steps.push_back("no weekend rule: " + excluded.reasons.front());
      return plain;
    }
    const HolidayCalendar* holidays = member_state();
    Deadline moved = weekend_noon(plain.earliest, {context_.zone, holidays});
    moved.steps.insert(moved.steps.begin(), plain.steps.begin(), plain.steps.end());
    if (excluded.truth == Truth::unknown && (!moved.legal || *moved.legal != plain.earliest)) {
      result_.missing.insert(result_.missing.end(), excluded.facts.begin(), excluded.facts.end());
      if (moved.legal)
        result_.notes.push_back("may move to " + local_text(context_.zone, *moved.legal) +
                                " if the entity may use the weekend rule");
      plain.problem = moved.problem;
      return plain;
    }
    return moved;
  }

  /// Lets the second clock of the stage shorten `deadline`.
  void cap(Deadline& deadline, UtcSeconds start) {
    if (!stage_.cap) return;
    const auto cap_start =
        legal_time(stage_.cap->starts_at, context_.facts, context_.catalog, context_.zone);
    if (!cap_start) {
      result_.missing.push_back(stage_.cap->starts_at);
      result_.notes.push_back("may come earlier: " + limit_text(stage_.cap->limit) + " after " +
                              stage_.cap->starts_at + ", not known yet");
      return;
    }
    const UtcSeconds end = plain_end(cap_start->at, stage_.cap->limit, context_.zone);
    const std::string what = limit_text(stage_.cap->limit) + " after " + stage_.cap->starts_at;
    if (stage_.cap->dropped_when_passed && start > end) {
      deadline.steps.push_back("the second clock, " + what +
                               ", had run out before the start and falls away");
      return;
    }
    if (end < deadline.earliest)
      deadline.steps.push_back("the second clock ends first: " + what + " = " +
                               local_text(context_.zone, end));
    deadline.earliest = std::min(deadline.earliest, end);
    if (deadline.legal) deadline.legal = std::min(*deadline.legal, end);
  }

  void take_capped(Deadline deadline, UtcSeconds start) {
    cap(deadline, start);
    take(std::move(deadline));
  }

  void take(Deadline deadline) {
    result_.kind = DeadlineKind::limit;
    result_.earliest = deadline.earliest;
    result_.legal = deadline.legal;
    result_.steps.insert(result_.steps.end(), deadline.steps.begin(), deadline.steps.end());
    result_.problem = deadline.problem;
    if (result_.problem && calendar_problem_) result_.problem = calendar_problem_;
  }

  void own_target(UtcSeconds start) {
    const auto set = context_.facts.get<Number>("entity.internal_target_hours");
    const std::int64_t hours =
        set ? std::clamp<std::int64_t>(set->thousandths / 1000, 0, kOwnTargetHoursMax)
            : kOwnTargetHours;
    result_.kind = DeadlineKind::own_target;
    result_.earliest = start + std::chrono::hours(hours);
    result_.steps.push_back("start " + local_text(context_.zone, start) + ", " +
                            utc_text(context_.zone, start));
    result_.steps.push_back("the law says \"" + stage_.limit_words +
                            "\" and no number; own target " + std::to_string(hours) +
                            " hours = " + local_text(context_.zone, *result_.earliest));
    if (!set)
      result_.assumed.push_back(
          "own target of 72 hours, since entity.internal_target_hours is not set");
  }

  void guideline(UtcSeconds start) {
    const bool hours = stage_.rule.kind == Kind::guideline_hours;
    const auto end_of = [&](int amount) {
      return plain_end(start, {hours ? Limit::Unit::hours : Limit::Unit::days, amount},
                       context_.zone);
    };
    if (!hours) day_rule_used();
    result_.kind = DeadlineKind::guideline;
    result_.earliest = end_of(stage_.rule.from);
    result_.legal = end_of(stage_.rule.to);
    const std::string window =
        stage_.rule.from == stage_.rule.to
            ? std::to_string(stage_.rule.to)
            : std::to_string(stage_.rule.from) + " to " + std::to_string(stage_.rule.to);
    result_.steps.push_back("start " + local_text(context_.zone, start) + ", " +
                            utc_text(context_.zone, start));
    result_.steps.push_back("guidance: " + window + (hours ? " hours" : " days") +
                            ", no limit of law, until " +
                            local_text(context_.zone, *result_.legal));
  }

  void apply_bound(const StageDeadline& bound) {
    result_.notes.push_back("not later than stage " + *stage_.bounded_by);
    if (!bound.earliest) return;
    const bool own_limit = result_.kind == DeadlineKind::limit;
    if (!own_limit && bound.kind == DeadlineKind::limit) {
      result_.kind = DeadlineKind::limit;
      result_.earliest = bound.earliest;
      result_.legal = bound.legal;
      result_.problem = bound.problem;
      std::erase_if(result_.assumed,
                    [](const std::string& text) { return text.starts_with("own target"); });
    } else if (!result_.earliest || *bound.earliest < *result_.earliest) {
      if (result_.kind == DeadlineKind::open) result_.kind = bound.kind;
      result_.earliest = bound.earliest;
      if (bound.legal && (!result_.legal || *bound.legal < *result_.legal))
        result_.legal = bound.legal;
    } else {
      return;
    }
    result_.steps.push_back("bounded by stage " + *stage_.bounded_by + ": " +
                            local_text(context_.zone, *result_.earliest));
  }

  const Stage& stage_;
  const Regime& regime_;
  const DateContext& context_;
  StageDeadline result_;
  std::optional<Error> calendar_problem_;
};

}  // namespace

StageDeadline stage_deadline(const Stage& stage, const Regime& regime, const DateContext& context,
                             const StageDeadline* bound) {
  return DateBuilder(stage, regime, context).build(bound);
}

}  // namespace casebook::reports
