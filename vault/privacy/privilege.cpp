#include "vault/privacy/privilege.h"

#include <algorithm>
#include <array>
#include <utility>

namespace casebook::privacy {
namespace {

struct BasisName {
  PrivilegeBasis basis;
  std::string_view name;
  std::string_view text;
};
constexpr std::array<BasisName, 6> kBases = {{
    {PrivilegeBasis::attorney_client, "attorney_client", "attorney-client"},
    {PrivilegeBasis::work_product_fact, "work_product_fact", "work product (fact)"},
    {PrivilegeBasis::work_product_opinion, "work_product_opinion", "work product (opinion)"},
    {PrivilegeBasis::common_interest, "common_interest", "common interest"},
    {PrivilegeBasis::joint_defence, "joint_defence", "joint defence"},
    {PrivilegeBasis::other, "other", "other"},
}};

constexpr std::size_t kLineBytesMax = 1000;
constexpr std::size_t kDistributionMax = 1000;

template <typename... Arms>
struct Match : Arms... {
  using Arms::operator()...;
};
template <typename... Arms>
Match(Arms...) -> Match<Arms...>;

Error refusal(std::string message, std::string hint) {
  return Error{ErrorCode::invalid_input, std::move(message), std::move(hint)};
}

Status check_line(std::string_view what, const std::string& line) {
  if (line.empty()) return refusal(std::string(what) + " is missing", "");
  if (line.size() > kLineBytesMax || line.find('\n') != std::string::npos)
    return refusal(std::string(what) + " is not one line of up to 1,000 bytes", "");
  return ok();
}

Status check_label(const PrivilegeLabel& label) {
  if (auto good = check_line("the purpose", label.purpose); !good) return good;
  if (auto good = check_line("who asked for it", label.requested_by); !good) return good;
  if (label.basis == PrivilegeBasis::other) {
    if (auto good = check_line("the basis behind other", label.basis_note); !good) return good;
  }
  if (label.distribution.empty())
    return refusal("the distribution is empty", "name at least the person who wrote it");
  if (label.distribution.size() > kDistributionMax)
    return refusal("the distribution is longer than 1,000 persons", "");
  const bool is_ordered =
      std::ranges::is_sorted(label.distribution) &&
      std::ranges::adjacent_find(label.distribution) == label.distribution.end();
  if (!is_ordered) return refusal("the distribution names a person twice", "");
  return ok();
}

Status check_fresh(const PrivilegeActor& actor) {
  if (actor.has_fresh_act) return ok();
  return Error{ErrorCode::locked, "a change of privilege is signed by hand, not by the agent",
               "give your passphrase or touch your key"};
}

/// The open request that `asked` names; nothing when there is none, or another.
bool is_open(const PrivilegeState& state, std::string_view asked) {
  return state.open_removal && state.open_removal->statement == asked;
}

void apply_step(PrivilegeState& state, const PrivilegeEvent& event) {
  std::visit(Match{[&](const PrivilegeSet& step) {
                     if (state.label && is_weaker(step.label, *state.label)) return;
                     state.label = step.label;
                     state.set_by = event.by;
                     state.set_at = event.at;
                     state.open_removal.reset();
                   },
                   [&](const PrivilegeRemovalAsked& step) {
                     if (!state.label) return;
                     state.open_removal = PrivilegeState::OpenRemoval{
                         event.statement, event.by, step.reason, step.replacement};
                   },
                   [&](const PrivilegeRemovalConfirmed& step) {
                     if (!is_open(state, step.asked) || state.open_removal->by == event.by) return;
                     state.label = state.open_removal->replacement;
                     state.set_by = state.label ? event.by : "";
                     state.set_at = event.at;
                     state.open_removal.reset();
                   },
                   [&](const PrivilegeRemovalRefused& step) {
                     if (is_open(state, step.asked)) state.open_removal.reset();
                   }},
             event.step);
}

}  // namespace

std::string_view to_string(PrivilegeBasis basis) noexcept {
  return kBases[static_cast<std::size_t>(basis)].name;
}

std::string_view privilege_basis_text(PrivilegeBasis basis) noexcept {
  return kBases[static_cast<std::size_t>(basis)].text;
}

Result<PrivilegeBasis> parse_privilege_basis(std::string_view name) {
  for (const BasisName& known : kBases) {
    if (known.name == name || known.text == name) return known.basis;
  }
  return refusal("no such basis of privilege",
                 "attorney_client, work_product_fact, work_product_opinion, common_interest, "
                 "joint_defence or other");
}

bool is_weaker(const PrivilegeLabel& next, const PrivilegeLabel& now) {
  const bool is_raised = now.basis == PrivilegeBasis::work_product_fact &&
                         next.basis == PrivilegeBasis::work_product_opinion;
  if (next.basis != now.basis && !is_raised) return true;
  return !std::ranges::includes(now.distribution, next.distribution);
}

void apply(PrivilegeStates& states, const PrivilegeEvent& event) {
  PrivilegeState& state = states[event.target];
  apply_step(state, event);
  state.history.push_back(event);
}

Status decide_privilege_set(const PrivilegeState& state, const PrivilegeActor& actor,
                            const PrivilegeLabel& label) {
  if (!actor.is_legal)
    return refusal("only a person with the legal role claims privilege",
                   "ask one: casebook role legal");
  if (auto good = check_label(label); !good) return good;
  if (state.label && *state.label == label) return refusal("it already has this label", "");
  if (state.label && is_weaker(label, *state.label)) {
    return refusal("this would weaken the claim: another basis, or more people who see it",
                   "a second person has to confirm: casebook privilege remove --replace");
  }
  return check_fresh(actor);
}

Status decide_privilege_removal(const PrivilegeState& state, const PrivilegeActor& actor,
                                const PrivilegeRemovalAsked& asked) {
  if (!state.label) return refusal("it has no label of privilege", "");
  if (!actor.is_legal)
    return refusal("only a person with the legal role asks to take a label off",
                   "ask one: casebook role legal");
  if (auto good = check_line("the reason", asked.reason); !good) return good;
  if (asked.replacement) {
    if (auto good = check_label(*asked.replacement); !good) return good;
  }
  if (state.open_removal)
    return refusal("its removal was asked for already", "a second person confirms or refuses that");
  return check_fresh(actor);
}

Status decide_privilege_answer(const PrivilegeState& state, const PrivilegeActor& actor,
                               std::string_view asked) {
  if (!is_open(state, asked)) return refusal("no such removal is open", "");
  if (!actor.is_bound) return refusal("only a person of the case can answer", "");
  if (state.open_removal->by == actor.person)
    return refusal("nobody confirms what they asked for themselves", "a second person has to");
  return check_fresh(actor);
}

}  // namespace casebook::privacy
