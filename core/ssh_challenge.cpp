#include "core/ssh_challenge.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-enrol/1";
constexpr std::size_t kNonceBytes = 32;
constexpr std::size_t kChallengeBytesMax = 1024;

Error refused(std::string_view why) {
  return Error{ErrorCode::invalid_input, "key challenge: " + std::string(why)};
}

}  // namespace

Result<std::string> make_key_challenge(const SshPublicKey& key, UtcSeconds expires_at,
                                       Randomness& randomness) {
  std::array<std::byte, kNonceBytes> nonce{};
  if (auto filled = randomness.fill(nonce); !filled) return std::move(filled).error();
  auto fingerprint = key.fingerprint();
  if (!fingerprint) return std::move(fingerprint).error();
  return canonical_json(Json{{"expires_at", format_utc(expires_at)},
                             {"fingerprint", *fingerprint},
                             {"format", kFormat},
                             {"nonce", to_hex(nonce)}});
}

Status check_key_challenge(std::string_view challenge, const SshPublicKey& key, UtcSeconds now) {
  auto json = parse_canonical_json(
      challenge, JsonLimits{.size_bytes_max = kChallengeBytesMax, .depth_max = 2});
  if (!json) return std::move(json).error().context("key challenge");
  auto format = json_text_member(*json, "format");
  if (!format || *format != kFormat) return refused("not a casebook-enrol/1 text");
  auto fingerprint = json_text_member(*json, "fingerprint");
  auto expected = key.fingerprint();
  if (!expected) return std::move(expected).error();
  if (!fingerprint || *fingerprint != *expected) return refused("made for another key");
  auto expires_text = json_text_member(*json, "expires_at");
  if (!expires_text) return std::move(expires_text).error().context("key challenge");
  auto expires_at = parse_utc(*expires_text);
  if (!expires_at) return std::move(expires_at).error().context("key challenge");
  if (now >= *expires_at) return refused("it has expired");
  return ok();
}

Result<SignatureCheck> verify_key_challenge(std::string_view challenge, const SshPublicKey& key,
                                            std::string_view armored, UtcSeconds now) {
  if (auto fresh = check_key_challenge(challenge, key, now); !fresh)
    return std::move(fresh).error();
  return verify_ssh_signature({.name_space = kEnrolNamespace, .keys = {&key, 1}},
                              as_bytes(challenge), armored);
}

}  // namespace casebook
