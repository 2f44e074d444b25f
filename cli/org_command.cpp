// `casebook org`: what is true of the organisation before any incident.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/key_folder.h"
#include "cli/law_options.h"
#include "cli/org_folder.h"
#include "cli/org_readiness.h"
#include "cli/text.h"
#include "core/printable.h"
#include "core/ssh_challenge.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

struct OrgOptions {
  std::string name;
  fs::path folder;
  fs::path card;
  std::vector<std::string> roles;
};

ExitStatus init_org(Runtime& runtime, const OrgOptions& options) {
  const fs::path folder = fs::absolute(options.folder.empty() ? fs::path("org") : options.folder);
  std::error_code failure;
  if (fs::exists(folder / "roster.json", failure)) {
    return fail(runtime, {ErrorCode::invalid_input,
                          printable(folder.string()) + ": an organisation is there already",
                          "casebook org show"});
  }
  if (!is_display_name(options.name)) {
    return fail(runtime, {ErrorCode::invalid_input, "not a name of 1 to 200 bytes"});
  }
  for (const char* part : {"policies", "drills"}) fs::create_directories(folder / part, failure);
  if (failure)
    return fail(runtime, system_error("make " + printable(folder.string()), failure.value()));
  auto root = make_root_key(runtime, options.name);
  if (!root) return fail(runtime, root.error());
  auto signer = open_root_key(runtime, *root, "signing the roster");
  if (!signer) return fail(runtime, signer.error());
  auto roster =
      sign_roster({options.name, *root, 1, {}, runtime.clock.now_seconds(), {}}, **signer);
  if (!roster) return fail(runtime, roster.error());
  if (auto saved = save_roster(folder, *roster); !saved) return fail(runtime, saved.error());
  if (auto chosen = choose_org(runtime, folder); !chosen) return fail(runtime, chosen.error());
  const auto fingerprint = root->fingerprint();
  if (!fingerprint) return fail(runtime, fingerprint.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"folder", printable(folder.string())},
                         {"format", "casebook-org/1"},
                         {"root", *fingerprint}});
    return ExitStatus::done;
  }
  runtime.out
      << printable(options.name) << "\n  folder   " << printable(folder.string()) << "\n  root     "
      << *fingerprint
      << "\nGive that fingerprint to those who check your cases, on another way than the\n"
         "roster; keep the root key off line: it is needed for changes of the roster only.\n"
         "Next: casebook org person add NAME --role commander\n";
  return ExitStatus::done;
}

/// Changes the roster: a new version, signed by the root key.
Status change_roster(Runtime& runtime, const std::function<Status(Roster&)>& change) {
  auto folder = require_org(runtime);
  if (!folder) return std::move(folder).error();
  auto current = load_roster(*folder);
  if (!current) return std::move(current).error();
  Roster next = current->roster;
  if (auto changed = change(next); !changed) return changed;
  std::ranges::sort(next.persons, {}, &RosterPerson::id);
  next.version = current->roster.version + 1;
  next.previous = current->digest;
  next.made_at = runtime.clock.now_seconds();
  auto root = open_root_key(runtime, next.root_key, "signing the roster");
  if (!root) return std::move(root).error();
  auto made = sign_roster(next, **root);
  if (!made) return std::move(made).error();
  return save_roster(*folder, *made);
}

RosterPerson* find_by_name(Roster& roster, const std::string& name) {
  const auto found = std::ranges::find(roster.persons, name, &RosterPerson::name);
  return found == roster.persons.end() ? nullptr : &*found;
}

Status check_roles(std::vector<std::string>& roles) {
  std::ranges::sort(roles);
  roles.erase(std::unique(roles.begin(), roles.end()), roles.end());
  for (const std::string& role : roles) {
    if (!is_role_name(role)) {
      return Error{ErrorCode::invalid_input, printable(role) + ": not a name of a role",
                   "small letters, digits and '-': commander, legal, executive, communicator"};
    }
  }
  return ok();
}

