#include "workflow/gates.h"

#include <algorithm>

#include "workflow/evaluate.h"

namespace casebook::workflow {
namespace {

constexpr std::string_view kAction = "action:";

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

bool stands(const CaseState& state, const Waiver& waiver) {
  if (!waiver.granted_by || waiver.disarmed || waiver.used_at) return false;
  if (state.is_contested(waiver.seq) || state.is_contested(waiver.granted_seq)) return false;
  if (!state.is_known(waiver.asked_by) || !state.is_known(*waiver.granted_by)) return false;
  return std::ranges::all_of(waiver.covers, [&](const auto& covered) {
    return state.facet_digest(covered.first) == covered.second;
  });
}

/// Calls `take(thing)` for each open thing that blocks; stops when it returns false.
template <typename Take>
void each_blocking(const CaseState& state, const Attempt& attempt, Take take) {
  const auto steps = state.index->steps_block.find(attempt.verb);
  if (steps != state.index->steps_block.end()) {
    for (const std::size_t position : steps->second) {
      const StepState& step = state.steps[position];
      if (!step.is_open() || state.policy->steps[position].kind == StepKind::reminder) continue;
      if (!take(BlockingThing{step.number, "step", step.id})) return;
    }
  }
  const auto kinds = state.index->kinds_block.find(attempt.verb);
  if (kinds != state.index->kinds_block.end()) {
    for (const std::string& kind : kinds->second) {
      Query open{kind};
      open.settled = false;
      bool goes_on = true;
      each_match(open, Scene{state, attempt, state.received_at}, [&](const Record& record, Truth) {
        goes_on = take(BlockingThing{record.number, "record", record.id.text()});
        return goes_on;
      });
      if (!goes_on) return;
    }
  }
  if (!is_exit(state, attempt)) return;
  for (const Ask& ask : state.asks) {
    if (ask.answer != Ask::Answer::spoken) continue;
    if (!take(BlockingThing{ask.number, "ask", ask.id.text()})) return;
  }
  for (const Waiver& waiver : state.waivers) {
    if (!waiver.signs_later || waiver.signed_at) continue;
    if (!take(BlockingThing{waiver.number, "waiver", waiver.id.text()})) return;
  }
}

}  // namespace

std::vector<std::string> names_of(const Attempt& attempt) {
  std::vector<std::string> all;
  if (!attempt.verb.empty()) all.push_back(attempt.verb);
  if (!attempt.action.empty()) all.push_back(std::string(kAction) + attempt.action);
  return all;
}

bool is_exit(const CaseState& state, const Attempt& attempt) {
  return is_exit(*state.policy, attempt.verb);
}

Scene scene_of(const CaseState& state, const Attempt& attempt, UtcSeconds now) {
  return {state, attempt, std::max(now, state.received_at), nullptr, is_exit(state, attempt)};
}

std::vector<std::size_t> gates_on(const CaseState& state, const Attempt& attempt) {
  std::vector<std::size_t> gates;
  for (const std::string& name : names_of(attempt)) {
    const auto found = state.index->gates_on.find(name);
    if (found == state.index->gates_on.end()) continue;
    gates.insert(gates.end(), found->second.begin(), found->second.end());
  }
  std::ranges::sort(gates);
  gates.erase(std::unique(gates.begin(), gates.end()), gates.end());
  return gates;
}

bool may_be_waived(const Gate& gate, const Attempt& attempt) {
  if (!gate.waive) return false;
  return std::ranges::all_of(names_of(attempt), [&](const std::string& name) {
    if (names(gate.waive->except_on, name)) return false;
    return !names(gate.on, name) || gate.waive->only_on.empty() || names(gate.waive->only_on, name);
  });
}

std::optional<std::size_t> waiver_for(const CaseState& state, const Gate& gate,
                                      const Attempt& attempt) {
  if (state.waivers.empty() || !may_be_waived(gate, attempt)) return std::nullopt;
  const std::vector<std::string> called = names_of(attempt);
  for (std::size_t i = 0; i < state.waivers.size(); ++i) {
    const Waiver& waiver = state.waivers[i];
    if (waiver.gate != gate.id || !names(called, waiver.attempt)) continue;
    if (waiver.record && waiver.record != attempt.record) continue;
    if (stands(state, waiver)) return i;
  }
  return std::nullopt;
}

std::vector<BlockingThing> blocking(const CaseState& state, const Attempt& attempt) {
  std::vector<BlockingThing> things;
  each_blocking(state, attempt, [&](BlockingThing thing) {
    things.push_back(std::move(thing));
    return true;
  });
  std::ranges::sort(things, {}, &BlockingThing::number);
  return things;
}

bool is_blocked(const CaseState& state, const Attempt& attempt) {
  bool found = false;
  each_blocking(state, attempt, [&](const BlockingThing&) {
    found = true;
    return false;
  });
  return found;
}

std::vector<std::pair<std::string_view, GateAnswer>> gate_answers(const CaseState& state,
                                                                  const Attempt& attempt,
                                                                  UtcSeconds now) {
  const Scene scene = scene_of(state, attempt, now);
  std::vector<std::pair<std::string_view, GateAnswer>> answers;
  for (const std::size_t position : gates_on(state, attempt)) {
    const Gate& gate = state.policy->gates[position];
    if (evaluate(gate.when, scene) == Truth::no) continue;
    GateAnswer answer = GateAnswer::satisfied;
    if (evaluate(gate.need, scene) != Truth::yes) {
      answer = waiver_for(state, gate, attempt) ? GateAnswer::waived : GateAnswer::blocked;
    }
    answers.emplace_back(gate.id, answer);
  }
  return answers;
}

bool passes(const CaseState& state, const Attempt& attempt, UtcSeconds now) {
  if (!state.policy || is_blocked(state, attempt)) return false;
  const Scene scene = scene_of(state, attempt, now);
  return std::ranges::all_of(gates_on(state, attempt), [&](std::size_t position) {
    const Gate& gate = state.policy->gates[position];
    return evaluate(gate.when, scene) == Truth::no || evaluate(gate.need, scene) == Truth::yes ||
           waiver_for(state, gate, attempt);
  });
}

std::vector<std::size_t> waivers_used(const CaseState& state, const Attempt& attempt,
                                      UtcSeconds now) {
  std::vector<std::size_t> used;
  if (state.waivers.empty()) return used;
  const Scene scene = scene_of(state, attempt, now);
  for (const std::size_t position : gates_on(state, attempt)) {
    const Gate& gate = state.policy->gates[position];
    if (evaluate(gate.when, scene) == Truth::no || evaluate(gate.need, scene) == Truth::yes)
      continue;
    if (const auto waiver = waiver_for(state, gate, attempt)) used.push_back(*waiver);
  }
  return used;
}

Attempt waived_attempt(const CaseState& state, const std::string& name,
                       const std::optional<StatementId>& id) {
  Attempt attempt;
  if (name.starts_with(kAction)) {
    attempt.action = name.substr(kAction.size());
  } else {
    attempt.verb = name;
  }
  attempt.record = id;
  if (const Record* record = id ? state.record(*id) : nullptr) attempt.fields = record->fields();
  return attempt;
}

Fields with_initial(const Register& rule, Fields fields, bool at_settle) {
  for (const FieldRule& field : rule.fields) {
    if (field.at_settle != at_settle) continue;
    if (!std::holds_alternative<std::monostate>(field.initial)) {
      fields.emplace(field.name, field.initial);
    }
  }
  return fields;
}

bool Verdict::is_open() const {
  return open.empty() && std::ranges::all_of(gates, [](const GateVerdict& gate) {
           return gate.answer != GateAnswer::blocked;
         });
}

std::vector<WordWanted> words_wanted(const CaseState& state, std::string_view gate) {
  std::vector<WordWanted> wanted;
  for (const AttestLeaf& leaf : state.index->words) {
    if (leaf.gate == gate) wanted.push_back({leaf.leaf, leaf.rule, leaf.about_entry});
  }
  return wanted;
}

Covers covers_now(const CaseState& state, const std::vector<std::string>& facets) {
  Covers covers;
  for (const std::string& facet : facets) covers.emplace(facet, state.facet_digest(facet));
  return covers;
}

}  // namespace casebook::workflow
