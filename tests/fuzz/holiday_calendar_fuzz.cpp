// tests/fuzz/holiday_calendar_fuzz.cpp: with any accepted calendar the working-day rules end.
#include <cstdint>
#include <string_view>

#include "core/calendar.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  const auto calendar = HolidayCalendar::parse({reinterpret_cast<const char*>(data), size});
  if (!calendar) return 0;
  const TimeZone utc = TimeZone::utc();
  const UtcSeconds start{std::chrono::seconds(1'795'000'000)};
  for (const Deadline& deadline :
       {business_days(start, 30, {utc, &*calendar}), weekend_noon(start, {utc, &*calendar}),
        eu_days(start, {Limit::Unit::days, 2}, {utc, &*calendar})}) {
    check(!deadline.legal || *deadline.legal >= deadline.earliest,
          "legal is never before earliest");
  }
  return 0;
}
