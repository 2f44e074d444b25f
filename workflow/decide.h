#pragma once
/// What may be said next, and what stands against it. Pure: the one rule book, before appending and
/// in replay. Specification: docs/spec/workflow.md, sections "Deciding" and "Explaining".

#include "workflow/runbook_statement.h"

namespace casebook::workflow {

/// Something that gates look at.
struct Attempt {
  std::string verb;         ///< "close", "rollout", "publish", "policy", "downgrade".
  std::string action = {};  ///< Class of a risky action; gates see `action:CLASS`.
  Fields fields = {};       ///< Of the entry attempted.
  std::optional<StatementId> record = {};
  std::vector<PersonId> persons = {};  ///< Who attempts it.
};

enum class Truth { no, unknown, yes };

/// Where predicates are evaluated: a state, an attempt, a moment.
struct Scene {
  const CaseState& state;
  const Attempt& attempt;
  UtcSeconds now;
  const Record* self = nullptr;   ///< In `each`.
  bool for_exit = true;           ///< What two others say was spoken counts for actions only.
  std::uint64_t after_entry = 0;  ///< In the stop of a cadence: entries of registers since then.
};
Truth evaluate(const Predicate& predicate, const Scene& scene);

/// One thing that is missing, as somebody could do it.
struct MissingLeaf {
  std::string gate;
  std::uint32_t leaf = 0;                 ///< Index of the node in the gate's `need`, depth first.
  Predicate predicate;                    ///< A leaf, or a `not` over one.
  std::optional<StatementId> about = {};  ///< The entry, in `each` and `of`.
  std::vector<PersonId> who = {};         ///< Who could do it now.
  struct Stale {
    StatementId attestation;
    PersonId by;
    std::uint64_t seq = 0, changed_by = 0;  ///< Entries: the word, and what changed since.
    std::vector<std::string> facets;
  };
  std::vector<Stale> stale = {};
  bool lacks_trusted_time = false;
  std::optional<UtcSeconds> opens_at = {};  ///< By itself.
};

enum class GateAnswer { satisfied, waived, blocked };
struct GateVerdict {
  std::string gate;
  GateAnswer answer = GateAnswer::blocked;
  std::optional<StatementId> waiver = {};
  /// Smallest sets of leaves; each set opens it. At most kAlternativesMax. Of a gate that is
  /// satisfied: words that will have to be signed anew, because what other gates lack changes what
  /// they cover.
  std::vector<std::vector<MissingLeaf>> alternatives = {};
  bool may_be_waived = false;  ///< The policy lets this attempt have a waiver.
};
inline constexpr std::size_t kAlternativesMax = 16;

/// An open step, entry, question or unsigned spoken word that blocks an exit.
struct BlockingThing {
  std::uint64_t number = 0;
  std::string kind;  ///< "step", "record", "ask", "waiver".
  std::string id;    ///< Of the step; statement id of the others.
};

struct Verdict {
  /// Keeps alive what the leaves were taken from.
  std::shared_ptr<const Policy> policy = {};
  std::vector<GateVerdict> gates;  ///< That apply, in the order to do them.
  std::vector<BlockingThing> open;
  [[nodiscard]] bool is_open() const;
};
/// Whether gates and open things let an attempt pass; no explanations.
bool passes(const CaseState& state, const Attempt& attempt, UtcSeconds now);
/// Each gate that applies and its answer, in the order of the policy: the plain gate check.
std::vector<std::pair<std::string_view, GateAnswer>> gate_answers(const CaseState& state,
                                                                  const Attempt& attempt,
                                                                  UtcSeconds now);
/// The same with all that is missing.
Verdict explain(const CaseState& state, const Attempt& attempt, UtcSeconds now);

/// What an open step waits for, in the same form; the gate is named by the step. A step that wants
/// a word besides is satisfied here as soon as the word may be given.
GateVerdict explain_step(const CaseState& state, std::string_view step, UtcSeconds now);

/// Why an entry may not be appended, with the verdict when gates refuse it.
struct RunbookRefusal {
  std::string what;
  std::string hint = {};
  std::optional<Verdict> verdict = {};
  bool lacks_policy = false;  ///< Nothing is wrong but that the reader has no text of a policy.
};
/// @param persons  who signed, each once.
std::optional<RunbookRefusal> refuse_runbook(const CaseState& state, const RunbookBody& body,
                                             const std::vector<PersonId>& persons,
                                             const StatementDigests& digests, UtcSeconds now);
/// The one rule book for a whole entry, of people or of the runbook, before it is appended and in
/// replay: the statement, who signed it, what it says. @param entry  its `received_at` is now.
std::optional<RunbookRefusal> refuse_entry(const CaseState& state, const Entry& entry,
                                           const PolicyLookup& policies);
/// What has come into force by `now` without an entry: replaced keys whose delay is over.
void settle_case(CaseState& state, UtcSeconds now);
/// Whose keys signed an entry. @return `invalid_input` naming the one that does not count.
Result<std::vector<PersonId>> signers_of(const CaseState& state, const Entry& entry);
/// What a body attempts, if gates look at it.
std::optional<Attempt> attempt_of(const CaseState& state, const RunbookBody& body,
                                  const std::vector<PersonId>& persons);

/// Leaves of a gate that ask for a signed word: index, rule, and whether it is about an entry.
struct WordWanted {
  std::uint32_t leaf = 0;
  std::shared_ptr<const AttestRule> rule;
  bool about_entry = false;
};
std::vector<WordWanted> words_wanted(const CaseState& state, std::string_view gate);
/// The digests that a word for a rule names now.
Covers covers_now(const CaseState& state, const std::vector<std::string>& facets);
/// The role that makes `role` come from a person holding both conflict, if any.
std::optional<std::string> conflicting_role(const CaseState& state, const PersonId& person,
                                            const std::string& role);

}  // namespace casebook::workflow
