#include "workflow/board.h"

#include <algorithm>
#include <set>

namespace casebook::workflow {
namespace {

using Kind = OpenThing::Kind;

const ClockState* clock_of(const CaseState& state, const std::string& clock,
                           const std::optional<StatementId>& record) {
  const auto found = std::ranges::find_if(state.clocks, [&](const ClockState& running) {
    return running.id == clock && running.record == record && !running.stopped_at;
  });
  return found == state.clocks.end() ? nullptr : &*found;
}

std::optional<UtcSeconds> due_of(const CaseState& state, const std::string& clock,
                                 const std::optional<StatementId>& record) {
  if (clock.empty()) return {};
  const ClockState* running = clock_of(state, clock, record);
  return running == nullptr ? std::nullopt : running->due;
}

void add_steps(const CaseState& state, Board& board) {
  for (const StepState& step : state.steps) {
    const Step* rule = state.policy->step(step.id);
    if (rule == nullptr || !step.is_open() || step.skipped) continue;
    OpenThing thing{.number = step.number,
                    .kind = Kind::step,
                    .id = step.id,
                    .what = step.id,
                    .label = rule->label,
                    .since = step.opened_at,
                    .due = due_of(state, rule->clock, {}),
                    .blocks = rule->blocks,
                    .is_reminder = rule->kind == StepKind::reminder};
    if (!rule->role.empty()) thing.roles.push_back(rule->role);
    board.things.push_back(std::move(thing));
  }
}

/// The person that an entry names as its owner, if the register has such a field.
std::vector<PersonId> owner_of(const Register& rule, const Record& record) {
  if (rule.owner.empty()) return {};
  const auto field = record.fields().find(rule.owner);
  if (field == record.fields().end()) return {};
  const auto* text = std::get_if<std::string>(&field->second);
  const auto id = text == nullptr ? Result<PersonId>(Error{ErrorCode::invalid_input, "no person"})
                                  : PersonId::parse(*text);
  return id ? std::vector{*id} : std::vector<PersonId>{};
}

void add_records(const CaseState& state, Board& board) {
  for (const Record& record : state.records) {
    const auto rule = state.policy->registers.find(record.kind);
    if (rule == state.policy->registers.end()) continue;
    if (record.kind == "host") board.hosts.push_back(&record);
    if (!rule->second.settle || record.is_settled()) continue;
    if (record.kind == "assumption") board.unverified.push_back(&record);
    board.things.push_back({.number = record.number,
                            .kind = Kind::record,
                            .id = record.id.text(),
                            .what = record.kind,
                            .label = rule->second.label,
                            .persons = owner_of(rule->second, record),
                            .roles = rule->second.settle->roles,
                            .since = record.versions.front().at,
                            .due = due_of(state, rule->second.clock, record.id),
                            .blocks = rule->second.blocks});
  }
}

void add_words(const CaseState& state, Board& board) {
  for (const Ask& ask : state.asks) {
    if (ask.answer != Ask::Answer::open && ask.answer != Ask::Answer::spoken) continue;
    const Gate* gate = state.policy->gate(ask.gate);
    OpenThing thing{.number = ask.number,
                    .kind = Kind::ask,
                    .id = ask.id.text(),
                    .what = ask.gate,
                    .label = gate == nullptr ? Label{} : gate->label,
                    .since = ask.at};
    if (ask.person) thing.persons.push_back(*ask.person);
    board.things.push_back(std::move(thing));
  }
  for (const Waiver& waiver : state.waivers) {
    if (waiver.granted_by || waiver.disarmed) continue;
    const Gate* gate = state.policy->gate(waiver.gate);
    OpenThing thing{.number = waiver.number,
                    .kind = Kind::waiver,
                    .id = waiver.id.text(),
                    .what = waiver.gate,
                    .label = gate == nullptr ? Label{} : gate->label,
                    .since = waiver.at};
    if (gate != nullptr && gate->waive) thing.roles.push_back(gate->waive->grant);
    board.things.push_back(std::move(thing));
  }
  for (const Handover& handover : state.handovers) {
    if (handover.accepted) continue;
    const auto role = state.policy->roles.find(handover.role);
    board.things.push_back(
        {.number = handover.number,
         .kind = Kind::handover,
         .id = handover.offer.text(),
         .what = handover.role,
         .label = role == state.policy->roles.end() ? Label{} : role->second.label,
         .persons = {handover.to}});
  }
}

/// Roles of the ladder whose share of the time has passed and who have not answered.
std::vector<std::string> escalated(const ClockRule& rule, const ClockState& clock, UtcSeconds now) {
  std::vector<std::string> roles;
  if (!clock.due) return roles;
  const auto span = *clock.due - clock.started_at;
  for (const Escalation& rung : rule.escalate) {
    if (now < clock.started_at + span * rung.after_percent / 100) continue;
    const bool is_answered = std::ranges::any_of(clock.acknowledged, [&](const auto& word) {
      return std::ranges::any_of(rung.roles, [&](const std::string& role) {
        return std::ranges::find(word.roles, role) != word.roles.end();
      });
    });
    if (is_answered) return {};
    roles.insert(roles.end(), rung.roles.begin(), rung.roles.end());
  }
  return roles;
}

void add_clocks(const CaseState& state, UtcSeconds now, Board& board) {
  for (const ClockState& clock : state.clocks) {
    if (clock.stopped_at || clock.is_paused) continue;
    const ClockRule* rule = state.policy->clock(clock.id);
    if (rule == nullptr) continue;
    RunningClock running{rule, &clock};
    if (clock.number > 0) running.number = clock.number;
    if (clock.due) {
      running.is_late = now > *clock.due;
      const auto span = *clock.due - clock.started_at;
      running.is_near = now >= clock.started_at + span * rule->warn_percent / 100;
    }
    running.escalate_to = escalated(*rule, clock, now);
    board.clocks.push_back(std::move(running));
  }
  std::ranges::stable_sort(board.clocks, [](const RunningClock& a, const RunningClock& b) {
    return a.state->due.value_or(UtcSeconds::max()) < b.state->due.value_or(UtcSeconds::max());
  });
}

/// Exits that are possible from the present phase.
std::set<std::string> exits_left(const CaseState& state) {
  std::set<std::string> exits;
  for (const auto& [name, move] : state.policy->moves) {
    const bool is_here = std::ranges::find(move.from, state.phase) != move.from.end();
    if (is_here && move.exit) exits.insert(name);
  }
  return exits;
}

/// Behind an exit only what stands before the next one is still somebody's business.
void keep_what_is_left(const CaseState& state, Board& board) {
  const auto exits = exits_left(state);
  const auto is_left = [&](const std::string& exit) { return exits.contains(exit); };
  const auto is_waited_for = [&](const OpenThing& thing) {
    if (thing.kind == Kind::handover || thing.kind == Kind::role) return true;
    if (thing.kind != Kind::ask && thing.kind != Kind::waiver) {
      return std::ranges::any_of(thing.blocks, is_left);
    }
    const Gate* gate = state.policy->gate(thing.what);
    return gate != nullptr && std::ranges::any_of(gate->on, is_left);
  };
  const auto left = std::ranges::stable_partition(board.things, is_waited_for);
  board.set_aside.assign(left.begin(), left.end());
  board.things.erase(left.begin(), left.end());
  std::erase_if(board.clocks, [&](const RunningClock& clock) {
    return std::ranges::none_of(board.things, [&](const OpenThing& thing) {
      return clock.number && thing.number == *clock.number;
    });
  });
  std::erase_if(board.roles, [](const RoleSeat& seat) { return seat.holders.empty(); });
}

}  // namespace

Board make_board(const CaseState& state, UtcSeconds now) {
  Board board;
  if (state.policy == nullptr) return board;
  add_steps(state, board);
  add_records(state, board);
  add_words(state, board);
  std::ranges::sort(board.things, {}, &OpenThing::number);
  add_clocks(state, now, board);
  const Attempt nothing;
  for (const auto& [name, rule] : state.policy->roles) {
    RoleSeat seat{&rule, state.holders(name, now)};
    seat.is_missing =
        seat.holders.empty() && evaluate(rule.needed, Scene{state, nothing, now}) == Truth::yes;
    board.roles.push_back(std::move(seat));
  }
  if (!state.is_open() && !state.phase.empty()) keep_what_is_left(state, board);
  return board;
}

bool is_for(const OpenThing& thing, const CaseState& state, const PersonId& person,
            UtcSeconds now) {
  if (!thing.persons.empty()) {
    return std::ranges::find(thing.persons, person) != thing.persons.end();
  }
  return std::ranges::any_of(thing.roles, [&](const std::string& role) {
    const auto holders = state.holders(role, now);
    return std::ranges::find(holders, person) != holders.end();
  });
}

const OpenThing* find_thing(const Board& board, std::uint64_t number) {
  for (const auto* things : {&board.things, &board.set_aside}) {
    const auto found = std::ranges::find(*things, number, &OpenThing::number);
    if (found != things->end()) return &*found;
  }
  return nullptr;
}

}  // namespace casebook::workflow
