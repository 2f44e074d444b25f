#pragma once
/// Standing up for a bag that was sealed with a key made on the spot.

#include "cli/bag_choice.h"
#include "cli/key_folder.h"

namespace casebook::cli {

struct RatifyRequest {
  std::string reason;
  std::optional<std::string> directed_by;
};

/// Writes ratification.json, its signature and its texts (sealed to the person), and adds the act
/// to the custody of the bag. @return `invalid_input` for a bag with a ticket or a ratification.
Status ratify_bag(Runtime& runtime, const KnownBag& bag, KeyRing& ring,
                  const RatifyRequest& request);

}  // namespace casebook::cli
