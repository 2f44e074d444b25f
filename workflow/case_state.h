#pragma once
/// The runbook of a case as its entries leave it. Pure. Specification: docs/spec/workflow.md.

#include <cstring>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "workflow/people.h"
#include "workflow/policy.h"

namespace casebook::workflow {

/// Ids are random: their first bytes are a hash.
struct IdHash {
  template <typename Kind>
  std::size_t operator()(const Id<Kind>& id) const noexcept {
    static_assert(std::is_trivially_copyable_v<Id<Kind>>);
    std::size_t first = 0;
    std::memcpy(&first, &id, sizeof first);
    return first;
  }
};

/// Facet -> HMAC-SHA-256 of its present values.
using Covers = std::map<std::string, Digest256>;
/// Fields of an entry of a register; texts are not among them.
using Fields = std::map<std::string, Value, std::less<>>;

/// An entry of the ledger as it comes to fold(): signatures are checked, signers are keys.
using Entry = Skeleton;

struct FactSaid {
  std::uint64_t seq = 0;
  UtcSeconds at;
  Value value;
  bool provisional = false;
  std::vector<PersonId> persons;
  std::vector<StatementId> evidence;
};

struct RecordVersion {
  std::uint64_t seq = 0;
  UtcSeconds at;
  std::vector<PersonId> persons;
  Fields fields;  ///< All fields as they stand from here on.
  bool settles = false;
};

/// One entry of a register, with all that was said of it.
struct Record {
  StatementId id;
  std::uint64_t number = 0;
  std::string kind;
  std::vector<RecordVersion> versions;  ///< Never empty.
  Covers covers;  ///< Facets as they stood when it was added: those that queries name.
  std::optional<Digest256> text;               ///< Commitment of its words.
  std::vector<std::string> author_roles = {};  ///< Sorted: what its first authors held then.
  std::vector<std::size_t> attested = {};      ///< Attestations about it.
  std::optional<std::uint64_t> told_by = {};   ///< The entry that says it was delivered.
  [[nodiscard]] bool is_settled() const { return versions.back().settles; }
  [[nodiscard]] const Fields& fields() const { return versions.back().fields; }
  [[nodiscard]] const std::vector<PersonId>& authors() const { return versions.front().persons; }
  /// Wrote some of what it says; who settled it did not.
  [[nodiscard]] bool is_author(const PersonId& person) const;
};

struct Attestation {
  StatementId id;
  std::uint64_t seq = 0;
  UtcSeconds at;
  PersonId person;
  std::string role, verb;
  Covers covers;
  std::optional<StatementId> record, ask;
  std::optional<PersonId> deputy_of = {};
  std::vector<std::string> roles = {};  ///< Sorted: all that the person held then.
  bool spoken = false;  ///< Two others say so: counts for actions, never for an exit.
  bool withdrawn = false;
  bool disarmed = false;  ///< The case was reopened after it.
};

struct Ask {
  StatementId id;
  std::uint64_t seq = 0, number = 0;
  UtcSeconds at;
  PersonId asked_by;
  std::string gate;
  std::uint32_t leaf = 0;
  std::optional<PersonId> person;
  std::optional<StatementId> record;
  Covers covers;
  enum class Answer { open, given, refused, spoken } answer = Answer::open;
  std::optional<PersonId> spoken_by = {};  ///< Whose spoken word it was, signed since or not.
};

struct Waiver {
  StatementId id;
  std::uint64_t seq = 0, number = 0;
  UtcSeconds at;
  std::string gate, attempt;
  std::optional<StatementId> record;
  std::uint32_t reason_chars = 0;
  PersonId asked_by;
  std::optional<PersonId> granted_by = {};
  std::optional<UtcSeconds> granted_at = {};
  Covers covers = {};  ///< Facets of the gate when it was asked.
  std::uint64_t granted_seq = 0;
  std::optional<UtcSeconds> used_at = {};    ///< It opened one attempt, and opens no other.
  bool signs_later = false;                  ///< The waived word has to be signed after all …
  std::optional<UtcSeconds> signed_at = {};  ///< … and was.
  bool disarmed = false;  ///< The case was reopened or the policy changed after it.
};

struct StepState {
  std::string id;
  std::uint64_t number = 0;  ///< Of the open thing; 0: never opened.
  std::optional<UtcSeconds> opened_at = {}, done_at = {};
  std::optional<std::uint64_t> done_by_seq = {};
  std::uint64_t opened_seq = 0;
  std::optional<std::uint64_t> word_seq = {};  ///< The signed word of a step that wants one.
  bool skipped = false;
  std::uint32_t times_opened = 0;
  [[nodiscard]] bool is_open() const { return opened_at && !done_at; }
};

struct Acknowledged {
  std::uint64_t seq = 0;
  UtcSeconds at;
  PersonId person;
  std::vector<std::string> roles;  ///< Sorted: what the person held then.
};

struct ClockState {
  std::string id;
  std::size_t rule = 0;                    ///< Position in Policy::clocks.
  std::optional<StatementId> record = {};  ///< Of a clock that an entry starts.
  std::uint64_t number = 0;                ///< Of its entry or step, else its own; 0: no ladder.
  std::uint64_t started_seq = 0;
  UtcSeconds started_at;
  std::optional<UtcSeconds> stopped_at = {};
  std::optional<UtcSeconds> due = {};  ///< None: no limit at the present value of `by`.
  bool was_late = false;               ///< Some limit passed before it stopped or changed.
  std::uint32_t rounds = 0;            ///< Of a cadence: how often it was met.
  std::vector<Acknowledged> acknowledged = {};
  bool is_paused = false;  ///< Of a cadence: the case is closed.
};

struct MoveMade {
  std::uint64_t seq = 0;
  UtcSeconds at;
  std::string move, from, to;
  std::vector<PersonId> persons;
  bool by_itself = false;  ///< Reopened by what was learnt.
};

struct Handover {
  StatementId offer;
  std::uint64_t number = 0;
  std::string role;
  PersonId from, to;
  bool accepted = false;
};

struct Deputy {
  StatementId id;
  std::string role;
  PersonId of, person;
  UtcSeconds from, until;
  bool accepted = false;
};

struct Told {
  std::uint64_t seq = 0;
  StatementId record;
  UtcSeconds at;
  std::string channel;
  bool delivered = false;
};

struct TimeAttested {
  std::uint64_t seq = 0;    ///< Where it was said.
  std::uint64_t entry = 0;  ///< What it is about.
  UtcSeconds time;
  PersonId person;
};

/// A facet as it stands.
struct FacetState {
  std::string key;     ///< Hex: that of the statement that made this version; empty: none did.
  Digest256 values{};  ///< SHA-256 of the canonical values, to see a change.
  Digest256 digest{};  ///< HMAC: what approvals name.
  std::uint64_t changed_by = 0;    ///< Entry.
  std::vector<PersonId> changers;  ///< Who signed that.
};

/// A role that was taken from somebody by others: what they said in it before counts no longer.
struct RevokedRole {
  PersonId person;
  std::string role;  ///< Empty: all.
  std::uint64_t seq = 0;
};

/// What a number stands for.
struct Numbered {
  enum class Kind { record, step, ask, waiver, handover, deputy, role, key, clock };
  Kind kind = Kind::record;
  std::size_t index = 0;               ///< In the list of its kind; not of roles and keys.
  std::optional<StatementId> id = {};  ///< Not of steps and clocks.
};

/// What was ever said of a fact in earnest, kept so that no gate has to look through its history.
struct FactMarks {
  std::vector<Value> ever;
  std::optional<std::int64_t> worst = {};      ///< Of a level.
  std::optional<std::size_t> in_earnest = {};  ///< The last one that was not provisional.
};

struct PolicyIndex;

struct PinnedPolicy {
  std::string id;
  std::uint32_t version = 0;
  Digest256 digest{};
};

/// Where the texts of pinned policies come from; null: not there, and the case cannot be folded.
using PolicyLookup = std::function<const Policy*(const Digest256&)>;

struct CaseState {
  People people;
  std::vector<PinnedPolicy> pinned;
  std::shared_ptr<const Policy> policy;      ///< The pinned ones joined; null before the first pin.
  std::shared_ptr<const PolicyIndex> index;  ///< What of it depends on what.
  std::vector<Digest256> missing;            ///< Pinned, but the lookup has no text of them.
  /// Persons known from outside, when the reader has anchors: then nobody else counts for gates.
  std::optional<std::set<PersonId>> anchored;
  std::string kind, phase;
  std::uint64_t size = 0;  ///< Entries of the ledger up to the last one taken.
  UtcSeconds received_at{};
  std::map<std::string, std::vector<FactSaid>, std::less<>> facts;
  std::map<std::string, FactMarks, std::less<>> marks;
  std::vector<Record> records;  ///< In the order of the ledger.
  std::unordered_map<StatementId, std::size_t, IdHash> record_at;
  std::map<std::string, std::vector<std::size_t>, std::less<>> records_of;  ///< By kind.
  std::map<std::string, std::set<std::size_t>, std::less<>> unsettled;      ///< By kind.
  /// By kind: entry of the ledger and position of what it added, changed or settled.
  std::map<std::string, std::vector<std::pair<std::uint64_t, std::size_t>>, std::less<>> touched;
  std::vector<Attestation> attestations;
  /// By verb and role with a line feed between.
  std::map<std::string, std::vector<std::size_t>, std::less<>> attestations_of;
  std::vector<Ask> asks;
  std::vector<Waiver> waivers;
  std::vector<StepState> steps;  ///< In the order of the policy.
  std::vector<ClockState> clocks;
  std::vector<std::size_t> running;  ///< Of clocks.
  std::vector<MoveMade> moves;
  std::vector<Handover> handovers;
  std::vector<Deputy> deputies;
  std::vector<Told> told;
  std::vector<TimeAttested> times;
  std::vector<PersonId> excluded;
  std::vector<RevokedRole> revoked;
  std::map<std::string, FacetState, std::less<>> facets;
  std::string last_key;           ///< Of the last statement that had one.
  std::uint64_t rearmed_seq = 0;  ///< The entry that reopened the case last; 0: none.
  std::vector<RefusedEntry> refused;
  std::unordered_set<StatementId, IdHash> refused_ids;
  std::vector<Numbered> numbers;  ///< Number n is at n - 1.

