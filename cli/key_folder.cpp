#include "cli/key_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "cli/key_agent_access.h"
#include "cli/shared_keys.h"
#include "core/durable_file.h"
#include "core/openssh_key.h"
#include "core/printable.h"
#include "core/ssh_agent.h"
#include "core/ssh_challenge.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIdentitySuffix = ".age-identity";
constexpr std::string_view kRecipientSuffix = ".age-recipient";
constexpr std::string_view kSshSuffix = ".ssh";
constexpr std::string_view kPublicSuffix = ".ssh.pub";
constexpr std::size_t kSmallFileBytesMax = std::size_t{64} << 10U;
/// Names a file, never a secret itself (decision 0148).
constexpr const char* kRecoveryVariable = "CASEBOOK_RECOVERY";
constexpr std::string_view kAgeFileStart = "age-encryption.org/v1";

fs::path with_suffix(const fs::path& folder, const std::string& name, std::string_view suffix) {
  return folder / (name + std::string(suffix));
}

bool is_name(std::string_view name) {
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string_view first_line(std::string_view text) { return text.substr(0, text.find('\n')); }

Result<Person> read_person(const fs::path& folder, const std::string& name) {
  auto line = read_file(with_suffix(folder, name, kPublicSuffix), kSmallFileBytesMax);
  if (!line) return std::move(line).error();
  auto key = SshPublicKey::from_line(as_text(*line));
  if (!key) return std::move(key).error().context(name);
  auto text = read_file(with_suffix(folder, name, kRecipientSuffix), kSmallFileBytesMax);
  if (!text) return std::move(text).error();
  auto recipient = AgeRecipient::parse(first_line(as_text(*text)));
  if (!recipient) return std::move(recipient).error().context(name);
  auto identity = read_file(with_suffix(folder, name, kIdentitySuffix), kIdentityFileBytesMax);
  if (!identity) return std::move(identity).error();
  const bool is_protected = as_text(*identity).starts_with(kAgeFileStart);
  return Person{name, folder, *std::move(key), *std::move(recipient), is_protected};
}

Status make_private_folder(const fs::path& folder) {
  std::error_code failure;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), failure);
  if (failure) return system_error("make " + printable(folder.string()), failure.value());
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error("make " + printable(folder.string()), errno);
  }
  return ok();
}

/// The secret files, ready to be written.
struct SecretFiles {
  SecretBytes identity;
  SecretBytes ssh;  ///< Empty when an agent has the key.
};

/// `key` in the ssh-agent of this user. @param file  what ssh-add would take.
Result<std::unique_ptr<Signer>> signer_in_agent(Runtime& runtime, const SshPublicKey& key,
                                                const fs::path& file) {
  const auto socket = runtime.environment("SSH_AUTH_SOCK");
  const std::string add = "ssh-add " + printable(file.string());
  if (!socket || socket->empty()) {
    return Error{ErrorCode::not_found, "there is no ssh-agent to sign with",
                 "start one, then " + add};
  }
  auto agent = SshAgent::connect(*socket);
  if (!agent) return std::move(agent).error().context("ssh-agent");
  auto signer = AgentSigner::find(*std::move(agent), key);
  if (!signer) {
    Error error = std::move(signer).error().context("ssh-agent");
    if (error.code == ErrorCode::not_found) error.hint = add;
    return error;
  }
  const bool is_token =
      key.type() == SshKeyType::sk_ed25519 || key.type() == SshKeyType::sk_ecdsa_p256;
  if (is_token) runtime.err << "casebook: touch your token\n" << std::flush;
  return std::unique_ptr<Signer>(std::make_unique<AgentSigner>(*std::move(signer)));
}

