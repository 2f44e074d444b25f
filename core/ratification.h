#pragma once
/// A ratification: a responder stands up for a bag that was sealed without a ticket.
/// Specification: docs/spec/ticket.md, section "casebook-ratification/1".

#include <optional>

#include "core/age_key.h"
#include "core/clock.h"
#include "core/ids.h"
#include "core/salted_facts.h"
#include "core/ssh_signature.h"

namespace casebook {

inline constexpr std::string_view kReasonField = "reason";

struct Ratification {
  BagId bag;
  Digest256 seal_signature_sha256{};  ///< Of `seal.json.sig`.
  SshPublicKey seal_key;              ///< Was made on the spot.
  std::optional<AgeRecipient> recipient;
  std::string key;  ///< Fingerprint of whoever ratifies.
  UtcSeconds time;  ///< By that person's clock: a claim.
  Digest256 reason{};
  std::optional<Digest256> directed_by;
};

/// Canonical JSON.
std::string format_ratification(const Ratification& ratification);
/// @return `invalid_input` for anything that format_ratification() does not write.
Result<Ratification> parse_ratification(std::string_view text);

struct RatificationRequest {
  BagId bag;
  Digest256 seal_signature_sha256{};
  SshPublicKey seal_key;
  std::optional<AgeRecipient> recipient;
  std::string reason;
  std::optional<std::string> directed_by;
  UtcSeconds now;
};
struct NewRatification {
  Ratification ratification;
  std::string text;       ///< ratification.json
  std::string signature;  ///< ratification.json.sig, namespace casebook-statement@v1
  SaltedFacts facts;      ///< For ratification.facts.age, sealed to whoever ratifies.
};
Result<NewRatification> make_ratification(const RatificationRequest& request, Signer& signer,
                                          Randomness& randomness);

/// What is known about the bag's seal.
struct RatifiedSeal {
  BagId bag;
  Digest256 signature_sha256{};
  SshPublicKey key;
  std::optional<AgeRecipient> recipient;
};
/// Checks the signature, and that the ratification is about this seal and by the key it names.
/// @return the ratification; `corrupt` saying what does not fit.
Result<Ratification> verify_ratification(std::string_view text, std::string_view signature,
                                         const RatifiedSeal& seal);

}  // namespace casebook
