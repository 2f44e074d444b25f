#include <algorithm>

#include "workflow/changes.h"
#include "workflow/decide.h"

namespace casebook::workflow {
namespace {

/// More rounds than this a policy that `policy lint` passes never needs: its steps have no cycle.
constexpr int kRoundsMax = 8;

Scene scene_of(const CaseState& state, const Attempt& nothing, const Step& step) {
  return {state, nothing, state.received_at, nullptr, !step.blocks.empty()};
}

bool is_discharged(const CaseState& state, const Attempt& nothing, const Step& step,
                   const StepState& now) {
  if (now.skipped) return true;
  if (step.attest && !now.word_seq) return false;
  if (step.attest && state.is_contested(*now.word_seq)) return false;
  return !step.done || evaluate(*step.done, scene_of(state, nothing, step)) == Truth::yes;
}

/// @return whether it opened, was discharged, or opened again.
bool update_step(CaseState& state, std::size_t position) {
  static const Attempt kNothing;
  const Step& step = state.policy->steps[position];
  StepState& now = state.steps[position];
  bool changed = false;
  if (now.number == 0) {
    if (evaluate(step.opens, scene_of(state, kNothing, step)) == Truth::no) return false;
    now.number = give_number(state, {Numbered::Kind::step, position});
    now.opened_at = state.received_at;
    now.opened_seq = state.size - 1;
    now.times_opened = 1;
    changed = true;
    start_clocks(state, "step:" + step.id, nullptr, now.number);
  }
  const bool is_done = is_discharged(state, kNothing, step, now);
  if (is_done == now.done_at.has_value()) return changed;
  if (is_done) {
    now.done_at = state.received_at;
    now.done_by_seq = state.size - 1;
  } else {
    now.done_at.reset();
    now.done_by_seq.reset();
    ++now.times_opened;
    start_clocks(state, "step:" + step.id, nullptr, now.number);
  }
  return true;
}

void take(std::vector<std::size_t>& into, const std::vector<std::size_t>& more) {
  into.insert(into.end(), more.begin(), more.end());
}

void take(std::vector<std::size_t>& into,
          const std::map<std::string, std::vector<std::size_t>, std::less<>>& from,
          const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto found = from.find(name);
    if (found != from.end()) take(into, found->second);
  }
}

}  // namespace

std::vector<std::size_t> affected(const Dependents& on, const Changes& changes,
                                  std::size_t all_count) {
  std::vector<std::size_t> positions;
  if (changes.all) {
    for (std::size_t i = 0; i < all_count; ++i) positions.push_back(i);
    return positions;
  }
  take(positions, on.facts, changes.facts);
  take(positions, on.kinds, changes.kinds);
  take(positions, on.steps, changes.steps);
  if (changes.attestations) take(positions, on.attestations);
  if (changes.roles) take(positions, on.roles);
  if (changes.phase) take(positions, on.phase);
  take(positions, on.time);
  std::ranges::sort(positions);
  positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
  return positions;
}

void update_steps(CaseState& state, Changes& changes) {
  Changes round = changes;
  for (int i = 0; i < kRoundsMax; ++i) {
    Changes next;
    for (const std::size_t position : affected(state.index->steps, round, state.steps.size())) {
      if (update_step(state, position)) next.steps.push_back(state.steps[position].id);
    }
    if (next.steps.empty()) return;
    changes.steps.insert(changes.steps.end(), next.steps.begin(), next.steps.end());
    round = std::move(next);
  }
}

std::uint64_t give_number(CaseState& state, const Numbered& thing) {
  state.numbers.push_back(thing);
  return state.numbers.size();
}

}  // namespace casebook::workflow
