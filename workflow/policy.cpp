#include "workflow/policy.h"

#include <algorithm>
#include <ranges>

namespace casebook::workflow {
namespace {

constexpr std::size_t kCodeBytesMax = 64;

bool is_hex(const std::string& text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool holds_text(ValueType type, const std::vector<std::string>& values, const std::string& text) {
  switch (type) {
    case ValueType::choice:
      return std::ranges::find(values, text) != values.end();
    case ValueType::code:
      return is_code(text);
    case ValueType::person:
    case ValueType::evidence:
      return is_hex(text, 32);
    case ValueType::digest:
      return is_hex(text, 64);
    default:
      return false;
  }
}

bool holds_number(ValueType type, const std::vector<std::int64_t>& levels, std::int64_t number) {
  switch (type) {
    case ValueType::level:
      return std::ranges::find(levels, number) != levels.end();
    case ValueType::count:
      return number >= 0;
    case ValueType::record:
      return number >= 1;
    default:
      return false;
  }
}

bool holds_set(const std::vector<std::string>& values, const std::vector<std::string>& set) {
  return std::ranges::is_sorted(set) && std::ranges::adjacent_find(set) == set.end() &&
         std::ranges::all_of(set, [&](const std::string& word) {
           return std::ranges::find(values, word) != values.end();
         });
}

template <typename Rule>
bool rule_holds(const Rule& rule, const Value& value) {
  if (std::holds_alternative<bool>(value)) return rule.type == ValueType::boolean;
  if (std::holds_alternative<Moment>(value)) return rule.type == ValueType::time;
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return holds_number(rule.type, rule.levels, *number);
  if (const auto* text = std::get_if<std::string>(&value))
    return holds_text(rule.type, rule.values, *text);
  if (const auto* set = std::get_if<std::vector<std::string>>(&value))
    return rule.type == ValueType::set && holds_set(rule.values, *set);
  return false;
}

template <typename Part>
const Part* by_id(const std::vector<Part>& parts, std::string_view id) {
  const auto found = std::ranges::find(parts, id, &Part::id);
  return found == parts.end() ? nullptr : &*found;
}

}  // namespace

bool is_policy_id(std::string_view text) noexcept {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && text.size() <= 64 && is_letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) {
           return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
         });
}

bool is_code(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kCodeBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._-+@:/").find(c) != std::string_view::npos;
  });
}

bool holds(const FactRule& rule, const Value& value) { return rule_holds(rule, value); }
bool holds(const FieldRule& rule, const Value& value) { return rule_holds(rule, value); }

bool is_exit(const Policy& policy, std::string_view attempt) {
  if (attempt == "downgrade") return true;
  const auto move = policy.moves.find(attempt);
  return move != policy.moves.end() && move->second.exit;
}

const FieldRule* Register::field(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &FieldRule::name);
  return found == fields.end() ? nullptr : &*found;
}

const Phase* Policy::phase(std::string_view name) const { return by_id(phases, name); }
const Step* Policy::step(std::string_view name) const { return by_id(steps, name); }
const Gate* Policy::gate(std::string_view name) const { return by_id(gates, name); }
const ClockRule* Policy::clock(std::string_view name) const { return by_id(clocks, name); }

}  // namespace casebook::workflow
