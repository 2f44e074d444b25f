#pragma once
/// The policies that we ship, read once for a whole test program.

#include "tests/unit/workflow/case_story.h"

namespace casebook::workflow {

inline const Policy& shipped_pack(const std::string& id) {
  static std::map<std::string, Policy> packs;
  const auto known = packs.find(id);
  if (known != packs.end()) return known->second;
  auto policy = parse_policy(embedded_pack(id));
  check(bool(policy), "the packs are read");
  return packs.emplace(id, *std::move(policy)).first->second;
}

}  // namespace casebook::workflow
