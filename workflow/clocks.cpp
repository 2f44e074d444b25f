#include "workflow/clocks.h"

#include <algorithm>

#include "workflow/changes.h"
#include "workflow/decide.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

std::string key_of(const Value& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return {};
}

Value limit_value(const CaseState& state, const std::string& fact) {
  Value value = state.value_of(fact);
  if (!std::holds_alternative<std::monostate>(value)) return value;
  const auto rule = state.policy->facts.find(fact);
  return rule == state.policy->facts.end() ? Value() : rule->second.worst_unknown;
}

std::optional<UtcSeconds> due_of(const CaseState& state, const ClockRule& rule,
                                 const ClockState& clock) {
  if (!rule.until.empty()) {
    const Record* record = clock.record ? state.record(*clock.record) : nullptr;
    if (record == nullptr) return std::nullopt;
    const Value value = field_value(*record, rule.until);
    const auto* time = std::get_if<Moment>(&value);
    if (time == nullptr) return std::nullopt;
    return UtcSeconds(std::chrono::seconds(time->seconds));
  }
  const auto limit =
      rule.within.find(rule.by.empty() ? std::string() : key_of(limit_value(state, rule.by)));
  if (limit == rule.within.end() || !limit->second) return std::nullopt;
  return clock.started_at + *limit->second;
}

void note_breach(ClockState& clock, UtcSeconds now) {
  if (clock.due && now > *clock.due) clock.was_late = true;
}

void begin(CaseState& state, ClockState& clock) {
  clock.started_seq = state.size - 1;
  clock.started_at = state.received_at;
  clock.stopped_at.reset();
  clock.acknowledged.clear();
  clock.due = due_of(state, state.policy->clocks[clock.rule], clock);
}

bool is_stopped(const CaseState& state, const ClockRule& rule, const ClockState& clock,
                bool is_affected) {
  const Record* record = clock.record ? state.record(*clock.record) : nullptr;
  if (record != nullptr && record->is_settled()) return true;
  if (rule.start.starts_with("step:")) {
    const auto step = std::ranges::find(state.steps, rule.start.substr(5), &StepState::id);
    if (step == state.steps.end() || step->done_at) return true;
  }
  if (!rule.stop || !is_affected) return false;
  static const Attempt kNothing;
  const Scene scene{state, kNothing, state.received_at, record, true, clock.started_seq};
  return evaluate(*rule.stop, scene) == Truth::yes;
}

/// A fact that says nothing starts nothing.
bool starts(const Value& value) {
  return !std::holds_alternative<std::monostate>(value) && value != Value(false) &&
         value != Value(std::string("unknown"));
}

void start_by_facts(CaseState& state, const std::vector<std::string>& facts) {
  for (const std::string& fact : facts) {
    const std::string start = "fact:" + fact;
    if (!state.index->clocks_started.contains(start)) continue;
    const Value value = state.value_of(fact);
    if (!starts(value)) continue;
    start_clocks(state, start, nullptr, 0);
    const auto* time = std::get_if<Moment>(&value);
    if (time == nullptr) continue;
    for (const std::size_t position : state.running) {  // Such a clock runs from what is said.
      ClockState& clock = state.clocks[position];
      if (state.policy->clocks[clock.rule].start != start) continue;
      note_breach(clock, state.received_at);
      clock.started_at = UtcSeconds(std::chrono::seconds(time->seconds));
      clock.due = due_of(state, state.policy->clocks[clock.rule], clock);
    }
  }
}

bool is_repeatable(std::string_view start) {
  return start.starts_with("record:") || start.starts_with("step:") || start.starts_with("move:") ||
         start.starts_with("phase:");
}

bool limit_changed(const ClockRule& rule, const Changes& changes) {
  return !rule.until.empty() || changes.all ||
         (!rule.by.empty() && std::ranges::find(changes.facts, rule.by) != changes.facts.end());
}

}  // namespace

void start_clocks(CaseState& state, const std::string& start, const Record* record,
                  std::uint64_t number) {
  const auto rules = state.index->clocks_started.find(start);
  if (rules == state.index->clocks_started.end()) return;
  for (const std::size_t rule : rules->second) {
    const ClockRule& clock = state.policy->clocks[rule];
    const auto is_there = [&](const ClockState& other) {
      return other.rule == rule && !other.record && (!other.stopped_at || !is_repeatable(start));
    };
    if (record == nullptr && std::ranges::any_of(state.clocks, is_there)) continue;
    ClockState next{clock.id, rule, {}, number, 0, {}};
    if (record != nullptr) next.record = record->id;
    if (number == 0 && !clock.escalate.empty()) {
      next.number = give_number(state, {Numbered::Kind::clock, state.clocks.size()});
    }
    begin(state, next);
    state.running.push_back(state.clocks.size());
    state.clocks.push_back(std::move(next));
  }
}

