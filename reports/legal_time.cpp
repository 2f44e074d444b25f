#include "reports/legal_time.h"

namespace casebook::reports {

std::optional<LegalTime> legal_time(std::string_view name, const Facts& facts,
                                    const FactCatalog& catalog, const TimeZone& zone) {
  if (const auto entered = facts.get<UtcSeconds>(name))
    return LegalTime{*entered, std::string(name), false};
  if (name == "calendar_year_of_discovery_end") {
    auto discovered = legal_time("discovered_at", facts, catalog, zone);
    if (!discovered) return std::nullopt;
    const auto year = zone.local_date(discovered->at).year();
    discovered->at = zone.end_of_day(year / std::chrono::December / 31);
    return discovered;
  }
  const FactDefinition* definition = catalog.find(name);
  if (definition == nullptr || definition->default_from.empty()) return std::nullopt;
  const auto other = facts.get<UtcSeconds>(definition->default_from);
  if (!other) return std::nullopt;
  return LegalTime{*other, definition->default_from, true};
}

}  // namespace casebook::reports
