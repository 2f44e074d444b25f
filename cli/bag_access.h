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

 private:
  Result<AgeUnlock> read_identity_file(const std::string& purpose);
  Runtime& runtime_;
  std::filesystem::path identity_file_;
  std::vector<AgeIdentity> identities_;
  std::optional<KeyRing> ring_;
};

/// Chooses a bag (see choose_bag()) and opens it. @return errors with the bag's name.
Result<BagReader> open_bag(Runtime& runtime, const std::string& wanted,
                           const std::filesystem::path& identity_file);

/// The option that goes with it.
void add_identity_option(Command& command, std::filesystem::path& target);

}  // namespace casebook::cli
