// A set of definitions is refused or read; what was read can be asked everything.
#include "collector/artifact.h"
#include "collector/match_rule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace casebook;
  using namespace casebook::collector;
  auto set = ArtifactSet::parse({reinterpret_cast<const char*>(data), size});
  if (!set) return 0;
  HostFacts facts;
  facts.exists = [](const std::string&) { return true; };
  const auto all = set->all();
  for (const ChosenEntry& item : all) (void)set->applies(item, facts);
  for (const std::string& profile : set->profiles())
    check(bool(set->choose({.profile = profile, .opt_in = {}})), "a profile can be chosen");
  auto rules = make_match_rules(*set, all, {}, {});
  check(bool(rules), "rules of a set that was read");
  return 0;
}
