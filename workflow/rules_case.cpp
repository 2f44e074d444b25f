// Rules of statements about the case as a whole: policies, moves, steps, clocks, times.
#include <algorithm>

#include "workflow/rules.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kPinnedMax = 16;

bool is_in(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += between;
    text += word;
  }
  return text;
}

/// What pinned policies lose: an id that the new list no longer has.
bool drops_one(const CaseState& state, const PolicyPin& pin) {
  return std::ranges::any_of(state.pinned, [&](const PinnedPolicy& old) {
    return std::ranges::find(pin.policies, old.id, &PinnedPolicy::id) == pin.policies.end();
  });
}

}  // namespace

bool Saying::signed_by(const PersonId& person) const {
  return std::ranges::find(persons, person) != persons.end();
}

bool Saying::holds(const std::string& role) const {
  return std::ranges::any_of(
      persons, [&](const PersonId& person) { return state.holds(person, role, now); });
}

bool Saying::holds_one_of(const std::vector<std::string>& roles) const {
  return roles.empty() ||
         std::ranges::any_of(roles, [&](const std::string& role) { return holds(role); });
}

Answer Saying::needs_role(const std::vector<std::string>& roles, const std::string& purpose) const {
  if (holds_one_of(roles)) return {};
  return no(purpose + " takes somebody with the role " + joined(roles, " or "),
            "ask a holder to sign it; `casebook role` shows who that is");
}

Answer Saying::needs_one_person() const {
  if (persons.size() == 1) return {};
  return no("one person says this, for themselves", "let the others sign statements of their own");
}

Answer Saying::needs_text(const std::string& name) const {
  if (digests.contains(name)) return {};
  return no("its " + name + " is missing", "say it in words; they are kept in a compartment");
}

const PinnedPolicy* newly_pinned(const CaseState& state, const PolicyPin& pin) {
  const PinnedPolicy* found = nullptr;
  for (const PinnedPolicy& one : pin.policies) {
    if (std::ranges::find(state.pinned, one.digest, &PinnedPolicy::digest) != state.pinned.end()) {
      continue;
    }
    if (found != nullptr) return nullptr;
    found = &one;
  }
  return found;
}

bool may_reopen(const CaseState& state) {
  const auto move = state.policy->moves.find("reopen");
  return move != state.policy->moves.end() && is_in(move->second.from, state.phase);
}

Answer judge(const Saying& saying, const PolicyPin& pin) {
  if (pin.policies.size() > kPinnedMax) return no("more policies than a case can have");
  for (std::size_t i = 0; i < pin.policies.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (pin.policies[i].id == pin.policies[j].id) return no("a policy stands twice");
    }
  }
  const CaseState& state = saying.state;
  if (state.pinned.empty()) {
    const bool by_founder = std::ranges::any_of(
        saying.persons, [&](const PersonId& id) { return state.people.find(id)->is_founder; });
    if (by_founder) return {};
    return no("the first policies are pinned by a founder of the case");
  }
  if (newly_pinned(state, pin) == nullptr) {
    return no("one policy is exchanged or added at a time", "pin the others afterwards");
  }
  if (drops_one(state, pin)) return no("a policy once pinned is never dropped");
  if (saying.persons.size() < 2) {
    return no("another policy takes two persons", "ask another person of the case to sign as well");
  }
  return {};
}

Answer judge(const Saying& saying, const KindSet& set) {
  if (saying.policy().kinds.contains(set.kind)) return {};
  return no("no pinned policy has a kind " + set.kind, "`policy show` lists the kinds");
}

Answer judge(const Saying& saying, const StepDone& done) {
  const Step* step = saying.policy().step(done.step);
  if (step == nullptr) return no("the runbook has no step " + done.step);
  const auto now = std::ranges::find(saying.state.steps, done.step, &StepState::id);
  if (now == saying.state.steps.end() || now->number == 0) return no("this step is not open yet");
  if (now->done_at) return no("this step is done already");
  if (!step->attest) {
    return no("this step is done by what is recorded, not by a word",
              "`casebook why close` says what is missing");
  }
  if (!step->role.empty()) {
    if (auto answer = saying.needs_role({step->role}, "this step")) return answer;
  }
  if (!step->done) return {};
  const Attempt nothing;
  if (evaluate(*step->done, Scene{saying.state, nothing, saying.now}) == Truth::yes) return {};
  return no("what this step asks for is not there yet",
            "`casebook why close` says what is missing");
}

