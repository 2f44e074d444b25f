#include "cli/pinning.h"

#include <algorithm>
#include <ostream>

#include "core/durable_file.h"
#include "core/printable.h"
#include "workflow/embedded_packs.h"
#include "workflow/runbook_statement.h"

namespace casebook::cli {
namespace {

Result<ChosenPolicy> read_policy(std::string text, const std::string& name) {
  auto policy = workflow::parse_policy(text);
  if (!policy) return std::move(policy).error().context(printable(name));
  return ChosenPolicy{std::move(text), *std::move(policy)};
}

}  // namespace

Result<ChosenPolicy> choose_policy(const std::string& wanted) {
  if (const auto text = workflow::embedded_pack(wanted); !text.empty()) {
    return read_policy(std::string(text), wanted);
  }
  auto file = read_file(wanted, workflow::kPolicyBytesMax);
  if (!file) {
    if (file.error().code != ErrorCode::not_found) return std::move(file).error();
    return Error{ErrorCode::not_found, printable(wanted) + ": no such policy",
                 "casebook policy list shows those that are built in"};
  }
  std::string text(as_text(*file));
  if (wanted.ends_with(".jsonc")) {
    auto canonical = workflow::canonical_policy(text);
    if (!canonical) return std::move(canonical).error().context(printable(wanted));
    text = *std::move(canonical);
  }
  return read_policy(std::move(text), wanted);
}

Result<std::vector<ChosenPolicy>> choose_policies(const std::vector<std::string>& wanted) {
  std::vector<ChosenPolicy> chosen;
  std::vector<workflow::Policy> policies;
  const std::vector<std::string> usual = {kUsualPolicy};
  for (const std::string& name : wanted.empty() ? usual : wanted) {
    auto policy = choose_policy(name);
    if (!policy) return std::move(policy).error();
    policies.push_back(policy->policy);
    chosen.push_back(*std::move(policy));
  }
  if (auto joined = workflow::join_policies(policies); !joined) return std::move(joined).error();
  return chosen;
}

SaidBody pin_of(const std::vector<ChosenPolicy>& policies) {
  workflow::PolicyPin pin;
  for (const ChosenPolicy& chosen : policies) {
    pin.policies.push_back({chosen.policy.id, chosen.policy.version, chosen.policy.digest});
  }
  const workflow::RunbookBody body(std::move(pin));
  return {std::string(verb_of(body)), format_runbook_body(body)};
}

Result<std::vector<vault::ItemVersion>> policy_items(const std::vector<ChosenPolicy>& policies,
                                                     const PersonId& author, Runtime& runtime) {
  std::vector<vault::ItemVersion> items;
  for (const ChosenPolicy& chosen : policies) {
    auto id = vault::ItemId::make(runtime.randomness);
    if (!id) return std::move(id).error();
    vault::ItemVersion item{.id = *id,
                            .kind = std::string(kPolicyKind),
                            .author = author.text(),
                            .received = runtime.clock.now_seconds()};
    item.text.fields = chosen.text;
    items.push_back(std::move(item));
  }
  return items;
}

void warn_of_stale(Runtime& runtime, const std::vector<ChosenPolicy>& policies) {
  const std::string today = format_utc(runtime.clock.now_seconds()).substr(0, 10);
  for (const ChosenPolicy& chosen : policies) {
    if (chosen.policy.review_by >= today) continue;
    runtime.err << "casebook: runbook " << chosen.policy.id << " was to be reviewed by "
                << chosen.policy.review_by << "; its owner: " << chosen.policy.owner << '\n';
  }
}

}  // namespace casebook::cli
