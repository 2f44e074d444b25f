// What signed words are worth: for whom, over what, until when. And trusted time.
#include <algorithm>

#include "workflow/evaluate.h"
#include "workflow/values.h"

namespace casebook::workflow {
namespace {

bool was_revoked(const CaseState& state, const PersonId& person, const std::string& role,
                 std::uint64_t since) {
  return std::ranges::any_of(state.revoked, [&](const RevokedRole& revoked) {
    return revoked.seq > since && revoked.person == person &&
           (revoked.role.empty() || revoked.role == role);
  });
}

bool is_void(const Attestation& word, const Record* about, const Scene& scene) {
  const CaseState& state = scene.state;
  if (word.withdrawn || word.disarmed || (word.spoken && scene.for_exit)) return true;
  if (about != nullptr ? word.record != about->id : word.record.has_value()) return true;
  if (!state.is_known(word.person) || was_revoked(state, word.person, word.role, word.seq)) {
    return true;
  }
  return word.deputy_of && (!state.is_known(*word.deputy_of) ||
                            was_revoked(state, *word.deputy_of, word.role, word.seq));
}

bool is_excluded(const Attestation& word, const AttestRule& rule, const Record* about,
                 const Scene& scene) {
  return std::ranges::any_of(rule.exclusions, [&](const Exclusion& exclusion) {
    if (exclusion.kind == Exclusion::Kind::holder &&
        std::ranges::binary_search(word.roles, exclusion.name)) {
      return true;  // Held it when signing.
    }
    return is_hit(exclusion, word.person, about, scene) ||
           (word.deputy_of && is_hit(exclusion, *word.deputy_of, about, scene));
  });
}

/// One word for each person and each seat that a deputy fills.
class Signers {
 public:
  void add(const CaseState& state, const Attestation& word) {
    const PersonId& seat = word.deputy_of ? *word.deputy_of : word.person;
    if (!taken_.insert(word.person).second) return;
    if (seat != word.person && !taken_.insert(seat).second) return;
    ++count_;
    functions_.push_back(functions_of(state, word.roles));
  }
  [[nodiscard]] bool are_enough(const AttestRule& rule) const {
    return count_ >= rule.count && (rule.distinct_functions == 0 ||
                                    functions_covered(functions_) >= rule.distinct_functions);
  }

 private:
  std::set<PersonId> taken_;
  std::size_t count_ = 0;
  std::vector<std::set<std::string>> functions_;
};

bool place(std::size_t person, const std::vector<std::set<std::string>>& persons,
           std::map<std::string, std::size_t>& filled, std::set<std::string>& tried) {
  for (const std::string& function : persons[person]) {
    if (!tried.insert(function).second) continue;
    const auto other = filled.find(function);
    if (other == filled.end() || place(other->second, persons, filled, tried)) {
      filled[function] = person;
      return true;
    }
  }
  return false;
}

}  // namespace

std::set<std::string> functions_of(const CaseState& state, const std::vector<std::string>& roles) {
  std::set<std::string> functions;
  for (const std::string& role : roles) {
    const auto rule = state.policy->roles.find(role);
    if (rule != state.policy->roles.end()) functions.insert(rule->second.function);
  }
  return functions;
}

std::size_t functions_covered(const std::vector<std::set<std::string>>& persons) {
  std::map<std::string, std::size_t> filled;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    std::set<std::string> tried;
    place(i, persons, filled, tried);
  }
  return filled.size();
}

const std::vector<std::size_t>& words_of(const CaseState& state, const AttestRule& rule) {
  static const std::vector<std::size_t> kNone;
  const auto found = state.attestations_of.find(rule.verb + "\n" + rule.role);
  return found == state.attestations_of.end() ? kNone : found->second;
}

