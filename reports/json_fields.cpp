#include "reports/json_fields.h"

#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook::reports {
namespace {

constexpr std::size_t kTextBytesMax = 8192;
constexpr std::size_t kListMax = 500;

}  // namespace

Status read_texts(const Json& object, std::initializer_list<TextField> fields) {
  for (const auto& [key, target] : fields) {
    auto text = json_text_member(object, key);
    if (!text) return std::move(text).error();
    if (text->size() > kTextBytesMax) {
      return Error{ErrorCode::limit_exceeded, "\"" + std::string(key) + "\" is too long"};
    }
    *target = *std::move(text);
  }
  return ok();
}

Status read_optional_texts(const Json& object, std::initializer_list<TextField> fields) {
  for (const auto& field : fields) {
    if (!object.contains(field.first)) continue;
    if (auto read = read_texts(object, {field}); !read) return read;
  }
  return ok();
}

Result<std::vector<std::string>> read_list(const Json& object, std::string_view key) {
  std::vector<std::string> list;
  if (!object.contains(key)) return list;
  const Json& value = object.at(std::string(key));
  const Error malformed{ErrorCode::invalid_input,
                        "\"" + std::string(key) + "\" is not a list of texts"};
  if (!value.is_array() || value.size() > kListMax) return malformed;
  for (const Json& item : value) {
    if (!item.is_string()) return malformed;
    list.push_back(item.get<std::string>());
  }
  return list;
}

}  // namespace casebook::reports
