#include "core/age_unlock.h"

#include <algorithm>

#include "core/age_crypto.h"

namespace casebook::age {
namespace {

constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kScrypt = "scrypt";

bool is_kind(const Stanza& stanza, std::string_view kind) { return stanza.arguments[0] == kind; }

Result<std::optional<SecretBytes>> try_identities(const Header& header, const AgeUnlock& unlock) {
  std::vector<X25519Key> keys;
  for (const AgeIdentity& identity : unlock.identities) {
    auto key = X25519Key::create(identity.scalar().reveal());
    if (!key) return std::move(key).error();
    keys.push_back(*std::move(key));
  }
  for (const Stanza& stanza : header.stanzas) {
    if (!is_kind(stanza, kX25519)) continue;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto file_key = unwrap(stanza, keys[i], unlock.identities[i].recipient());
      if (!file_key || *file_key) return file_key;
    }
    if (unlock.unwrapper == nullptr || stanza.arguments.size() != 2) continue;
    auto share = from_base64(stanza.arguments[1], Base64Padding::without);
    if (!share) return Error{ErrorCode::corrupt, "age header: a malformed X25519 share"};
    auto file_key = unlock.unwrapper->unwrap(*share, stanza.body);
    if (!file_key || *file_key) return file_key;
  }
  return std::optional<SecretBytes>();
}

Result<SecretBytes> find_file_key(const Header& header, const AgeUnlock& unlock) {
  const bool has_passphrase = std::ranges::any_of(
      header.stanzas, [](const Stanza& stanza) { return is_kind(stanza, kScrypt); });
  if (has_passphrase && header.stanzas.size() > 1) {
    return Error{ErrorCode::corrupt, "age header: a passphrase beside another way in"};
  }
  if (has_passphrase && unlock.passphrase == nullptr) {
    return Error{ErrorCode::locked, "sealed with a passphrase, and none was given"};
  }
  if (has_passphrase) {
    auto file_key =
        unwrap_with_passphrase(header.stanzas[0], *unlock.passphrase, unlock.work_factor_max);
    if (!file_key) return std::move(file_key).error();
    if (!*file_key) return Error{ErrorCode::locked, "the passphrase does not fit"};
    return *std::move(*file_key);
  }
  auto file_key = try_identities(header, unlock);
  if (!file_key) return std::move(file_key).error();
  if (!*file_key) return Error{ErrorCode::locked, "no identity given opens this file"};
  return *std::move(*file_key);
}

}  // namespace

Error ends_too_early() { return Error{ErrorCode::corrupt, "age file ends too early"}; }

Result<std::optional<Unlocked>> unlock_front(std::string_view text, const AgeUnlock& unlock) {
  auto header = parse_header(text);
  if (!header) return std::move(header).error();
  if (!*header || text.size() - (*header)->size_bytes < kPayloadNonceBytes) {
    return std::optional<Unlocked>();
  }
  const Header& found = **header;
  auto file_key = find_file_key(found, unlock);
  if (!file_key) return std::move(file_key).error();
  if (auto genuine = check_mac(found, *file_key); !genuine) return std::move(genuine).error();
  const auto nonce = as_bytes(text.substr(found.size_bytes, kPayloadNonceBytes));
  auto cipher = ChunkCipher::create(Aead::Direction::open, *file_key, nonce);
  if (!cipher) return std::move(cipher).error();
  const auto unknown = std::ranges::count_if(found.stanzas, [](const Stanza& stanza) {
    return !is_kind(stanza, kX25519) && !is_kind(stanza, kScrypt);
  });
  return std::optional<Unlocked>(
      Unlocked{*std::move(cipher),
               {.total = found.stanzas.size(), .unknown = static_cast<std::size_t>(unknown)},
               found.size_bytes + kPayloadNonceBytes});
}

}  // namespace casebook::age
