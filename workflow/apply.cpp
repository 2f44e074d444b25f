// What each entry changes, once it is known that the rules allow it.
#include <algorithm>

#include "workflow/changes.h"
#include "workflow/evaluate.h"
#include "workflow/facets.h"
#include "workflow/gates.h"
#include "workflow/rules.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

std::optional<Digest256> digest_named(const Statement& statement, const std::string& name) {
  const auto found = statement.digests.find(name);
  if (found == statement.digests.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> roles_of(const CaseState& state, const PersonId& person) {
  std::set<std::string> roles;
  for (const auto& [role, held] : state.people.find(person)->roles) {
    if (state.holds(person, role, state.received_at)) roles.insert(role);
  }
  for (const Deputy& deputy : state.deputies) {
    if (deputy.person == person && state.holds(person, deputy.role, state.received_at)) {
      roles.insert(deputy.role);
    }
  }
  return {roles.begin(), roles.end()};
}

std::vector<std::string> roles_of(const CaseState& state, const std::vector<PersonId>& persons) {
  std::set<std::string> roles;
  for (const PersonId& person : persons) {
    const auto more = roles_of(state, person);
    roles.insert(more.begin(), more.end());
  }
  return {roles.begin(), roles.end()};
}

/// Whose deputy somebody is who does not hold the role in their own right.
std::optional<PersonId> principal_of(const CaseState& state, const PersonId& person,
                                     const std::string& role) {
  const auto& own = state.people.find(person)->roles;
  if (own.contains(role) && own.at(role).accepted_at) return std::nullopt;
  for (const Deputy& deputy : state.deputies) {
    if (deputy.person == person && deputy.role == role && deputy.accepted &&
        state.received_at >= deputy.from && state.received_at < deputy.until) {
      return deputy.of;
    }
  }
  return std::nullopt;
}

void mark(CaseState& state, const std::string& name) {
  const std::vector<FactSaid>& said = state.facts.find(name)->second;
  if (said.back().provisional) return;
  FactMarks& marks = state.marks[name];
  marks.in_earnest = said.size() - 1;
  const Value& value = said.back().value;
  if (std::ranges::find(marks.ever, value) == marks.ever.end()) marks.ever.push_back(value);
  const auto rule = state.policy->facts.find(name);
  const auto* level = std::get_if<std::int64_t>(&value);
  if (rule == state.policy->facts.end() || level == nullptr) return;
  if (rule->second.type != ValueType::level) return;
  if (!marks.worst || is_worse(rule->second, *level, *marks.worst)) marks.worst = *level;
}

class RunbookChange {
 public:
  RunbookChange(CaseState& state, const Entry& entry, const std::vector<PersonId>& persons,
                const PolicyLookup& policies)
      : state_(state), entry_(entry), persons_(persons), policies_(policies) {}

  void operator()(const PolicyPin& pin) {
    std::vector<Policy> texts;
    for (const PinnedPolicy& one : pin.policies) texts.push_back(*policies_(one.digest));
    auto joined = join_policies(texts);
    check(bool(joined), "the rules joined the policies");
    const bool is_first = !state_.policy;
    state_.pinned = pin.policies;
    state_.policy = std::make_shared<const Policy>(*std::move(joined));
    state_.index = std::make_shared<const PolicyIndex>(index_policy(*state_.policy));
    if (is_first) state_.phase = state_.policy->phases.front().id;
    rebind_steps();
    rebind_clocks(state_);
    begin_facets(state_, {state_.last_key, entry_.seq, {}});
    for (Waiver& waiver : state_.waivers) waiver.disarmed = true;
    forget_misfits();
    state_.marks.clear();
    remark();
    changes_.all = true;
    if (!is_first) return;
    start_clocks(state_, "opened", nullptr, 0);
    start_clocks(state_, "phase:" + state_.phase, nullptr, 0);
  }

  void operator()(const KindSet& set) { state_.kind = set.kind; }

  void operator()(const FactSet& set) {
    const bool reopens = !state_.is_open() && is_rise(state_, set);
    state_.facts[set.name].push_back(
        {entry_.seq, state_.received_at, set.value, set.provisional, persons_, set.evidence});
    mark(state_, set.name);
    changes_.facts.push_back(set.name);
    refresh(state_.index->facets_of_fact, set.name, set.key);
    if (reopens) make_move("reopen", /*by_itself=*/true);
  }

  void operator()(const RecordAdd& add) {
    const Register& rule = state_.policy->registers.find(add.kind)->second;
    const std::size_t position = state_.records.size();
    const std::uint64_t number =
        give_number(state_, {Numbered::Kind::record, position, entry_.statement.id});
    Record record{
        entry_.statement.id, number, add.kind, {}, {}, digest_named(entry_.statement, "text")};
    record.author_roles = roles_of(state_, persons_);
    record.versions.push_back({entry_.seq, state_.received_at, persons_,
                               with_initial(rule, add.fields, /*at_settle=*/false), false});
    state_.records.push_back(std::move(record));
    state_.record_at.emplace(entry_.statement.id, position);
    state_.records_of[add.kind].push_back(position);
    if (rule.settle) state_.unsettled[add.kind].insert(position);
    touch(position, add.key);
    keep_covers(state_.records[position]);
    start_clocks(state_, "record:" + add.kind, &state_.records[position], number);
  }

  void operator()(const RecordChange& change) {
    const std::size_t position = state_.record_at.at(change.record);
    Record& record = state_.records[position];
    if (auto text = digest_named(entry_.statement, "text")) record.text = text;
    add_version(record, change.fields, /*settles=*/false);
    touch(position, change.key);
  }

  void operator()(const RecordSettle& settle) {
    const std::size_t position = state_.record_at.at(settle.record);
    Record& record = state_.records[position];
    const Register& rule = state_.policy->registers.find(record.kind)->second;
    add_version(record, with_initial(rule, settle.fields, /*at_settle=*/true), /*settles=*/true);
    state_.unsettled[record.kind].erase(position);
    touch(position, settle.key);
  }

  void operator()(const StepDone& done) {
    step(done.step).word_seq = entry_.seq;
    changes_.steps.push_back(done.step);
    again(done.step);
  }
  void operator()(const StepSkip& skip) {
    step(skip.step).skipped = true;
    again(skip.step);
  }
  void operator()(const MakeMove& move) { make_move(move.move, /*by_itself=*/false); }

  void operator()(const AskFor& ask) {
    const std::uint64_t number =
        give_number(state_, {Numbered::Kind::ask, state_.asks.size(), entry_.statement.id});
    state_.asks.push_back({entry_.statement.id, entry_.seq, number, state_.received_at,
                           persons_.front(), ask.gate, ask.leaf, ask.person, ask.record,
                           ask.covers});
  }

  void operator()(const Attest& attest) {
    const PersonId& person = persons_.front();
    Attestation word{entry_.statement.id, entry_.seq,    state_.received_at, person,    attest.role,
                     attest.verb,         attest.covers, attest.record,      attest.ask};
    word.deputy_of = principal_of(state_, person, attest.role);
    word.roles = roles_of(state_, person);
    add_word(std::move(word));
    if (attest.ask) ask_of(*attest.ask).answer = Ask::Answer::given;
  }

  void operator()(const AttestRefuse& refuse) {
    Ask& ask = ask_of(refuse.ask);
    changes_.attestations = true;
    if (ask.answer == Ask::Answer::open) {
      ask.answer = Ask::Answer::refused;
      return;
    }
    for (Attestation& word : state_.attestations) {  // Denied; what it opened stays to be signed.
      if (word.spoken && word.ask == ask.id) word.withdrawn = true;
    }
  }

  void operator()(const AttestWithdraw& withdraw) {
    std::ranges::find(state_.attestations, withdraw.statement, &Attestation::id)->withdrawn = true;
    changes_.attestations = true;
  }

  void operator()(const Spoken& spoken) {
    Ask& ask = ask_of(spoken.ask);
    ask.answer = Ask::Answer::spoken;
    ask.spoken_by = spoken.person;
    const auto& words = state_.index->words;
    const auto leaf = std::ranges::find_if(
        words, [&](const AttestLeaf& one) { return one.gate == ask.gate && one.leaf == ask.leaf; });
    Attestation word{entry_.statement.id, entry_.seq,       state_.received_at,
                     spoken.person,       leaf->rule->role, leaf->rule->verb,
                     ask.covers,          ask.record,       ask.id};
    word.deputy_of = principal_of(state_, spoken.person, word.role);
    word.roles = roles_of(state_, spoken.person);
    word.spoken = true;
    add_word(std::move(word));
  }

  void operator()(const WaiveAsk& ask) {
    const std::uint64_t number =
        give_number(state_, {Numbered::Kind::waiver, state_.waivers.size(), entry_.statement.id});
    Waiver waiver{entry_.statement.id, entry_.seq, number,           state_.received_at, ask.gate,
                  ask.attempt,         ask.record, ask.reason_chars, persons_.front()};
    const Gate* gate = state_.policy->gate(ask.gate);
    const auto position = static_cast<std::size_t>(gate - state_.policy->gates.data());
    waiver.covers = covers_now(state_, state_.index->gate_covers[position]);
    state_.waivers.push_back(std::move(waiver));
  }

  void operator()(const WaiveGrant& grant) {
    Waiver& waiver = *std::ranges::find(state_.waivers, grant.statement, &Waiver::id);
    waiver.granted_by = persons_.front();
    waiver.granted_at = state_.received_at;
    waiver.granted_seq = entry_.seq;
  }

  void operator()(const HandoverOffer& offer) {
    const std::uint64_t number = give_number(
        state_, {Numbered::Kind::handover, state_.handovers.size(), entry_.statement.id});
    state_.handovers.push_back(
        {entry_.statement.id, number, offer.role, persons_.front(), offer.person});
  }

  void operator()(const HandoverAccept& accept) {
    Handover& offer = *std::ranges::find(state_.handovers, accept.statement, &Handover::offer);
    offer.accepted = true;
    state_.people.persons.at(offer.from).roles.erase(offer.role);
    state_.people.persons.at(offer.to).roles.insert_or_assign(
        offer.role, HeldRole{offer.offer, entry_.seq, entry_.seq});
    changes_.roles = true;
  }

  void operator()(const DeputyName& deputy) {
    give_number(state_, {Numbered::Kind::deputy, state_.deputies.size(), entry_.statement.id});
    state_.deputies.push_back({entry_.statement.id, deputy.role, persons_.front(), deputy.person,
                               deputy.from, deputy.until});
  }
  void operator()(const DeputyAccept& accept) {
    std::ranges::find(state_.deputies, accept.statement, &Deputy::id)->accepted = true;
    changes_.roles = true;
  }

  void operator()(const Acknowledge& acknowledge) {
    for (const std::size_t position : state_.running) {
      ClockState& clock = state_.clocks[position];
      if (clock.number != acknowledge.thing) continue;
      clock.acknowledged.push_back(
          {entry_.seq, state_.received_at, persons_.front(), roles_of(state_, persons_.front())});
    }
  }

  void operator()(const Exclude& exclude) {
    state_.excluded.push_back(exclude.person);
    state_.revoked.push_back({exclude.person, {}, entry_.seq});
    changes_.roles = changes_.attestations = true;
  }

  void operator()(const TimeAttest& attest) {
    state_.times.push_back({entry_.seq, attest.seq, attest.time, persons_.front()});
  }

  void operator()(const TellDone& told) {
    state_.told.push_back({entry_.seq, told.record, told.at, told.channel, told.delivered});
    if (!told.delivered) return;
    Record& record = state_.records[state_.record_at.at(told.record)];
    record.told_by = entry_.seq;
    changes_.kinds.push_back(record.kind);
  }

  Changes& changes() { return changes_; }

 private:
  StepState& step(const std::string& id) {
    return *std::ranges::find(state_.steps, id, &StepState::id);
  }
  Ask& ask_of(const StatementId& id) { return *std::ranges::find(state_.asks, id, &Ask::id); }

  /// A step whose word came is looked at although nothing that it reads changed.
  void again(const std::string& id) {
    StepState& now = step(id);
    const Step& rule = *state_.policy->step(id);
    const Attempt nothing;
    const Scene scene{state_, nothing, state_.received_at, nullptr, !rule.blocks.empty()};
    if (!now.skipped && rule.done && evaluate(*rule.done, scene) != Truth::yes) return;
    now.done_at = state_.received_at;
    now.done_by_seq = entry_.seq;
    changes_.steps.push_back(id);
  }

  void rebind_steps() {
    std::vector<StepState> before;
    before.swap(state_.steps);
    for (const Step& rule : state_.policy->steps) {
      const auto old = std::ranges::find(before, rule.id, &StepState::id);
      state_.steps.push_back(old == before.end() ? StepState{rule.id} : std::move(*old));
    }
    for (Numbered& thing : state_.numbers) {
      if (thing.kind == Numbered::Kind::step) thing.index = state_.steps.size();
    }
    for (std::size_t i = 0; i < state_.steps.size(); ++i) {
      const std::uint64_t number = state_.steps[i].number;
      if (number != 0) state_.numbers[number - 1].index = i;
    }
  }

  /// What was said of a fact before a policy defined it, and is no value of it, is not known.
  void forget_misfits() {
    for (auto& [name, said] : state_.facts) {
      const auto rule = state_.policy->facts.find(name);
      if (rule == state_.policy->facts.end()) continue;
      std::erase_if(said, [&](const FactSaid& one) { return !holds(rule->second, one.value); });
    }
    std::erase_if(state_.facts, [](const auto& fact) { return fact.second.empty(); });
  }

  void remark() {
    for (auto& [name, said] : state_.facts) {
      std::vector<FactSaid> all;
      all.swap(said);
      for (FactSaid& one : all) {
        said.push_back(std::move(one));
        mark(state_, name);
      }
    }
  }

  void refresh(const std::map<std::string, std::vector<std::string>, std::less<>>& facets_of,
               const std::string& name, const FacetKey& key) {
    state_.last_key = to_hex(key);
    const auto facets = facets_of.find(name);
    if (facets == facets_of.end()) return;
    refresh_facets(state_, facets->second, {state_.last_key, entry_.seq, persons_});
  }

  void touch(std::size_t position, const FacetKey& key) {
    const Record& record = state_.records[position];
    state_.touched[record.kind].emplace_back(entry_.seq, position);
    changes_.kinds.push_back(record.kind);
    refresh(state_.index->facets_of_kind, record.kind, key);
  }

  void keep_covers(Record& record) {
    const auto kept = state_.index->kept_by_kind.find(record.kind);
    if (kept == state_.index->kept_by_kind.end()) return;
    for (const std::string& facet : kept->second) {
      record.covers.emplace(facet, state_.facet_digest(facet));
    }
  }

  void add_version(Record& record, const Fields& fields, bool settles) {
    RecordVersion next{entry_.seq, state_.received_at, persons_, record.fields(), settles};
    for (const auto& [name, value] : fields) next.fields.insert_or_assign(name, value);
    record.versions.push_back(std::move(next));
  }

  void add_word(Attestation word) {
    const std::size_t position = state_.attestations.size();
    state_.attestations_of[word.verb + "\n" + word.role].push_back(position);
    if (word.record) {
      Record& record = state_.records[state_.record_at.at(*word.record)];
      record.attested.push_back(position);
      changes_.kinds.push_back(record.kind);
    }
    state_.attestations.push_back(std::move(word));
    changes_.attestations = true;
  }

  void make_move(const std::string& name, bool by_itself) {
    const Move& move = state_.policy->moves.find(name)->second;
    const bool was_open = state_.is_open();
    state_.moves.push_back(
        {entry_.seq, state_.received_at, name, state_.phase, move.to, persons_, by_itself});
    state_.phase = move.to;
    changes_.phase = true;
    if (name == "reopen") rearm();
    if (was_open && !state_.is_open()) pause_cadences(state_);
    if (!was_open && state_.is_open()) resume_cadences(state_);
    start_clocks(state_, "move:" + name, nullptr, 0);
    start_clocks(state_, "phase:" + move.to, nullptr, 0);
  }

  /// What was said for an exit before the case was reopened counts for none after it. Words about
  /// one entry stand: they are about that, whatever happens to the case.
  void rearm() {
    state_.rearmed_seq = entry_.seq;
    for (Attestation& word : state_.attestations) word.disarmed |= !word.record.has_value();
    for (Waiver& waiver : state_.waivers) waiver.disarmed = true;
    for (std::size_t i = 0; i < state_.steps.size(); ++i) {
      const Step& rule = state_.policy->steps[i];
      if (rule.attest && !rule.blocks.empty()) state_.steps[i].word_seq.reset();
    }
    changes_.all = true;
  }

  CaseState& state_;
  const Entry& entry_;
  const std::vector<PersonId>& persons_;
  const PolicyLookup& policies_;
  Changes changes_;
};

/// Words that a waiver put off, and that have been signed by now.
void look_for_signed(CaseState& state) {
  for (Waiver& waiver : state.waivers) {
    if (!waiver.signs_later || waiver.signed_at) continue;
    const Gate* gate = state.policy->gate(waiver.gate);
    const Attempt attempt = waived_attempt(state, waiver.attempt, waiver.record);
    const Scene scene{state, attempt, state.received_at, nullptr, true};
    if (gate == nullptr || evaluate(gate->need, scene) == Truth::yes) {
      waiver.signed_at = state.received_at;
    }
  }
}

void use_waivers(CaseState& state, const std::vector<std::size_t>& used) {
  for (const std::size_t position : used) {
    Waiver& waiver = state.waivers[position];
    waiver.used_at = state.received_at;
    waiver.signs_later = state.policy->gate(waiver.gate)->waive->sign_within.has_value();
  }
}

void update(CaseState& state, Changes& changes) {
  if (!state.policy) return;
  look_for_signed(state);
  update_steps(state, changes);
  update_clocks(state, changes);
}

void apply_runbook(CaseState& state, const Entry& entry, const PolicyLookup& policies) {
  const auto body = parse_runbook_body(entry.statement.verb, entry.statement.body);
  const auto persons = signers_of(state, entry);
  check(bool(body) && bool(persons), "the rules read the entry");
  std::vector<std::size_t> used;
  if (const auto attempt = attempt_of(state, *body, *persons)) {
    used = waivers_used(state, *attempt, state.received_at);
  }
  state.people.statements.insert(entry.statement.id);
  SignedEntry by{entry.seq, entry.statement.id, {}};
  for (const SshPublicKey& key : entry.signers) {
    const BoundPerson* owner = state.people.owner_of(key);
    by.keys.push_back(std::ranges::find(owner->keys, key, &BoundKey::key)->fingerprint);
  }
  state.people.signatures.push_back(std::move(by));
  use_waivers(state, used);
  RunbookChange change(state, entry, *persons, policies);
  std::visit(change, *body);
  update(state, change.changes());
}

/// Others took a role from somebody, or somebody from the case: their words in it count no more.
void note_revocation(CaseState& state, const Entry& entry, const Body& body,
                     const std::vector<PersonId>& persons) {
  const auto by_self = [&](const PersonId& id) {
    return std::ranges::find(persons, id) != persons.end();
  };
  if (const auto* remove = std::get_if<RoleRemove>(&body)) {
    if (!by_self(remove->person)) {
      state.revoked.push_back({remove->person, remove->role, entry.seq});
    }
  } else if (const auto* gone = std::get_if<PersonRemove>(&body)) {
    if (!by_self(gone->person)) state.revoked.push_back({gone->person, {}, entry.seq});
  }
}

/// A role that one person holds at most leaves its former holder when the next accepts it.
void pass_single_role(CaseState& state, const StatementId& given_by) {
  for (auto& [id, person] : state.people.persons) {
    for (const auto& [role, held] : person.roles) {
      if (held.given_by != given_by || !held.accepted_at) continue;
      if (!state.policy) return;
      const auto rule = state.policy->roles.find(role);
      if (rule == state.policy->roles.end() || !rule->second.single) return;
      const std::string name = role;
      for (auto& [other, former] : state.people.persons) {
        if (other != id && former.holds(name)) former.roles.erase(name);
      }
      return;
    }
  }
}

void apply_people(CaseState& state, const Entry& entry) {
  const auto body = parse_body(entry.statement.verb, entry.statement.body);
  check(bool(body), "the rules read the body");
  std::vector<PersonId> persons;
  for (const SshPublicKey& key : entry.signers) {
    if (const BoundPerson* owner = state.people.owner_of(key)) persons.push_back(owner->id);
  }
  state.people = apply(std::move(state.people), entry);
  Changes changes;
  changes.roles = true;
  note_revocation(state, entry, *body, persons);
  changes.attestations = true;
  if (std::holds_alternative<KeyReplace>(*body)) {
    give_number(state, {Numbered::Kind::key, 0, entry.statement.id});
  } else if (std::holds_alternative<RoleGive>(*body)) {
    give_number(state, {Numbered::Kind::role, 0, entry.statement.id});
  } else if (const auto* accept = std::get_if<RoleAccept>(&*body)) {
    pass_single_role(state, accept->statement);
  } else if (std::holds_alternative<KeyCompromised>(*body)) {
    state.any_compromised = true;
    changes.all = true;
  } else if (std::holds_alternative<KeyConfirm>(*body)) {
    changes.all = true;
  }
  update(state, changes);
}

/// Policies that the case pins and the reader has no text of: the case cannot be folded.
void note_missing(CaseState& state, const Entry& entry, const PolicyLookup& policies) {
  const auto body = parse_runbook_body(entry.statement.verb, entry.statement.body);
  check(bool(body), "the rules read the pin");
  for (const PinnedPolicy& one : std::get<PolicyPin>(*body).policies) {
    if (!policies || policies(one.digest) == nullptr) state.missing.push_back(one.digest);
  }
}

}  // namespace

void apply(CaseState& state, const Entry& entry, const PolicyLookup& policies) {
  if (entry.seq < state.size) return;
  const std::string& verb = entry.statement.verb;
  state.size = entry.seq;
  settle_case(state, entry.received_at);
  if (!is_skeleton_verb(verb) && !is_runbook_verb(verb)) {
    state.people.statements.insert(entry.statement.id);
    state.received_at = std::max(state.received_at, entry.received_at);
    ++state.size;
    return;
  }
  auto refusal = refuse_entry(state, entry, policies);
  state.received_at = std::max(state.received_at, entry.received_at);
  ++state.size;
  if (refusal) {
    if (!state.people.statements.contains(entry.statement.id)) {
      state.refused_ids.insert(entry.statement.id);
    }
    state.people.statements.insert(entry.statement.id);
    if (refusal->lacks_policy) note_missing(state, entry, policies);
    state.refused.push_back({entry.seq, verb, std::move(refusal->what)});
    return;
  }
  if (is_skeleton_verb(verb)) return apply_people(state, entry);
  apply_runbook(state, entry, policies);
}

CaseState fold_case(std::span<const Entry> entries, const PolicyLookup& policies,
                    const FoldOptions& options) {
  CaseState state;
  state.people.trusted_heads.assign(options.trusted_heads.begin(), options.trusted_heads.end());
  state.anchored = options.anchored;
  for (const Entry& entry : entries) apply(state, entry, policies);
  return state;
}

}  // namespace casebook::workflow
