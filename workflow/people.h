#pragma once
/// Persons, keys, roles, grants and machines of a case, folded from its statements. Pure.
/// Specification: docs/spec/people.md.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "workflow/skeleton.h"

namespace casebook::workflow {

/// How long everybody can object before a replaced key counts.
inline constexpr std::chrono::hours kKeyReplaceDelay{24};

struct BoundKey {
  SshPublicKey key;
  std::string fingerprint;
  AgeRecipient recipient;
  std::uint64_t bound_by = 0;  ///< Number of the entry.
  std::optional<UtcSeconds> replaced_at = {};
  std::optional<UtcSeconds> compromised_since = {};
  /// Whether what it signs now is taken.
  [[nodiscard]] bool counts() const { return !replaced_at && !compromised_since; }
};

struct HeldRole {
  StatementId given_by;
  std::uint64_t given_at = 0;                     ///< Number of the entry.
  std::optional<std::uint64_t> accepted_at = {};  ///< The same; a role counts from then on.
};

struct BoundPerson {
  PersonId id;
  bool is_founder = false;
  bool is_removed = false;
  std::uint64_t bound_by = 0;
  std::vector<BoundKey> keys;
  std::map<std::string, HeldRole> roles;
  std::optional<Digest256> name;  ///< Commitment of the text that holds the name.

  /// The newest key that counts; none when the person cannot sign.
  [[nodiscard]] const BoundKey* current_key() const;
  /// Given and accepted.
  [[nodiscard]] bool holds(const std::string& role) const;
};

struct WaitingReplacement {
  StatementId statement;
  std::uint64_t seq = 0;
  KeyReplace replace;
  UtcSeconds counts_from;
};

struct GrantedAccess {
  AccessGrant grant;
  std::uint64_t seq = 0;
  UtcSeconds received_at;
  std::vector<PersonId> granted_by;
};

struct BoundLogKey {
  SshPublicKey key;
  std::string fingerprint;
  std::optional<std::uint64_t> ended_at = {};
};

/// An entry that the rules refuse, or that could not be read as what its verb says.
struct RefusedEntry {
  std::uint64_t seq = 0;
  std::string verb;
  std::string reason;
};

/// Who signed an entry, to say later what a stolen key leaves standing.
struct SignedEntry {
  std::uint64_t seq = 0;
  StatementId statement;
  std::vector<std::string> keys;  ///< Fingerprints.
};

/// A head of this ledger whose time somebody trusted has stated.
struct TrustedHead {
  std::uint64_t size = 0;
  UtcSeconds time;
};

struct People {
  std::optional<CaseId> case_id;
  bool is_drill = false;
  std::string code_name;
  std::optional<Digest256> roster;
  std::optional<Digest256> title;  ///< Commitment of the text that holds it.
  std::uint64_t founder_count = 0;
  std::map<PersonId, BoundPerson> persons;
  std::vector<WaitingReplacement> waiting;
  /// By compartment, then in the order of the ledger: the last one is in force.
  std::map<std::string, std::vector<GrantedAccess>> grants;
  std::map<std::string, AccessInbox> inboxes;
  std::vector<BoundLogKey> log_keys;
  std::string lease;  ///< Fingerprint of the log key whose machine writes.
  std::vector<RefusedEntry> refused;
  std::vector<SignedEntry> signatures;
  std::set<StatementId> statements;  ///< All that were folded, refused ones too.
  std::set<StatementId> confirmed;
  std::vector<TrustedHead> trusted_heads;

  [[nodiscard]] bool is_single_founder() const { return founder_count == 1; }
  [[nodiscard]] const BoundPerson* find(const PersonId& id) const;
  /// Whose key it is, whether it counts or not; nobody when it is not bound.
  [[nodiscard]] const BoundPerson* owner_of(const SshPublicKey& key) const;
  [[nodiscard]] const BoundPerson* owner_of(std::string_view fingerprint) const;
  /// Persons who are bound, not removed and have a key that counts.
  [[nodiscard]] std::vector<PersonId> active() const;
  /// The grant in force; none when the compartment was never made.
  [[nodiscard]] const GrantedAccess* access_to(const std::string& compartment) const;
};

/// Takes one entry more. One that is refused is listed and has no other effect.
People apply(People people, const Skeleton& entry);
/// The same for many, in the order of the ledger, as they stand at `now`.
People fold(std::span<const Skeleton> entries, std::span<const TrustedHead> trusted_heads = {});
/// What has come into force by `now` without an entry: replaced keys whose delay is over.
People settle(People people, UtcSeconds now);

/// Why a statement may not be appended: one line that names what is missing, and what to do.
struct Refusal {
  std::string what;
  std::string hint = {};
};
/// The one rule book, before appending and in replay.
std::optional<Refusal> refuse(const People& people, const Skeleton& entry);

/// True when what this entry said is in doubt, because a key of it was compromised.
bool is_contested(const People& people, std::uint64_t seq);
std::vector<SignedEntry> contested_entries(const People& people);

/// Whether somebody may make the first generation of a compartment.
bool may_begin(const People& people, const BoundPerson& person, const std::string& compartment);

}  // namespace casebook::workflow
