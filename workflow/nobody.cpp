#include "workflow/nobody.h"

#include <algorithm>
#include <array>

#include "workflow/evaluate.h"

namespace casebook::workflow {
namespace {

constexpr std::array<std::string_view, 12> kNames = {
    "role_unfilled", "role_not_accepted", "deputy_not_accepted", "deputy_not_yet",
    "no_key",        "shut_out",          "not_anchored",        "author",
    "changed_it",    "holds_role",        "signed_another",      "signed_already"};

/// Who may do it: one of these roles, none of these persons.
struct Asked {
  std::vector<std::string> roles;
  std::vector<Exclusion> exclusions;
  std::shared_ptr<const AttestRule> word = {};
};

const Query* query_of(const Predicate& node) {
  if (node.query) return node.query.get();
  if (node.left.query) return node.left.query.get();
  return node.right.query.get();
}

std::optional<Asked> asked_of(const CaseState& state, const Predicate& outer) {
  const bool is_negated = outer.kind == Predicate::Kind::negation;
  const Predicate& leaf = is_negated ? outer.children.front() : outer;
  if (leaf.attest) return Asked{{leaf.attest->role}, leaf.attest->exclusions, leaf.attest};
  if (leaf.kind == Predicate::Kind::step) {
    const Step* step = state.policy->step(leaf.names.front());
    if (step == nullptr || step->role.empty()) return std::nullopt;
    return Asked{{step->role}, {}};
  }
  const Query* query = query_of(leaf);
  const auto rule =
      query == nullptr ? state.policy->registers.end() : state.policy->registers.find(query->kind);
  if (rule == state.policy->registers.end()) return std::nullopt;
  Asked asked{query->roles.empty() ? rule->second.add_roles : query->roles, query->exclusions};
  const auto& more = rule->second.add_exclusions;
  asked.exclusions.insert(asked.exclusions.end(), more.begin(), more.end());
  return asked;
}

class Finder {
 public:
  Finder(const Asked& asked, const Scene& scene) : asked_(asked), scene_(scene) {}

  std::vector<Hindrance> take() {
    const std::vector<std::string> anybody = {""};
    for (const std::string& role : asked_.roles.empty() ? anybody : asked_.roles) {
      const std::size_t before = found_.size();
      for (const auto& [id, person] : scene_.state.people.persons) look(person, role);
      for (const Deputy& deputy : scene_.state.deputies) look(deputy, role);
      if (found_.size() == before && !role.empty()) add({Obstacle::role_unfilled, {}, role});
    }
    return std::move(found_);
  }

 private:
  void add(Hindrance one) {
    if (std::ranges::find(found_, one) == found_.end()) found_.push_back(std::move(one));
  }
  void look(const BoundPerson& person, const std::string& role) {
    if (person.is_removed || !has_role(person, role)) return;
    if (scene_.state.is_excluded(person.id)) return add({Obstacle::shut_out, person.id, role});
    if (person.current_key() == nullptr) return add({Obstacle::no_key, person.id, role});
    if (!scene_.state.is_known(person.id)) return add({Obstacle::not_anchored, person.id, role});
    for (const Exclusion& exclusion : asked_.exclusions) {
      if (!is_hit(exclusion, person.id, scene_.self, scene_)) continue;
      return add({obstacle_of(exclusion), person.id, role, exclusion.name});
    }
    if (has_said(person.id)) add({Obstacle::signed_already, person.id, role});
  }
  /// @param role  empty: it takes none.
  bool has_role(const BoundPerson& person, const std::string& role) {
    if (role.empty() || scene_.state.holds(person.id, role, scene_.now)) return true;
    const auto held = person.roles.find(role);
    if (held == person.roles.end()) return false;
    if (held->second.accepted_at) return true;
    add({Obstacle::role_not_accepted, person.id, role});
    return false;
  }
  void look(const Deputy& deputy, const std::string& role) {
    if (deputy.role != role || scene_.now >= deputy.until) return;
    if (!deputy.accepted) return add({Obstacle::deputy_not_accepted, deputy.person, role});
    if (scene_.now < deputy.from) {
      add({Obstacle::deputy_not_yet, deputy.person, role, {}, deputy.from});
    }
  }
  static Obstacle obstacle_of(const Exclusion& exclusion) {
    switch (exclusion.kind) {
      case Exclusion::Kind::author_of:
        return Obstacle::author;
      case Exclusion::Kind::requester_of:
        return Obstacle::changed_it;
      case Exclusion::Kind::holder:
        return Obstacle::holds_role;
      case Exclusion::Kind::signer_of:
        return Obstacle::signed_another;
    }
    return Obstacle::author;
  }
  [[nodiscard]] bool has_said(const PersonId& person) const {
    if (!asked_.word) return false;
    return std::ranges::any_of(
        words_of(scene_.state, *asked_.word), [&](const std::size_t position) {
          const Attestation& word = scene_.state.attestations[position];
          return word.person == person &&
                 worth(word, *asked_.word, scene_.self, scene_) == Word::counts;
        });
  }

