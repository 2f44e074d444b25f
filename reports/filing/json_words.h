#pragma once
/// Lists and closed words in the JSON of filings. Used by .cpp files of this folder only.

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/json_members.h"

namespace casebook::filing {

inline constexpr std::size_t kJsonListMax = 20'000;

/// Takes over what an inner reader refused.
inline void join(JsonMembers& outer, const JsonMembers& inner) {
  if (inner.failed()) outer.refuse(inner.error().message);
}

/// The enumerator with that name, or a refusal.
template <typename Enum>
Enum word(JsonMembers& members, std::string_view key, std::initializer_list<Enum> all) {
  const std::string name = members.text(key);
  for (const Enum each : all) {
    if (to_string(each) == name) return each;
  }
  members.refuse("\"" + std::string(key) + "\" is not one of the known words");
  return *all.begin();
}

template <typename T, typename Write>
nlohmann::json list_json(const std::vector<T>& all, Write write) {
  nlohmann::json list = nlohmann::json::array();
  for (const T& each : all) list.push_back(write(each));
  return list;
}

template <typename T, typename Read>
std::vector<T> list_of(JsonMembers& members, std::string_view key, Read read) {
  std::vector<T> all;
  const nlohmann::json* list = members.array(key, kJsonListMax);
  if (list == nullptr) return all;
  for (const nlohmann::json& each : *list) {
    if (members.failed()) return all;
    all.push_back(read(each, members));
  }
  return all;
}

}  // namespace casebook::filing