/// A key that an agent holds, and that was shown to be usable just now.
Result<SshPublicKey> enrol_agent_key(Runtime& runtime, const fs::path& file) {
  auto line = read_file(file, kSmallFileBytesMax);
  if (!line) return std::move(line).error();
  auto key = SshPublicKey::from_line(first_line(as_text(*line)));
  if (!key) return std::move(key).error().context(printable(file.string()));
  auto signer = signer_in_agent(runtime, *key, fs::path(file).replace_extension());
  if (!signer) return std::move(signer).error();
  const UtcSeconds now = runtime.clock.now_seconds();
  auto challenge = make_key_challenge(*key, now + std::chrono::minutes(5), runtime.randomness);
  if (!challenge) return std::move(challenge).error();
  auto answer = make_ssh_signature(**signer, kEnrolNamespace, as_bytes(*challenge));
  if (!answer) return std::move(answer).error();
  auto check = verify_key_challenge(*challenge, *key, *answer, runtime.clock.now_seconds());
  if (!check) return std::move(check).error();
  if (!check->good())
    return Error{ErrorCode::crypto, "the agent's signature is refused: " + check->reason};
  return key;
}

/// @param signer  null when an agent has the key.
Result<SecretFiles> seal_secrets(Runtime& runtime, const NewPerson& wanted,
                                 const AgeIdentity& identity, const Ed25519Signer* signer) {
  const std::string comment = wanted.name + " (casebook)";
  const std::span<const AgeIdentity> identities(&identity, 1);
  if (!wanted.is_protected) {
    SecretFiles files{format_identities(identities), {}};
    if (signer == nullptr) return files;
    auto ssh = write_open_openssh_key(*signer, comment, runtime.randomness);
    if (!ssh) return std::move(ssh).error();
    files.ssh = *std::move(ssh);
    return files;
  }
  Result<SecretBytes> asked = SecretBytes();
  if (wanted.passphrase == nullptr) {
    asked = runtime.passphrases.ask({"for the keys of " + wanted.name, true});
    if (!asked) return std::move(asked).error();
  }
  const SecretBytes& passphrase = wanted.passphrase != nullptr ? *wanted.passphrase : *asked;
  auto sealed =
      seal_identities(identities, passphrase, runtime.age_work_factor, runtime.randomness);
  if (!sealed) return std::move(sealed).error();
  SecretFiles files{SecretBytes(*std::move(sealed)), {}};
  if (signer == nullptr) return files;
  auto ssh = write_openssh_key(*signer, comment, passphrase, runtime.randomness);
  if (!ssh) return std::move(ssh).error();
  files.ssh = *std::move(ssh);
  return files;
}

/// Writes what does not exist yet. The identity comes last: without it nothing here counts as a
/// person.
Result<Person> write_person(const NewPerson& wanted, const SecretFiles& secrets,
                            const SshPublicKey& key, const AgeRecipient& recipient) {
  const std::string public_line = key.line() + ' ' + wanted.name + '\n';
  const std::string recipient_line = recipient.text() + '\n';
  const auto write = [&](std::string_view suffix, std::span<const std::byte> bytes, mode_t mode) {
    return write_file(with_suffix(wanted.folder, wanted.name, suffix), bytes, mode);
  };
  if (secrets.ssh.size() > 0) {
    if (auto written = write(kSshSuffix, secrets.ssh.reveal(), 0600); !written) {
      return std::move(written).error();
    }
  }
  for (auto written : {write(kPublicSuffix, as_bytes(public_line), 0644),
                       write(kRecipientSuffix, as_bytes(recipient_line), 0644),
                       write(kIdentitySuffix, secrets.identity.reveal(), 0600)}) {
    if (!written) return std::move(written).error();
  }
  return read_person(wanted.folder, wanted.name);
}

}  // namespace

fs::path Person::identity_file() const { return with_suffix(folder, name, kIdentitySuffix); }
fs::path Person::ssh_file() const { return with_suffix(folder, name, kSshSuffix); }

bool Person::has_ssh_file() const {
  std::error_code ignored;
  return fs::exists(ssh_file(), ignored);
}

