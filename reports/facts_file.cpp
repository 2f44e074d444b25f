#include "reports/facts_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/json_text.h"
#include "core/nearest.h"
#include "core/printable.h"
#include "reports/fact_value.h"
#include "reports/json_fields.h"

namespace casebook::reports {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kFactsMax = 2000;
constexpr std::string_view kFormat = "casebook-facts/1";

struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

Position position_of(std::string_view text, std::size_t at) {
  Position position;
  for (const char c : text.substr(0, at)) {
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

/// Where the member `key` begins, from byte `from` on. The parser has accepted the text, so a
/// quoted key followed by a colon is found unless it was written with escapes.
std::size_t find_key(std::string_view text, std::string_view key, std::size_t from) {
  const std::string quoted = '"' + std::string(key) + '"';
  for (std::size_t at = text.find(quoted, from); at != std::string_view::npos;
       at = text.find(quoted, at + 1)) {
    const std::size_t after = text.find_first_not_of(" \t\r\n", at + quoted.size());
    if (after != std::string_view::npos && text[after] == ':') return at;
  }
  return from;
}

/// The byte named at the end of a message of the JSON reader.
std::optional<std::size_t> byte_in(std::string_view message) {
  constexpr std::string_view marker = "at byte ";
  const std::size_t at = message.rfind(marker);
  if (at == std::string_view::npos) return std::nullopt;
  std::size_t byte = 0;
  const std::string_view digits = message.substr(at + marker.size());
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), byte);
  return error == std::errc() ? std::optional(byte) : std::nullopt;
}

class FactsReader {
 public:
  FactsReader(std::string_view text, const std::string& name, const FactCatalog& catalog,
              ZoneDatabase& zones)
      : text_(text), name_(name), catalog_(catalog), zones_(zones) {}

  FactsFile read() {
    auto json = parse_json(text_, {.size_bytes_max = kFileBytesMax, .depth_max = 8});
    if (!json) {
      not_json(json.error());
    } else if (!json->is_object()) {
      problem(0, {ErrorCode::invalid_input, "a facts file is a JSON object",
                  "casebook facts template shows one"});
    } else {
      read_object(*json);
    }
    return std::move(file_);
  }

 private:
  void problem(std::size_t at, Error error) {
    const Position position = position_of(text_, std::min(at, text_.size()));
    error.message = name_ + ":" + std::to_string(position.line) + ":" +
                    std::to_string(position.column) + ": " + error.message;
    file_.problems.push_back(std::move(error));
  }

  void not_json(const Error& error) {
    if (const auto byte = byte_in(error.message)) {
      return problem(*byte == 0 ? 0 : *byte - 1,
                     {error.code, "not JSON from here on",
                      "look for a missing comma or quotation mark in this line or the one before"});
    }
    std::size_t at = 0;
    constexpr std::string_view twice = "key given twice: ";
    if (error.message.starts_with(twice)) {
      const std::string key = error.message.substr(twice.size());
      at = find_key(text_, key, find_key(text_, key, 0) + 1);
      return problem(
          at, {error.code, "\"" + printable(key) + "\" is there twice", "keep one of the two"});
    }
    constexpr std::string_view fraction = "number with a fraction or exponent: ";
    if (error.message.starts_with(fraction)) {
      const std::string number = error.message.substr(fraction.size());
      at = text_.find(number);
      return problem(at == std::string_view::npos ? 0 : at,
                     {error.code, printable(number) + " has a fraction",
                      "write it as text: \"" + printable(number) + "\""});
    }
    problem(at, {error.code, error.message, {}});
  }

  void read_object(const Json& json) {
    for (const auto& [key, value] : json.items()) {
      if (key == "format" || key == "incident" || key == "author" || key == "facts" ||
          key == "about")
        continue;
      problem(find_key(text_, key, 0),
              {ErrorCode::invalid_input, "\"" + printable(key) + "\" is not part of a facts file",
               "facts go into \"facts\""});
    }
    if (!json.contains("format") || json.at("format") != kFormat) {
      problem(find_key(text_, "format", 0),
              {ErrorCode::invalid_input, "\"format\" is not " + std::string(kFormat),
               "casebook facts template writes a file to start from"});
      return;
    }
    for (const auto& [key, target] :
         {std::pair<std::string_view, std::string*>{"incident", &file_.incident},
          {"author", &author_}}) {
      if (auto read = read_optional_texts(json, {{key, target}}); !read)
        problem(find_key(text_, key, 0), read.error());
    }
    facts_at_ = find_key(text_, "facts", 0);
    if (!json.contains("facts") || !json.at("facts").is_object() ||
        json.at("facts").size() > kFactsMax) {
      return problem(facts_at_, {ErrorCode::invalid_input, "\"facts\" is not an object", {}});
    }
    // In the order of the file, so that problems come in it, too.
    std::vector<std::pair<std::size_t, std::string>> order;
    for (const auto& [key, value] : json.at("facts").items())
      order.emplace_back(find_key(text_, key, facts_at_ + 1), key);
    std::ranges::sort(order);
    for (const auto& [at, key] : order) read_fact(at, key, json.at("facts").at(key));
  }

