#pragma once
/// The statements that every reader of a case folds: ids, roles, keys, digests, times, never free
/// text. Specification: docs/spec/people.md, section "Verbs and bodies".

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/age_key.h"
#include "core/statement.h"

namespace casebook::workflow {

struct Founder {
  PersonId person;
  SshPublicKey key;
  AgeRecipient recipient;
  std::vector<std::string> roles;  ///< Sorted.
};
struct CaseOpen {
  std::string code_name;
  std::vector<Founder> founders;
  SshPublicKey log_key;
  std::optional<Digest256> roster;
};
struct PersonAdd {
  PersonId person;
  SshPublicKey key;
  AgeRecipient recipient;
};
struct PersonRemove {
  PersonId person;
};
struct KeyReplace {
  PersonId person;
  SshPublicKey key;
  AgeRecipient recipient;
};
struct KeyObject {
  StatementId statement;
};
struct KeyCompromised {
  std::string key;  ///< Fingerprint.
  UtcSeconds since;
};
struct KeyConfirm {
  std::vector<StatementId> statements;
};
struct RoleGive {
  PersonId person;
  std::string role;
};
struct RoleAccept {
  StatementId statement;
};
struct RoleRemove {
  PersonId person;
  std::string role;
};
struct AccessGrant {
  std::string compartment;
  std::uint64_t generation = 1;
  std::vector<PersonId> persons;  ///< Sorted.
  AgeRecipient public_key;
  std::uint64_t recovery = 0;  ///< Recovery recipients beside the persons.
  Digest256 slots{};           ///< SHA-256 of the slots file.
  std::uint64_t stanzas = 0;
};
struct AccessInbox {
  std::string compartment;
  PersonId person;
  AgeRecipient recipient;
};
struct LogKey {
  SshPublicKey key;
};
struct LogKeyEnd {
  std::string key;  ///< Fingerprint.
};
struct LeaseTake {
  std::string log_key;  ///< Fingerprint.
};

using Body = std::variant<CaseOpen, PersonAdd, PersonRemove, KeyReplace, KeyObject, KeyCompromised,
                          KeyConfirm, RoleGive, RoleAccept, RoleRemove, AccessGrant, AccessInbox,
                          LogKey, LogKeyEnd, LeaseTake>;

/// "person.add" for a PersonAdd.
std::string_view verb_of(const Body& body) noexcept;
/// True for the verbs above: their statements lie in `general`.
bool is_skeleton_verb(std::string_view verb) noexcept;
/// Canonical JSON, for Statement::body.
std::string format_body(const Body& body);
/// @return `invalid_input` for another verb or a body that format_body() does not write.
Result<Body> parse_body(std::string_view verb, std::string_view body);

/// 1 to 32 of a-z, 0-9 and '-', beginning with a letter.
bool is_compartment_name(std::string_view text) noexcept;

/// One entry of the ledger as fold() takes it: signatures are checked already.
struct Skeleton {
  std::uint64_t seq = 0;
  UtcSeconds received_at;
  Statement statement;
  std::vector<SshPublicKey> signers;
};

}  // namespace casebook::workflow
