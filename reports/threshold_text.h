#pragma once
/// Thresholds of a law in words, for the person who has to judge. They are shown, never evaluated:
/// what they decide is a fact that a person records.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "reports/fact.h"

namespace casebook::reports {

/// One line for each threshold of a regime file: "major if: critical_services_affected true and
/// ...".
std::vector<std::string> threshold_lines(const nlohmann::json& thresholds,
                                         const FactCatalog& catalog);

}  // namespace casebook::reports
