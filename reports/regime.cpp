#include "reports/regime.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"
#include "core/printable.h"
#include "reports/calendar_rule.h"
#include "reports/json_fields.h"
#include "reports/threshold_text.h"

namespace casebook::reports {
namespace {

constexpr std::size_t kStagesMax = 40;
constexpr std::size_t kFieldsMax = 300;
constexpr std::size_t kRegimeBytesMax = std::size_t{256} << 10U;
constexpr std::array<std::string_view, 12> kStatuses{"in_force",
                                                     "in_force_via_transposition",
                                                     "in_force_by_state_enactment",
                                                     "in_force_in_part",
                                                     "in_force_limited",
                                                     "in_force_renewed_yearly",
                                                     "in_force_pending_executive_regulations",
                                                     "phased_not_yet_binding",
                                                     "guidance_only",
                                                     "not_in_force_as_far_as_found",
                                                     "superseded",
                                                     "contractual"};
constexpr std::array<std::string_view, 5> kEffects{"exempt", "delay", "substitute", "content",
                                                   "rule_exclusion"};

Error invalid(std::string message) { return Error{ErrorCode::invalid_input, std::move(message)}; }

/// "2026-01-01", or "2027-05" for the first of that month.
Result<std::optional<LocalDate>> read_date(const Json& json, std::string_view key) {
  std::string text;
  if (auto read = read_optional_texts(json, {{key, &text}}); !read) return std::move(read).error();
  if (text.empty()) return std::optional<LocalDate>();
  if (text.size() == 7) text += "-01";
  auto date = parse_date(text);
  if (!date) return std::move(date).error().context(key);
  return std::optional(*date);
}

Status read_limit(const Json& json, Stage& stage) {
  auto value = json_member(json, "limit");
  if (!value) return std::move(value).error();
  const Json& limit = **value;
  if (limit.is_string()) {
    auto parsed = parse_limit(limit.get<std::string>());
    if (!parsed) return std::move(parsed).error();
    stage.limit = *parsed;
    return ok();
  }
  if (!limit.is_object() || limit.size() != 1)
    return invalid("\"limit\" is neither a duration nor an object");
  if (limit.contains("text")) return read_texts(limit, {{"text", &stage.limit_words}});
  auto days = json_integer_member(limit, "business_days");
  if (!days) return std::move(days).error();
  if (*days < 1 || *days > 1000) return invalid("\"business_days\" is out of range");
  stage.limit = Limit{Limit::Unit::business_days, static_cast<int>(*days)};
  return ok();
}

Status read_rules(const Json& json, Stage& stage) {
  auto rules = read_list(json, "calendar_rules");
  if (!rules) return std::move(rules).error();
  if (rules->empty()) return invalid("no calendar rule");
  auto rule = parse_calendar_rule(rules->front());
  if (!rule) return std::move(rule).error();
  stage.rule = *std::move(rule);
  for (std::size_t i = 1; i < rules->size(); ++i) {
    const std::string& mark = (*rules)[i];
    if (!is_rule_mark(mark))
      return invalid("calendar rule \"" + printable(mark) + "\" is not known or not first");
    if (mark == "double_for_small_agents") stage.doubles_for_small_agents = true;
    if (mark == "keep_until") stage.keep_until = true;
    stage.marks.push_back(mark);
  }
  return check_limit_fits(stage.rule, stage.limit);
}

Status read_cap(const Json& json, Stage& stage) {
  if (!json.contains("cap")) return ok();
  const Json& value = json.at("cap");
  if (!value.is_object()) return invalid("\"cap\" is not an object");
  if (auto known = json_only_members(value, {"starts_at", "limit", "dropped_when_passed"}); !known)
    return known;
  Cap cap;
  std::string limit;
  if (auto read = read_texts(value, {{"starts_at", &cap.starts_at}, {"limit", &limit}}); !read)
    return read;
  auto parsed = parse_limit(limit);
  if (!parsed) return std::move(parsed).error();
  cap.limit = *parsed;
  if (value.contains("dropped_when_passed")) {
    auto dropped = json_bool_member(value, "dropped_when_passed");
    if (!dropped) return std::move(dropped).error();
    cap.dropped_when_passed = *dropped;
  }
  stage.cap = std::move(cap);
  return ok();
}

Status read_relations(const Json& json, Stage& stage) {
  std::string depends_on, bound, before, with;
  if (auto read = read_optional_texts(json, {{"depends_on", &depends_on},
                                             {"not_later_than_stage", &bound},
                                             {"before_stage", &before},
                                             {"with_stage", &with}});
      !read) {
    return read;
  }
  if (!depends_on.empty()) stage.depends_on = depends_on;
  for (const std::string& name : {before, with, bound}) {
    if (name.empty()) continue;
    if (stage.bounded_by && *stage.bounded_by != name) return invalid("bounded by two stages");
    stage.bounded_by = name;
  }
  return ok();
}

Result<Stage> parse_stage(const Json& json, const FactCatalog& catalog) {
  if (!json.is_object()) return invalid("a stage is not an object");
  if (auto known = json_only_members(
          json, {"id", "name", "starts_at", "limit", "calendar_rules", "recipient", "clause",
                 "when", "note", "cap", "depends_on", "not_later_than_stage", "before_stage",
                 "with_stage", "effective_from"});
      !known) {
    return std::move(known).error();
  }
  Stage stage;
  if (auto read = read_texts(json, {{"id", &stage.id},
                                    {"name", &stage.name},
                                    {"starts_at", &stage.starts_at},
                                    {"recipient", &stage.recipient},
                                    {"clause", &stage.clause}});
      !read) {
    return std::move(read).error();
  }
  const auto in_stage = [&](Error error) {
    return std::move(error).context("stage " + printable(stage.id));
  };
  for (const auto& read :
       {read_optional_texts(json, {{"note", &stage.note}}), read_limit(json, stage),
        read_rules(json, stage), read_cap(json, stage), read_relations(json, stage)}) {
    if (!read) return in_stage(read.error());
  }
  auto from = read_date(json, "effective_from");
  if (!from) return in_stage(std::move(from).error());
  stage.effective_from = *from;
  if (json.contains("when")) {
    auto when = Condition::parse(json.at("when"), catalog);
    if (!when) return in_stage(std::move(when).error());
    stage.when = *std::move(when);
  }
  for (const std::string& time :
       {stage.starts_at, stage.cap ? stage.cap->starts_at : stage.starts_at}) {
    const FactDefinition* fact = catalog.find(time);
    if (fact == nullptr || fact->type != FactType::time) {
      return in_stage(invalid("\"" + printable(time) + "\" is not a fact that holds a time"));
    }
  }
  return stage;
}

Result<Harbour> parse_harbour(const Json& json, const FactCatalog& catalog) {
  if (!json.is_object()) return invalid("a safe harbour is not an object");
  if (auto known =
          json_only_members(json, {"id", "condition", "effect", "clause", "effect_type", "stages"});
      !known) {
    return std::move(known).error();
  }
  Harbour harbour;
  std::string effect;
  if (auto read = read_texts(json, {{"id", &harbour.id},
                                    {"effect", &harbour.effect_words},
                                    {"clause", &harbour.clause},
                                    {"effect_type", &effect}});
      !read) {
    return std::move(read).error();
  }
  const auto in_harbour = [&](Error error) {
    return std::move(error).context("harbour " + printable(harbour.id));
  };
  const auto* known = std::ranges::find(kEffects, effect);
  if (known == kEffects.end())
    return in_harbour(invalid("effect \"" + printable(effect) + "\" is not known"));
  harbour.effect = static_cast<Harbour::Effect>(known - kEffects.begin());
  auto condition = json_member(json, "condition");
  if (!condition) return in_harbour(std::move(condition).error());
  auto parsed = Condition::parse(**condition, catalog);
  if (!parsed) return in_harbour(std::move(parsed).error());
  harbour.condition = *std::move(parsed);
  if (harbour.condition.kind == Condition::Kind::open &&
      harbour.effect != Harbour::Effect::content) {
    return in_harbour(invalid("an empty condition would always or never hold"));
  }
  auto stages = read_list(json, "stages");
  if (!stages) return in_harbour(std::move(stages).error());
  harbour.stages = *std::move(stages);
  return harbour;
}

Result<ContentField> parse_field(const Json& json) {
  if (!json.is_object()) return invalid("a content field is not an object");
  if (auto known = json_only_members(json, {"id", "stage", "requirement", "clause", "type",
                                            "required", "choices", "verified"});
      !known) {
    return std::move(known).error();
  }
  ContentField field;
  if (auto read = read_texts(json, {{"id", &field.id},
                                    {"stage", &field.stage},
                                    {"requirement", &field.requirement},
                                    {"clause", &field.clause}});
      !read) {
    return std::move(read).error();
  }
  if (auto read = read_optional_texts(json, {{"type", &field.type}}); !read)
    return std::move(read).error();
  auto choices = read_list(json, "choices");
  if (!choices) return std::move(choices).error();
  field.choices = *std::move(choices);
  if (json.contains("verified")) {
    auto verified = json_bool_member(json, "verified");
    if (!verified) return std::move(verified).error();
    field.verified = *verified;
  }
  if (!json.contains("required")) return field;
  if (!json.at("required").is_object()) return invalid("\"required\" is not an object");
  for (const auto& [stage, value] : json.at("required").items()) {
    const std::string word = value.is_string() ? value.get<std::string>() : "";
    if (word != "yes" && word != "no" && word != "conditional")
      return invalid("\"required\" is not yes, no or conditional");
    field.required[stage] = word;
  }
  return field;
}

/// Reads a list of objects with `parse_one`.
template <typename T, typename Parse>
Status read_objects(const Json& json, std::string_view key, std::size_t max, std::vector<T>& to,
                    Parse parse_one) {
  auto value = json_member(json, key);
  if (!value) return std::move(value).error();
  if (!(*value)->is_array() || (*value)->size() > max)
    return invalid("\"" + std::string(key) + "\" is not a list");
  for (const Json& item : **value) {
    auto parsed = parse_one(item);
    if (!parsed) return std::move(parsed).error();
    to.push_back(*std::move(parsed));
  }
  return ok();
}

Status read_head(const Json& json, Regime& regime) {
  std::string status;
  if (auto read = read_texts(json, {{"id", &regime.id},
                                    {"title", &regime.title},
                                    {"jurisdiction", &regime.jurisdiction},
                                    {"legal_basis", &regime.legal_basis},
                                    {"status", &status},
                                    {"as_of", &regime.as_of},
                                    {"verification_level", &regime.verification_level},
                                    {"confidence", &regime.confidence}});
      !read) {
    return read;
  }
  const auto* known = std::ranges::find(kStatuses, status);
  if (known == kStatuses.end()) return invalid("status \"" + printable(status) + "\" is not known");
  regime.status = static_cast<RegimeStatus>(known - kStatuses.begin());
  if (auto date = parse_date(regime.as_of); !date) return std::move(date).error().context("as_of");
  auto verified = json_bool_member(json, "verified");
  if (!verified) return std::move(verified).error();
  regime.verified = *verified;
  for (const auto& [key, target] : {std::pair{"effective_from", &regime.effective_from},
                                    std::pair{"effective_to", &regime.effective_to}}) {
    auto date = read_date(json, key);
    if (!date) return std::move(date).error();
    *target = *date;
  }
  for (const auto& [key, target] :
       {std::pair{"addressees", &regime.addressees}, std::pair{"sources", &regime.sources},
        std::pair{"unverified_points", &regime.unverified_points}}) {
    auto list = read_list(json, key);
    if (!list) return std::move(list).error();
    *target = *std::move(list);
  }
  return read_optional_texts(json, {{"supersedes", &regime.supersedes},
                                    {"documentation_duty", &regime.documentation_duty},
                                    {"fines", &regime.fines},
                                    {"notes", &regime.notes}});
}

/// Follows `next` from every stage; a stage met twice is a circle.
template <typename Next>
bool has_circle(const Regime& regime, Next next) {
  for (const Stage& stage : regime.stages) {
    const Stage* at = &stage;
    for (std::size_t steps = 0; at != nullptr && next(*at); ++steps) {
      if (steps > regime.stages.size()) return true;
      at = regime.find_stage(*next(*at));
    }
  }
  return false;
}

Status check_references(const Regime& regime) {
  std::set<std::string> ids;
  for (const Stage& stage : regime.stages) {
    if (!ids.insert(stage.id).second)
      return invalid("stage " + printable(stage.id) + " is there twice");
  }
  if (ids.empty()) return invalid("no stages");
  for (const Stage& stage : regime.stages) {
    for (const auto& reference : {stage.depends_on, stage.bounded_by}) {
      if (reference && !ids.contains(*reference)) {
        return invalid("stage " + printable(stage.id) + " names stage " + printable(*reference) +
                       ", which is not there");
      }
    }
  }
  if (has_circle(regime, [](const Stage& s) { return s.depends_on; }) ||
      has_circle(regime, [](const Stage& s) { return s.bounded_by; })) {
    return invalid("stages depend on each other in a circle");
  }
  for (const Harbour& harbour : regime.harbours) {
    for (const std::string& stage : harbour.stages) {
      if (!ids.contains(stage))
        return invalid("harbour " + printable(harbour.id) + " names stage " + printable(stage) +
                       ", which is not there");
    }
  }
  for (const ContentField& field : regime.content_fields) {
    if (field.stage != "all" && !ids.contains(field.stage)) {
      return invalid("content field " + printable(field.id) + " names stage " +
                     printable(field.stage) + ", which is not there");
    }
  }
  return ok();
}

}  // namespace

std::string_view to_string(RegimeStatus status) noexcept {
  return kStatuses[static_cast<std::size_t>(status)];
}

bool Harbour::covers(std::string_view stage) const {
  return stages.empty() || std::ranges::find(stages, stage) != stages.end();
}

const Stage* Regime::find_stage(std::string_view stage) const {
  const auto found = std::ranges::find(stages, stage, &Stage::id);
  return found == stages.end() ? nullptr : &*found;
}

Result<Regime> Regime::parse(std::string_view json_text, const FactCatalog& catalog) {
  auto json = parse_json(json_text, {.size_bytes_max = kRegimeBytesMax});
  if (!json) return std::move(json).error();
  if (!json->is_object()) return invalid("a regime is not an object");
  if (auto format = json_text_member(*json, "format"); !format || *format != "casebook-regime/1") {
    return invalid("format is not casebook-regime/1");
  }
  if (auto known = json_only_members(*json, {"format",         "id",
                                             "title",          "jurisdiction",
                                             "legal_basis",    "status",
                                             "effective_from", "effective_to",
                                             "supersedes",     "as_of",
                                             "verified",       "verification_level",
                                             "confidence",     "addressees",
                                             "applies_if",     "clock_stages",
                                             "thresholds",     "safe_harbours",
                                             "content_fields", "documentation_duty",
                                             "fines",          "notes",
                                             "sources",        "unverified_points"});
      !known) {
    return std::move(known).error();
  }
  Regime regime;
  if (auto read = read_head(*json, regime); !read) return std::move(read).error();
  const auto in_regime = [&](Error error) {
    return std::move(error).context(printable(regime.id));
  };
  auto applies_if = json_member(*json, "applies_if");
  if (!applies_if) return in_regime(std::move(applies_if).error());
  auto condition = Condition::parse(**applies_if, catalog);
  if (!condition) return in_regime(std::move(condition).error().context("applies_if"));
  regime.applies_if = *std::move(condition);
  for (const auto& read :
       {read_objects(*json, "clock_stages", kStagesMax, regime.stages,
                     [&](const Json& j) { return parse_stage(j, catalog); }),
        read_objects(*json, "safe_harbours", kStagesMax, regime.harbours,
                     [&](const Json& j) { return parse_harbour(j, catalog); }),
        read_objects(*json, "content_fields", kFieldsMax, regime.content_fields, parse_field),
        check_references(regime)}) {
    if (!read) return in_regime(read.error());
  }
  if (json->contains("thresholds"))
    regime.thresholds = threshold_lines(json->at("thresholds"), catalog);
  return regime;
}

std::string verification_text(const Regime& regime) {
  if (!regime.verified) return "not verified";
  if (regime.verification_level == "primary") return "law text read";
  if (regime.verification_level == "secondary") return "secondary sources read";
  return "law text and secondary sources read";
}

}  // namespace casebook::reports
