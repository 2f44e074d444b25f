// `casebook key new|show`.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/bag_access.h"
#include "cli/commands.h"
#include "cli/cosigning.h"
#include "cli/key_folder.h"
#include "cli/org_readiness.h"
#include "cli/text.h"
#include "core/bag_verify.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

Json person_json(const Person& person, const std::string& fingerprint) {
  return {{"fingerprint", fingerprint},          {"folder", printable(person.folder.string())},
          {"format", "casebook-key/1"},          {"name", person.name},
          {"protected", person.is_protected},    {"public_key", person.key.line()},
          {"recipient", person.recipient.text()}};
}

ExitStatus show_person(Runtime& runtime, const Person& person) {
  auto fingerprint = person.key.fingerprint();
  if (!fingerprint) return fail(runtime, fingerprint.error());
  if (runtime.common.is_json) {
    print_json(runtime, person_json(person, *fingerprint));
    return ExitStatus::done;
  }
  runtime.out << person.name
              << (person.is_protected ? "" : "  (no passphrase: for demonstrations only)")
              << (person.has_ssh_file() ? "" : "  (an ssh-agent signs)") << "\n  fingerprint  "
              << *fingerprint << "\n  signs        " << person.key.line() << "\n  opens        "
              << person.recipient.text() << "\n  files        " << printable(person.folder.string())
              << '\n';
  return ExitStatus::done;
}

ExitStatus make_key(Runtime& runtime, NewPerson wanted) {
  if (wanted.folder.empty()) {
    auto folder = key_folder(runtime);
    if (!folder) return fail(runtime, folder.error());
    wanted.folder = *folder;
  }
  auto person = make_person(runtime, wanted);
  if (!person) return fail(runtime, person.error());
  if (!person->is_protected) {
    runtime.err
        << "casebook: this key has no passphrase: whoever reads the file can sign and open\n";
  }
  const ExitStatus shown = show_person(runtime, *person);
  if (!runtime.common.is_json) {
    runtime.out << "Give the fingerprint to those who check your work; keep a copy of the two\n"
                   "secret files elsewhere: what is sealed to you opens with nothing else.\n";
  }
  return shown;
}

void add_key_new(Command& key) {
  struct Options {
    NewPerson wanted;
    bool is_open = false;
  };
  auto options = std::make_shared<Options>();
  Command& command = key.add("new", "Make your pair of keys: one signs, one opens");
  command.argument("NAME", options->wanted.name, "how the files are called")
      .option("--dir", "DIR", options->wanted.folder, "another folder than your own")
      .option("--agent-key", "FILE", options->wanted.agent_key,
              "sign with this public key; your ssh-agent or token has it")
      .flag("--no-passphrase", options->is_open, "unprotected; for demonstrations only")
      .example("casebook key new ada", "asks for a passphrase, twice")
      .example("casebook key new ada --agent-key id_sk.pub", "signs by ssh-agent, here a token")
      .example("age -d -i ada.age-identity FILE", "stock age uses the same file")
      .run([options](Runtime& runtime) {
        options->wanted.is_protected = !options->is_open;
        return make_key(runtime, options->wanted);
      });
}

/// Prints what opens one bag, for `age -d -i`. Only that bag's own identity, never a person's.
ExitStatus show_bag_identity(Runtime& runtime, const std::string& wanted) {
  auto bag = choose_bag(runtime.evidence_folder(), wanted);
  if (!bag) return fail(runtime, bag.error());
  auto papers = read_bag_papers(bag->folder);
  if (!papers) return fail(runtime, papers.error());
  auto seal = parse_seal(papers->seal_json);
  if (!seal) return fail(runtime, std::move(seal).error().context(bag->name()));
  BagAccess access(runtime, {});
  auto unlock = access.unlock_for(*bag);
  if (!unlock) return fail(runtime, unlock.error());
  if (const AgeIdentity* identity = access.bag_identity()) {
    runtime.err << "casebook: what follows opens " << bag->name()
                << ": keep it out of logs and history\n";
    const SecretBytes text = identity->text();
    runtime.out << as_text(text.reveal()) << '\n';
    return ExitStatus::done;
  }
  if (!unlock->is_empty()) return fail(runtime, sealed_to_a_person(*bag));
  return fail(runtime, {ErrorCode::not_found, "nothing here opens " + bag->name()});
}

void add_key_show(Command& key) {
  auto bag = std::make_shared<std::string>();
  key.add("show", "Show your public keys; with BAG, the identity that opens it")
      .argument("BAG", *bag, "prints a secret: for age -d -i", Count::optional)
      .example("casebook key show", "fingerprint, signing key, recipient")
      .example("casebook key show B-7 > id && age -d -i id bag.tar.zst.age", "")
      .run([bag](Runtime& runtime) {
        if (!bag->empty()) return show_bag_identity(runtime, *bag);
        auto person = choose_person(runtime);
        return person ? show_person(runtime, *person) : fail(runtime, person.error());
      });
}

ExitStatus write_card(Runtime& runtime, const std::string& name, const std::string& challenge_file,
                      const std::filesystem::path& out) {
  auto person = choose_person(runtime);
  if (!person) return fail(runtime, person.error());
  std::string challenge;
  if (!challenge_file.empty()) {
    auto text = read_file(challenge_file, std::size_t{4} << 10U);
    if (!text) return fail(runtime, text.error());
    challenge = std::string(as_text(*text));
    if (challenge.ends_with('\n')) challenge.pop_back();
  }
  auto card = make_own_card(runtime, *person, name.empty() ? person->name : name, challenge);
  if (!card) return fail(runtime, card.error());
  if (out.empty()) {
    runtime.out << format_card_file(*card);
    return ExitStatus::done;
  }
  auto written = write_file(out, as_bytes(format_card_file(*card)), 0644);
  if (!written) return fail(runtime, written.error());
  runtime.out << printable(out.string()) << ": give it to whoever enrols you\n";
  return ExitStatus::done;
}

void add_key_card(Command& key) {
  struct Options {
    std::string name, challenge;
    std::filesystem::path out;
  };
  auto options = std::make_shared<Options>();
  key.add("card", "Write a card that proves your keys, for a roster or a case")
      .option("--name", "NAME", options->name, "how you are called; else the name of the key")
      .option("--challenge", "FILE", options->challenge, "what you were sent by org challenge")
      .option("--out", "FILE", options->out, "write it there")
      .example("casebook key card --name 'Ben Example' --challenge c --out ben.person", "")
      .run([options](Runtime& runtime) {
        return write_card(runtime, options->name, options->challenge, options->out);
      });
  auto file = std::make_shared<std::string>();
  key.add("sign", "Sign a statement that was written out for you")
      .argument("FILE", *file, "made by a command with --out")
      .example("casebook key sign ask", "shows what it says before it asks")
      .run([file](Runtime& runtime) { return sign_proposal(runtime, *file); });
}

}  // namespace

void add_key_command(Command& root) {
  Command& key = root.add("key", "Make and show keys");
  add_key_new(key);
  add_key_show(key);
  add_key_card(key);
}

}  // namespace casebook::cli
