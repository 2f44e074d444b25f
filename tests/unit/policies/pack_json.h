#pragma once
/// The packs as plain JSON, for tests that must not lean on the parser that they check.

#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/json_text.h"
#include "workflow/embedded_packs.h"

namespace casebook::workflow {

inline std::string read_source(const std::string& path) {
  std::ifstream in(std::string(CASEBOOK_SOURCE_DIR) + "/" + path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline Json json_of(std::string_view text) {
  auto value = parse_json(text);
  return value ? *value : Json();
}

/// Calls `look` with the pointer and value of everything below, parents first.
inline void walk(const Json& value, const std::string& at,
                 const std::function<void(const std::string&, const Json&)>& look) {
  look(at, value);
  if (!value.is_structured()) return;
  for (const auto& [key, member] : value.items()) walk(member, at + "/" + key, look);
}

inline bool is_label(const Json& value) {
  return value.is_object() && (value.contains("en") || value.contains("nl"));
}

/// Everything that people read, in one language, with its pointer.
inline std::vector<std::pair<std::string, std::string>> texts_of(const Json& pack,
                                                                 const std::string& language) {
  std::vector<std::pair<std::string, std::string>> found;
  walk(pack, "", [&](const std::string& at, const Json& value) {
    if (is_label(value)) found.emplace_back(at, value.value(language, ""));
  });
  return found;
}

}  // namespace casebook::workflow