void update_clocks(CaseState& state, const Changes& changes) {
  start_by_facts(state, changes.facts);
  if (state.running.empty()) return;
  const auto touched = affected(state.index->clocks, changes, state.policy->clocks.size());
  const bool is_quiet = touched.empty() && changes.facts.empty() && changes.kinds.empty() &&
                        changes.steps.empty() && !changes.all;
  if (is_quiet) return;
  std::erase_if(state.running, [&](std::size_t position) {
    ClockState& clock = state.clocks[position];
    const ClockRule& rule = state.policy->clocks[clock.rule];
    if (is_stopped(state, rule, clock, std::ranges::binary_search(touched, clock.rule))) {
      note_breach(clock, state.received_at);
      if (rule.cadence) {
        ++clock.rounds;
        begin(state, clock);
        return false;
      }
      clock.stopped_at = state.received_at;
      return true;
    }
    if (limit_changed(rule, changes)) {
      note_breach(clock, state.received_at);
      clock.due = due_of(state, rule, clock);
    }
    return false;
  });
}

void rebind_clocks(CaseState& state) {
  for (std::size_t i = 0; i < state.clocks.size(); ++i) {
    ClockState& clock = state.clocks[i];
    const auto& rules = state.policy->clocks;
    const auto rule = std::ranges::find(rules, clock.id, &ClockRule::id);
    if (rule != rules.end()) {
      clock.rule = static_cast<std::size_t>(rule - rules.begin());
    } else if (!clock.stopped_at) {
      note_breach(clock, state.received_at);
      clock.stopped_at = state.received_at;
      std::erase(state.running, i);
    }
    if (rule == rules.end()) clock.is_paused = false;
  }
}

void pause_cadences(CaseState& state) {
  std::erase_if(state.running, [&](std::size_t position) {
    ClockState& clock = state.clocks[position];
    if (!state.policy->clocks[clock.rule].cadence) return false;
    note_breach(clock, state.received_at);
    clock.stopped_at = state.received_at;
    clock.is_paused = true;
    return true;
  });
}

void resume_cadences(CaseState& state) {
  for (std::size_t i = 0; i < state.clocks.size(); ++i) {
    ClockState& clock = state.clocks[i];
    if (!clock.is_paused) continue;
    clock.is_paused = false;
    begin(state, clock);
    state.running.push_back(i);
  }
}

namespace {

bool is_acknowledged(const CaseState& state, const ClockState& clock, const Escalation& rung) {
  return std::ranges::any_of(clock.acknowledged, [&](const Acknowledged& word) {
    return !state.is_contested(word.seq) &&
           std::ranges::any_of(rung.roles, [&](const std::string& role) {
             return std::ranges::binary_search(word.roles, role);
           });
  });
}

std::optional<Call> call_of(const CaseState& state, const ClockState& clock, std::size_t rung,
                            UtcSeconds now) {
  const Escalation& rule = state.policy->clocks[clock.rule].escalate[rung];
  const auto whole = *clock.due - clock.started_at;
  const UtcSeconds since = clock.started_at + whole * rule.after_percent / 100;
  if (now < since || is_acknowledged(state, clock, rule)) return std::nullopt;
  Call call{rung, rule.roles, since};
  if (rule.repeat && rule.repeat->count() > 0) {
    call.times += static_cast<std::uint64_t>((now - since) / *rule.repeat);
    call.next = since + *rule.repeat * static_cast<std::int64_t>(call.times);
  }
  return call;
}

}  // namespace

ClockStanding clock_at(const CaseState& state, std::size_t position, UtcSeconds now) {
  const ClockState& clock = state.clocks[position];
  ClockStanding standing{position, !clock.stopped_at.has_value()};
  standing.is_late = clock.was_late;
  if (!standing.is_running || !clock.due) return standing;
  const ClockRule& rule = state.policy->clocks[clock.rule];
  standing.left = *clock.due - now;
  standing.is_late |= now > *clock.due;
  const auto whole = *clock.due - clock.started_at;
  standing.is_warning = (now - clock.started_at) * 100 >= whole * rule.warn_percent;
  for (std::size_t rung = 0; rung < rule.escalate.size(); ++rung) {
    if (auto call = call_of(state, clock, rung, now)) standing.calls.push_back(*std::move(call));
  }
  return standing;
}

std::vector<ClockStanding> clocks_at(const CaseState& state, UtcSeconds now) {
  std::vector<ClockStanding> all;
  for (std::size_t i = 0; i < state.clocks.size(); ++i) all.push_back(clock_at(state, i, now));
  return all;
}

}  // namespace casebook::workflow