Answer judge(const Saying& saying, const StepSkip& skip) {
  const Step* step = saying.policy().step(skip.step);
  if (step == nullptr) return no("the runbook has no step " + skip.step);
  if (step->kind != StepKind::reminder) return no("only reminders are skipped");
  const auto now = std::ranges::find(saying.state.steps, skip.step, &StepState::id);
  if (now == saying.state.steps.end() || !now->is_open()) return no("this reminder is not open");
  return saying.needs_text("reason");
}

Answer judge(const Saying& saying, const MakeMove& made) {
  const auto found = saying.policy().moves.find(made.move);
  if (found == saying.policy().moves.end()) return no("no pinned policy has a move " + made.move);
  const Move& move = found->second;
  if (!is_in(move.from, saying.state.phase)) {
    return no(made.move + " is not possible in phase " + saying.state.phase,
              "it is possible in " + joined(move.from, ", "));
  }
  if (made.record && saying.state.record(*made.record) == nullptr) {
    return no("it names an entry that is not there");
  }
  if (saying.persons.size() < move.persons) {
    return no(made.move + " takes " + std::to_string(move.persons) + " persons; " +
                  std::to_string(saying.persons.size()) + " signed",
              "ask another person of the case to sign as well");
  }
  return saying.needs_role(move.roles, made.move);
}

Answer judge(const Saying& saying, const Acknowledge& acknowledge) {
  if (auto answer = saying.needs_one_person()) return answer;
  bool runs = false;
  for (const std::size_t position : saying.state.running) {
    const ClockState& clock = saying.state.clocks[position];
    const ClockRule& rule = saying.policy().clocks[clock.rule];
    if (clock.number != acknowledge.thing || rule.escalate.empty()) continue;
    runs = true;
    if (std::ranges::any_of(rule.escalate, [&](const Escalation& rung) {
          return !rung.roles.empty() && saying.holds_one_of(rung.roles);
        })) {
      return {};
    }
  }
  if (!runs)
    return no("nothing that calls for somebody runs under that number",
              "`casebook watch --within P1D` shows numbers");
  return no("only somebody whom it calls can acknowledge it",
            "`casebook watch --within P1D` says whom");
}

Answer judge(const Saying& saying, const Exclude& exclude) {
  const CaseState& state = saying.state;
  if (state.is_excluded(exclude.person)) return no("this person is excluded already");
  if (saying.signed_by(exclude.person)) return no("nobody excludes themselves");
  const BoundPerson* person = state.people.find(exclude.person);
  if (person == nullptr || person->is_removed) return {};
  if (saying.persons.size() < 2) {
    return no("to exclude somebody who is in the case takes two persons",
              "ask another person of the case to sign as well");
  }
  if (person->holds(std::string(kCommander)) && needs_commander(state)) {
    return no("the commander cannot be excluded", "give the command to somebody else first");
  }
  return {};
}

Answer judge(const Saying& saying, const TimeAttest& attest) {
  if (auto answer = saying.needs_one_person()) return answer;
  const CaseState& state = saying.state;
  const auto entry =
      std::ranges::lower_bound(state.people.signatures, attest.seq, {}, &SignedEntry::seq);
  if (entry == state.people.signatures.end() || entry->seq != attest.seq) {
    return no("there is no such entry to say a time of");
  }
  for (const std::string& key : entry->keys) {
    const BoundPerson* signer = state.people.owner_of(key);
    if (signer != nullptr && saying.signed_by(signer->id)) {
      return no("whoever signed an entry does not attest its time", "a second person has to");
    }
  }
  if (attest.time > saying.now) return no("that time lies in the future");
  for (const TimeAttested& other : state.times) {
    const bool runs_back = other.entry < attest.seq
                               ? attest.time < other.time
                               : other.entry > attest.seq && attest.time > other.time;
    if (runs_back) return no("trusted times would run backwards");
  }
  return {};
}

Answer judge(const Saying& saying, const TellDone& told) {
  if (saying.state.record(told.record) == nullptr) return no("it names an entry that is not there");
  if (told.at > saying.now) return no("that time lies in the future");
  return {};
}

}  // namespace casebook::workflow
