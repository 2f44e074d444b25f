// `casebook person`, `casebook role`: who is in the case, with which key, as what.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/access_change.h"
#include "cli/commands.h"
#include "cli/cosigning.h"
#include "cli/org_folder.h"
#include "cli/role_handover.h"
#include "cli/role_list.h"
#include "cli/text.h"
#include "core/person_card.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct PersonOptions {
  std::string person;
  std::string key;
  std::string since;
  std::filesystem::path card;
  Cosigning cosigning;
};

/// Somebody who is to join: id, name, key and recipient.
struct Newcomer {
  PersonId id;
  std::string name;
  SshPublicKey key;
  AgeRecipient recipient;
};

/// From a card, else from the roster, else from the keys on this machine.
Result<Newcomer> find_newcomer(CaseSession& session, const PersonOptions& options) {
  Runtime& runtime = session.runtime();
  auto fresh = PersonId::make(runtime.randomness);
  if (!fresh) return std::move(fresh).error();
  auto roster = known_roster(runtime);
  if (!roster) return std::move(roster).error();
  if (!options.card.empty()) {
    auto file = read_file(options.card, std::size_t{16} << 10U);
    if (!file) return std::move(file).error();
    auto card = parse_card_file(as_text(*file), session.now());
    if (!card) return std::move(card).error();
    const RosterPerson* known = *roster ? (*roster)->roster.owner_of(card->card.key) : nullptr;
    return Newcomer{known != nullptr ? known->id : *fresh, card->card.name, card->card.key,
                    card->card.recipient};
  }
  if (*roster) {
    for (const RosterPerson& person : (*roster)->roster.persons) {
      const RosterKey* key = person.current_key();
      if (person.name != options.person || person.has_left || key == nullptr) continue;
      return Newcomer{person.id, person.name, key->card.card.key, key->card.card.recipient};
    }
  }
  auto person = person_named(runtime, options.person);
  if (!person) {
    return Error{ErrorCode::not_found,
                 printable(options.person) + ": not in the roster, no key here",
                 "give their card: --card FILE, made by casebook key card"};
  }
  const RosterPerson* known = *roster ? (*roster)->roster.owner_of(person->key) : nullptr;
  return Newcomer{known != nullptr ? known->id : *fresh,
                  known != nullptr ? known->name : person->name, person->key, person->recipient};
}

ExitStatus add_person_to_case(Runtime& runtime, const PersonOptions& options) {
  auto session = CaseSession::open(runtime, kind_for(options.cosigning), "adding a person");
  if (!session) return fail(runtime, session.error());
  const auto draft = [&]() -> Result<Proposal> {
    auto who = find_newcomer(**session, options);
    if (!who) return std::move(who).error();
    return (*session)->propose(workflow::PersonAdd{who->id, who->key, who->recipient},
                               {{"name", who->name}});
  };
  const auto done = carry_out(**session, options.cosigning, draft);
  if (!done) return fail(runtime, done.error());
  if (*done == Carried::written_out) return ExitStatus::done;
  // Whoever is on the case folds it, so they have to be able to open `general`.
  const PersonId added = newest_person((*session)->people()).id;
  const std::string name = (*session)->name_of(added);
  auto granted = grant_access(**session, "general", {added});
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (!granted) return fail(runtime, granted.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-person-added/1"}, {"person", added.text()}});
  } else {
    runtime.out << name << " is in the case and can open general\nNext: casebook role ROLE " << name
                << '\n';
  }
  return ExitStatus::done;
}

