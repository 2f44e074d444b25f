// tests/fuzz/regime_fuzz.cpp: whatever regime the parser accepts can be evaluated on any facts.
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "reports/evaluator.h"
#include "reports/policy_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::reports;
  static const PolicySet policies = *load_policies({});
  static ZoneDatabase zones;
  auto regime = Regime::parse({reinterpret_cast<const char*>(data), size}, policies.catalog);
  if (!regime) return 0;
  Facts facts;
  for (const bool filled : {false, true}) {
    if (filled) {
      for (const auto& [name, definition] : policies.catalog.all()) {
        if (definition.type == FactType::boolean) facts.set(name, {true, {}, {}, {}, {}});
        if (definition.type == FactType::time)
          facts.set(name, {UtcSeconds(std::chrono::seconds(1'795'000'000)), {}, {}, {}, {}});
      }
    }
    const auto evaluation =
        evaluate_regimes({*regime}, facts, policies.catalog, policies.calendars, zones);
    check(bool(evaluation), "an accepted regime can be evaluated");
    check(evaluation->regimes.front().stages.size() == regime->stages.size(),
          "every stage has a verdict");
  }
  return 0;
}
