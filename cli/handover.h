#pragma once
/// Handing a bag to another person, and taking one over. Both sides end with a receipt that carries
/// both signatures.

#include <filesystem>
#include <string>

#include "cli/bag_choice.h"
#include "cli/key_folder.h"
#include "core/age_key.h"
#include "core/custody_check.h"

namespace casebook::cli {

struct GiveRequest {
  KnownBag bag;
  SshPublicKey receiver_key;
  AgeRecipient receiver;
  std::string reason;
  std::filesystem::path folder;           ///< Made; holds a copy of the bag and the offer.
  const AgeIdentity* identity = nullptr;  ///< What opens this bag alone.
};
/// States `given`, copies the bag and seals custody and the bag's identity to the receiver.
Status give_bag(Runtime& runtime, KeyRing& ring, const GiveRequest& request);

struct TakenBag {
  KnownBag bag;
  std::filesystem::path receipt;  ///< Signed by both; goes back to the giver.
};
/// Takes over a folder that give_bag() made, after it was verified: countersigns the offer, copies
/// the bag into `evidence` and seals its custody to the receiver.
Result<TakenBag> take_bag(Runtime& runtime, KeyRing& ring, const std::filesystem::path& folder,
                          const std::filesystem::path& evidence);

/// Keeps a receipt that came back. @return the bag it is about; `corrupt` when a signature or the
/// statement is not what was given.
Result<KnownBag> keep_receipt(const std::filesystem::path& file,
                              const std::filesystem::path& evidence);

inline constexpr const char* kOfferName = "offer.json";

}  // namespace casebook::cli
