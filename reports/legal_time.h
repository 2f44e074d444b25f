#pragma once
/// Moments from which laws count. They are kept apart; one that nobody entered is taken from
/// awareness_at where its definition allows, and is then marked as assumed.

#include <optional>
#include <string>
#include <string_view>

#include "core/time_zone.h"
#include "reports/fact.h"

namespace casebook::reports {

struct LegalTime {
  UtcSeconds at;
  std::string taken_from;  ///< The fact that held it; differs from the one asked for when assumed.
  bool assumed = false;
};

/// The moment of `name`: entered, worked out (end of the calendar year of discovery in `zone`), or
/// assumed. Nothing when it is not known.
std::optional<LegalTime> legal_time(std::string_view name, const Facts& facts,
                                    const FactCatalog& catalog, const TimeZone& zone);

}  // namespace casebook::reports
