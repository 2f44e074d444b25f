#pragma once
/// Dates, moments and spans as people read them. English, no locale.

#include <chrono>
#include <string>

#include "core/time_zone.h"

namespace casebook {

std::string date_text(LocalDate day);  ///< "Sat 28 Feb 2026".
/// "Fri 23 Oct 2026 18:00 Paris"; seconds are cut off, which is the careful side of a limit.
std::string local_text(const TimeZone& zone, UtcSeconds time);
/// "16:00 UTC", or "Sat 24 Oct 2026 00:30 UTC" when the UTC date is another one than in `zone`.
std::string utc_text(const TimeZone& zone, UtcSeconds time);
/// "+02:00".
std::string offset_text(std::chrono::seconds offset);
/// The RFC 3339 text of `time` with the offset of `zone`.
std::string rfc3339_text(const TimeZone& zone, UtcSeconds time);
/// "in 2 d 20 h", "in 45 min", "3 h late". Rounded so that it never promises more than is left.
std::string countdown_text(std::chrono::seconds left);

}  // namespace casebook
