#pragma once
/// The closed tree of conditions that policies are made of. Specification: docs/spec/policy.md,
/// section "Predicates".

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace casebook::workflow {

/// What facts and fields hold. A time is seconds since 1970 in `Moment`; a level or count an
/// integer; a set sorted words. A literal of the form of a time is a time.
struct Moment {
  std::int64_t seconds = 0;
  friend auto operator<=>(const Moment&, const Moment&) = default;
};
using Value =
    std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>, Moment>;

/// Where a word of a comparison comes from.
struct Operand {
  enum class Kind { literal, fact, max_ever, attempt, self, count, functions };
  Kind kind = Kind::literal;
  Value literal = {};
  std::string name = {};  ///< Fact, key of the attempt, or field of the entry in `each`.
  std::shared_ptr<const struct Query> query = {};  ///< Of count and functions.
};

/// `author_of:fix`, `requester_of:impact`, `holder:commander`, `signer_of:legal`.
struct Exclusion {
  enum class Kind { author_of, requester_of, holder, signer_of };
  Kind kind = Kind::author_of;
  std::string name;
  bool operator==(const Exclusion&) const = default;
};

struct FieldMatch {
  std::string field;
  std::vector<Operand> values;  ///< One of them.
};

struct Query {
  std::string kind;
  std::vector<FieldMatch> where = {};
  std::optional<bool> settled = {};
  std::vector<std::string> covers = {};
  std::vector<Exclusion> exclusions = {};
  std::vector<std::string> roles = {};
  std::vector<std::string> among = {};  ///< Functions.
  std::optional<bool> attested = {};
  std::optional<bool> told = {};
};

struct AttestRule {
  std::string verb;
  std::string role;
  std::vector<std::string> covers = {};
  std::uint32_t count = 1;
  std::vector<Exclusion> exclusions = {};
  std::optional<std::chrono::seconds> valid = {};
  std::shared_ptr<const Query> of = {};
  std::uint32_t distinct_functions = 0;
};

struct ElapsedRule {
  std::variant<std::shared_ptr<const Query>, std::string> since;  ///< An entry, or a move's name.
  std::chrono::seconds at_least{};
  std::shared_ptr<const Query> without = {};
};

enum class Compare { eq, ne, lt, le, gt, ge };

/// One node. Which members count is said by `kind`.
struct Predicate {
  enum class Kind {
    always,
    all,       ///< and: children
    any,       ///< or: children
    negation,  ///< not: children[0]
    compare,   ///< left, right, compare
    in,        ///< left, values
    ever_in,   ///< names[0], values
    exists,    ///< query
    each,      ///< query, children[0]
    attest,    ///< attest
    held,      ///< names[0]
    distinct,  ///< names[0], names[1]
    elapsed,   ///< elapsed
    phase,     ///< names
    step,      ///< names[0]
    unique     ///< names[0], query
  };
  Kind kind = Kind::always;
  std::vector<Predicate> children = {};
  Operand left = {}, right = {};
  Compare compare = Compare::eq;
  std::vector<Value> values = {};
  std::vector<std::string> names = {};
  std::shared_ptr<const Query> query = {};
  std::shared_ptr<const AttestRule> attest = {};
  std::shared_ptr<const ElapsedRule> elapsed = {};
};

inline constexpr std::size_t kPredicateNodesMax = 256;
inline constexpr std::size_t kPredicateDepthMax = 12;

/// @return `invalid_input` naming the JSON pointer below `at` for anything that is no predicate.
Result<Predicate> parse_predicate(const nlohmann::json& value, std::string_view at);
/// The shortest JSON form; it parses to the same predicate. (`{"of": KIND}` becomes KIND, a list of
/// one value in `where` the value, and durations take their largest units.)
nlohmann::json predicate_json(const Predicate& predicate);
bool operator==(const Predicate& left, const Predicate& right);

std::string_view to_string(Compare compare) noexcept;
std::string to_string(const Exclusion& exclusion);  ///< "author_of:fix".

/// ISO 8601 durations of whole weeks, days, hours, minutes and seconds, each at most once and in
/// this order: "PT4H", "P3D". @return `invalid_input` for any other text.
Result<std::chrono::seconds> parse_duration(std::string_view text);
/// In days, hours, minutes and seconds: "P1DT12H". Nothing or less is "PT0S".
std::string format_duration(std::chrono::seconds duration);

}  // namespace casebook::workflow
