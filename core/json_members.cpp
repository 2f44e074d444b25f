#include "core/json_members.h"

#include <nlohmann/json.hpp>

namespace casebook {

void JsonMembers::only(std::initializer_list<std::string_view> known) {
  if (!object_->is_object()) return refuse("not an object");
  if (auto checked = json_only_members(*object_, known); !checked && !error_) {
    error_ = std::move(checked).error();
  }
}

std::string JsonMembers::text(std::string_view key, std::size_t size_bytes_max) {
  std::string text = keep(json_text_member(*object_, key), std::string(), key);
  if (text.size() <= size_bytes_max) return text;
  refuse("\"" + std::string(key) + "\" is too long");
  return {};
}

std::int64_t JsonMembers::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const std::int64_t value = keep(json_integer_member(*object_, key), least, key);
  if (value >= least && value <= most) return value;
  refuse("\"" + std::string(key) + "\" is out of range");
  return least;
}

bool JsonMembers::boolean(std::string_view key) {
  return keep(json_bool_member(*object_, key), false, key);
}

UtcSeconds JsonMembers::time(std::string_view key) {
  return keep(parse_utc(text(key)), UtcSeconds(), key);
}

Digest256 JsonMembers::digest(std::string_view key) {
  return keep(digest_from_hex(text(key)), Digest256(), key);
}

std::vector<std::string> JsonMembers::texts(std::string_view key, std::size_t count_max) {
  std::vector<std::string> texts;
  const Json* list = array(key, count_max);
  if (list == nullptr) return texts;
  for (const Json& item : *list) {
    if (!item.is_string()) {
      refuse("\"" + std::string(key) + "\" holds something that is no text");
      return {};
    }
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

MerkleHead JsonMembers::head(std::string_view key) {
  const Json* member = object(key);
  if (member == nullptr) return {};
  JsonMembers head(*member);
  head.only({"root", "size"});
  const MerkleHead read{static_cast<std::uint64_t>(head.integer("size", 0, kJsonIntegerMax)),
                        head.digest("root")};
  if (head.failed() && !error_) error_ = Error(head.error()).context(key);
  return read;
}

std::optional<SshPublicKey> JsonMembers::key(std::string_view key) {
  const std::string line = text(key, 4096);
  if (failed()) return std::nullopt;
  auto parsed = SshPublicKey::from_line(line);
  if (parsed && parsed->line() == line) return *std::move(parsed);
  refuse("\"" + std::string(key) + "\" is no key" +
         (parsed ? " in its only spelling" : ": " + parsed.error().message));
  return std::nullopt;
}

std::optional<AgeRecipient> JsonMembers::recipient(std::string_view key) {
  const std::string line = text(key, 256);
  if (failed()) return std::nullopt;
  auto parsed = AgeRecipient::parse(line);
  if (parsed && parsed->text() == line) return *std::move(parsed);
  refuse("\"" + std::string(key) + "\" is no age recipient");
  return std::nullopt;
}

bool JsonMembers::is_null(std::string_view key) {
  const Json* member = any(key);
  return member == nullptr || member->is_null();
}

std::optional<std::string> JsonMembers::text_or_null(std::string_view key) {
  if (is_null(key)) return std::nullopt;
  return text(key);
}

std::optional<UtcSeconds> JsonMembers::time_or_null(std::string_view key) {
  if (is_null(key)) return std::nullopt;
  return time(key);
}

std::optional<Digest256> JsonMembers::digest_or_null(std::string_view key) {
  if (is_null(key)) return std::nullopt;
  return digest(key);
}

const Json* JsonMembers::any(std::string_view key) {
  return keep(json_member(*object_, key), static_cast<const Json*>(nullptr), key);
}

const Json* JsonMembers::object(std::string_view key) {
  const Json* member = any(key);
  if (member == nullptr || member->is_object()) return member;
  refuse("\"" + std::string(key) + "\" is no object");
  return nullptr;
}

const Json* JsonMembers::array(std::string_view key, std::size_t count_max) {
  const Json* member = any(key);
  if (member == nullptr) return nullptr;
  if (member->is_array() && member->size() <= count_max) return member;
  refuse("\"" + std::string(key) + "\" is no list of at most " + std::to_string(count_max));
  return nullptr;
}

}  // namespace casebook
