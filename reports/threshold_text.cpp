#include "reports/threshold_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "reports/condition.h"

namespace casebook::reports {
namespace {

constexpr int kDepthMax = 8;

std::string words(std::string key) {
  std::ranges::replace(key, '_', ' ');
  return key;
}

std::string joined(const nlohmann::json& list, std::string_view between, const FactCatalog& catalog,
                   int depth);

/// What stands between the members of a list under `key`.
std::string_view between_members(std::string_view key) {
  if (key == "all") return " and ";
  return key.ends_with("any") ? " or " : ", ";
}

std::string text_of(const nlohmann::json& value, const FactCatalog& catalog, int depth) {
  if (depth > kDepthMax) return "...";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_array()) return joined(value, ", ", catalog, depth + 1);
  if (!value.is_object()) return value.dump();
  if (auto condition = Condition::parse(value, catalog);
      condition && condition->kind != Condition::Kind::open) {
    return condition_text(*condition);
  }
  if (value.contains("count_met_at_least") && value.contains("of")) {
    return "at least " + value.at("count_met_at_least").dump() +
           " of: " + text_of(value.at("of"), catalog, depth + 1);
  }
  std::string text;
  for (const auto& [key, member] : value.items()) {
    const std::string part = member.is_array()
                                 ? joined(member, between_members(key), catalog, depth + 1)
                                 : text_of(member, catalog, depth + 1);
    const bool named = key != "all" && key != "any" && key != "note" && key != "of";
    if (!text.empty()) text += key == "any" ? " and (" : "; ";
    text += named ? words(key) + " " + part : part;
    if (key == "any" && text.find(" and (") != std::string::npos) text += ")";
  }
  return text;
}

std::string joined(const nlohmann::json& list, std::string_view between, const FactCatalog& catalog,
                   int depth) {
  std::string text;
  for (const auto& item : list) {
    if (!text.empty()) text += between;
    text += text_of(item, catalog, depth + 1);
  }
  return text;
}

}  // namespace

std::vector<std::string> threshold_lines(const nlohmann::json& thresholds,
                                         const FactCatalog& catalog) {
  std::vector<std::string> lines;
  if (!thresholds.is_object()) return lines;
  const auto whole = Condition::parse(thresholds, catalog);
  if (whole && whole->kind != Condition::Kind::open) return {condition_text(*whole)};
  for (const auto& [key, value] : thresholds.items()) {
    const std::string text = value.is_array() ? joined(value, between_members(key), catalog, 0)
                                              : text_of(value, catalog, 0);
    lines.push_back(key == "all" || key == "any" ? text : words(key) + ": " + text);
  }
  return lines;
}

}  // namespace casebook::reports
