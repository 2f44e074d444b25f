#include "core/salted_facts.h"

#include <array>
#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-facts/1";
constexpr std::string_view kFieldLabel("casebook-field-salt@v1\0", 23);
constexpr std::string_view kValueLabel("casebook-salted@v1\0", 19);
constexpr std::size_t kFactsMax = 16;

Result<SaltedFacts> parse_members(const Json& object) {
  if (auto known = json_only_members(object, {"format", "salt", "values"}); !known) {
    return std::move(known).error();
  }
  auto format = json_text_member(object, "format");
  if (!format) return std::move(format).error();
  if (*format != kFormat) return Error{ErrorCode::invalid_input, "another format or version"};
  auto salt_text = json_text_member(object, "salt");
  if (!salt_text) return std::move(salt_text).error();
  auto salt = from_hex(*salt_text);
  if (!salt || salt->size() != kFactSaltBytes) {
    return Error{ErrorCode::invalid_input, "\"salt\" is not 64 hex digits"};
  }
  auto values = json_member(object, "values");
  if (!values) return std::move(values).error();
  if (!(*values)->is_object() || (*values)->size() > kFactsMax) {
    return Error{ErrorCode::invalid_input, "\"values\" is not an object of at most 16 texts"};
  }
  SaltedFacts facts{SecretBytes(*std::move(salt)), {}};
  for (const auto& [field, value] : (*values)->items()) {
    auto text = json_text_member(**values, field);
    if (!text) return std::move(text).error();
    facts.values.emplace(field, *std::move(text));
  }
  return facts;
}

}  // namespace

Result<SecretBytes> make_fact_salt(Randomness& randomness) {
  SecretBytes salt(kFactSaltBytes);
  if (auto filled = randomness.fill(salt.reveal_mutable()); !filled) {
    return std::move(filled).error();
  }
  return salt;
}

Result<Digest256> salted_digest(const SecretBytes& salt, std::string_view field,
                                std::string_view value) {
  check(salt.size() == kFactSaltBytes, "size of a fact salt");
  const std::array<std::span<const std::byte>, 3> field_parts = {as_bytes(kFieldLabel),
                                                                 salt.reveal(), as_bytes(field)};
  auto field_salt = sha256_of_parts(field_parts);
  if (!field_salt) return std::move(field_salt).error();
  const std::array<std::span<const std::byte>, 3> value_parts = {as_bytes(kValueLabel), *field_salt,
                                                                 as_bytes(value)};
  return sha256_of_parts(value_parts);
}

SecretBytes format_facts(const SaltedFacts& facts) {
  const Json object = {
      {"format", kFormat}, {"salt", to_hex(facts.salt.reveal())}, {"values", facts.values}};
  return SecretBytes::copy_of(canonical_json(object));
}

Result<SaltedFacts> parse_facts(const SecretBytes& text) {
  auto object = parse_canonical_json(as_text(text.reveal()));
  if (!object) return std::move(object).error().context("facts");
  auto facts = parse_members(*object);
  if (!facts) return std::move(facts).error().context("facts");
  return facts;
}

}  // namespace casebook
