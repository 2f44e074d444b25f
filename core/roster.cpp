#include "core/roster.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_members.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-roster/1";
constexpr std::size_t kPersonsMax = 1000;
constexpr std::size_t kKeysMax = 8;
constexpr std::size_t kRolesMax = 16;
constexpr std::size_t kRoleBytesMax = 32;

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

Json key_json(const RosterKey& key) {
  return {{"card", key.card.text},
          {"ended_at", key.ended_at ? Json(format_utc(*key.ended_at)) : Json(nullptr)},
          {"enrolled_at", format_utc(key.enrolled_at)},
          {"proof", key.card.proof}};
}

Json person_json(const RosterPerson& person) {
  Json keys = Json::array();
  for (const RosterKey& key : person.keys) keys.push_back(key_json(key));
  return {{"id", person.id.text()},
          {"keys", std::move(keys)},
          {"left", person.has_left},
          {"name", person.name},
          {"roles", person.roles}};
}

Result<RosterKey> parse_key(const Json& object) {
  JsonMembers members(object);
  members.only({"card", "ended_at", "enrolled_at", "proof"});
  const std::string card_text = members.text("card");
  const std::string proof = members.text("proof", kArmoredBytesMax);
  const UtcSeconds enrolled_at = members.time("enrolled_at");
  const auto ended_at = members.time_or_null("ended_at");
  if (members.failed()) return members.error();
  auto card = read_person_card(card_text, proof, enrolled_at);
  if (!card) return std::move(card).error();
  return RosterKey{*std::move(card), enrolled_at, ended_at};
}

bool are_role_names(const std::vector<std::string>& roles) {
  return std::ranges::all_of(roles, is_role_name) &&
         std::ranges::adjacent_find(roles, std::ranges::greater_equal()) == roles.end();
}

Result<RosterPerson> parse_person(const Json& object) {
  JsonMembers members(object);
  members.only({"id", "keys", "left", "name", "roles"});
  const auto id = members.id<PersonIdKind>("id");
  std::string name = members.text("name");
  if (!is_display_name(name)) members.refuse("\"name\" is none");
  std::vector<std::string> roles = members.texts("roles", kRolesMax);
  if (!are_role_names(roles)) members.refuse("\"roles\" is no sorted list of names of roles");
  const bool has_left = members.boolean("left");
  const Json* keys = members.array("keys", kKeysMax);
  if (members.failed()) return members.error();
  if (keys->empty()) return invalid("a person without a key");
  RosterPerson person{*id, std::move(name), std::move(roles), {}, has_left};
  for (const Json& item : *keys) {
    auto key = parse_key(item);
    if (!key) return std::move(key).error();
    person.keys.push_back(*std::move(key));
  }
  return person;
}

/// Sorted by id, no key twice.
Status check_persons(const std::vector<RosterPerson>& persons) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < persons.size(); ++i) {
    if (i > 0 && persons[i - 1].id >= persons[i].id) return invalid("persons are not sorted by id");
    for (const RosterKey& key : persons[i].keys)
      keys.emplace_back(as_text(key.card.card.key.blob()));
  }
  std::ranges::sort(keys);
  if (std::ranges::adjacent_find(keys) != keys.end()) return invalid("a key stands twice");
  return ok();
}

