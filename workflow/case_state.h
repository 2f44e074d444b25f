#pragma once
/// The runbook of a case as its entries leave it. Pure. Specification: docs/spec/workflow.md.

#include <functional>
#include <memory>

#include "workflow/people.h"
#include "workflow/policy.h"

namespace casebook::workflow {

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
  Covers covers;                        ///< Facets as they stood when it was added.
  std::optional<Digest256> text;        ///< Commitment of its words.
  std::vector<PersonId> attested = {};  ///< Second persons who confirmed it.
  [[nodiscard]] bool is_settled() const { return versions.back().settles; }
  [[nodiscard]] const Fields& fields() const { return versions.back().fields; }
  [[nodiscard]] const std::vector<PersonId>& authors() const { return versions.front().persons; }
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
  bool disarmed = false;
};

struct StepState {
  std::string id;
  std::uint64_t number = 0;  ///< Of the open thing; 0: never opened.
  std::optional<UtcSeconds> opened_at = {}, done_at = {};
  std::optional<std::uint64_t> done_by_seq = {};
  bool skipped = false;
  std::uint32_t times_opened = 0;
  [[nodiscard]] bool is_open() const { return opened_at && !done_at; }
};

struct ClockState {
  std::string id;
  std::optional<StatementId> record = {};  ///< Of a clock that an entry starts.
  UtcSeconds started_at;
  std::optional<UtcSeconds> stopped_at = {};
  std::optional<UtcSeconds> due = {};  ///< None: no limit at the present value of `by`.
  bool was_late = false;               ///< Some limit passed before it stopped or changed.
  std::vector<std::pair<PersonId, UtcSeconds>> acknowledged = {};
};

struct MoveMade {
  std::uint64_t seq = 0;
  UtcSeconds at;
  std::string move, from, to;
  std::vector<PersonId> persons;
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
  std::uint64_t entry = 0;
  UtcSeconds time;
  PersonId person;
};

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
  std::shared_ptr<const Policy> policy;  ///< The pinned ones joined; null before the first pin.
  std::string kind, phase;
  std::uint64_t size = 0;  ///< Entries taken.
  UtcSeconds received_at{};
  std::map<std::string, std::vector<FactSaid>, std::less<>> facts;
  std::vector<Record> records;  ///< In the order of the ledger.
  std::map<StatementId, std::size_t> record_at;
  std::map<std::string, std::vector<std::size_t>, std::less<>> records_of;  ///< By kind.
  std::vector<Attestation> attestations;
  std::vector<Ask> asks;
  std::vector<Waiver> waivers;
  std::vector<StepState> steps;  ///< In the order of the policy.
  std::vector<ClockState> clocks;
  std::vector<MoveMade> moves;
  std::vector<Handover> handovers;
  std::vector<Deputy> deputies;
  std::vector<Told> told;
  std::vector<TimeAttested> times;
  std::vector<PersonId> excluded;
  std::map<std::string, std::string, std::less<>> facet_keys;  ///< Facet -> key in force, hex.
  std::vector<RefusedEntry> refused;
  std::uint64_t next_number = 1;

  [[nodiscard]] const FactSaid* fact(std::string_view name) const;  ///< Null: nobody said.
  [[nodiscard]] Value value_of(std::string_view fact) const;        ///< With the initial value.
  [[nodiscard]] const Record* record(const StatementId& id) const;
  [[nodiscard]] const Record* record_by_number(std::uint64_t number) const;
  [[nodiscard]] bool is_open() const;  ///< By its phase.
  [[nodiscard]] bool is_excluded(const PersonId& person) const;
  /// Who holds a role now: given and accepted, passed by handover, or as deputy at `now`.
  [[nodiscard]] std::vector<PersonId> holders(std::string_view role, UtcSeconds now) const;
  [[nodiscard]] Digest256 facet_digest(std::string_view facet) const;
};

/// True for verbs of docs/spec/workflow.md.
bool is_runbook_verb(std::string_view verb) noexcept;

/// Takes one entry more, of people or of the runbook; other verbs are passed over. What `decide`
/// refuses is listed and has no other effect.
void apply(CaseState& state, const Entry& entry, const PolicyLookup& policies);
CaseState fold_case(std::span<const Entry> entries, const PolicyLookup& policies,
                    std::span<const TrustedHead> trusted_heads = {});

}  // namespace casebook::workflow