/// A card that answers the challenge we kept, or one made here and now by a key of this machine.
Result<SignedCard> card_of(Runtime& runtime, const OrgOptions& options) {
  const UtcSeconds now = runtime.clock.now_seconds();
  if (!options.card.empty()) {
    auto file = read_file(options.card, std::size_t{16} << 10U);
    if (!file) return std::move(file).error();
    auto card = parse_card_file(as_text(*file), now);
    if (!card) return card;
    auto folder = require_org(runtime);
    if (!folder) return std::move(folder).error();
    auto fingerprint = card->card.key.fingerprint();
    if (!fingerprint) return std::move(fingerprint).error();
    const auto kept = read_file(challenge_file(*folder, *fingerprint), std::size_t{4} << 10U);
    if (!kept || as_text(*kept) != card->card.challenge) {
      return Error{
          ErrorCode::invalid_input, "this card answers no challenge of ours",
          "casebook org challenge KEY makes one; casebook key card --challenge answers it"};
    }
    std::error_code ignored;
    fs::remove(challenge_file(*folder, *fingerprint), ignored);  // It is answered once.
    return card;
  }
  auto person = person_named(runtime, options.name);
  if (!person) return std::move(person).error();
  return make_own_card(runtime, *person, person->name, {});
}

ExitStatus add_roster_person(Runtime& runtime, OrgOptions options) {
  if (auto good = check_roles(options.roles); !good) return fail(runtime, good.error());
  auto card = card_of(runtime, options);
  if (!card) return fail(runtime, card.error());
  const std::string name = card->card.name;
  const auto changed = change_roster(runtime, [&](Roster& roster) -> Status {
    const RosterKey key{*card, runtime.clock.now_seconds(), {}};
    if (RosterPerson* known = find_by_name(roster, name)) {
      known->keys.push_back(key);  // A further key of the same person.
      if (!options.roles.empty()) known->roles = options.roles;
      known->has_left = false;
      return ok();
    }
    auto id = PersonId::make(runtime.randomness);
    if (!id) return std::move(id).error();
    roster.persons.push_back({*id, name, options.roles, {key}, false});
    return ok();
  });
  if (!changed) return fail(runtime, changed.error());
  runtime.out << printable(name) << " is in the roster\n";
  return ExitStatus::done;
}

ExitStatus change_roster_person(Runtime& runtime, OrgOptions options, bool is_leaving) {
  if (auto good = check_roles(options.roles); !good) return fail(runtime, good.error());
  const auto changed = change_roster(runtime, [&](Roster& roster) -> Status {
    RosterPerson* known = find_by_name(roster, options.name);
    if (known == nullptr) {
      return Error{ErrorCode::not_found, printable(options.name) + ": not in the roster",
                   "casebook org show lists it"};
    }
    if (!is_leaving) {
      known->roles = options.roles;
      return ok();
    }
    known->has_left = true;
    for (RosterKey& key : known->keys) {
      if (!key.ended_at) key.ended_at = runtime.clock.now_seconds();
    }
    return ok();
  });
  if (!changed) return fail(runtime, changed.error());
  runtime.out << printable(options.name) << (is_leaving ? " has left\n" : ": roles changed\n");
  return ExitStatus::done;
}

ExitStatus make_challenge(Runtime& runtime, const std::string& key_text) {
  auto folder = require_org(runtime);
  if (!folder) return fail(runtime, folder.error());
  std::string line = key_text;
  if (auto file = read_file(key_text, std::size_t{8} << 10U)) line = std::string(as_text(*file));
  auto key = SshPublicKey::from_line(line);
  if (!key) return fail(runtime, key.error());
  auto challenge = make_key_challenge(*key, runtime.clock.now_seconds() + std::chrono::hours(168),
                                      runtime.randomness);
  if (!challenge) return fail(runtime, challenge.error());
  auto fingerprint = key->fingerprint();
  if (!fingerprint) return fail(runtime, fingerprint.error());
  const fs::path file = challenge_file(*folder, *fingerprint);
  std::error_code ignored;
  fs::create_directories(file.parent_path(), ignored);
  auto kept = write_file(file, as_bytes(*challenge), 0600, IfExists::replace);
  if (!kept) return fail(runtime, kept.error());
  runtime.out << *challenge << '\n';
  return ExitStatus::done;
}