/// Statements about one person that need nothing but signatures.
ExitStatus say_about(Runtime& runtime, const Cosigning& cosigning, const std::string& purpose,
                     const std::function<Result<workflow::Body>(CaseSession&)>& body,
                     const std::function<std::string(CaseSession&)>& describe) {
  auto session = CaseSession::open(runtime, kind_for(cosigning), purpose);
  if (!session) return fail(runtime, session.error());
  const auto draft = [&]() -> Result<Proposal> {
    auto said = body(**session);
    if (!said) return std::move(said).error();
    return (*session)->propose(*said);
  };
  const auto done = carry_out(**session, cosigning, draft);
  if (!done) return fail(runtime, done.error());
  const std::string done_text = describe(**session);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (*done == Carried::written_out) return ExitStatus::done;
  if (runtime.common.is_json) {
    print_json(runtime, {{"done", done_text}, {"format", "casebook-said/1"}});
  } else {
    runtime.out << wrap_behind("", done_text, runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

std::function<std::string(CaseSession&)> plain(std::string text) {
  return [text = std::move(text)](CaseSession&) { return text; };
}

ExitStatus remove_person(Runtime& runtime, const PersonOptions& options) {
  return say_about(
      runtime, options.cosigning, "removing a person",
      [&](CaseSession& session) -> Result<workflow::Body> {
        auto id = session.find_person(options.person);
        if (!id) return std::move(id).error();
        return workflow::Body(workflow::PersonRemove{*id});
      },
      [&](CaseSession&) {
        return printable(options.person) +
               " says nothing in this case any more; what they can open they still can: "
               "casebook access revoke";
      });
}

ExitStatus replace_key(Runtime& runtime, const PersonOptions& options) {
  return say_about(
      runtime, options.cosigning, "replacing a key",
      [&](CaseSession& session) -> Result<workflow::Body> {
        auto id = session.find_person(options.person);
        if (!id) return std::move(id).error();
        PersonOptions wanted = options;
        wanted.person = options.key;
        auto fresh = find_newcomer(session, wanted);
        if (!fresh) return std::move(fresh).error();
        return workflow::Body(workflow::KeyReplace{*id, fresh->key, fresh->recipient});
      },
      plain("the new key counts in 24 hours, unless somebody objects: casebook person show"));
}

ExitStatus call_key_compromised(Runtime& runtime, const PersonOptions& options) {
  return say_about(
      runtime, options.cosigning, "calling a key compromised",
      [&](CaseSession& session) -> Result<workflow::Body> {
        auto since = parse_utc(options.since);
        if (!since) return std::move(since).error().context("--since");
        std::string key = options.person;
        if (!is_ssh_fingerprint(key)) {
          auto id = session.find_person(options.person);
          if (!id) return std::move(id).error();
          const workflow::BoundKey* current = session.people().find(*id)->current_key();
          if (current == nullptr)
            return Error{ErrorCode::not_found, "they have no key that counts"};
          key = current->fingerprint;
        }
        return workflow::Body(workflow::KeyCompromised{key, *since});
      },
      plain("what that key signed is contested, unless a head with a trusted time covers it"));
}

ExitStatus object_to_key(Runtime& runtime, const PersonOptions& options) {
  return say_about(
      runtime, options.cosigning, "objecting to a key",
      [&](CaseSession& session) -> Result<workflow::Body> {
        auto id = session.find_person(options.person);
        if (!id) return std::move(id).error();
        for (const workflow::WaitingReplacement& waiting : session.people().waiting) {
          if (waiting.replace.person == *id) {
            return workflow::Body(workflow::KeyObject{waiting.statement});
          }
        }
        return Error{ErrorCode::not_found, "no new key of theirs waits"};
      },
      plain("the new key will not count"));
}

/// "legal,privacy" as it was typed.
Result<std::vector<std::string>> read_roles(const std::string& text) {
  std::vector<std::string> roles;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    roles.push_back(text.substr(at, end - at));
    at = end + 1;
    if (is_role_name(roles.back())) continue;
    return Error{ErrorCode::invalid_input, printable(roles.back()) + ": not a name of a role",
                 "small letters, digits and '-': commander, legal, executive"};
  }
  return roles;
}

/// A role given, or one's own accepted.
Result<workflow::Body> role_body(CaseSession& session, const PersonId& id,
                                 const std::string& role) {
  const auto& roles = session.people().find(id)->roles;
  const auto held = roles.find(role);
  const bool is_accepting = id == session.me() && held != roles.end() && !held->second.accepted_at;
  if (is_accepting) return workflow::Body(workflow::RoleAccept{held->second.given_by});
  return workflow::Body(workflow::RoleGive{id, role});
}

void show_roles(CaseSession& session, const PersonId& id, const std::vector<std::string>& roles) {
  Runtime& runtime = session.runtime();
  const std::string name = printable(session.name_of(id));
  std::string accepted, offered;
  for (const std::string& role : roles) {
    std::string& list = session.people().find(id)->holds(role) ? accepted : offered;
    list += (list.empty() ? "" : ",") + role;
  }
  std::string text;
  if (!accepted.empty()) text = name + ": " + accepted + "; accepted, it counts";
  if (!offered.empty()) {
    text += (text.empty() ? "" : "\n") + name + ": " + offered +
            "; it counts once they accept it: casebook role " + offered + " " + name;
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"done", text}, {"format", "casebook-said/1"}});
  } else {
    runtime.out << wrap_behind("", text, runtime.terminal.width_columns);
  }
}