  [[nodiscard]] const FactSaid* fact(std::string_view name) const;  ///< Null: nobody said.
  [[nodiscard]] Value value_of(std::string_view fact) const;        ///< With the initial value.
  [[nodiscard]] const Record* record(const StatementId& id) const;
  [[nodiscard]] const Record* record_by_number(std::uint64_t number) const;
  [[nodiscard]] const Numbered* numbered(std::uint64_t number) const;
  [[nodiscard]] bool is_open() const;  ///< By its phase.
  [[nodiscard]] bool is_excluded(const PersonId& person) const;
  /// Who holds a role now: given and accepted, passed by handover, or as deputy at `now`.
  [[nodiscard]] std::vector<PersonId> holders(std::string_view role, UtcSeconds now) const;
  [[nodiscard]] bool holds(const PersonId& person, std::string_view role, UtcSeconds now) const;
  /// Bound, not removed, not excluded, with a key that counts, and not bound by a stolen one.
  [[nodiscard]] bool is_active(const PersonId& person) const;
  /// Known from outside, when the reader has anchors, and not bound by a stolen key: what they said
  /// while they were here counts for gates.
  [[nodiscard]] bool is_known(const PersonId& person) const;
  [[nodiscard]] Digest256 facet_digest(std::string_view facet) const;
  /// Said with a key that was compromised, and not confirmed: satisfies no gate.
  [[nodiscard]] bool is_contested(std::uint64_t seq) const;
  /// Something in this case is contested; while nothing is, nobody has to look.
  [[nodiscard]] bool has_contested() const { return any_compromised; }
  bool any_compromised = false;
};

/// True for verbs of docs/spec/workflow.md.
bool is_runbook_verb(std::string_view verb) noexcept;

/// Takes one entry more. What `decide` refuses is listed and has no other effect; verbs that are
/// neither of people nor of the runbook are noted, so that they can be cited as evidence: the
/// caller gives all entries of `general`, in the order of the ledger. One that was taken already is
/// passed over.
void apply(CaseState& state, const Entry& entry, const PolicyLookup& policies);

struct FoldOptions {
  std::span<const TrustedHead> trusted_heads = {};
  std::optional<std::set<PersonId>> anchored = {};
};
CaseState fold_case(std::span<const Entry> entries, const PolicyLookup& policies,
                    const FoldOptions& options = {});

}  // namespace casebook::workflow
