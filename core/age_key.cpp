#include "core/age_key.h"

#include <algorithm>

#include "core/age_crypto.h"
#include "core/bech32.h"

namespace casebook {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "age-secret-key-";

/// True when the little-endian number is below 2^255 - 19, so that no other text means this point.
bool is_canonical(std::span<const std::byte> point) {
  constexpr std::byte kFull{0xff};
  if (point[31] < std::byte{0x7f}) return true;
  if (point[31] > std::byte{0x7f}) return false;
  const bool all_full =
      std::ranges::all_of(point.subspan(1, 30), [&](auto b) { return b == kFull; });
  return !all_full || point[0] < std::byte{0xed};
}

}  // namespace

Result<AgeRecipient> AgeRecipient::from_bytes(std::span<const std::byte> point) {
  if (point.size() != age::kKeyBytes) {
    return Error{ErrorCode::invalid_input, "not an age recipient: wrong length"};
  }
  if (!is_canonical(point)) {
    return Error{ErrorCode::invalid_input, "age recipient is not canonical"};
  }
  if (age::is_of_small_order(point)) {
    return Error{ErrorCode::invalid_input, "age recipient: X25519 key of small order"};
  }
  AgeRecipient recipient;
  std::ranges::copy(point, recipient.point_.begin());
  return recipient;
}

Result<AgeRecipient> AgeRecipient::parse(std::string_view text) {
  auto decoded = parse_bech32(text);
  if (!decoded) return std::move(decoded).error();
  if (decoded->prefix != kRecipientPrefix || !text.starts_with("age1")) {
    return Error{ErrorCode::invalid_input, "not an age recipient (age1…)"};
  }
  return from_bytes(decoded->data.reveal());
}

std::string AgeRecipient::text() const {
  return std::string(as_text(format_bech32(kRecipientPrefix, point_).reveal()));
}

Result<AgeIdentity> AgeIdentity::from_scalar(SecretBytes scalar) {
  auto key = age::X25519Key::create(scalar.reveal());
  if (!key) return std::move(key).error();
  auto point = key->public_point();
  if (!point) return std::move(point).error();
  auto recipient = AgeRecipient::from_bytes(*point);
  if (!recipient) return std::move(recipient).error();
  return AgeIdentity(std::move(scalar), *recipient);
}

Result<AgeIdentity> AgeIdentity::make(Randomness& randomness) {
  SecretBytes scalar(age::kKeyBytes);
  if (auto filled = randomness.fill(scalar.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  return from_scalar(std::move(scalar));
}

Result<AgeIdentity> AgeIdentity::parse(std::string_view text) {
  auto decoded = parse_bech32(text);
  if (!decoded) return std::move(decoded).error();
  if (decoded->prefix != kIdentityPrefix || !text.starts_with('A') ||
      decoded->data.size() != age::kKeyBytes) {
    return Error{ErrorCode::invalid_input, "not an age identity (AGE-SECRET-KEY-1…)"};
  }
  return from_scalar(std::move(decoded->data));
}

SecretBytes AgeIdentity::text() const {
  SecretBytes text = format_bech32(kIdentityPrefix, scalar_.reveal());
  for (std::byte& b : text.reveal_mutable()) {
    if (b >= std::byte{'a'} && b <= std::byte{'z'})
      b = static_cast<std::byte>(static_cast<int>(b) - 32);
  }
  return text;
}

}  // namespace casebook
