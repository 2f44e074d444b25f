#include "vault/retention.h"

#include <algorithm>

namespace casebook::vault {
namespace {

bool covers(const std::string& wanted, const std::string& is) {
  return wanted.empty() || wanted == is;
}

bool is_in_force(const LegalHold& hold, const KeptThing& thing, UtcSeconds now) {
  return covers(hold.compartment, thing.compartment) && covers(hold.kind, thing.kind) &&
         covers(hold.subject, thing.subject) && !(hold.lifted_at && *hold.lifted_at <= now);
}

KeepingVerdict verdict(Keeping keeping, std::vector<std::string> because) {
  std::ranges::sort(because);
  return {keeping, std::move(because), {}};
}

}  // namespace

std::string_view to_string(Keeping keeping) noexcept {
  switch (keeping) {
    case Keeping::held:
      return "held";
    case Keeping::retained:
      return "retained";
    case Keeping::may_go:
      return "may_go";
    case Keeping::due:
      return "due";
  }
  return "held";
}

KeepingVerdict keeping_of(const KeptThing& thing, const std::vector<LegalHold>& holds,
                          const std::vector<RetentionRule>& rules, UtcSeconds now) {
  std::vector<std::string> held;
  for (const LegalHold& hold : holds) {
    if (is_in_force(hold, thing, now)) held.push_back(hold.name);
  }
  if (!held.empty()) return verdict(Keeping::held, std::move(held));
  std::vector<std::string> retained;
  std::vector<std::string> due;
  UtcSeconds until{};
  for (const RetentionRule& rule : rules) {
    if (!covers(rule.compartment, thing.compartment) || !covers(rule.kind, thing.kind)) continue;
    const UtcSeconds kept_until = thing.received + rule.keep_at_least;
    if (now < kept_until) {
      retained.push_back(rule.name);
      until = std::max(until, kept_until);
    }
    if (rule.erase_after && now >= thing.received + *rule.erase_after) due.push_back(rule.name);
  }
  if (!retained.empty()) {
    KeepingVerdict kept = verdict(Keeping::retained, std::move(retained));
    kept.until = until;
    return kept;
  }
  if (!due.empty()) return verdict(Keeping::due, std::move(due));
  return {};
}

}  // namespace casebook::vault