ExitStatus give_roles(Runtime& runtime, const std::string& text, const PersonOptions& options) {
  auto roles = read_roles(text);
  if (!roles) return refuse_usage(runtime, roles.error());
  auto session = CaseSession::open(runtime, kind_for(options.cosigning), "giving a role");
  if (!session) return fail(runtime, session.error());
  auto id = (*session)->find_person(options.person);
  if (!id) return fail(runtime, id.error());
  std::vector<std::function<Result<Proposal>()>> drafts;
  for (const std::string& role : *roles) {
    if (auto known = check_role(**session, role); !known) return fail(runtime, known.error());
    drafts.emplace_back([&]() -> Result<Proposal> {
      auto body = role_body(**session, *id, role);
      if (!body) return std::move(body).error();
      return (*session)->propose(*body);
    });
  }
  const auto done = carry_out_all(**session, options.cosigning, drafts);
  if (!done) return fail(runtime, done.error());
  if (*done == Carried::said) show_roles(**session, *id, *roles);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return ExitStatus::done;
}

Json person_json(const CaseSession& session, const workflow::BoundPerson& person,
                 const std::string& name) {
  Json roles = Json::object();
  for (const auto& [role, held] : person.roles) roles[role] = held.accepted_at.has_value();
  Json keys = Json::array();
  for (const workflow::BoundKey& key : person.keys) {
    keys.push_back({{"fingerprint", key.fingerprint},
                    {"state", key.compromised_since ? "compromised"
                              : key.replaced_at     ? "replaced"
                                                    : "valid"}});
  }
  return {
      {"founder", person.is_founder},    {"id", person.id.text()}, {"keys", std::move(keys)},
      {"me", person.id == session.me()}, {"name", name},           {"removed", person.is_removed},
      {"roles", std::move(roles)}};
}

ExitStatus show_persons(Runtime& runtime) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading who is in the case");
  if (!session) return fail(runtime, session.error());
  Json list = Json::array();
  Table table({{""}, {"roles"}, {"key"}});
  for (const auto& [id, person] : (*session)->people().persons) {
    const std::string name = (*session)->name_of(id);
    list.push_back(person_json(**session, person, name));
    std::string roles;
    for (const auto& [role, held] : person.roles) {
      roles += (roles.empty() ? "" : ", ") + role + (held.accepted_at ? "" : " (not accepted)");
    }
    const workflow::BoundKey* key = person.current_key();
    table.row(
        {name + (person.is_founder ? " (founder)" : "") + (person.is_removed ? " (removed)" : ""),
         roles, key != nullptr ? key->fingerprint : "none that counts"});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-persons/1"}, {"persons", std::move(list)}});
    return ExitStatus::done;
  }
  runtime.out << table.text(runtime.terminal.width_columns);
  for (const workflow::WaitingReplacement& waiting : (*session)->people().waiting) {
    runtime.out << "A new key of " << (*session)->name_of(waiting.replace.person) << " counts from "
                << format_utc(waiting.counts_from) << "\n  wrong? casebook person object "
                << (*session)->name_of(waiting.replace.person) << '\n';
  }
  return ExitStatus::done;
}

void add_person_key(Command& person) {
  Command& key = person.add("key", "Replace a lost key, or call a stolen one compromised");
  auto replacing = std::make_shared<PersonOptions>();
  replacing->cosigning.verbs = "key.replace";
  Command& replace = key.add("replace", "Bind a new key to the same person, after 24 hours");
  replace.argument("PERSON", replacing->person, "whose key is lost")
      .option("--key", "NAME", replacing->key, "the new key, on this machine or in the roster")
      .option("--card", "FILE", replacing->card, "the new key's card");
  add_cosigning(replace, replacing->cosigning);
  replace.example("casebook person key replace cy --key cy2 --with cy2 --with dee", "")
      .run([replacing](Runtime& runtime) { return replace_key(runtime, *replacing); });
  auto stolen = std::make_shared<PersonOptions>();
  stolen->cosigning.verbs = "key.compromised";
  Command& compromised = key.add("compromised", "What a stolen key signed becomes contested");
  compromised.argument("PERSON", stolen->person, "a person, or a fingerprint")
      .option("--since", "TIME", stolen->since, "when it was stolen: 2026-11-21T02:00:00Z");
  add_cosigning(compromised, stolen->cosigning);
  compromised.example("casebook person key compromised ada --since 2026-11-21T02:00:00Z", "")
      .run([stolen](Runtime& runtime) { return call_key_compromised(runtime, *stolen); });
}

}  // namespace

