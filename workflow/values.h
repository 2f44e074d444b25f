#pragma once
/// Values of facts and fields, and where comparisons take them from.

#include "workflow/decide.h"

namespace casebook::workflow {

/// A field of an entry; "number" and "id" are there unless a field is called so.
Value field_value(const Record& record, std::string_view field);
/// monostate: unknown. Not of count and functions.
Value operand_value(const Operand& operand, const Scene& scene);
bool same_value(const Value& left, const Value& right);
/// "yes", "12000", "suspected", "a, b", "2026-11-21T02:00:00Z"; empty when nobody said.
std::string plain_text(const Value& value);

/// The worst value of a level that was ever set in earnest; its initial value else.
Value worst_ever(const CaseState& state, const std::string& fact);
/// Whether `value` is worse than `other`.
bool is_worse(const FactRule& rule, std::int64_t value, std::int64_t other);
/// What was said of a fact, and nothing for what a stolen key said.
Value trusted_value(const CaseState& state, std::string_view fact);

}  // namespace casebook::workflow
