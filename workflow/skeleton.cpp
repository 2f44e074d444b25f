#include "workflow/skeleton.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json_members.h"
#include "core/roster.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kFoundersMax = 8;
constexpr std::size_t kRolesMax = 16;
constexpr std::size_t kPersonsMax = 60;  // Of age's 64 recipients, four are for recovery.
constexpr std::int64_t kRecoveryMax = 4;
constexpr std::size_t kConfirmedMax = 64;
constexpr std::size_t kNameBytesMax = 32;
constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz";

// In the order of the alternatives of Body.
constexpr std::array<std::string_view, 15> kVerbs = {
    "case.open",       "person.add",   "person.remove", "key.replace", "key.object",
    "key.compromised", "key.confirm",  "role.give",     "role.accept", "role.remove",
    "access.grant",    "access.inbox", "log.key",       "log.key_end", "lease.take"};
static_assert(kVerbs.size() == std::variant_size_v<Body>);

/// "amber-heron": two to four words of small letters.
bool is_code_name(std::string_view text) {
  return text.size() <= 64 && text.find('-') != std::string_view::npos && !text.starts_with('-') &&
         !text.ends_with('-') && text.find("--") == std::string_view::npos &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

Json json_of(const CaseOpen& open) {
  Json founders = Json::array();
  for (const Founder& founder : open.founders) {
    founders.push_back({{"key", founder.key.line()},
                        {"person", founder.person.text()},
                        {"recipient", founder.recipient.text()},
                        {"roles", founder.roles}});
  }
  return {{"code_name", open.code_name},
          {"founders", std::move(founders)},
          {"log_key", open.log_key.line()},
          {"roster", open.roster ? Json(to_hex(*open.roster)) : Json(nullptr)}};
}
Json json_of(const PersonAdd& add) {
  return {
      {"key", add.key.line()}, {"person", add.person.text()}, {"recipient", add.recipient.text()}};
}
Json json_of(const PersonRemove& remove) { return {{"person", remove.person.text()}}; }
Json json_of(const KeyReplace& replace) {
  return {{"key", replace.key.line()},
          {"person", replace.person.text()},
          {"recipient", replace.recipient.text()}};
}
Json json_of(const KeyObject& object) { return {{"statement", object.statement.text()}}; }
Json json_of(const KeyCompromised& key) {
  return {{"key", key.key}, {"since", format_utc(key.since)}};
}
Json json_of(const KeyConfirm& confirm) {
  Json ids = Json::array();
  for (const StatementId& id : confirm.statements) ids.push_back(id.text());
  return {{"statements", std::move(ids)}};
}
Json json_of(const RoleGive& give) { return {{"person", give.person.text()}, {"role", give.role}}; }
Json json_of(const RoleAccept& accept) { return {{"statement", accept.statement.text()}}; }
Json json_of(const RoleRemove& remove) {
  return {{"person", remove.person.text()}, {"role", remove.role}};
}
Json json_of(const AccessGrant& grant) {
  Json persons = Json::array();
  for (const PersonId& id : grant.persons) persons.push_back(id.text());
  return {{"compartment", grant.compartment}, {"generation", grant.generation},
          {"persons", std::move(persons)},    {"public_key", grant.public_key.text()},
          {"recovery", grant.recovery},       {"slots", to_hex(grant.slots)},
          {"stanzas", grant.stanzas}};
}
Json json_of(const AccessInbox& inbox) {
  return {{"compartment", inbox.compartment},
          {"person", inbox.person.text()},
          {"recipient", inbox.recipient.text()}};
}
Json json_of(const LogKey& log) { return {{"key", log.key.line()}}; }
Json json_of(const LogKeyEnd& log) { return {{"key", log.key}}; }
Json json_of(const LeaseTake& lease) { return {{"log_key", lease.log_key}}; }

std::string role_member(JsonMembers& members, std::string_view key) {
  std::string role = members.text(key);
  if (!is_role_name(role)) members.refuse("\"" + std::string(key) + "\" is no role");
  return role;
}

std::string fingerprint_member(JsonMembers& members, std::string_view key) {
  std::string text = members.text(key);
  if (!is_ssh_fingerprint(text)) members.refuse("\"" + std::string(key) + "\" is no fingerprint");
  return text;
}

std::string compartment_member(JsonMembers& members) {
  std::string name = members.text("compartment");
  if (!is_compartment_name(name)) members.refuse("\"compartment\" is no name");
  return name;
}

template <typename Kind>
std::vector<Id<Kind>> id_list(JsonMembers& members, std::string_view key, std::size_t count_max) {
  std::vector<Id<Kind>> ids;
  for (const std::string& text : members.texts(key, count_max)) {
    auto id = Id<Kind>::parse(text);
    if (!id || (!ids.empty() && *id <= ids.back())) {
      members.refuse("\"" + std::string(key) + "\" holds no sorted ids");
      return {};
    }
    ids.push_back(*id);
  }
  if (ids.empty()) members.refuse("\"" + std::string(key) + "\" is empty");
  return ids;
}

Result<Founder> parse_founder(const Json& object) {
  JsonMembers members(object);
  members.only({"key", "person", "recipient", "roles"});
  const auto key = members.key("key");
  const auto person = members.id<PersonIdKind>("person");
  const auto recipient = members.recipient("recipient");
  auto roles = members.texts("roles", kRolesMax);
  if (!std::ranges::all_of(roles, is_role_name) ||
      std::ranges::adjacent_find(roles, std::ranges::greater_equal()) != roles.end()) {
    members.refuse("\"roles\" holds no sorted roles");
  }
  if (members.failed()) return members.error();
  return Founder{*person, *key, *recipient, std::move(roles)};
}

Result<Body> parse_open(JsonMembers& members) {
  members.only({"code_name", "founders", "log_key", "roster"});
  std::string code_name = members.text("code_name");
  if (!is_code_name(code_name)) members.refuse("\"code_name\" is none");
  const auto log_key = members.key("log_key");
  const auto roster = members.digest_or_null("roster");
  const Json* list = members.array("founders", kFoundersMax);
  if (members.failed()) return members.error();
  CaseOpen open{std::move(code_name), {}, *log_key, roster};
  for (const Json& item : *list) {
    auto founder = parse_founder(item);
    if (!founder) return std::move(founder).error();
    for (const Founder& other : open.founders) {
      if (other.person == founder->person || other.key == founder->key) {
        return Error{ErrorCode::invalid_input, "a founder stands twice"};
      }
    }
    open.founders.push_back(*std::move(founder));
  }
  if (open.founders.empty()) return Error{ErrorCode::invalid_input, "no founder"};
  return Body(std::move(open));
}

template <typename Binding>  // PersonAdd or KeyReplace.
Result<Body> parse_binding(JsonMembers& members) {
  members.only({"key", "person", "recipient"});
  const auto key = members.key("key");
  const auto person = members.id<PersonIdKind>("person");
  const auto recipient = members.recipient("recipient");
  if (members.failed()) return members.error();
  return Body(Binding{*person, *key, *recipient});
}

template <typename Naming>  // KeyObject or RoleAccept.
Result<Body> parse_naming(JsonMembers& members) {
  members.only({"statement"});
  const auto id = members.id<StatementIdKind>("statement");
  if (members.failed()) return members.error();
  return Body(Naming{*id});
}

template <typename Role>  // RoleGive or RoleRemove.
Result<Body> parse_role(JsonMembers& members) {
  members.only({"person", "role"});
  const auto person = members.id<PersonIdKind>("person");
  std::string role = role_member(members, "role");
  if (members.failed()) return members.error();
  return Body(Role{*person, std::move(role)});
}

Result<Body> parse_grant(JsonMembers& members) {
  members.only(
      {"compartment", "generation", "persons", "public_key", "recovery", "slots", "stanzas"});
  std::string compartment = compartment_member(members);
  const auto generation = members.integer("generation", 1, kJsonIntegerMax);
  auto persons = id_list<PersonIdKind>(members, "persons", kPersonsMax);
  const auto public_key = members.recipient("public_key");
  const auto recovery = members.integer("recovery", 0, kRecoveryMax);
  const auto slots = members.digest("slots");
  const auto stanzas = members.integer("stanzas", 1, kJsonIntegerMax);
  if (members.failed()) return members.error();
  return Body(AccessGrant{std::move(compartment), static_cast<std::uint64_t>(generation),
                          std::move(persons), *public_key, static_cast<std::uint64_t>(recovery),
                          slots, static_cast<std::uint64_t>(stanzas)});
}

Result<Body> parse_access(std::string_view verb, JsonMembers& members) {
  if (verb == "access.grant") return parse_grant(members);
  members.only({"compartment", "person", "recipient"});
  std::string compartment = compartment_member(members);
  const auto person = members.id<PersonIdKind>("person");
  const auto recipient = members.recipient("recipient");
  if (members.failed()) return members.error();
  return Body(AccessInbox{std::move(compartment), *person, *recipient});
}

Result<Body> parse_key(std::string_view verb, JsonMembers& members) {
  if (verb == "key.replace") return parse_binding<KeyReplace>(members);
  if (verb == "key.object") return parse_naming<KeyObject>(members);
  if (verb == "key.compromised") {
    members.only({"key", "since"});
    std::string key = fingerprint_member(members, "key");
    const UtcSeconds since = members.time("since");
    if (members.failed()) return members.error();
    return Body(KeyCompromised{std::move(key), since});
  }
  members.only({"statements"});
  auto ids = id_list<StatementIdKind>(members, "statements", kConfirmedMax);
  if (members.failed()) return members.error();
  return Body(KeyConfirm{std::move(ids)});
}

Result<Body> parse_machine(std::string_view verb, JsonMembers& members) {
  if (verb == "log.key") {
    members.only({"key"});
    const auto key = members.key("key");
    if (members.failed()) return members.error();
    return Body(LogKey{*key});
  }
  const bool is_end = verb == "log.key_end";
  const std::string_view name = is_end ? "key" : "log_key";
  members.only({name});
  std::string key = fingerprint_member(members, name);
  if (members.failed()) return members.error();
  if (is_end) return Body(LogKeyEnd{std::move(key)});
  return Body(LeaseTake{std::move(key)});
}

Result<Body> parse_members(std::string_view verb, JsonMembers& members) {
  if (verb == "case.open") return parse_open(members);
  if (verb == "person.add") return parse_binding<PersonAdd>(members);
  if (verb == "role.give") return parse_role<RoleGive>(members);
  if (verb == "role.remove") return parse_role<RoleRemove>(members);
  if (verb == "role.accept") return parse_naming<RoleAccept>(members);
  if (verb.starts_with("access.")) return parse_access(verb, members);
  if (verb.starts_with("key.")) return parse_key(verb, members);
  if (verb != "person.remove") return parse_machine(verb, members);
  members.only({"person"});
  const auto person = members.id<PersonIdKind>("person");
  if (members.failed()) return members.error();
  return Body(PersonRemove{*person});
}

}  // namespace

std::string_view verb_of(const Body& body) noexcept { return kVerbs[body.index()]; }

bool is_skeleton_verb(std::string_view verb) noexcept {
  return std::ranges::find(kVerbs, verb) != kVerbs.end();
}

std::string format_body(const Body& body) {
  return canonical_json(std::visit([](const auto& any) { return json_of(any); }, body));
}

Result<Body> parse_body(std::string_view verb, std::string_view body) {
  if (!is_skeleton_verb(verb)) {
    return Error{ErrorCode::invalid_input, std::string(verb) + ": not a verb that is folded"};
  }
  auto object = parse_canonical_json(body);
  if (!object) return std::move(object).error().context(verb);
  JsonMembers members(*object);
  auto parsed = parse_members(verb, members);
  if (!parsed) return std::move(parsed).error().context(verb);
  return parsed;
}

bool is_compartment_name(std::string_view text) noexcept {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789-";
  return !text.empty() && text.size() <= kNameBytesMax &&
         kLetters.find(text.front()) != std::string_view::npos &&
         text.find_first_not_of(kAllowed) == std::string_view::npos;
}

}  // namespace casebook::workflow
