#include <nlohmann/json.hpp>

#include "core/clock.h"
#include "core/json_text.h"
#include "workflow/predicate.h"

namespace casebook::workflow {
namespace {

using Kind = Predicate::Kind;

Json json_of(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* words = std::get_if<std::string>(&value)) return *words;
  if (const auto* set = std::get_if<std::vector<std::string>>(&value)) return *set;
  if (const auto* time = std::get_if<Moment>(&value))
    return format_utc(UtcSeconds(std::chrono::seconds(time->seconds)));
  return nullptr;
}

Json json_of(const std::vector<Value>& values) {
  Json list = Json::array();
  for (const Value& value : values) list.push_back(json_of(value));
  return list;
}

Json json_of(const std::vector<Exclusion>& exclusions) {
  Json list = Json::array();
  for (const Exclusion& exclusion : exclusions) list.push_back(to_string(exclusion));
  return list;
}

Json json_of(const Query& query);

Json json_of(const Operand& operand) {
  switch (operand.kind) {
    case Operand::Kind::literal:
      return json_of(operand.literal);
    case Operand::Kind::fact:
      return {"fact", operand.name};
    case Operand::Kind::max_ever:
      return {"max_ever", operand.name};
    case Operand::Kind::attempt:
      return {"attempt", operand.name};
    case Operand::Kind::self:
      return {"this", operand.name};
    case Operand::Kind::count:
      return Json::array({"count", json_of(*operand.query)});
    case Operand::Kind::functions:
      return Json::array({"functions", json_of(*operand.query)});
  }
  return nullptr;
}

Json json_of(const FieldMatch& match) {
  if (match.values.size() == 1) return json_of(match.values.front());
  Json list = Json::array();
  for (const Operand& value : match.values) list.push_back(json_of(value));
  return list;
}

Json json_of(const Query& query) {
  Json object = {{"of", query.kind}};
  for (const FieldMatch& match : query.where) object["where"][match.field] = json_of(match);
  if (query.settled) object["settled"] = *query.settled;
  if (!query.covers.empty()) object["covers"] = query.covers;
  if (!query.exclusions.empty()) object["not"] = json_of(query.exclusions);
  if (!query.roles.empty()) object["roles"] = query.roles;
  if (!query.among.empty()) object["among"] = query.among;
  if (query.attested) object["attested"] = *query.attested;
  if (query.told) object["told"] = *query.told;
  return object.size() == 1 ? Json(query.kind) : object;
}

Json json_of(const AttestRule& rule) {
  Json object = {{"verb", rule.verb}, {"role", rule.role}, {"covers", rule.covers}};
  if (rule.count != 1) object["count"] = rule.count;
  if (!rule.exclusions.empty()) object["not"] = json_of(rule.exclusions);
  if (rule.valid) object["valid"] = format_duration(*rule.valid);
  if (rule.of) object["of"] = json_of(*rule.of);
  if (rule.distinct_functions != 0) object["distinct_functions"] = rule.distinct_functions;
  return object;
}

Json json_of(const ElapsedRule& rule) {
  Json object = {{"ge", format_duration(rule.at_least)}};
  if (const auto* move = std::get_if<std::string>(&rule.since)) {
    object["since"] = "move:" + *move;
  } else {
    object["since"] = json_of(**std::get_if<std::shared_ptr<const Query>>(&rule.since));
  }
  if (rule.without) object["without"] = json_of(*rule.without);
  return object;
}

Json joined(std::string_view word, const std::vector<Predicate>& children) {
  Json list = Json::array({word});
  for (const Predicate& child : children) list.push_back(predicate_json(child));
  return list;
}

}  // namespace

std::string_view to_string(Compare compare) noexcept {
  constexpr std::string_view kWords[] = {"eq", "ne", "lt", "le", "gt", "ge"};
  return kWords[static_cast<std::size_t>(compare)];
}

std::string to_string(const Exclusion& exclusion) {
  constexpr std::string_view kWords[] = {"author_of:", "requester_of:", "holder:", "signer_of:"};
  return std::string(kWords[static_cast<std::size_t>(exclusion.kind)]) + exclusion.name;
}

Json predicate_json(const Predicate& predicate) {
  switch (predicate.kind) {
    case Kind::always:
      return Json::array({"true"});
    case Kind::all:
      return joined("and", predicate.children);
    case Kind::any:
      return joined("or", predicate.children);
    case Kind::negation:
      return joined("not", predicate.children);
    case Kind::compare:
      return Json::array(
          {to_string(predicate.compare), json_of(predicate.left), json_of(predicate.right)});
    case Kind::in:
      return Json::array({"in", json_of(predicate.left), json_of(predicate.values)});
    case Kind::ever_in:
      return Json::array({"ever_in", predicate.names.front(), json_of(predicate.values)});
    case Kind::exists:
      return Json::array({"exists", json_of(*predicate.query)});
    case Kind::each:
      return Json::array(
          {"each", json_of(*predicate.query), predicate_json(predicate.children.front())});
    case Kind::attest:
      return Json::array({"attest", json_of(*predicate.attest)});
    case Kind::held:
      return Json::array({"held", predicate.names.front()});
    case Kind::distinct:
      return Json::array({"distinct", predicate.names.front(), predicate.names.back()});
    case Kind::elapsed:
      return Json::array({"elapsed", json_of(*predicate.elapsed)});
    case Kind::phase:
      return Json::array({"phase", predicate.names});
    case Kind::step:
      return Json::array({"step", predicate.names.front()});
    case Kind::unique:
      return Json::array({"unique", predicate.names.front(), json_of(*predicate.query)});
  }
  return nullptr;
}

bool operator==(const Predicate& left, const Predicate& right) {
  return predicate_json(left) == predicate_json(right);
}

}  // namespace casebook::workflow
