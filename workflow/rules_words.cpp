// Rules of signed words: asked for, given, refused, spoken, and of waivers.
#include <algorithm>

#include "workflow/evaluate.h"
#include "workflow/gates.h"
#include "workflow/rules.h"

namespace casebook::workflow {
namespace {

/// The verb by which a second person confirms an entry, and the role of nobody in particular.
constexpr std::string_view kConfirmed = "confirmed";
constexpr std::string_view kAnyPerson = "person";
constexpr std::size_t kSpokenBy = 2;

const AttestLeaf* leaf_of(const CaseState& state, const std::string& gate, std::uint32_t leaf) {
  const auto& words = state.index->words;
  const auto found = std::ranges::find_if(
      words, [&](const AttestLeaf& word) { return word.gate == gate && word.leaf == leaf; });
  return found == words.end() ? nullptr : &*found;
}

const Ask* ask_of(const CaseState& state, const StatementId& id) {
  const auto found = std::ranges::find(state.asks, id, &Ask::id);
  return found == state.asks.end() ? nullptr : &*found;
}

const Record* record_or_null(const CaseState& state, const std::optional<StatementId>& id) {
  return id ? state.record(*id) : nullptr;
}

Answer check_covers(const CaseState& state, const Covers& covers) {
  for (const auto& [facet, digest] : covers) {
    const auto now = state.facets.find(facet);
    if (now == state.facets.end()) return no("no pinned policy has a facet " + facet);
    if (now->second.digest != digest) {
      return no(facet + " has changed since", "look at it again and sign what it is now");
    }
  }
  return {};
}

bool names_all(const Covers& covers, const std::vector<std::string>& facets) {
  return std::ranges::all_of(facets,
                             [&](const std::string& facet) { return covers.contains(facet); });
}

/// Whether a word of that verb and role about that is wanted by anything, and by this person.
Answer check_wanted(const Saying& saying, const Attest& attest) {
  const CaseState& state = saying.state;
  if (attest.verb == kConfirmed && attest.record) {
    if (!state.record(*attest.record)->is_author(saying.persons.front())) return {};
    return no("nobody confirms what they wrote themselves", "ask another person of the case");
  }
  const Record* about = record_or_null(state, attest.record);
  const Attempt nothing;
  const Scene scene{state, nothing, saying.now, about};
  bool is_known = false, is_short = false, is_excluded = false;
  for (const AttestLeaf& leaf : state.index->words) {
    if (leaf.rule->verb != attest.verb || leaf.rule->role != attest.role) continue;
    if (leaf.about_entry != attest.record.has_value()) continue;
    is_known = true;
    if (!names_all(attest.covers, leaf.rule->covers)) {
      is_short = true;
      continue;
    }
    if (!is_hit(leaf.rule->exclusions, saying.persons.front(), about, scene)) return {};
    is_excluded = true;
  }
  if (!is_known) return no("nothing wants the word " + attest.verb + " of " + attest.role);
  if (is_short && !is_excluded) return no("it covers less than is asked for");
  return no("somebody else has to say this: you wrote or asked for it, or hold the wrong role",
            "`why` says who could");
}

Answer check_answer(const Saying& saying, const Attest& attest) {
  const Ask* ask = ask_of(saying.state, *attest.ask);
  if (ask == nullptr) return no("there is no such question to answer");
  const bool was_spoken = ask->answer == Ask::Answer::spoken;
  if (ask->answer != Ask::Answer::open && !was_spoken) return no("this question is answered");
  const AttestLeaf* leaf = leaf_of(saying.state, ask->gate, ask->leaf);
  if (leaf == nullptr) return no("the policy no longer asks this");
  if (leaf->rule->verb != attest.verb || leaf->rule->role != attest.role ||
      ask->record != attest.record) {
    return no("the answer is to another question");
  }
  if (ask->person && !was_spoken && !saying.signed_by(*ask->person)) {
    return no("somebody else was asked");
  }
  if (was_spoken && attest.covers != ask->covers) {
    return no("what was spoken was about something else", "sign what was read out then");
  }
  return {};
}

/// Somebody whom a question can go to.
Answer check_asked(const Saying& saying, const AskFor& ask) {
  if (!ask.person) return {};
  if (!saying.state.is_active(*ask.person)) return no("the person asked cannot sign in this case");
  return {};
}

/// Somebody who might have given a word that the gate asks for.
bool could_satisfy(const Saying& saying, const Waiver& waiver, const PersonId& person) {
  const CaseState& state = saying.state;
  const Attempt attempt = waived_attempt(state, waiver.attempt, waiver.record);
  const Record* about = record_or_null(state, waiver.record);
  const Scene scene{state, attempt, saying.now, about};
  return std::ranges::any_of(state.index->words, [&](const AttestLeaf& leaf) {
    return leaf.gate == waiver.gate && state.holds(person, leaf.rule->role, saying.now) &&
           !is_hit(leaf.rule->exclusions, person, about, scene);
  });
}

}  // namespace

Answer judge(const Saying& saying, const AskFor& ask) {
  const CaseState& state = saying.state;
  const AttestLeaf* leaf = leaf_of(state, ask.gate, ask.leaf);
  if (leaf == nullptr) return no("gate " + ask.gate + " asks for no word there");
  if (ask.record && state.record(*ask.record) == nullptr) return no("it names no entry");
  if (leaf->about_entry != ask.record.has_value()) {
    return no(leaf->about_entry ? "it does not say about which entry" : "it is about no entry");
  }
  if (ask.covers.size() != leaf->rule->covers.size() ||
      !names_all(ask.covers, leaf->rule->covers)) {
    return no("it covers something else than the gate asks for");
  }
  if (auto answer = check_covers(state, ask.covers)) return answer;
  return check_asked(saying, ask);
}

Answer judge(const Saying& saying, const Attest& attest) {
  if (auto answer = saying.needs_one_person()) return answer;
  const CaseState& state = saying.state;
  if (attest.record && state.record(*attest.record) == nullptr) return no("it names no entry");
  const bool is_anybody = attest.verb == kConfirmed && attest.role == kAnyPerson && attest.record;
  if (!is_anybody && !saying.holds(attest.role)) {
    return no("only somebody with the role " + attest.role + " says this, for themselves",
              "`casebook role` shows who that is");
  }
  bool is_spoken_one = false;
  if (attest.ask) {
    if (auto answer = check_answer(saying, attest)) return answer;
    is_spoken_one = ask_of(state, *attest.ask)->answer == Ask::Answer::spoken;
  }
  if (!is_spoken_one) {
    if (auto answer = check_covers(state, attest.covers)) return answer;
  }
  return check_wanted(saying, attest);
}

Answer judge(const Saying& saying, const AttestRefuse& refuse) {
  if (auto answer = saying.needs_one_person()) return answer;
  const Ask* ask = ask_of(saying.state, refuse.ask);
  if (ask == nullptr) return no("there is no such question");
  if (ask->answer == Ask::Answer::spoken) {
    if (ask->spoken_by && saying.signed_by(*ask->spoken_by)) return {};
    return no("only the person named can deny what was spoken");
  }
  if (ask->answer != Ask::Answer::open) return no("this question is answered");
  if (ask->person) {
    if (saying.signed_by(*ask->person)) return {};
    return no("somebody else was asked");
  }
  const AttestLeaf* leaf = leaf_of(saying.state, ask->gate, ask->leaf);
  if (leaf == nullptr) return no("the policy no longer asks this");
  return saying.needs_role({leaf->rule->role}, "to refuse this");
}

Answer judge(const Saying& saying, const AttestWithdraw& withdraw) {
  const auto& words = saying.state.attestations;
  const auto word = std::ranges::find(words, withdraw.statement, &Attestation::id);
  if (word == words.end() || word->spoken) return no("there is no such word to take back");
  if (word->withdrawn) return no("this word is taken back already");
  if (saying.persons.size() == 1 && saying.signed_by(word->person)) return {};
  return no("only whoever gave a word takes it back");
}

Answer judge(const Saying& saying, const Spoken& spoken) {
  const CaseState& state = saying.state;
  const Ask* ask = ask_of(state, spoken.ask);
  if (ask == nullptr) return no("there is no such question");
  if (ask->answer != Ask::Answer::open) return no("this question is answered");
  if (ask->person && *ask->person != spoken.person) return no("somebody else was asked");
  const AttestLeaf* leaf = leaf_of(state, ask->gate, ask->leaf);
  if (leaf == nullptr) return no("the policy no longer asks this");
  if (!state.holds(spoken.person, leaf->rule->role, saying.now)) {
    return no("the person named does not hold the role " + leaf->rule->role);
  }
  if (saying.signed_by(spoken.person) || saying.persons.size() < kSpokenBy) {
    return no("two other persons say what was spoken",
              "whoever heard it signs, and a second person who had it read back");
  }
  return check_covers(state, ask->covers);
}

Answer judge(const Saying& saying, const WaiveAsk& ask) {
  if (auto answer = saying.needs_one_person()) return answer;
  const Gate* gate = saying.policy().gate(ask.gate);
  if (gate == nullptr)
    return no("no pinned policy has a gate " + ask.gate, "`casebook why close` names the gates");
  if (!gate->waive) {
    return no("gate " + ask.gate + " cannot be waived",
              "`casebook why " + gate->on.front() + "` says what opens it");
  }
  if (std::ranges::find(gate->on, ask.attempt) == gate->on.end()) {
    return no("gate " + ask.gate + " is not on " + ask.attempt);
  }
  if (ask.record && saying.state.record(*ask.record) == nullptr) return no("it names no entry");
  if (!may_be_waived(*gate, waived_attempt(saying.state, ask.attempt, ask.record))) {
    return no("gate " + ask.gate + " cannot be waived on " + ask.attempt);
  }
  if (auto answer = saying.needs_role({gate->waive->ask}, "to ask for this waiver")) return answer;
  if (ask.reason_chars < gate->waive->reason_chars) {
    return no("the reason takes " + std::to_string(gate->waive->reason_chars) +
                  " characters or more; it has " + std::to_string(ask.reason_chars),
              "say why it is right to do without, in whole sentences");
  }
  return saying.needs_text("reason");
}

Answer judge(const Saying& saying, const WaiveGrant& grant) {
  if (auto answer = saying.needs_one_person()) return answer;
  const CaseState& state = saying.state;
  const auto waiver = std::ranges::find(state.waivers, grant.statement, &Waiver::id);
  if (waiver == state.waivers.end()) return no("there is no such waiver to grant");
  if (waiver->granted_by) return no("this waiver is granted already");
  if (waiver->disarmed) return no("the case was reopened since", "ask for it again");
  const Gate* gate = saying.policy().gate(waiver->gate);
  if (gate == nullptr || !gate->waive) return no("gate " + waiver->gate + " cannot be waived");
  if (saying.signed_by(waiver->asked_by))
    return no("nobody grants a waiver to themselves",
              "the role " + gate->waive->grant + " grants it; `casebook role` shows who that is");
  if (auto answer = saying.needs_role({gate->waive->grant}, "to grant this waiver")) return answer;
  if (auto answer = check_covers(state, waiver->covers)) return answer;
  if (could_satisfy(saying, *waiver, saying.persons.front())) {
    return no("you could satisfy gate " + waiver->gate + " instead of waiving it",
              "sign what it asks for, or let somebody else grant the waiver");
  }
  return {};
}

}  // namespace casebook::workflow
