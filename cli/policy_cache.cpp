#include "cli/policy_cache.h"

#include <map>
#include <memory>
#include <mutex>

#include "workflow/policy.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kKeptMax = 64;  // Nobody has so many; a board of hostile cases might.

struct Kept {
  std::mutex mutex;
  std::map<Digest256, std::unique_ptr<const workflow::Policy>> policies;
};

}  // namespace

const workflow::Policy* policy_read_once(const Digest256& digest, std::string_view text) {
  // A digest names one text, whoever pinned it: nothing of a case is in here that another lacks.
  static Kept kept;
  const std::lock_guard lock(kept.mutex);
  const auto known = kept.policies.find(digest);
  if (known != kept.policies.end()) return known->second.get();
  if (kept.policies.size() >= kKeptMax) return nullptr;
  auto policy = workflow::parse_policy(text);
  if (!policy || policy->digest != digest) return nullptr;
  auto read = std::make_unique<const workflow::Policy>(*std::move(policy));
  return kept.policies.emplace(digest, std::move(read)).first->second.get();
}

}  // namespace casebook::cli
