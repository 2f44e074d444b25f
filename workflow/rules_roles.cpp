// Rules of roles that pass from one to another, and what the runbook adds to those of people.
#include <algorithm>

#include "workflow/rules.h"

namespace casebook::workflow {
namespace {

constexpr std::chrono::days kDeputyMax{31};

/// Holds it in their own right, not as a deputy.
bool owns(const CaseState& state, const PersonId& person, const std::string& role) {
  const BoundPerson* bound = state.people.find(person);
  if (bound == nullptr || !state.is_active(person)) return false;
  const auto held = bound->roles.find(role);
  return held != bound->roles.end() && held->second.accepted_at &&
         !state.is_contested(held->second.given_at);
}

bool lists(const Policy& policy, const std::string& role, const std::string& other) {
  const auto rule = policy.roles.find(role);
  return rule != policy.roles.end() &&
         std::ranges::find(rule->second.excludes, other) != rule->second.excludes.end();
}

Answer may_take(const CaseState& state, const PersonId& person, const std::string& role) {
  if (state.is_excluded(person)) return no("this person is excluded from the case");
  if (!state.is_active(person)) return no("this person cannot sign in this case");
  if (const auto other = conflicting_role(state, person, role)) {
    return no("nobody holds both " + *other + " and " + role);
  }
  return {};
}

bool is_commander(const CaseState& state, const PersonId& person) {
  const BoundPerson* bound = state.people.find(person);
  return bound != nullptr && !bound->is_removed && bound->holds(std::string(kCommander));
}

Answer keeps_commander(const CaseState& state, const PersonId& leaving) {
  if (!needs_commander(state) || !is_commander(state, leaving)) return {};
  return no("the case would be without a commander",
            "hand the command over, or let two others give it to somebody else");
}

std::optional<RoleGive> given(const CaseState& state, const StatementId& id) {
  for (const auto& [person, bound] : state.people.persons) {
    for (const auto& [role, held] : bound.roles) {
      if (held.given_by == id) return RoleGive{person, role};
    }
  }
  return std::nullopt;
}

class PeopleRules {
 public:
  explicit PeopleRules(const CaseState& state) : state_(state) {}
  Answer operator()(const PersonAdd& add) const {
    if (state_.is_excluded(add.person)) return no("this person is excluded from the case");
    return {};
  }
  Answer operator()(const PersonRemove& remove) const {
    return keeps_commander(state_, remove.person);
  }
  Answer operator()(const RoleGive& give) const {
    if (state_.people.find(give.person) == nullptr) return {};
    return may_take(state_, give.person, give.role);
  }
  Answer operator()(const RoleAccept& accept) const {
    const auto give = given(state_, accept.statement);
    return give ? may_take(state_, give->person, give->role) : Answer();
  }
  Answer operator()(const RoleRemove& remove) const {
    if (remove.role != kCommander) return {};
    return keeps_commander(state_, remove.person);
  }
  template <typename Other>
  Answer operator()(const Other&) const {
    return {};
  }

 private:
  const CaseState& state_;
};

}  // namespace

std::optional<std::string> conflicting_role(const CaseState& state, const PersonId& person,
                                            const std::string& role) {
  const BoundPerson* bound = state.people.find(person);
  if (bound == nullptr || !state.policy) return std::nullopt;
  const auto clash = [&](const std::string& other) {
    return other != role &&
           (lists(*state.policy, role, other) || lists(*state.policy, other, role));
  };
  for (const auto& [other, held] : bound->roles) {
    if (held.accepted_at && clash(other)) return other;
  }
  for (const Deputy& deputy : state.deputies) {
    if (deputy.person == person && deputy.accepted && state.received_at < deputy.until &&
        clash(deputy.role)) {
      return deputy.role;
    }
  }
  return std::nullopt;
}

bool needs_commander(const CaseState& state) {
  if (!state.policy || !state.policy->roles.contains(kCommander)) return false;
  if (state.moves.empty()) return true;
  const std::string& last = state.moves.back().move;
  return last != "archive" && last != "rule_out" && last != "merge";
}

Answer judge_people(const CaseState& state, const Entry& entry) {
  if (!state.people.case_id || state.people.persons.empty()) return {};
  const auto body = parse_body(entry.statement.verb, entry.statement.body);
  if (!body) return no(body.error().message);
  return std::visit(PeopleRules(state), *body);
}

Answer judge(const Saying& saying, const HandoverOffer& offer) {
  if (auto answer = saying.needs_one_person()) return answer;
  if (!owns(saying.state, saying.persons.front(), offer.role)) {
    return no("only whoever holds " + offer.role + " hands it over",
              "`casebook role` shows who that is");
  }
  if (offer.person == saying.persons.front()) return no("nobody hands a role to themselves");
  if (owns(saying.state, offer.person, offer.role)) return no("this person has that role already");
  return may_take(saying.state, offer.person, offer.role);
}

Answer judge(const Saying& saying, const HandoverAccept& accept) {
  if (auto answer = saying.needs_one_person()) return answer;
  const auto& all = saying.state.handovers;
  const auto offer = std::ranges::find(all, accept.statement, &Handover::offer);
  if (offer == all.end()) return no("there is no such offer");
  if (offer->accepted) return no("this offer is accepted already");
  if (!saying.signed_by(offer->to)) return no("only the person who is to have the role accepts it");
  if (!owns(saying.state, offer->from, offer->role)) {
    return no("whoever offered " + offer->role + " no longer holds it");
  }
  return may_take(saying.state, offer->to, offer->role);
}

Answer judge(const Saying& saying, const DeputyName& deputy) {
  if (auto answer = saying.needs_one_person()) return answer;
  if (!owns(saying.state, saying.persons.front(), deputy.role)) {
    return no("only whoever holds " + deputy.role + " names a deputy");
  }
  if (deputy.person == saying.persons.front()) return no("nobody is their own deputy");
  if (deputy.from >= deputy.until || deputy.until <= saying.now) {
    return no("it ends before it begins");
  }
  if (deputy.until - deputy.from > kDeputyMax) return no("a deputy is named for 31 days at most");
  return may_take(saying.state, deputy.person, deputy.role);
}

Answer judge(const Saying& saying, const DeputyAccept& accept) {
  if (auto answer = saying.needs_one_person()) return answer;
  const auto& all = saying.state.deputies;
  const auto deputy = std::ranges::find(all, accept.statement, &Deputy::id);
  if (deputy == all.end()) return no("nobody was named deputy there");
  if (deputy->accepted) return no("this is accepted already");
  if (!saying.signed_by(deputy->person)) return no("only the deputy named accepts it");
  if (deputy->until <= saying.now) return no("its time is over");
  return may_take(saying.state, deputy->person, deputy->role);
}

}  // namespace casebook::workflow
