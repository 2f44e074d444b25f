// tests/fuzz/policy_fuzz.cpp: a commented source either names line and column or gives a canonical
// text; a policy read from it joins with itself to itself, and its conditions are written and read
// as the same.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/json_text.h"
#include "workflow/policy.h"

namespace {

void check_predicate(const casebook::workflow::Predicate& predicate) {
  using namespace casebook::workflow;
  const auto written = predicate_json(predicate);
  const auto again = parse_predicate(written, "");
  casebook::check(bool(again), "a condition that was written is read");
  casebook::check(predicate_json(*again) == written, "its shortest form is a fixed point");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::workflow;
  const auto source = read_policy_source({reinterpret_cast<const char*>(data), size});
  if (!source) {
    check(source.error().code == ErrorCode::limit_exceeded ||
              source.error().message.starts_with("line "),
          "a refused source has a line");
    return 0;
  }
  check(bool(parse_canonical_json(source->canonical)), "what comes out is canonical");
  check(source->places.contains(""), "the whole has a place");
  const auto policy = parse_policy(source->canonical);
  if (!policy) return 0;
  for (const Gate& gate : policy->gates) {
    check_predicate(gate.when);
    check_predicate(gate.need);
  }
  for (const Step& step : policy->steps) check_predicate(step.opens);
  const auto joined = join_policies({*policy, *policy});
  check(bool(joined) && joined->gates == policy->gates && joined->steps == policy->steps,
        "a policy joined with itself is itself");
  return 0;
}
