#include "vault/privacy/redaction.h"

#include <algorithm>
#include <array>

#include "vault/privacy/pii_detectors.h"

namespace casebook::privacy {
namespace {

constexpr std::size_t kBlockBytes = 64;    // Of SHA-256.
constexpr std::size_t kTokenLetters = 12;  // 60 bits: no two values of a case meet by chance.
constexpr std::size_t kSearchedBytesMin = 4;

SecretBytes padded_key(const SecretBytes& key, std::byte pad) {
  check(key.size() <= kBlockBytes, "a key longer than a block");
  SecretBytes block(kBlockBytes);
  const auto out = block.reveal_mutable();
  std::ranges::copy(key.reveal(), out.begin());
  for (std::byte& byte : out) byte ^= pad;
  return block;
}

/// What makes two spellings one value.
std::string normalised(PiiKind kind, std::string_view value) {
  std::string out;
  const bool is_number = kind == PiiKind::phone || kind == PiiKind::card || kind == PiiKind::ssn ||
                         kind == PiiKind::bsn || kind == PiiKind::iban;
  const bool is_folded = is_number || kind == PiiKind::email || kind == PiiKind::ipv6;
  for (const char c : value) {
    if (is_number && !is_alnum(c)) continue;
    out += is_folded && is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string crockford(std::span<const std::byte> bytes, std::size_t letters) {
  constexpr std::string_view kLetters = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string out;
  unsigned bits = 0;
  unsigned count = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8U | std::to_integer<unsigned>(byte);
    for (count += 8; count >= 5 && out.size() < letters; count -= 5) {
      out += kLetters[bits >> (count - 5) & 31U];
    }
    if (out.size() == letters) break;
  }
  return out;
}

/// Values and their tokens, the longest first: a value may hold another one.
using Tokens = std::vector<std::pair<std::string, std::string>>;

std::string replace_all(std::string_view text, std::string_view value, std::string_view token,
                        std::size_t& count) {
  std::string out;
  while (true) {
    const auto found = text.find(value);
    out.append(text.substr(0, found));
    if (found == std::string_view::npos) return out;
    out.append(token);
    ++count;
    text.remove_prefix(found + value.size());
  }
}

}  // namespace

Result<Digest256> hmac_sha256(const SecretBytes& key, std::span<const std::byte> text) {
  const SecretBytes inner = padded_key(key, std::byte{0x36});
  const SecretBytes outer = padded_key(key, std::byte{0x5c});
  const std::array<std::span<const std::byte>, 2> first = {inner.reveal(), text};
  const auto digest = sha256_of_parts(first);
  if (!digest) return digest;
  const std::array<std::span<const std::byte>, 2> second = {outer.reveal(), *digest};
  return sha256_of_parts(second);
}

Result<std::string> redaction_token(const SecretBytes& key, PiiKind kind, std::string_view value) {
  std::string text = "casebook-redaction@v1";
  text += '\0';
  text += to_string(kind);
  text += '\0';
  text += normalised(kind, value);
  const auto mac = hmac_sha256(key, as_bytes(text));
  if (!mac) return mac.error();
  return "[" + std::string(to_string(kind)) + ":" + crockford(*mac, kTokenLetters) + "]";
}

Result<Redacted> redact(std::string_view text, const std::vector<PiiHit>& hits,
                        const SecretBytes& key) {
  Redacted redacted;
  Tokens values;
  std::size_t at = 0;
  for (const PiiHit& hit : hits) {
    if (hit.begin < at || hit.begin > text.size() || hit.size_bytes > text.size() - hit.begin)
      return Error{ErrorCode::invalid_input, "the hits are not those of this text"};
    const auto value = text.substr(hit.begin, hit.size_bytes);
    const auto token = redaction_token(key, hit.kind, value);
    if (!token) return token.error();
    redacted.text.append(text.substr(at, hit.begin - at));
    redacted.text.append(*token);
    ++redacted.replaced;
    values.emplace_back(value, *token);
    at = hit.begin + hit.size_bytes;
  }
  redacted.text.append(text.substr(at));
  std::ranges::sort(values, [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a.first < b.first;
  });
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (const auto& [value, token] : values) {
    if (value.size() < kSearchedBytesMin) continue;
    redacted.text = replace_all(redacted.text, value, token, redacted.copies);
  }
  redacted.replaced += redacted.copies;
  for (const auto& [value, token] : values) {
    if (value.size() >= kSearchedBytesMin && redacted.text.find(value) != std::string::npos)
      return Error{ErrorCode::invalid_input, "a value stands inside its own token; redact by hand"};
  }
  const auto digest = sha256(as_bytes(redacted.text));
  if (!digest) return digest.error();
  redacted.digest = *digest;
  return redacted;
}

}  // namespace casebook::privacy