Result<Roster> parse_members(const Json& object) {
  JsonMembers members(object);
  members.only({"format", "made_at", "organisation", "persons", "previous", "root_key", "version"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  std::string organisation = members.text("organisation");
  if (!is_display_name(organisation)) members.refuse("\"organisation\" is no name");
  const auto root_key = members.key("root_key");
  const std::int64_t version = members.integer("version", 1, kJsonIntegerMax);
  const auto previous = members.digest_or_null("previous");
  const UtcSeconds made_at = members.time("made_at");
  const Json* persons = members.array("persons", kPersonsMax);
  if (members.failed()) return members.error();
  if (previous.has_value() == (version == 1))
    return invalid("\"previous\" belongs to version 2 up");
  Roster roster{std::move(organisation), *root_key, version, previous, made_at, {}};
  for (const Json& item : *persons) {
    auto person = parse_person(item);
    if (!person) return std::move(person).error();
    roster.persons.push_back(*std::move(person));
  }
  if (auto fits = check_persons(roster.persons); !fits) return std::move(fits).error();
  return roster;
}

}  // namespace

bool is_role_name(std::string_view text) noexcept {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-_";
  return !text.empty() && text.size() <= kRoleBytesMax &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

const RosterKey* RosterPerson::current_key() const {
  const RosterKey* current = nullptr;
  for (const RosterKey& key : keys) {
    if (!key.ended_at) current = &key;
  }
  return current;
}

const RosterPerson* Roster::find(const PersonId& id) const {
  const auto found = std::ranges::find(persons, id, &RosterPerson::id);
  return found == persons.end() ? nullptr : &*found;
}

const RosterPerson* Roster::owner_of(const SshPublicKey& key) const {
  for (const RosterPerson& person : persons) {
    for (const RosterKey& known : person.keys) {
      if (known.card.card.key == key) return &person;
    }
  }
  return nullptr;
}

std::string format_roster(const Roster& roster) {
  Json persons = Json::array();
  for (const RosterPerson& person : roster.persons) persons.push_back(person_json(person));
  return canonical_json(
      Json{{"format", kFormat},
           {"made_at", format_utc(roster.made_at)},
           {"organisation", roster.organisation},
           {"persons", std::move(persons)},
           {"previous", roster.previous ? Json(to_hex(*roster.previous)) : Json(nullptr)},
           {"root_key", roster.root_key.line()},
           {"version", roster.version}});
}

Result<Roster> parse_roster(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kRosterBytesMax, .depth_max = 6});
  if (!object) return std::move(object).error().context("roster");
  auto roster = parse_members(*object);
  if (!roster) return std::move(roster).error().context("roster");
  return roster;
}

Result<SignedRoster> sign_roster(const Roster& roster, Signer& root) {
  if (root.public_key() != roster.root_key) return invalid("roster: not its root key");
  std::string text = format_roster(roster);
  // What nobody could read again must not be signed.
  if (auto read = parse_roster(text); !read) return std::move(read).error();
  auto signature = make_ssh_signature(root, kRosterNamespace, as_bytes(text));
  if (!signature) return std::move(signature).error().context("sign roster");
  auto digest = sha256(as_bytes(text));
  if (!digest) return std::move(digest).error();
  return SignedRoster{roster, std::move(text), *std::move(signature), *digest};
}

Result<SignedRoster> read_roster(std::string_view text, std::string_view signature) {
  auto roster = parse_roster(text);
  if (!roster) return std::move(roster).error();
  auto checked = verify_ssh_signature(
      {.name_space = kRosterNamespace, .keys = {&roster->root_key, 1}}, as_bytes(text), signature);
  if (!checked) return std::move(checked).error();
  if (!checked->good()) {
    return Error{ErrorCode::corrupt, "roster: not signed by its root key: " + checked->reason};
  }
  auto digest = sha256(as_bytes(text));
  if (!digest) return std::move(digest).error();
  return SignedRoster{*std::move(roster), std::string(text), std::string(signature), *digest};
}

Status check_roster_follows(const SignedRoster& earlier, const SignedRoster& later) {
  if (earlier.digest == later.digest) return ok();
  if (earlier.roster.root_key != later.roster.root_key) {
    return invalid("the roster has another root key than the one known");
  }
  if (later.roster.version <= earlier.roster.version) {
    return invalid("the roster is version " + std::to_string(later.roster.version) + "; version " +
                   std::to_string(earlier.roster.version) + " is known");
  }
  if (later.roster.version == earlier.roster.version + 1 &&
      later.roster.previous != earlier.digest) {
    return invalid("the roster follows another version " + std::to_string(earlier.roster.version) +
                   " than the one known");
  }
  return ok();
}

}  // namespace casebook
