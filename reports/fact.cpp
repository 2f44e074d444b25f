#include "reports/fact.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/nearest.h"
#include "core/printable.h"

namespace casebook::reports {
namespace {

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

constexpr std::array<std::pair<std::string_view, FactType>, 8> kTypes{
    {{"bool", FactType::boolean},
     {"int", FactType::integer},
     {"number", FactType::number},
     {"text", FactType::text},
     {"enum", FactType::choice},
     {"set", FactType::set},
     {"time", FactType::time},
     {"wildcard", FactType::wildcard}}};
constexpr std::array<std::string_view, 5> kForms{"code", "place", "country", "zone", "date"};
constexpr std::size_t kDefinitionsMax = 2000;

bool is_fact_name(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-' || c == '*';
  });
  return plain && !name.empty() && name.size() <= 80;
}

Status read_optional_texts(const Json& json, FactDefinition& definition) {
  const std::array<std::pair<std::string_view, std::string*>, 3> texts{
      {{"unit", &definition.unit},
       {"form", &definition.form},
       {"default_from", &definition.default_from}}};
  for (const auto& [key, target] : texts) {
    if (!json.contains(key)) continue;
    auto text = json_text_member(json, key);
    if (!text) return std::move(text).error();
    *target = *std::move(text);
  }
  if (!definition.form.empty() && std::ranges::find(kForms, definition.form) == kForms.end()) {
    return invalid("form \"" + printable(definition.form) + "\" is not known");
  }
  if (json.contains("derived")) {
    auto derived = json_bool_member(json, "derived");
    if (!derived) return std::move(derived).error();
    definition.derived = *derived;
  }
  if (!json.contains("values")) return ok();
  const Json& values = json.at("values");
  if (!values.is_array() || values.size() > kDefinitionsMax)
    return invalid("\"values\" is not a list");
  for (const Json& value : values) {
    if (!value.is_string()) return invalid("\"values\" holds something that is not text");
    definition.values.push_back(value.get<std::string>());
  }
  return ok();
}

Result<FactDefinition> parse_definition(const Json& json) {
  if (!json.is_object()) return invalid("a definition is not an object");
  if (auto known = json_only_members(json, {"name", "type", "meaning", "decided_by", "unit", "form",
                                            "values", "default_from", "derived"});
      !known) {
    return std::move(known).error();
  }
  FactDefinition definition;
  auto name = json_text_member(json, "name");
  if (!name) return std::move(name).error();
  if (!is_fact_name(*name)) return invalid("\"" + printable(*name) + "\" is no name of a fact");
  definition.name = *std::move(name);
  auto type = json_text_member(json, "type");
  if (!type) return std::move(type).error().context(definition.name);
  const auto* known =
      std::ranges::find(kTypes, *type, &std::pair<std::string_view, FactType>::first);
  if (known == kTypes.end())
    return invalid(definition.name + ": type \"" + printable(*type) + "\" is not known");
  definition.type = known->second;
  for (auto [key, target] :
       {std::pair<std::string_view, std::string*>{"meaning", &definition.meaning},
        {"decided_by", &definition.decided_by}}) {
    auto text = json_text_member(json, key);
    if (!text) return std::move(text).error().context(definition.name);
    *target = *std::move(text);
  }
  if (auto read = read_optional_texts(json, definition); !read) {
    return std::move(read).error().context(definition.name);
  }
  if (definition.type == FactType::choice && definition.values.empty()) {
    return invalid(definition.name + ": an enum without values");
  }
  return definition;
}

}  // namespace

Status FactCatalog::add(std::string_view json_text) {
  auto json = parse_json(json_text);
  if (!json) return std::move(json).error();
  if (!json->is_object()) return invalid("fact definitions are not an object");
  if (auto known = json_only_members(*json, {"format", "as_of", "facts"}); !known) return known;
  if (auto format = json_text_member(*json, "format");
      !format || *format != "casebook-fact-definitions/1") {
    return invalid("format is not casebook-fact-definitions/1");
  }
  auto facts = json_member(*json, "facts");
  if (!facts) return std::move(facts).error();
  if (!(*facts)->is_array() || (*facts)->size() > kDefinitionsMax)
    return invalid("\"facts\" is not a list");
  for (const Json& entry : **facts) {
    auto definition = parse_definition(entry);
    if (!definition) return std::move(definition).error();
    const std::string name = definition->name;
    if (!definitions_.emplace(name, *std::move(definition)).second)
      return invalid(name + " is defined twice");
  }
  return ok();
}

const FactDefinition* FactCatalog::find(std::string_view name) const {
  const auto found = definitions_.find(name);
  return found == definitions_.end() ? nullptr : &found->second;
}

std::string FactCatalog::near_name(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& [known, definition] : definitions_) names.push_back(known);
  return nearest(name, names);
}

const Fact* Facts::find(std::string_view name) const {
  const auto found = facts_.find(name);
  return found == facts_.end() ? nullptr : &found->second;
}

std::string number_text(Number number) {
  const std::int64_t absolute = std::abs(number.thousandths);
  std::string text = (number.thousandths < 0 ? "-" : "") + std::to_string(absolute / 1000);
  if (absolute % 1000 != 0) {
    std::string places = std::to_string(1000 + absolute % 1000).substr(1);
    while (places.back() == '0') places.pop_back();
    text += "." + places;
  }
  return text;
}

Result<Number> parse_number(std::string_view text) {
  const Error malformed = invalid("\"" + printable(text.substr(0, 40)) + "\" is not a number");
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  std::string places = dot == std::string_view::npos ? "" : std::string(text.substr(dot + 1));
  if (dot != std::string_view::npos && (places.empty() || places.size() > 3)) return malformed;
  places.resize(3, '0');
  std::int64_t units = 0;
  std::int64_t thousandths = 0;
  const auto read = [](std::string_view digits, std::int64_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() && digits.front() != '-';
  };
  if (whole.empty() || whole.size() > 15 || !read(whole, units) || !read(places, thousandths))
    return malformed;
  return Number{units * 1000 + thousandths};
}

std::string value_text(const FactValue& value) {
  struct Writer {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(Number n) const { return number_text(n); }
    std::string operator()(const std::string& s) const { return s; }
    std::string operator()(UtcSeconds t) const { return format_utc(t); }
    std::string operator()(const std::set<std::string>& set) const {
      std::string text;
      for (const std::string& item : set) text += (text.empty() ? "" : ", ") + item;
      return text.empty() ? "none" : text;
    }
  };
  return std::visit(Writer{}, value);
}

}  // namespace casebook::reports
