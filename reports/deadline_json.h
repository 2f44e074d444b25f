#pragma once
/// Verdicts as JSON ("casebook-deadlines/1"). Specification: docs/spec/regime.md 5.

#include <nlohmann/json_fwd.hpp>

#include "reports/evaluator.h"

namespace casebook::reports {

/// Every stage of every regime; times in UTC and in the zone of the entity.
/// @param now  the moment for which "left" is worked out.
nlohmann::json deadlines_json(const Evaluation& evaluation, const Facts& facts, UtcSeconds now);

}  // namespace casebook::reports
