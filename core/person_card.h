#pragma once
/// What a person hands to whoever enrols them: name, key and recipient, signed by that very key.
/// Specification: docs/spec/roster.md, section "Person card".

#include <string>
#include <string_view>

#include "core/age_key.h"
#include "core/clock.h"
#include "core/random.h"
#include "core/ssh_signature.h"

namespace casebook {

struct PersonCard {
  std::string name;  ///< UTF-8, 1 to 200 bytes, no control characters.
  SshPublicKey key;
  AgeRecipient recipient;
  std::string challenge;  ///< Exact text; see ssh_challenge.h.
};

struct SignedCard {
  PersonCard card;
  std::string text;   ///< Canonical JSON: what is signed.
  std::string proof;  ///< Armored, namespace casebook-enrol@v1.
};

/// True for a name that can be shown: UTF-8, 1 to 200 bytes, no control characters.
bool is_display_name(std::string_view name) noexcept;

/// @param challenge  made by whoever enrols. @return `invalid_input` for a name or a challenge that
///                   is none, or one for another key.
Result<SignedCard> make_person_card(const PersonCard& card, Signer& signer);
/// Reads a card and checks its signature, and that it was proved before the challenge ended.
/// @param enrolled_at  when the card was taken. @return `corrupt` when the proof does not hold.
Result<SignedCard> read_person_card(std::string_view text, std::string_view proof,
                                    UtcSeconds enrolled_at);

/// The file a card travels in: the text, a line feed, the signature.
std::string format_card_file(const SignedCard& card);
Result<SignedCard> parse_card_file(std::string_view file, UtcSeconds now);

}  // namespace casebook
