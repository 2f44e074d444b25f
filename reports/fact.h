#pragma once
/// Facts: typed, three-valued (an unset fact is unknown, never false), each with its origin.
/// Specification: docs/spec/facts.md.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace casebook::reports {

enum class FactType { boolean, integer, number, text, choice, set, time, wildcard };

/// A decimal number with three places, for example 12.5 percent as 12500 thousandths.
struct Number {
  std::int64_t thousandths = 0;
  friend auto operator<=>(const Number&, const Number&) = default;
};

/// One fact that laws ask for, from policies/facts.json.
struct FactDefinition {
  std::string name;  ///< "awareness_at", "entity.zone", "residents.US-CA".
  FactType type = FactType::boolean;
  std::string meaning;
  std::string decided_by;
  std::string unit;                 ///< Of numbers: "people", "EUR"; may be empty.
  std::string form;                 ///< Of texts and open sets: code, place, country, zone, date.
  std::vector<std::string> values;  ///< Of choices and closed sets.
  std::string default_from;         ///< The time that stands in, marked as assumed; may be empty.
  bool derived = false;             ///< Worked out from other facts; never entered.
};

/// All facts that may be entered.
class FactCatalog {
 public:
  /// Adds the definitions of one file. @return `invalid_input` for a damaged file or a name twice.
  Status add(std::string_view json_text);
  [[nodiscard]] const FactDefinition* find(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, FactDefinition, std::less<>>& all() const {
    return definitions_;
  }
  /// The nearest name by spelling, or nothing.
  [[nodiscard]] std::string near_name(std::string_view name) const;

 private:
  std::map<std::string, FactDefinition, std::less<>> definitions_;
};

using FactValue = std::variant<bool, Number, std::string, std::set<std::string>, UtcSeconds>;

struct Fact {
  FactValue value;
  std::string author;  ///< Who says so; may be empty.
  std::string source;  ///< On what evidence, or the file it came from.
  std::string reason;
  std::string recorded_at;  ///< RFC 3339 text; may be empty.
};

/// What is known. A name that is not here is unknown.
class Facts {
 public:
  void set(std::string name, Fact fact) {
    facts_.insert_or_assign(std::move(name), std::move(fact));
  }
  void erase(const std::string& name) { facts_.erase(name); }
  [[nodiscard]] const Fact* find(std::string_view name) const;
  [[nodiscard]] const std::map<std::string, Fact, std::less<>>& all() const { return facts_; }
  template <typename T>
  [[nodiscard]] std::optional<T> get(std::string_view name) const {
    const Fact* fact = find(name);
    const T* value = fact == nullptr ? nullptr : std::get_if<T>(&fact->value);
    return value == nullptr ? std::nullopt : std::optional<T>(*value);
  }

 private:
  std::map<std::string, Fact, std::less<>> facts_;
};

/// "12.5", "600".
std::string number_text(Number number);
/// A decimal with at most three places, no exponent. @return `invalid_input`.
Result<Number> parse_number(std::string_view text);
/// A value as people read it: "true", "600", "controller, processor", "2026-10-23T16:00:00Z".
std::string value_text(const FactValue& value);

}  // namespace casebook::reports