Result<fs::path> key_folder(const Runtime& runtime) {
  auto config = runtime.config_folder();
  if (!config) return std::move(config).error();
  return *config / "keys";
}

std::vector<Person> persons_in(const fs::path& folder) {
  std::vector<Person> persons;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::string name = at->path().filename().string();
    if (!name.ends_with(kIdentitySuffix)) continue;
    name.resize(name.size() - kIdentitySuffix.size());
    if (!is_name(name)) continue;
    if (auto person = read_person(folder, name)) persons.push_back(*std::move(person));
  }
  std::ranges::sort(persons, {}, &Person::name);
  return persons;
}

Result<Person> choose_person(const Runtime& runtime) {
  auto folder = key_folder(runtime);
  if (!folder) return std::move(folder).error();
  std::vector<Person> persons = persons_in(*folder);
  std::string names;
  for (const Person& person : persons) names += (names.empty() ? "" : ", ") + person.name;
  const std::string& wanted = runtime.common.person;
  if (persons.empty()) {
    return Error{ErrorCode::not_found, "you have no key here yet",
                 "make one: casebook key new NAME"};
  }
  if (wanted.empty()) {
    if (persons.size() == 1) return std::move(persons.front());
    return Error{ErrorCode::invalid_input, "whose key is meant?", "--as NAME, one of: " + names};
  }
  const auto found = std::ranges::find(persons, wanted, &Person::name);
  if (found != persons.end()) return std::move(*found);
  return Error{ErrorCode::not_found, printable(wanted) + ": no such key", "there are: " + names};
}

Result<Person> person_named(const Runtime& runtime, const std::string& name) {
  auto folder = key_folder(runtime);
  if (!folder) return std::move(folder).error();
  for (Person& person : persons_in(*folder)) {
    if (person.name == name) return std::move(person);
  }
  return Error{ErrorCode::not_found, printable(name) + ": no key of that name is here",
               "with --out FILE they can sign on their own machine"};
}

Result<Person> make_person(Runtime& runtime, const NewPerson& wanted) {
  if (!is_name(wanted.name)) {
    return Error{ErrorCode::invalid_input, printable(wanted.name) + ": not a name for a key",
                 "letters, digits, '.', '_' and '-', at most 64"};
  }
  if (auto made = make_private_folder(wanted.folder); !made) return std::move(made).error();
  std::error_code ignored;
  for (const std::string_view suffix : {kIdentitySuffix, kSshSuffix, kPublicSuffix}) {
    if (fs::exists(with_suffix(wanted.folder, wanted.name, suffix), ignored)) {
      return Error{ErrorCode::invalid_input, wanted.name + ": there is such a key already",
                   "choose another name; a key is never overwritten"};
    }
  }
  auto identity = AgeIdentity::make(runtime.randomness);
  if (!identity) return std::move(identity).error();
  std::optional<Ed25519Signer> signer;
  std::optional<SshPublicKey> key;
  if (wanted.agent_key.empty()) {
    auto generated = Ed25519Signer::generate(runtime.randomness);
    if (!generated) return std::move(generated).error();
    signer = *std::move(generated);
    key = signer->public_key();
  } else {
    auto enrolled = enrol_agent_key(runtime, wanted.agent_key);
    if (!enrolled) return std::move(enrolled).error();
    key = *std::move(enrolled);
  }
  auto secrets = seal_secrets(runtime, wanted, *identity, signer ? &*signer : nullptr);
  if (!secrets) return std::move(secrets).error();
  return write_person(wanted, *secrets, *key, identity->recipient());
}