Word worth(const Attestation& word, const AttestRule& rule, const Record* about,
           const Scene& scene) {
  if (is_void(word, about, scene)) return Word::void_;
  if (rule.valid && scene.now - word.at > *rule.valid) return Word::stale;
  for (const std::string& facet : rule.covers) {
    const auto covered = word.covers.find(facet);
    if (covered == word.covers.end() || covered->second != scene.state.facet_digest(facet)) {
      return Word::stale;
    }
  }
  if (is_excluded(word, rule, about, scene)) return Word::excluded;
  return scene.state.is_contested(word.seq) ? Word::contested : Word::counts;
}

Truth attested(const AttestRule& rule, const Record* about, const Scene& scene) {
  Signers sure, possible;
  for (const std::size_t position : words_of(scene.state, rule)) {
    const Attestation& word = scene.state.attestations[position];
    const Word how = worth(word, rule, about, scene);
    if (how != Word::counts && how != Word::contested) continue;
    if (how == Word::counts) sure.add(scene.state, word);
    possible.add(scene.state, word);
  }
  if (sure.are_enough(rule)) return Truth::yes;
  return possible.are_enough(rule) ? Truth::unknown : Truth::no;
}

std::optional<UtcSeconds> trusted_time_of(const CaseState& state, std::uint64_t seq,
                                          UtcSeconds now) {
  std::optional<UtcSeconds> said, stamped;
  for (const TimeAttested& time : state.times) {
    if (time.entry != seq || !state.is_known(time.person) || state.is_contested(time.seq)) continue;
    said = said ? std::max(*said, time.time) : time.time;
  }
  if (said) return said;
  for (const TrustedHead& head : state.people.trusted_heads) {
    if (head.size <= seq || head.size > state.size || head.time > now) continue;
    stamped = stamped ? std::min(*stamped, head.time) : head.time;
  }
  return stamped;
}

std::optional<UtcSeconds> trusted_now(const CaseState& state, UtcSeconds now) {
  std::optional<UtcSeconds> latest;
  const auto take = [&](UtcSeconds time) { latest = latest ? std::max(*latest, time) : time; };
  for (const TimeAttested& time : state.times) {
    if (state.is_known(time.person) && !state.is_contested(time.seq)) take(time.time);
  }
  for (const TrustedHead& head : state.people.trusted_heads) {
    if (head.size <= state.size && head.time <= now) take(head.time);
  }
  return latest;
}

Elapsed elapsed(const ElapsedRule& rule, const Scene& scene) {
  const CaseState& state = scene.state;
  std::uint64_t after = state.rearmed_seq;
  bool from_start = state.rearmed_seq == 0;
  if (rule.without) {
    each_match(*rule.without, scene, [&](const Record& record, Truth) {
      after = std::max(after, record.versions.front().seq);
      from_start = false;
      return true;
    });
  }
  Elapsed result;
  const auto take = [&](std::uint64_t seq) {
    if (from_start || seq > after) result.since = std::min(seq, result.since.value_or(seq));
  };
  if (const auto* query = std::get_if<std::shared_ptr<const Query>>(&rule.since)) {
    each_match(**query, scene, [&](const Record& record, Truth truth) {
      if (truth == Truth::yes) take(record.versions.front().seq);
      return true;
    });
  } else {
    for (const MoveMade& move : state.moves) {
      const bool counts = !state.is_contested(move.seq);
      if (move.move == std::get<std::string>(rule.since) && counts) take(move.seq);
    }
  }
  if (!result.since) return result;
  const auto start = trusted_time_of(state, *result.since, scene.now);
  const auto end = trusted_now(state, scene.now);
  if (start) result.opens_at = *start + rule.at_least;
  if (!start || !end) {
    result.truth = Truth::unknown;
    result.lacks_trusted_time = true;
    return result;
  }
  result.truth = truth_of(*end - *start >= rule.at_least);
  // By every other clock it is over: what lacks is somebody trusted to say so.
  result.lacks_trusted_time = result.truth == Truth::no && scene.now >= *result.opens_at;
  return result;
}

}  // namespace casebook::workflow