ExitStatus show_org(Runtime& runtime) {
  auto folder = require_org(runtime);
  if (!folder) return fail(runtime, folder.error());
  auto roster = load_roster(*folder);
  if (!roster) return fail(runtime, roster.error());
  auto root = roster->roster.root_key.fingerprint();
  if (!root) return fail(runtime, root.error());
  Json persons = Json::array();
  Table table({{""}, {"roles"}, {"key"}});
  for (const RosterPerson& person : roster->roster.persons) {
    const RosterKey* key = person.current_key();
    const auto fingerprint =
        key != nullptr ? key->card.card.key.fingerprint() : Result<std::string>("");
    if (!fingerprint) return fail(runtime, fingerprint.error());
    persons.push_back({{"id", person.id.text()},
                       {"key", *fingerprint},
                       {"left", person.has_left},
                       {"name", person.name},
                       {"roles", person.roles}});
    std::string roles;
    for (const std::string& role : person.roles) roles += (roles.empty() ? "" : ", ") + role;
    table.row({printable(person.name) + (person.has_left ? " (left)" : ""), roles,
               key != nullptr ? *fingerprint : "none"});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"folder", printable(folder->string())},
                         {"format", "casebook-org-roster/1"},
                         {"organisation", roster->roster.organisation},
                         {"persons", std::move(persons)},
                         {"root", *root},
                         {"version", roster->roster.version}});
    return ExitStatus::done;
  }
  runtime.out << printable(roster->roster.organisation) << ", roster version "
              << roster->roster.version << " of " << format_utc(roster->roster.made_at)
              << "\n  root     " << *root << '\n'
              << table.text(runtime.terminal.width_columns, 2);
  return ExitStatus::done;
}

void add_org_person(Command& org) {
  Command& person = org.add("person", "Change the roster; the root key signs it");
  auto adding = std::make_shared<OrgOptions>();
  person.add("add", "Add a person, or a further key of one")
      .argument("NAME", adding->name, "a key on this machine; with --card, nothing",
                Count::optional)
      .option("--card", "FILE", adding->card, "their card, answering org challenge")
      .option("--role", "ROLE", adding->roles, "commander, legal, executive, communicator, ...")
      .example("casebook org person add ada --role commander", "")
      .run([adding](Runtime& runtime) { return add_roster_person(runtime, *adding); });
  auto changing = std::make_shared<OrgOptions>();
  person.add("roles", "Say what roles a person can take")
      .argument("NAME", changing->name, "who")
      .arguments("ROLE", changing->roles, "all of them", Count::any)
      .example("casebook org person roles cy legal privacy", "")
      .run(
          [changing](Runtime& runtime) { return change_roster_person(runtime, *changing, false); });
  auto leaving = std::make_shared<OrgOptions>();
  person.add("remove", "They have left: their keys end now")
      .argument("NAME", leaving->name, "who")
      .example("casebook org person remove ben", "")
      .run([leaving](Runtime& runtime) { return change_roster_person(runtime, *leaving, true); });
}

void add_org_profile(Command& org) {
  struct Options {
    PolicyOptions policies;
    std::string out;
  };
  auto options = std::make_shared<Options>();
  Command& profile = org.add("profile", "Print the questions that laws ask about an organisation");
  profile.option("--out", "FILE", options->out, "write it there");
  options->policies.add_to(profile);
  profile.example("casebook org profile > profile.json", "answer once; lies beside facts.json")
      .run([options](Runtime& runtime) {
        const auto policies = options->policies.load();
        if (!policies) return fail(runtime, policies.error());
        return deliver(runtime,
                       reports::facts_template(policies->catalog, reports::TemplateKind::profile),
                       options->out);
      });
}

}  // namespace

void add_org_command(Command& root) {
  Command& org = root.add("org", "What is true of the organisation before any incident");
  auto making = std::make_shared<OrgOptions>();
  org.add("init", "Set up the organisation: its root key and an empty roster")
      .argument("NAME", making->name, "how it is called")
      .option("--dir", "DIR", making->folder, "where; else ./org")
      .example("casebook org init 'Example Ltd'", "asks for the passphrase of the root key")
      .run([making](Runtime& runtime) { return init_org(runtime, *making); });
  org.add("show", "Show the roster").example("casebook org show", "").run([](Runtime& runtime) {
    return show_org(runtime);
  });
  org.add("check", "What would be missing if it happened tonight")
      .example("casebook org check", "exit status 3 when something is missing")
      .run([](Runtime& runtime) { return check_readiness(runtime); });
  auto key = std::make_shared<std::string>();
  org.add("challenge", "Make the text by which somebody proves a key")
      .argument("KEY", *key, "their public key, or its file")
      .example("casebook org challenge ben.ssh.pub > ben.challenge", "send it; a card comes back")
      .run([key](Runtime& runtime) { return make_challenge(runtime, *key); });
  add_org_person(org);
  add_org_registers(org);
  add_org_profile(org);
}

}  // namespace casebook::cli