namespace {

/// What SharedKeys holds, by the file of the identity.
struct OpenedKeys {
  struct Opened {
    std::vector<AgeIdentity> identities;
    std::optional<SecretBytes> passphrase;
  };
  std::map<fs::path, Opened> by_file;
};
thread_local std::unique_ptr<OpenedKeys> opened_keys;

Result<std::vector<AgeIdentity>> copy_of(const std::vector<AgeIdentity>& identities) {
  std::vector<AgeIdentity> copies;
  for (const AgeIdentity& one : identities) {
    auto copy = AgeIdentity::parse(as_text(one.text().reveal()));
    if (!copy) return std::move(copy).error();
    copies.push_back(*std::move(copy));
  }
  return copies;
}

const OpenedKeys::Opened* shared_of(const Person& person) {
  if (!opened_keys) return nullptr;
  const auto found = opened_keys->by_file.find(person.identity_file());
  return found == opened_keys->by_file.end() ? nullptr : &found->second;
}

Status share(const Person& person, const std::vector<AgeIdentity>& identities,
             const std::optional<SecretBytes>& passphrase) {
  if (!opened_keys) return ok();
  auto copies = copy_of(identities);
  if (!copies) return std::move(copies).error();
  OpenedKeys::Opened& opened = opened_keys->by_file[person.identity_file()];
  opened.identities = *std::move(copies);
  if (passphrase) opened.passphrase = SecretBytes::copy_of(passphrase->reveal());
  return ok();
}

}  // namespace

SharedKeys::SharedKeys() : is_outermost_(!opened_keys) {
  if (is_outermost_) opened_keys = std::make_unique<OpenedKeys>();
}
SharedKeys::~SharedKeys() {
  if (is_outermost_) opened_keys.reset();
}

Result<const SecretBytes*> KeyRing::passphrase(const std::string& purpose) {
  if (const auto* shared = shared_of(person_); !passphrase_ && shared && shared->passphrase) {
    passphrase_ = SecretBytes::copy_of(shared->passphrase->reveal());
  }
  if (!passphrase_) {
    const std::string file = person_.identity_file().filename().string();
    auto answer =
        runtime_.passphrases.ask({"of " + person_.name + " (" + file + "), for " + purpose, false});
    if (!answer) return std::move(answer).error();
    passphrase_ = *std::move(answer);
  }
  return &*passphrase_;
}

namespace {

/// The identities of a recovery page (docs/spec/slots.md), when the environment names one: a file
/// that stock age takes with -i.
Result<std::vector<AgeIdentity>> read_recovery(Runtime& runtime) {
  const auto path = runtime.environment(kRecoveryVariable);
  if (!path || path->empty()) return std::vector<AgeIdentity>();
  auto bytes = read_file(*path, kIdentityFileBytesMax);
  if (!bytes) return std::move(bytes).error();
  const SecretBytes text(*std::move(bytes));
  auto opened = Result<std::vector<AgeIdentity>>(std::vector<AgeIdentity>());
  if (as_text(text.reveal()).starts_with(kAgeFileStart)) {
    auto secret = runtime.passphrases.ask({"of the recovery page " + printable(*path), false});
    if (!secret) return std::move(secret).error();
    opened = open_identities(text.reveal(), {.identities = {}, .passphrase = &*secret});
  } else {
    opened = parse_identities(text);
  }
  if (!opened) return std::move(opened).error().context(printable(*path));
  return opened;
}

}  // namespace

Result<std::span<const AgeIdentity>> KeyRing::identities(const std::string& purpose) {
  if (const auto* shared = shared_of(person_); identities_.empty() && shared != nullptr) {
    auto copies = copy_of(shared->identities);
    if (!copies) return std::move(copies).error();
    identities_ = *std::move(copies);
  }
  if (identities_.empty()) {
    auto recovery = read_recovery(runtime_);
    if (!recovery) return std::move(recovery).error();
    if (person_.folder.empty()) {  // Nobody: the page alone opens.
      identities_ = *std::move(recovery);
      return std::span<const AgeIdentity>(identities_);
    }
    auto file = read_file(person_.identity_file(), kIdentityFileBytesMax);
    if (!file) return std::move(file).error();
    const SecretBytes text(*std::move(file));
    auto opened = Result<std::vector<AgeIdentity>>(std::vector<AgeIdentity>());
    if (person_.is_protected) {
      auto secret = passphrase(purpose);
      if (!secret) return std::move(secret).error();
      opened = open_identities(text.reveal(), {.identities = {}, .passphrase = *secret});
    } else {
      opened = parse_identities(text);
    }
    if (!opened)
      return std::move(opened).error().context(person_.identity_file().filename().string());
    identities_ = *std::move(opened);
    for (AgeIdentity& one : *recovery) identities_.push_back(std::move(one));
    if (auto shared = share(person_, identities_, passphrase_); !shared) return shared.error();
  }
  return std::span<const AgeIdentity>(identities_);
}

