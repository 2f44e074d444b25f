#include "core/messages.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"

namespace casebook {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

/// Calls `plain` for the text between names and `name` for each name.
/// @return false when a brace is not closed or a name is none.
template <typename Plain, typename Name>
bool walk(std::string_view message, Plain plain, Name name) {
  while (!message.empty()) {
    const std::size_t open = std::min(message.find('{'), message.size());
    plain(message.substr(0, open));
    message.remove_prefix(open);
    if (message.empty()) break;
    const std::size_t close = message.find('}');
    if (close == std::string_view::npos || !is_name(message.substr(1, close - 1))) return false;
    name(message.substr(1, close - 1));
    message.remove_prefix(close + 1);
  }
  return true;
}

void ignore(std::string_view /*text*/) {}

}  // namespace

Result<Messages> Messages::parse(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return Error(json.error()).context("messages");
  if (auto known = json_only_members(*json, {"format", "language", "messages"}); !known)
    return std::move(known).error().context("messages");
  const auto format = json_text_member(*json, "format");
  auto language = json_text_member(*json, "language");
  const auto all = json_member(*json, "messages");
  if (!format || *format != "casebook-messages/1" || !language || !all || !(*all)->is_object())
    return Error{ErrorCode::invalid_input, "messages: not a casebook-messages/1 file"};
  Messages messages;
  messages.language_ = *std::move(language);
  for (const auto& [key, message] : (*all)->items()) {
    if (!message.is_string() || !walk(message.get<std::string>(), ignore, ignore))
      return Error{ErrorCode::invalid_input,
                   "messages: \"" + key + "\" is no text or has a brace that is no name"};
    messages.messages_.emplace(key, message.get<std::string>());
  }
  return messages;
}

std::string Messages::text(std::string_view key, std::initializer_list<Value> values) const {
  const auto found = messages_.find(key);
  check(found != messages_.end(), "message with that key: " + std::string(key));
  std::string out;
  std::set<std::string_view> used;
  const bool sound = walk(
      found->second, [&](std::string_view plain) { out += plain; },
      [&](std::string_view name) {
        const auto value = std::ranges::find(values, name, &Value::first);
        check(value != values.end(), "value for a name of message " + std::string(key));
        out += value->second;
        used.insert(name);
      });
  check(sound && used.size() == values.size(), "every value has a name in " + std::string(key));
  return out;
}

Status Messages::add(const Messages& more) {
  if (more.language_ != language_)
    return Error{ErrorCode::invalid_input, "messages: of another language"};
  for (const auto& [key, message] : more.messages_) {
    if (!messages_.emplace(key, message).second)
      return Error{ErrorCode::invalid_input, "messages: \"" + key + "\" is there twice"};
  }
  return ok();
}

std::vector<std::string> Messages::shape() const {
  std::vector<std::string> all;
  for (const auto& [key, message] : messages_) {
    std::set<std::string> names;
    walk(message, ignore, [&](std::string_view name) { names.emplace(name); });
    std::string line = key;
    for (const std::string& name : names) line += " {" + name + "}";
    all.push_back(std::move(line));
  }
  return all;
}

}  // namespace casebook
