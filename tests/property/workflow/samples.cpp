#include "tests/property/workflow/samples.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

constexpr const char* kSame = "x1";  ///< Every code.

}  // namespace

Value sample(const FieldRule& field, const World& world) {
  switch (field.type) {
    case ValueType::boolean:
      return true;
    case ValueType::choice:
      return field.values.front();
    case ValueType::level:
      return field.levels.front();
    case ValueType::count:
      return std::int64_t{1};
    case ValueType::set:
      return std::vector<std::string>{field.values.front()};
    case ValueType::time:
      return Moment{world.now().time_since_epoch().count()};
    case ValueType::person:
      return world.setup().ids.front().text();
    case ValueType::evidence:
      return world.evidence().text();
    case ValueType::digest:
      return std::string(64, 'a');
    case ValueType::record: {
      const auto number = world.number_of(field.of);
      return number ? Value(*number) : Value();
    }
    default:
      return std::string(kSame);
  }
}

std::optional<Fields> filled(const Register& rule, Fields fields, const World& world) {
  for (const FieldRule& field : rule.fields) {
    if (field.at_settle || !field.required || fields.contains(field.name)) continue;
    if (field.type == ValueType::text || field.type == ValueType::link) continue;
    Value value = sample(field, world);
    if (value.index() == 0) return std::nullopt;
    fields.emplace(field.name, std::move(value));
  }
  return fields;
}

Asked asked_of(const Query& query, const Register& rule) {
  Asked asked;
  for (const FieldMatch& match : query.where) {
    const FieldRule* field = rule.field(match.field);
    if (match.values.front().kind == Operand::Kind::literal) {
      (field != nullptr && field->at_settle ? asked.at_end : asked.given)
          .emplace(match.field, match.values.front().literal);
    } else if (field != nullptr && field->type == ValueType::code && !field->at_settle) {
      // As filled() says it of what is attempted.
      asked.given.emplace(match.field, std::string(kSame));
    }
  }
  return asked;
}

std::size_t times_said(const World& world, const std::string& kind, const Fields& given,
                       const std::vector<std::size_t>& persons) {
  return static_cast<std::size_t>(std::ranges::count_if(world.said(), [&](const Said& said) {
    const auto* add = std::get_if<RecordAdd>(&said.body);
    return add != nullptr && add->kind == kind && said.persons == persons &&
           std::ranges::includes(add->fields, given);
  }));
}

}  // namespace casebook::workflow