void KeyRing::look_for_agent() {
  // An identity from a page is in no agent.
  if (runtime_.environment(kRecoveryVariable)) return;
  if (was_agent_asked_ || !person_.is_protected || !identities_.empty() || passphrase_) return;
  was_agent_asked_ = true;
  auto place = key_agent_place(runtime_);
  if (!place) return;  // A place that is not ours is for `unlock` to complain of.
  KeyAgent agent(*place, ::geteuid());
  const auto held = agent.held();
  if (!held) return;
  const std::string recipient = person_.recipient.text();
  const bool is_held = std::ranges::any_of(*held, [&](const key_agent::HeldPerson& person) {
    return person.name == person_.name && person.recipient == recipient;
  });
  if (is_held) unwrapper_.emplace(std::move(agent), person_.name);
}

Result<AgeUnlock> KeyRing::unlock(const std::string& purpose) {
  look_for_agent();
  if (unwrapper_) return AgeUnlock{.unwrapper = &*unwrapper_};
  auto own = identities(purpose);
  if (!own) return std::move(own).error();
  return AgeUnlock{.identities = *own};
}

Result<std::unique_ptr<Signer>> KeyRing::signer_from_file(const std::string& purpose) {
  auto file = read_file(person_.ssh_file(), kOpensshKeyBytesMax);
  if (!file) return std::move(file).error();
  const SecretBytes text(*std::move(file));
  const SecretBytes none;
  const SecretBytes* secret = &none;
  if (person_.is_protected) {
    auto asked = passphrase(purpose);
    if (!asked) return std::move(asked).error();
    secret = *asked;
  }
  auto opened = open_openssh_key(text, *secret);
  if (!opened) return std::move(opened).error().context(person_.ssh_file().filename().string());
  if (opened_keys && passphrase_) {  // It was the right one.
    opened_keys->by_file[person_.identity_file()].passphrase =
        SecretBytes::copy_of(passphrase_->reveal());
  }
  return opened;
}

Result<SignedStatement> KeyRing::sign(const Statement& statement, const std::string& purpose) {
  look_for_agent();
  if (unwrapper_ && !signer_) {
    SignedStatement made{format_statement(statement), {}};
    auto signature = unwrapper_->agent().sign_statement(person_.name, made.text);
    if (signature) {
      if (auto added = add_statement_signature(made, *signature); !added) {
        return std::move(added).error();
      }
      return made;
    }
    // What needs a fresh act, or a key that lies elsewhere: the person is asked.
    if (signature.error().code != ErrorCode::locked) return std::move(signature).error();
  }
  auto own = signer(purpose);
  if (!own) return std::move(own).error();
  return sign_statement(statement, **own);
}

Result<Signer*> KeyRing::signer(const std::string& purpose) {
  if (!signer_) {
    const bool by_agent = runtime_.common.signs_with_agent || !person_.has_ssh_file();
    auto opened = by_agent ? signer_in_agent(runtime_, person_.key, person_.ssh_file())
                           : signer_from_file(purpose);
    if (!opened) return std::move(opened).error();
    signer_ = *std::move(opened);
  }
  return signer_.get();
}

}  // namespace casebook::cli
