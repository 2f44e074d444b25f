#pragma once
/// One value of a facts file, checked against the definition of its fact.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "core/time_zone.h"
#include "reports/fact.h"

namespace casebook::reports {

/// @return `invalid_input` (or `not_found` for a zone) saying what was expected, with a hint.
Result<FactValue> parse_fact_value(const nlohmann::json& value, const FactDefinition& definition,
                                   ZoneDatabase& zones);

/// What to say about a name that no law asks for.
Error unknown_fact(const std::string& name, const FactCatalog& catalog);

}  // namespace casebook::reports
