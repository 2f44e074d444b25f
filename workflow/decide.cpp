#include "workflow/decide.h"

#include <algorithm>

#include "workflow/gates.h"
#include "workflow/rules.h"

namespace casebook::workflow {
namespace {

/// What every statement has to fulfil before it is looked at what it says.
Answer judge_statement(const CaseState& state, const Entry& entry) {
  const Statement& statement = entry.statement;
  if (state.people.statements.contains(statement.id)) return no("this statement counted already");
  if (!state.people.case_id) return no("the case is not opened yet");
  if (statement.case_id != *state.people.case_id) return no("a statement about another case");
  if (statement.is_drill != state.people.is_drill) {
    return no("what is said in an exercise does not count in earnest, nor the other way round");
  }
  if (statement.expires && entry.received_at > *statement.expires) {
    return no("it had expired when it was received");
  }
  return {};
}

Answer judge_policies(const CaseState& state, const PolicyPin& pin, const PolicyLookup& policies) {
  std::vector<Policy> texts;
  for (const PinnedPolicy& one : pin.policies) {
    const Policy* text = policies ? policies(one.digest) : nullptr;
    if (text == nullptr) {
      RunbookRefusal refusal = no("the text of policy " + one.id + " is not there");
      refusal.lacks_policy = true;
      return refusal;
    }
    if (text->id != one.id || text->version != one.version) {
      return no("the text of policy " + one.id + " says another id or version");
    }
    texts.push_back(*text);
  }
  const auto joined = join_policies(texts);
  if (!joined) return no(joined.error().message, joined.error().hint);
  if (!state.phase.empty() && joined->phase(state.phase) == nullptr) {
    return no("the case is in phase " + state.phase + ", which the new policies do not have");
  }
  for (const auto& [role, rule] : joined->roles) {
    if (!rule.single) continue;
    const auto holders = std::ranges::count_if(state.people.persons, [&](const auto& one) {
      return !one.second.is_removed && one.second.holds(role);
    });
    if (holders > 1) {
      return no("the policy lets one person be " + role + "; " + std::to_string(holders) + " are",
                "let all but one of them lay the role down");
    }
  }
  return {};
}

Answer judge_gates(const CaseState& state, const Attempt& attempt, UtcSeconds now) {
  if (passes(state, attempt, now)) return {};
  Verdict verdict = explain(state, attempt, now);
  const std::vector<std::string> called = names_of(attempt);
  RunbookRefusal refusal = no(called.front() + " is blocked", "`why` says what is missing");
  for (const GateVerdict& gate : verdict.gates) {
    if (gate.answer == GateAnswer::blocked) {
      refusal.what = called.front() + " is blocked by gate " + gate.gate;
      break;
    }
  }
  refusal.verdict = std::move(verdict);
  return refusal;
}

std::optional<Attempt> attempt_of_entry(const CaseState& state, const std::string& kind,
                                        Fields fields) {
  const auto rule = state.policy->registers.find(kind);
  if (rule == state.policy->registers.end()) return std::nullopt;
  Attempt attempt{rule->second.attempt};
  const auto word = fields.find("class");
  if (word != fields.end() && std::holds_alternative<std::string>(word->second)) {
    attempt.action = std::get<std::string>(word->second);
  }
  if (attempt.verb.empty() && attempt.action.empty()) return std::nullopt;
  attempt.fields = std::move(fields);
  return attempt;
}

std::optional<Attempt> attempt_by(const CaseState& state, const RunbookBody& body) {
  if (const auto* move = std::get_if<MakeMove>(&body)) {
    return Attempt{move->move, {}, {}, move->record};
  }
  if (const auto* add = std::get_if<RecordAdd>(&body)) {
    const auto rule = state.policy->registers.find(add->kind);
    if (rule == state.policy->registers.end()) return std::nullopt;
    return attempt_of_entry(state, add->kind,
                            with_initial(rule->second, add->fields, /*at_settle=*/false));
  }
  if (const auto* change = std::get_if<RecordChange>(&body)) {
    const Record* record = state.record(change->record);
    if (record == nullptr) return std::nullopt;
    Fields fields = record->fields();
    for (const auto& [name, value] : change->fields) fields.insert_or_assign(name, value);
    auto attempt = attempt_of_entry(state, record->kind, std::move(fields));
    if (attempt) attempt->record = record->id;
    return attempt;
  }
  if (const auto* set = std::get_if<FactSet>(&body)) {
    if (!is_downgrade(state, *set)) return std::nullopt;
    return Attempt{"downgrade", {}, {{"fact", set->name}, {"value", set->value}}};
  }
  if (const auto* pin = std::get_if<PolicyPin>(&body)) {
    const PinnedPolicy* next = newly_pinned(state, *pin);
    if (next == nullptr) return std::nullopt;
    return Attempt{"policy", {}, {{"policy", next->id}, {"digest", to_hex(next->digest)}}};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Attempt> attempt_of(const CaseState& state, const RunbookBody& body,
                                  const std::vector<PersonId>& persons) {
  if (!state.policy) return std::nullopt;
  auto attempt = attempt_by(state, body);
  if (attempt) attempt->persons = persons;
  return attempt;
}

Result<std::vector<PersonId>> signers_of(const CaseState& state, const Entry& entry) {
  const auto refuse = [](std::string why) {
    return Error{ErrorCode::invalid_input, std::move(why)};
  };
  std::vector<PersonId> persons;
  for (const SshPublicKey& key : entry.signers) {
    const BoundPerson* owner = state.people.owner_of(key);
    if (owner == nullptr) return refuse("signed by a key that nobody in this case has");
    if (owner->is_removed) return refuse("signed by somebody who was removed");
    const auto bound = std::ranges::find(owner->keys, key, &BoundKey::key);
    if (bound->replaced_at) return refuse("signed by a key that was replaced");
    if (bound->compromised_since) return refuse("signed by a key that is compromised");
    if (state.is_excluded(owner->id)) return refuse("signed by somebody who is excluded");
    if (!state.is_active(owner->id)) return refuse("signed by somebody whom a stolen key bound");
    if (std::ranges::find(persons, owner->id) == persons.end()) persons.push_back(owner->id);
  }
  if (persons.empty()) return refuse("nobody signed");
  return persons;
}

std::optional<RunbookRefusal> refuse_runbook(const CaseState& state, const RunbookBody& body,
                                             const std::vector<PersonId>& persons,
                                             const StatementDigests& digests, UtcSeconds now) {
  const bool is_pin = std::holds_alternative<PolicyPin>(body);
  if (!state.people.case_id) return no("the case is not opened yet");
  if (!state.missing.empty()) {
    return no("the text of a pinned policy is not there", "fetch it with `policy show`");
  }
  if (!state.policy && !is_pin) return no("the case has no policy yet", "pin one");
  if (persons.empty()) return no("nobody signed");
  for (const PersonId& person : persons) {
    if (!state.is_active(person)) return no("signed by somebody who cannot sign in this case");
  }
  now = std::max(now, state.received_at);
  const Saying saying{state, persons, digests, now};
  if (auto answer = std::visit([&](const auto& any) { return judge(saying, any); }, body)) {
    return answer;
  }
  if (const auto attempt = attempt_of(state, body, persons))
    return judge_gates(state, *attempt, now);
  return {};
}

std::optional<RunbookRefusal> refuse_entry(const CaseState& state, const Entry& entry,
                                           const PolicyLookup& policies) {
  if (is_skeleton_verb(entry.statement.verb)) {
    if (auto refusal = refuse(state.people, entry)) return no(refusal->what, refusal->hint);
    return judge_people(state, entry);
  }
  if (auto answer = judge_statement(state, entry)) return answer;
  const auto body = parse_runbook_body(entry.statement.verb, entry.statement.body);
  if (!body) return no(body.error().message);
  const auto persons = signers_of(state, entry);
  if (!persons) return no(persons.error().message);
  if (auto answer =
          refuse_runbook(state, *body, *persons, entry.statement.digests, entry.received_at)) {
    return answer;
  }
  if (const auto* pin = std::get_if<PolicyPin>(&*body)) {
    return judge_policies(state, *pin, policies);
  }
  return {};
}

void settle_case(CaseState& state, UtcSeconds now) {
  if (!state.people.waiting.empty()) state.people = settle(std::move(state.people), now);
}

}  // namespace casebook::workflow