void add_person_command(Command& root) {
  Command& person = root.add("person", "Who is in the case");
  auto adding = std::make_shared<PersonOptions>();
  adding->cosigning.verbs = "person.add";
  Command& add = person.add("add", "Add a person: their own signature and two of the case");
  add.argument("PERSON", adding->person, "a name of the roster, or of a key here", Count::optional)
      .option("--card", "FILE", adding->card, "their card, made by casebook key card");
  add_cosigning(add, adding->cosigning);
  add.example("casebook person add ben --with ben", "Ben's key is on this machine")
      .example("casebook person add --card ben.person --out ask", "then they sign: key sign ask")
      .run([adding](Runtime& runtime) { return add_person_to_case(runtime, *adding); });
  auto removing = std::make_shared<PersonOptions>();
  removing->cosigning.verbs = "person.remove";
  Command& remove = person.add("remove", "Their word counts no more from now on");
  remove.argument("PERSON", removing->person, "who");
  add_cosigning(remove, removing->cosigning);
  remove.example("casebook person remove ben --with cy", "two others sign")
      .run([removing](Runtime& runtime) { return remove_person(runtime, *removing); });
  add_person_key(person);
  auto objecting = std::make_shared<PersonOptions>();
  Command& object = person.add("object", "Stop a new key before it counts");
  object.argument("PERSON", objecting->person, "whose new key waits");
  object.example("casebook person object cy", "").run([objecting](Runtime& runtime) {
    return object_to_key(runtime, *objecting);
  });
  auto excluding = std::make_shared<std::string>();
  person.add("exclude", "Keep somebody out: a suspect is never added, and holds no role")
      .argument("PERSON", *excluding, "a person of the case, or an id of the roster")
      .example("casebook person exclude gus", "")
      .run([excluding](Runtime& runtime) { return exclude_person(runtime, *excluding); });
  person.add("show", "List persons, roles and keys")
      .example("casebook person show", "")
      .run([](Runtime& runtime) { return show_persons(runtime); });
}

void add_role_command(Command& root) {
  struct Options {
    std::string role;
    PersonOptions person;
    RoleWords words;
    bool is_handing_over = false;
    bool is_deputy = false;
  };
  auto options = std::make_shared<Options>();
  options->person.cosigning.verbs = "role.";
  Command& role = root.add("role", "Give a role, or accept one that you were given");
  role.argument("ROLE", options->role,
                "commander, legal, ...; several: legal,privacy; none: who has which",
                Count::optional)
      .argument("PERSON", options->person.person, "who is to have it; yourself: you accept it",
                Count::optional);
  role.flag("--hand-over", options->is_handing_over, "your own role passes once they sign")
      .flag("--deputy", options->is_deputy, "they stand in for you; without --until: accept it")
      .option("--until", "TIME", options->words.until, "until when a stand-in counts");
  add_cosigning(role, options->person.cosigning);
  role.example("casebook role", "who has which")
      .example("casebook role legal cy --with ben", "two persons give it")
      .example("casebook role legal cy --as cy", "and Cy accepts")
      .example("casebook role legal,privacy cy --out ask", "several, in one file to sign")
      .example("casebook role commander ben --hand-over", "Ben signs; never none, never two")
      .example("casebook role executive hal --deputy --until 2026-11-24T08:00:00Z", "")
      .run([options](Runtime& runtime) {
        if (options->role.empty()) return show_role_list(runtime);
        if (options->person.person.empty()) {
          return refuse_usage(runtime, {ErrorCode::invalid_input, "PERSON is missing",
                                        "casebook role " + printable(options->role) + " PERSON"});
        }
        options->words.role = options->role;
        options->words.person = options->person.person;
        if (options->is_handing_over) return offer_role(runtime, options->words);
        if (options->is_deputy) {
          return options->words.until.empty() ? accept_deputy(runtime, options->words)
                                              : name_deputy(runtime, options->words);
        }
        return give_roles(runtime, options->role, options->person);
      });
}

}  // namespace casebook::cli