  void read_fact(std::size_t at, const std::string& key, const Json& value) {
    const FactDefinition* definition = catalog_.find(key);
    if (definition == nullptr) return problem(at, unknown_fact(key, catalog_));
    Fact fact;
    fact.author = author_;
    fact.source = name_;
    const Json* bare = &value;
    if (value.is_object()) {
      if (auto known =
              json_only_members(value, {"value", "by", "at", "source", "reason", "about", "form"});
          !known) {
        return problem(at, {ErrorCode::invalid_input, key + ": " + known.error().message,
                            "allowed: value, by, at, source, reason"});
      }
      if (auto read = read_optional_texts(value, {{"by", &fact.author},
                                                  {"at", &fact.recorded_at},
                                                  {"source", &fact.source},
                                                  {"reason", &fact.reason}});
          !read) {
        return problem(at, std::move(read).error().context(key));
      }
      if (!value.contains("value"))
        return problem(
            at, {ErrorCode::invalid_input, key + ": has no \"value\"", "null means unknown"});
      bare = &value.at("value");
    }
    const bool unset =
        bare->is_null() || (bare->is_string() && bare->get_ref<const std::string&>().empty());
    if (unset) return;
    if (!fact.recorded_at.empty()) {
      if (auto moment = parse_moment(fact.recorded_at, zones_); !moment)
        return problem(at, std::move(moment).error().context(key + ", \"at\""));
    }
    auto typed = parse_fact_value(*bare, *definition, zones_);
    if (!typed) return problem(at, std::move(typed).error().context(key));
    fact.value = *std::move(typed);
    file_.facts.set(key, std::move(fact));
  }

  std::string_view text_;
  const std::string& name_;
  const FactCatalog& catalog_;
  ZoneDatabase& zones_;
  FactsFile file_;
  std::string author_;
  std::size_t facts_at_ = 0;
};

/// What nearly everybody has to answer, in the order in which one thinks of it.
constexpr std::array<std::string_view, 18> kBrief{
    "entity.zone",           "entity.member_state",
    "entity.role",           "entity.established_eea",
    "entity.establishments", "awareness_at",
    "discovered_at",         "personal_data_involved",
    "data_categories",       "affected_individuals_total",
    "risk_to_individuals",   "encrypted",
    "key_compromised",       "unencrypted_pi_acquired",
    "residents.EEA",         "residents.GB",
    "residents.US-CA",       "residents_complete"};

std::vector<const FactDefinition*> template_facts(const FactCatalog& catalog, TemplateKind kind) {
  std::vector<const FactDefinition*> list;
  if (kind == TemplateKind::brief) {
    for (const std::string_view name : kBrief) {
      if (const FactDefinition* fact = catalog.find(name)) list.push_back(fact);
    }
    return list;
  }
  for (const auto& [name, fact] : catalog.all()) {
    const bool profile = name.starts_with("entity.");
    if (fact.derived || fact.type == FactType::wildcard ||
        profile != (kind == TemplateKind::profile))
      continue;
    list.push_back(&fact);
  }
  return list;
}

}  // namespace

FactsFile parse_facts_file(std::string_view text, const std::string& name,
                           const FactCatalog& catalog, ZoneDatabase& zones) {
  return FactsReader(text, name, catalog, zones).read();
}

std::string facts_template(const FactCatalog& catalog, TemplateKind kind) {
  std::string text = "{\n  \"format\": \"" + std::string(kFormat) + "\",\n";
  if (kind != TemplateKind::profile) text += "  \"incident\": \"\",\n";
  text +=
      "  \"author\": \"\",\n  \"about\": \"null is unknown and never counts as no; lines may be "
      "left out";
  text += kind == TemplateKind::brief ? ", more with: casebook facts template --all\",\n" : "\",\n";
  text += "  \"facts\": {";
  bool first = true;
  for (const FactDefinition* fact : template_facts(catalog, kind)) {
    text += first ? "\n" : ",\n";
    first = false;
    text += "    \"" + fact->name + "\": {\"value\": null,\n      \"about\": ";
    append_json_string(text, fact->meaning);
    text += ",\n      \"form\": ";
    append_json_string(text, form_text(*fact));
    text += "}";
  }
  return text + "\n  }\n}\n";
}

}  // namespace casebook::reports
