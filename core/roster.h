#pragma once
/// The persons of an organisation, their roles and keys, signed by its root key: the anchor from
/// outside for who is who. Specification: docs/spec/roster.md.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.h"
#include "core/ids.h"
#include "core/person_card.h"

namespace casebook {

inline constexpr std::size_t kRosterBytesMax = std::size_t{4} << 20U;

/// True for the name of a role: a-z, 0-9, '-', '_', at most 32 characters.
bool is_role_name(std::string_view text) noexcept;

struct RosterKey {
  SignedCard card;
  UtcSeconds enrolled_at;
  std::optional<UtcSeconds> ended_at;
};

struct RosterPerson {
  PersonId id;
  std::string name;
  std::vector<std::string> roles;  ///< Sorted.
  std::vector<RosterKey> keys;     ///< In the order of enrolment; the last one not ended is used.
  bool has_left = false;

  /// The newest key that is not ended; none when the person cannot sign.
  [[nodiscard]] const RosterKey* current_key() const;
};

struct Roster {
  std::string organisation;
  SshPublicKey root_key;
  std::int64_t version = 1;
  std::optional<Digest256> previous;
  UtcSeconds made_at;
  std::vector<RosterPerson> persons;  ///< Sorted by id.

  [[nodiscard]] const RosterPerson* find(const PersonId& id) const;
  /// By key: whose it is, ended or not.
  [[nodiscard]] const RosterPerson* owner_of(const SshPublicKey& key) const;
};

/// Canonical JSON: the bytes of roster.json.
std::string format_roster(const Roster& roster);
/// Checks every card and proof as well. @return `invalid_input` for anything that format_roster()
/// does not write, `corrupt` for a proof that does not hold.
Result<Roster> parse_roster(std::string_view text);

struct SignedRoster {
  Roster roster;
  std::string text;
  std::string signature;  ///< Armored, namespace casebook-roster@v1.
  Digest256 digest{};     ///< SHA-256 of `text`: what a case pins.
};
/// @return `invalid_input` when `root` is not the roster's root key.
Result<SignedRoster> sign_roster(const Roster& roster, Signer& root);
/// Reads roster.json with its signature. Whether `root_key` is the right one is the caller's to
/// compare with an anchor. @return `corrupt` when it is not signed by its root key.
Result<SignedRoster> read_roster(std::string_view text, std::string_view signature);

/// Whether `later` may take the place of `earlier`. @return `invalid_input` saying why not: another
/// root key, no higher version, or a next version that does not name `earlier`.
Status check_roster_follows(const SignedRoster& earlier, const SignedRoster& later);

}  // namespace casebook
