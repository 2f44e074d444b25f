#include "core/ratification.h"

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/ticket.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-ratification/1";
constexpr std::size_t kBytesMax = std::size_t{8} << 10U;

Error invalid(const char* why) { return Error{ErrorCode::invalid_input, why}; }
Error misfit(const char* why) {
  return Error{ErrorCode::corrupt, std::string("ratification: ") + why};
}

Result<Digest256> digest_member(const Json& object, std::string_view key) {
  auto text = json_text_member(object, key);
  if (!text) return std::move(text).error();
  auto digest = digest_from_hex(*text);
  if (!digest) return std::move(digest).error().context(key);
  return digest;
}

bool is_fact(std::string_view text) {
  return !text.empty() && text.size() <= kFactBytesMax && is_utf8(text);
}

bool is_null(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_null();
}

Status parse_optional_members(const Json& object, Ratification& ratification) {
  if (!is_null(object, "recipient")) {
    auto text = json_text_member(object, "recipient");
    if (!text) return std::move(text).error();
    auto recipient = AgeRecipient::parse(*text);
    if (!recipient) return std::move(recipient).error();
    ratification.recipient = *recipient;
  }
  if (!is_null(object, "directed_by")) {
    auto digest = digest_member(object, "directed_by");
    if (!digest) return std::move(digest).error();
    ratification.directed_by = *digest;
  }
  return ok();
}

Result<Ratification> parse_members(const Json& object) {
  auto known =
      json_only_members(object, {"bag", "directed_by", "format", "key", "reason", "recipient",
                                 "seal_key", "seal_signature_sha256", "time"});
  if (!known) return std::move(known).error();
  auto format = json_text_member(object, "format");
  if (!format) return std::move(format).error();
  if (*format != kFormat) return invalid("another format or version");
  auto bag_text = json_text_member(object, "bag");
  if (!bag_text) return std::move(bag_text).error();
  auto bag = BagId::parse(*bag_text);
  if (!bag) return std::move(bag).error();
  auto seal = digest_member(object, "seal_signature_sha256");
  if (!seal) return std::move(seal).error();
  auto key_line = json_text_member(object, "seal_key");
  if (!key_line) return std::move(key_line).error();
  auto seal_key = SshPublicKey::from_line(*key_line);
  if (!seal_key) return std::move(seal_key).error();
  auto key = json_text_member(object, "key");
  if (!key) return std::move(key).error();
  if (!is_ssh_fingerprint(*key)) return invalid("\"key\" is no fingerprint");
  auto time_text = json_text_member(object, "time");
  if (!time_text) return std::move(time_text).error();
  auto time = parse_utc(*time_text);
  if (!time) return std::move(time).error();
  auto reason = digest_member(object, "reason");
  if (!reason) return std::move(reason).error();
  Ratification ratification{*bag,    *seal, *std::move(seal_key), {}, *std::move(key), *time,
                            *reason, {}};
  if (auto rest = parse_optional_members(object, ratification); !rest) {
    return std::move(rest).error();
  }
  return ratification;
}

}  // namespace

std::string format_ratification(const Ratification& ratification) {
  const auto& directed_by = ratification.directed_by;
  const auto& recipient = ratification.recipient;
  const Json object = {{"bag", ratification.bag.text()},
                       {"directed_by", directed_by ? Json(to_hex(*directed_by)) : Json(nullptr)},
                       {"format", kFormat},
                       {"key", ratification.key},
                       {"reason", to_hex(ratification.reason)},
                       {"recipient", recipient ? Json(recipient->text()) : Json(nullptr)},
                       {"seal_key", ratification.seal_key.line()},
                       {"seal_signature_sha256", to_hex(ratification.seal_signature_sha256)},
                       {"time", format_utc(ratification.time)}};
  return canonical_json(object);
}

Result<Ratification> parse_ratification(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kBytesMax, .depth_max = 2});
  if (!object) return std::move(object).error().context("ratification");
  auto ratification = parse_members(*object);
  if (!ratification) return std::move(ratification).error().context("ratification");
  if (format_ratification(*ratification) != text) {
    return invalid("ratification: not in its only spelling");
  }
  return ratification;
}

Result<NewRatification> make_ratification(const RatificationRequest& request, Signer& signer,
                                          Randomness& randomness) {
  if (!is_fact(request.reason)) {
    return invalid("ratification: a reason is needed, UTF-8 of at most 4096 bytes");
  }
  if (request.directed_by && !is_fact(*request.directed_by)) {
    return invalid("ratification: directed by whom is UTF-8 of 1 to 4096 bytes");
  }
  auto salt = make_fact_salt(randomness);
  if (!salt) return std::move(salt).error();
  SaltedFacts facts{*std::move(salt), {{std::string(kReasonField), request.reason}}};
  auto reason = salted_digest(facts.salt, kReasonField, request.reason);
  if (!reason) return std::move(reason).error();
  auto key = signer.public_key().fingerprint();
  if (!key) return std::move(key).error();
  Ratification ratification{request.bag,      request.seal_signature_sha256,
                            request.seal_key, request.recipient,
                            *std::move(key),  request.now,
                            *reason,          {}};
  if (request.directed_by) {
    auto digest = salted_digest(facts.salt, kDirectedByField, *request.directed_by);
    if (!digest) return std::move(digest).error();
    ratification.directed_by = *digest;
    facts.values.emplace(kDirectedByField, *request.directed_by);
  }
  std::string text = format_ratification(ratification);
  auto signature = make_ssh_signature(signer, kStatementNamespace, as_bytes(text));
  if (!signature) return std::move(signature).error().context("sign ratification");
  return NewRatification{std::move(ratification), std::move(text), *std::move(signature),
                         std::move(facts)};
}

Result<Ratification> verify_ratification(std::string_view text, std::string_view signature,
                                         const RatifiedSeal& seal) {
  auto ratification = parse_ratification(text);
  if (!ratification) return ratification;
  if (ratification->bag != seal.bag) return misfit("is about another bag");
  if (ratification->seal_signature_sha256 != seal.signature_sha256 ||
      !(ratification->seal_key == seal.key) || ratification->recipient != seal.recipient) {
    return misfit("is about another seal");
  }
  auto key = key_of_ssh_signature(signature);
  if (!key) return misfit("its signature cannot be read");
  auto fingerprint = key->fingerprint();
  if (!fingerprint) return std::move(fingerprint).error();
  if (*fingerprint != ratification->key) return misfit("signed by another key than it names");
  auto checked = verify_ssh_signature(
      {.name_space = kStatementNamespace, .keys = std::span(&*key, 1)}, as_bytes(text), signature);
  if (!checked) return std::move(checked).error();
  if (!checked->good()) return misfit(checked->reason.c_str());
  return ratification;
}

}  // namespace casebook
