// `casebook policy pin`: another version of a policy, or one more, in the middle of a case.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/pinning.h"
#include "cli/policy_pin.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/printable.h"
#include "workflow/policy_diff.h"
#include "workflow/runbook_statement.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kLooserShownMax = 5;

/// What the case pins, with the chosen one in the place of its older version, or behind.
SaidBody exchanged(const CaseSession& session, const ChosenPolicy& chosen) {
  workflow::PolicyPin pin{session.runbook().pinned};
  const workflow::PinnedPolicy next{chosen.policy.id, chosen.policy.version, chosen.policy.digest};
  const auto old = std::ranges::find(pin.policies, next.id, &workflow::PinnedPolicy::id);
  if (old != pin.policies.end()) {
    *old = next;
  } else {
    pin.policies.push_back(next);
  }
  const workflow::RunbookBody body(std::move(pin));
  return {std::string(verb_of(body)), format_runbook_body(body)};
}

/// Those who sign are told what they give away.
void say_what_is_looser(CaseSession& session, const ChosenPolicy& chosen) {
  const auto& pinned = session.runbook().pinned;
  const auto old = std::ranges::find(pinned, chosen.policy.id, &workflow::PinnedPolicy::id);
  Runtime& runtime = session.runtime();
  if (runtime.common.is_json) return;
  if (old == pinned.end()) {
    runtime.out << chosen.policy.id << " v" << chosen.policy.version
                << " comes on top: its gates add up, the earlier clock wins\n";
    return;
  }
  const workflow::Policy* before = session.policy_lookup()(old->digest);
  if (before == nullptr || before->digest == chosen.policy.digest) return;
  const auto diff = workflow::diff_policies(*before, chosen.policy, language_of(runtime));
  runtime.out << chosen.policy.id << " v" << old->version << " -> v" << chosen.policy.version
              << ": " << counted(diff.loosened.size(), "thing", "things") << " looser\n";
  for (std::size_t i = 0; i < std::min(diff.loosened.size(), kLooserShownMax); ++i) {
    runtime.out << wrap_behind("  ", printable(diff.loosened[i].what),
                               runtime.terminal.width_columns);
  }
  if (diff.loosened.size() > kLooserShownMax) {
    runtime.out << "  all of them, each with a case: casebook policy diff\n";
  }
}

ExitStatus pin_in(CaseSession& session, const PinOptions& options) {
  Runtime& runtime = session.runtime();
  if (auto there = require_runbook(session); !there) return fail(runtime, there.error());
  auto chosen = choose_policy(options.policy);
  if (!chosen) return fail(runtime, chosen.error());
  session.learn_policy(chosen->policy);
  say_what_is_looser(session, *chosen);
  auto proposal = gather(session, options.cosigning, [&]() -> Result<Proposal> {
    return session.propose(exchanged(session, *chosen), {}, {});
  });
  if (!proposal) return fail(runtime, proposal.error());
  if (!*proposal) return ExitStatus::done;
  auto refusal = session.judge(**proposal);
  if (!refusal) return fail(runtime, refusal.error());
  if (*refusal) return show_refusal(session, "policy", **refusal);
  auto items = policy_items({*chosen}, session.me(), runtime);
  if (!items) return fail(runtime, items.error());
  auto appended = session.say(**proposal, *items);
  if (!appended) return fail(runtime, appended.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"digest", to_hex(chosen->policy.digest)},
                         {"entry", appended->seq},
                         {"format", "casebook-pinned/1"},
                         {"policy", chosen->policy.id},
                         {"version", chosen->policy.version}});
    return ExitStatus::done;
  }
  runtime.out << "the case follows " << chosen->policy.id << " v" << chosen->policy.version
              << " from entry " << appended->seq << "; waivers given before count no more\n"
              << "Next: casebook status\n";
  warn_of_stale(runtime, {*chosen});
  return ExitStatus::done;
}

}  // namespace

ExitStatus pin_policy(Runtime& runtime, const PinOptions& options) {
  auto session = CaseSession::open(runtime, kind_for(options.cosigning), "pinning another policy");
  if (!session) return fail(runtime, session.error());
  const ExitStatus status = pin_in(**session, options);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

}  // namespace casebook::cli
