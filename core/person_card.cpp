#include "core/person_card.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_members.h"
#include "core/ssh_challenge.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-person/1";
constexpr std::size_t kCardBytesMax = std::size_t{8} << 10U;
constexpr std::size_t kNameBytesMax = 200;

Error invalid(std::string why) { return Error{ErrorCode::invalid_input, std::move(why)}; }

std::string format_card(const PersonCard& card) {
  return canonical_json(Json{{"challenge", card.challenge},
                             {"format", kFormat},
                             {"key", card.key.line()},
                             {"name", card.name},
                             {"recipient", card.recipient.text()}});
}

Result<PersonCard> parse_card(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kCardBytesMax, .depth_max = 2});
  if (!object) return std::move(object).error();
  JsonMembers members(*object);
  members.only({"challenge", "format", "key", "name", "recipient"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  const auto key = members.key("key");
  const auto recipient = members.recipient("recipient");
  std::string name = members.text("name");
  if (!is_display_name(name)) members.refuse("\"name\" is none");
  std::string challenge = members.text("challenge");
  if (members.failed()) return members.error();
  return PersonCard{std::move(name), *key, *recipient, std::move(challenge)};
}

}  // namespace

bool is_display_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kNameBytesMax && is_utf8(name) &&
         std::ranges::none_of(
             name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<SignedCard> make_person_card(const PersonCard& card, Signer& signer) {
  if (!is_display_name(card.name)) return invalid("not a name of 1 to 200 bytes");
  if (signer.public_key() != card.key) return invalid("the card is for another key");
  std::string text = format_card(card);
  auto proof = make_ssh_signature(signer, kEnrolNamespace, as_bytes(text));
  if (!proof) return std::move(proof).error().context("sign the card");
  return SignedCard{card, std::move(text), *std::move(proof)};
}

Result<SignedCard> read_person_card(std::string_view text, std::string_view proof,
                                    UtcSeconds enrolled_at) {
  auto card = parse_card(text);
  if (!card) return std::move(card).error().context("person card");
  if (auto fresh = check_key_challenge(card->challenge, card->key, enrolled_at); !fresh) {
    return std::move(fresh).error().context("person card");
  }
  auto checked = verify_ssh_signature({.name_space = kEnrolNamespace, .keys = {&card->key, 1}},
                                      as_bytes(text), proof);
  if (!checked) return std::move(checked).error();
  if (!checked->good()) {
    return Error{ErrorCode::corrupt, "person card: not signed by its own key: " + checked->reason};
  }
  return SignedCard{*std::move(card), std::string(text), std::string(proof)};
}

std::string format_card_file(const SignedCard& card) { return card.text + "\n" + card.proof; }

Result<SignedCard> parse_card_file(std::string_view file, UtcSeconds now) {
  const std::size_t end = file.find('\n');
  if (end == std::string_view::npos) return invalid("person card: no signature under it");
  return read_person_card(file.substr(0, end), file.substr(end + 1), now);
}

}  // namespace casebook
