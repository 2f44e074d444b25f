#pragma once
/// The parts of evaluate() that explanations look at, too. Pure. Specification:
/// docs/spec/policy.md, section "Predicates".

#include "workflow/decide.h"

namespace casebook::workflow {

inline Truth opposite(Truth truth) {
  return truth == Truth::yes ? Truth::no : truth == Truth::no ? Truth::yes : Truth::unknown;
}
inline Truth truth_of(bool holds) { return holds ? Truth::yes : Truth::no; }

/// Whether an entry of a register is what a query asks for.
Truth matches(const Query& query, const Record& record, const Scene& scene);
/// Calls `take(record, truth)` for each entry that matches or may; stops when it returns false.
void each_match(const Query& query, const Scene& scene,
                const std::function<bool(const Record&, Truth)>& take);

/// Whether an exclusion hits somebody. @param about  the entry in question, or null.
bool is_hit(const Exclusion& exclusion, const PersonId& person, const Record* about,
            const Scene& scene);
bool is_hit(const std::vector<Exclusion>& exclusions, const PersonId& person, const Record* about,
            const Scene& scene);

/// What a signed word is worth for a leaf.
enum class Word {
  counts,
  contested,
  stale,     ///< It covers something else than now, or has expired.
  excluded,  ///< Somebody else has to say it.
  void_      ///< Withdrawn, disarmed, about another entry, or of a role that was taken away.
};
Word worth(const Attestation& attestation, const AttestRule& rule, const Record* about,
           const Scene& scene);
/// Attestations of the verb and role of a rule.
const std::vector<std::size_t>& words_of(const CaseState& state, const AttestRule& rule);
/// Whether enough persons said it about `about`, or about nothing in particular.
Truth attested(const AttestRule& rule, const Record* about, const Scene& scene);

/// How many persons can each stand for another function.
std::size_t functions_covered(const std::vector<std::set<std::string>>& persons);
/// Functions of roles.
std::set<std::string> functions_of(const CaseState& state, const std::vector<std::string>& roles);

struct Elapsed {
  Truth truth = Truth::no;
  bool lacks_trusted_time = false;
  std::optional<std::uint64_t> since = {};  ///< The entry from which it counts.
  std::optional<UtcSeconds> opens_at = {};
};
Elapsed elapsed(const ElapsedRule& rule, const Scene& scene);
/// When an entry was made, as far as somebody trusted knows.
std::optional<UtcSeconds> trusted_time_of(const CaseState& state, std::uint64_t seq,
                                          UtcSeconds now);
/// The latest trusted time.
std::optional<UtcSeconds> trusted_now(const CaseState& state, UtcSeconds now);

}  // namespace casebook::workflow
