#pragma once
/// The keys of a person on this machine: NAME.age-identity opens, NAME.ssh signs; both are files of
/// stock programs. Public halves: NAME.age-recipient and NAME.ssh.pub. Without NAME.ssh an
/// ssh-agent or a token holds the signing key.

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/runtime.h"
#include "core/age_identity_file.h"
#include "core/key_agent_client.h"
#include "core/ssh_signer.h"
#include "core/statement.h"

namespace casebook::cli {

/// The public side of one pair of keys.
struct Person {
  std::string name;
  std::filesystem::path folder;
  SshPublicKey key;
  AgeRecipient recipient;
  bool is_protected = true;  ///< By a passphrase.

  [[nodiscard]] std::filesystem::path identity_file() const;
  [[nodiscard]] std::filesystem::path ssh_file() const;
  [[nodiscard]] bool has_ssh_file() const;  ///< Else an ssh-agent signs.
};

/// $XDG_CONFIG_HOME/casebook/keys.
Result<std::filesystem::path> key_folder(const Runtime& runtime);

/// Whole pairs in `folder`, by name; files that do not belong together are passed over.
std::vector<Person> persons_in(const std::filesystem::path& folder);
/// The person of `--as`, else the only one. @return `not_found` or `invalid_input` with who there
/// is.
Result<Person> choose_person(const Runtime& runtime);

/// The one with this name, whose keys are on this machine.
Result<Person> person_named(const Runtime& runtime, const std::string& name);

struct NewPerson {
  std::string name;  ///< a-z, A-Z, 0-9, '.', '_', '-'; 1 to 64 characters, no '.' or '-' in front.
  std::filesystem::path folder;
  bool is_protected = true;
  std::filesystem::path agent_key;  ///< Public key that an ssh-agent signs with; empty: a new one.
  const SecretBytes* passphrase = nullptr;  ///< Asked for already; null: it is asked for.
};
/// Makes both files and their public halves; asks for the new passphrase once. A key of an agent is
/// taken only with its signature over a fresh challenge (docs/spec/signature.md section 7). @return
/// `invalid_input` when one of the files is there already.
Result<Person> make_person(Runtime& runtime, const NewPerson& wanted);

/// Opens a person's secrets when they are first needed, with one question for both files.
class KeyRing {
 public:
  KeyRing(Runtime& runtime, Person person) : runtime_(runtime), person_(std::move(person)) {}
  [[nodiscard]] const Person& person() const { return person_; }
  /// @param purpose  what for, as the prompt shows it: "reading B-7". @return `locked` for a wrong
  ///                 passphrase.
  Result<std::span<const AgeIdentity>> identities(const std::string& purpose);
  /// What opens a file that is sealed to the person: the key agent when it holds their keys, else
  /// identities(). It points into this object.
  Result<AgeUnlock> unlock(const std::string& purpose);
  /// The signing key: out of its file, or in the ssh-agent when `--sign-with agent` says so or
  /// there is no file. @return `not_found` when the agent does not have it.
  Result<Signer*> signer(const std::string& purpose);
  /// Signs by the key agent when it holds the person's key and signs such a verb unasked, else by
  /// signer().
  Result<SignedStatement> sign(const Statement& statement, const std::string& purpose);
  /// What was asked for already, so that it is not asked for again.
  void give_passphrase(SecretBytes passphrase) { passphrase_ = std::move(passphrase); }

 private:
  /// Asks once whether the key agent holds this person.
  void look_for_agent();
  Result<std::unique_ptr<Signer>> signer_from_file(const std::string& purpose);
  Result<const SecretBytes*> passphrase(const std::string& purpose);
  Runtime& runtime_;
  Person person_;
  std::optional<SecretBytes> passphrase_;
  std::vector<AgeIdentity> identities_;
  std::unique_ptr<Signer> signer_;
  std::optional<AgentUnwrapper> unwrapper_;
  bool was_agent_asked_ = false;
};

}  // namespace casebook::cli
