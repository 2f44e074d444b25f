#pragma once
/// Values of facts in words for a paper, or in the form that a typed field asks for.

#include <string>

#include "core/time_zone.h"
#include "reports/document/document.h"
#include "reports/fact.h"

namespace casebook::filing {

/// "2026-10-23 16:00:00 UTC (2026-10-23 18:00:00 +02:00, Europe/Paris)"; UTC only without a zone.
std::string time_words(UtcSeconds time, const TimeZone* zone);

/// "yes", "600 people", "health data, passport", a time in UTC and local.
std::string fact_words(const reports::FactValue& value, const reports::FactDefinition& definition,
                       const TimeZone* zone, documents::Language language);

/// What the fact is called in a paper: words of ours where there are some, else its meaning.
std::string fact_label(const reports::FactDefinition& definition, documents::Language language);

/// The day alone, in the zone of the organisation: for letters.
std::string day_words(UtcSeconds time, const TimeZone* zone);

/// By the type of a typed field: hours as DDD:HH:MM, euros in thousands, times in UTC.
std::string typed_text(const reports::FactValue& value, std::string_view type);

}  // namespace casebook::filing