  const Asked& asked_;
  const Scene& scene_;
  std::vector<Hindrance> found_;
};

std::string label(const auto& all, const std::string& name, Language language) {
  const auto found = all.find(name);
  return found == all.end() ? name : found->second.label.in(language);
}

/// What `about` names, in words of the policy.
std::string named(const Hindrance& one, const Policy& policy, Language language) {
  switch (one.obstacle) {
    case Obstacle::author:
      return label(policy.registers, one.about, language);
    case Obstacle::holds_role:
      return label(policy.roles, one.about, language);
    case Obstacle::signed_another: {
      const Gate* gate = policy.gate(one.about);
      return gate == nullptr ? one.about : gate->label.in(language);
    }
    default:
      return one.about;
  }
}

/// `{who}`, `{role}`, `{about}` and `{from}` stand for what they say.
struct Line {
  Label why;
  const char* next;  ///< Empty: somebody else of the role, which is said once.
};
Line line_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::role_unfilled:
      return {{"nobody is {role}", "niemand is {role}"}, "casebook role {id} PERSON"};
    case Obstacle::role_not_accepted:
      return {
          {"{who} did not accept the role {role} yet", "{who} aanvaardde de rol {role} nog niet"},
          "casebook role {id} {who}"};
    case Obstacle::deputy_not_accepted:
      return {{"{who} did not accept to stand in as {role} yet",
               "{who} aanvaardde de waarneming als {role} nog niet"},
              "casebook role {id} {who} --deputy --as {who}"};
    case Obstacle::deputy_not_yet:
      return {{"{who} stands in as {role} from {from} on", "{who} neemt {role} waar vanaf {from}"},
              ""};
    case Obstacle::no_key:
      return {{"{who} has no key that counts", "{who} heeft geen geldige sleutel"},
              "casebook person key replace {who}"};
    case Obstacle::shut_out:
      return {{"{who} is shut out of this case", "{who} is van deze zaak uitgesloten"}, ""};
    case Obstacle::not_anchored:
      return {{"nobody outside vouches for {who}", "niemand van buiten staat in voor {who}"}, ""};
    case Obstacle::author:
      return {{"{who} wrote it ({about})", "{who} schreef het zelf ({about})"}, ""};
    case Obstacle::changed_it:
      return {
          {"{who} changed {about}, which it covers", "{who} wijzigde {about}, waar het over gaat"},
          ""};
    case Obstacle::holds_role:
      return {{"{who} is also {about}", "{who} is ook {about}"}, ""};
    case Obstacle::signed_another:
      return {{"{who} signed the other word ({about})", "{who} tekende het andere al ({about})"},
              ""};
    case Obstacle::signed_already:
      return {{"{who} signed already, and it takes one more",
               "{who} tekende al, en er is er nog een nodig"},
              ""};
  }
  return {};
}

std::string filled(std::string text, const std::string& mark, const std::string& words) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size(), words);
    at += words.size();
  }
  return text;
}

}  // namespace

std::string_view to_string(Obstacle obstacle) noexcept {
  return kNames[static_cast<std::size_t>(obstacle)];
}

std::vector<Hindrance> why_nobody(const CaseState& state, const Attempt& attempt,
                                  const MissingLeaf& leaf, UtcSeconds now) {
  if (!state.policy || !leaf.who.empty()) return {};
  const auto asked = asked_of(state, leaf.predicate);
  if (!asked) return {};
  const Record* about = leaf.about ? state.record(*leaf.about) : nullptr;
  const Scene scene{state, attempt, std::max(now, state.received_at), about};
  return Finder(*asked, scene).take();
}

HindranceWords words_of(const Hindrance& one, const Policy& policy, const std::string& name,
                        Language language) {
  const Line line = line_of(one.obstacle);
  HindranceWords words{line.why.in(language), line.next};
  if (words.next.empty()) {
    words.next = one.role.empty() ? "casebook person add PERSON" : "casebook role {id} PERSON";
  }
  for (std::string* text : {&words.why, &words.next}) {
    *text = filled(*text, "{role}", label(policy.roles, one.role, language));
    *text = filled(*text, "{id}", one.role);
    *text = filled(*text, "{about}", named(one, policy, language));
    if (one.from) *text = filled(*text, "{from}", format_utc(*one.from));
    *text = filled(*text, "{who}", name);
  }
  return words;
}

}  // namespace casebook::workflow
