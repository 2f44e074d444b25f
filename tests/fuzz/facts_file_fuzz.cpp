// tests/fuzz/facts_file_fuzz.cpp: a facts file is either refused with a place, or its values have
// the types that their definitions say.
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "reports/facts_file.h"
#include "reports/policy_set.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::reports;
  static const PolicySet policies = *load_policies({});
  static ZoneDatabase zones;
  const FactsFile file = parse_facts_file({reinterpret_cast<const char*>(data), size}, "input",
                                          policies.catalog, zones);
  for (const Error& problem : file.problems)
    check(problem.message.starts_with("input:"), "a problem names its place");
  for (const auto& [name, fact] : file.facts.all()) {
    const FactDefinition* definition = policies.catalog.find(name);
    check(definition != nullptr, "only defined facts are taken");
    const bool is_time = std::holds_alternative<UtcSeconds>(fact.value);
    check(is_time == (definition->type == FactType::time),
          "a value has the type of its definition");
  }
  return 0;
}
