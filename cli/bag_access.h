#pragma once
/// Opening a bag with whatever this person has: a file given with --identity, the ticket's identity
/// kept here, or the person's own. Asks for a passphrase only when that can help.

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/bag_choice.h"
#include "cli/key_folder.h"
#include "core/bag_reader.h"

namespace casebook::cli {

class BagAccess {
 public:
  BagAccess(Runtime& runtime, std::filesystem::path identity_file)
      : runtime_(runtime), identity_file_(std::move(identity_file)) {}

  /// What may open the bag (its identities; the bag's own comes first) and its custody; nothing
  /// when nothing here can, or nothing is needed. It points into this object. @return `locked` for
  /// a wrong passphrase.
  Result<AgeUnlock> unlock_for(const KnownBag& bag);
  /// After unlock_for(): the identity that opens this bag and nothing else, to be shown or handed
  /// on. Nothing when none is here, and always for a bag that is sealed to a person: what opens
  /// everything of hers is not given away with one bag.
  [[nodiscard]] const AgeIdentity* bag_identity() const { return bag_identity_; }

 private:
  Result<AgeUnlock> read_identity_file(const std::string& purpose);
  void note_bag_identity(const KnownBag& bag);
  Runtime& runtime_;
  std::filesystem::path identity_file_;
  std::vector<AgeIdentity> identities_;
  const AgeIdentity* bag_identity_ = nullptr;
  std::optional<KeyRing> ring_;
};

/// Why a bag has no identity that could be handed on.
Error sealed_to_a_person(const KnownBag& bag);

/// Chooses a bag (see choose_bag()) and opens it. @return errors with the bag's name.
Result<BagReader> open_bag(Runtime& runtime, const std::string& wanted,
                           const std::filesystem::path& identity_file);

/// The option that goes with it.
void add_identity_option(Command& command, std::filesystem::path& target);

}  // namespace casebook::cli
