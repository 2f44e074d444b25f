// Who may say what: the rules of docs/spec/people.md, used before appending and in replay.
#include <algorithm>

#include "workflow/people.h"

namespace casebook::workflow {
namespace {

using Answer = std::optional<Refusal>;

Refusal no(std::string what, std::string hint = {}) { return {std::move(what), std::move(hint)}; }

/// Whether somebody's word counts for others: bound, not removed, and not bound by a stolen key.
bool counts(const People& people, const BoundPerson& person) {
  return !person.is_removed && person.current_key() != nullptr &&
         !is_contested(people, person.bound_by);
}

class Rules {
 public:
  Rules(const People& people, const Skeleton& entry) : people_(people), entry_(entry) {}

  Answer operator()(const CaseOpen& open) const {
    if (entry_.seq != 0) return no("a case is opened once, by its entry 0");
    for (const Founder& founder : open.founders) {
      if (!signed_by(founder.key)) return no("not signed by every founder");
    }
    if (entry_.signers.size() != open.founders.size()) return no("signed by somebody else, too");
    return {};
  }

  Answer operator()(const PersonAdd& add) const {
    if (people_.find(add.person) != nullptr) return no("this person is in the case already");
    if (auto taken = is_taken(add.key)) return taken;
    if (!signed_by(add.key)) {
      return no("not signed by the new key itself", "the person has to sign with it");
    }
    if (auto stranger = strangers(&add.key)) return stranger;
    return needs_others(2, add.person, "to add a person");
  }

  Answer operator()(const PersonRemove& remove) const {
    if (auto unknown = is_unknown(remove.person)) return unknown;
    if (auto stranger = strangers()) return stranger;
    if (active_count() < 2) return no("nobody would be left");
    if (signed_by_person(remove.person)) return {};
    return needs_others(2, remove.person, "to remove a person");
  }

  Answer operator()(const KeyReplace& replace) const {
    if (auto unknown = is_unknown(replace.person)) return unknown;
    if (auto taken = is_taken(replace.key)) return taken;
    if (!signed_by(replace.key)) return no("not signed by the new key itself");
    if (auto stranger = strangers(&replace.key)) return stranger;
    for (const WaitingReplacement& waiting : people_.waiting) {
      if (waiting.replace.person == replace.person) return no("a new key of theirs waits already");
      if (waiting.replace.key == replace.key) return no("this key waits already");
    }
    if (signed_by_person(replace.person)) {
      return needs_others(1, replace.person, "to change a key");
    }
    if (have_two_roles(others_signing(replace.person))) return {};
    return no("to replace a lost key two other persons with different roles have to sign",
              "or the person's present key and one other person");
  }

  Answer operator()(const KeyObject& object) const {
    const auto waiting =
        std::ranges::find(people_.waiting, object.statement, &WaitingReplacement::statement);
    if (waiting == people_.waiting.end()) return no("no new key waits under that id");
    return needs_anybody();
  }

  Answer operator()(const KeyCompromised& compromised) const {
    const BoundPerson* owner = people_.owner_of(compromised.key);
    if (owner == nullptr) return no("nobody in this case has that key");
    if (compromised.since > entry_.received_at) return no("\"since\" lies in the future");
    if (auto stranger = strangers()) return stranger;
    if (signed_by_person(owner->id)) return {};
    return needs_others(2, owner->id, "to call a key compromised");
  }

  Answer operator()(const KeyConfirm& confirm) const {
    if (auto stranger = strangers()) return stranger;
    for (const StatementId& id : confirm.statements) {
      const auto entry = std::ranges::find(people_.signatures, id, &SignedEntry::statement);
      if (entry == people_.signatures.end()) return no("there is no such statement to confirm");
      const bool is_own = std::ranges::any_of(entry->keys, [&](const std::string& fingerprint) {
        const BoundPerson* owner = people_.owner_of(fingerprint);
        return owner != nullptr && signed_by_person(owner->id);
      });
      if (!is_own) return no("only the person who is said to have signed it can confirm it");
    }
    return {};
  }

  Answer operator()(const RoleGive& give) const {
    if (auto unknown = is_unknown(give.person)) return unknown;
    const BoundPerson* person = people_.find(give.person);
    if (person->roles.contains(give.role)) return no("this person has that role already");
    if (auto stranger = strangers()) return stranger;
    if (signed_by_person(give.person)) return no("nobody gives themselves a role");
    return needs_others(2, give.person, "to give a role");
  }

  Answer operator()(const RoleAccept& accept) const {
    for (const auto& [id, person] : people_.persons) {
      for (const auto& [role, held] : person.roles) {
        if (held.given_by != accept.statement || person.is_removed) continue;
        if (held.accepted_at) return no("this role is accepted already");
        if (auto stranger = strangers()) return stranger;
        if (signed_by_person(id)) return {};
        return no("only the person who is to have the role can accept it");
      }
    }
    return no("there is no such role to accept");
  }

  Answer operator()(const RoleRemove& remove) const {
    if (auto unknown = is_unknown(remove.person)) return unknown;
    if (!people_.find(remove.person)->roles.contains(remove.role)) {
      return no("this person does not have that role");
    }
    if (auto stranger = strangers()) return stranger;
    if (signed_by_person(remove.person)) return {};
    return needs_others(2, remove.person, "to take a role away");
  }

  Answer operator()(const AccessGrant& grant) const {
    if (auto stranger = strangers()) return stranger;
    if (grant.stanzas != grant.persons.size() + grant.recovery) {
      return no("the slots have another number of recipients than the grant");
    }
    for (const PersonId& id : grant.persons) {
      if (auto unknown = is_unknown(id)) return unknown;
    }
    const GrantedAccess* now = people_.access_to(grant.compartment);
    return now == nullptr ? first_grant(grant) : next_grant(grant, now->grant);
  }

  Answer operator()(const AccessInbox& inbox) const {
    if (people_.access_to(inbox.compartment) != nullptr) {
      return no("compartment " + inbox.compartment + " is there already");
    }
    if (auto unknown = is_unknown(inbox.person)) return unknown;
    const BoundPerson& person = *people_.find(inbox.person);
    if (!may_begin(people_, person, inbox.compartment)) {
      return no("this person may not begin compartment " + inbox.compartment);
    }
    if (person.current_key() == nullptr || person.current_key()->recipient != inbox.recipient) {
      return no("that is not this person's recipient");
    }
    return needs_anybody();
  }

  Answer operator()(const LogKey& log) const {
    if (people_.owner_of(log.key) != nullptr) return no("a person's key never signs heads");
    for (const BoundLogKey& other : people_.log_keys) {
      if (other.key == log.key) return no("this log key is bound already");
    }
    return needs_founder();
  }

  Answer operator()(const LogKeyEnd& end) const {
    const auto found = std::ranges::find(people_.log_keys, end.key, &BoundLogKey::fingerprint);
    if (found == people_.log_keys.end() || found->ended_at) return no("no such log key");
    return needs_founder();
  }

  Answer operator()(const LeaseTake& lease) const {
    const auto found =
        std::ranges::find(people_.log_keys, lease.log_key, &BoundLogKey::fingerprint);
    if (found == people_.log_keys.end() || found->ended_at) {
      return no("that machine's log key is not bound");
    }
    return needs_anybody();
  }

 private:
  [[nodiscard]] bool signed_by(const SshPublicKey& key) const {
    return std::ranges::find(entry_.signers, key) != entry_.signers.end();
  }

  /// Signed with a key of theirs that counts.
  [[nodiscard]] bool signed_by_person(const PersonId& id) const {
    const BoundPerson* person = people_.find(id);
    return person != nullptr && !person->is_removed &&
           std::ranges::any_of(person->keys, [&](const BoundKey& key) {
             return key.counts() && signed_by(key.key);
           });
  }

  /// A signature that nobody here can have given.
  [[nodiscard]] Answer strangers(const SshPublicKey* expected = nullptr) const {
    for (const SshPublicKey& key : entry_.signers) {
      if (expected != nullptr && key == *expected) continue;
      const BoundPerson* owner = people_.owner_of(key);
      if (owner == nullptr) return no("signed by a key that nobody in this case has");
      if (owner->is_removed) return no("signed by somebody who was removed");
      const auto bound = std::ranges::find(owner->keys, key, &BoundKey::key);
      if (bound->replaced_at) return no("signed by a key that was replaced");
      if (bound->compromised_since) return no("signed by a key that is compromised");
    }
    return {};
  }

  [[nodiscard]] Answer is_taken(const SshPublicKey& key) const {
    if (people_.owner_of(key) != nullptr) return no("this key is bound to a person already");
    if (std::ranges::find(people_.log_keys, key, &BoundLogKey::key) != people_.log_keys.end()) {
      return no("a log key is nobody's");
    }
    return {};
  }

  [[nodiscard]] Answer is_unknown(const PersonId& id) const {
    const BoundPerson* person = people_.find(id);
    if (person == nullptr) return no("there is no such person in the case");
    if (person->is_removed) return no("this person was removed from the case");
    return {};
  }

  [[nodiscard]] std::vector<const BoundPerson*> others_signing(const PersonId& about) const {
    std::vector<const BoundPerson*> others;
    for (const auto& [id, person] : people_.persons) {
      if (id != about && signed_by_person(id) && counts(people_, person)) others.push_back(&person);
    }
    return others;
  }

  [[nodiscard]] std::size_t active_count() const { return people_.active().size(); }

  /// As many others as are asked for; while fewer are bound, all of them.
  [[nodiscard]] Answer needs_others(std::size_t wanted, const PersonId& about,
                                    const std::string& purpose) const {
    std::size_t there = 0;
    for (const auto& [id, person] : people_.persons) {
      if (id != about && counts(people_, person)) ++there;
    }
    const std::size_t needed = std::min(wanted, there);
    const std::size_t have = others_signing(about).size();
    if (needed == 0) return no(purpose + " somebody else has to sign, and there is nobody");
    if (have >= needed) return {};
    return no(purpose + " " + (needed == 1 ? "one other person has" : "two other persons have") +
                  " to sign; " + std::to_string(have) + " did",
              "ask another person of the case to sign as well");
  }

  [[nodiscard]] Answer needs_anybody() const {
    if (auto stranger = strangers()) return stranger;
    if (entry_.signers.empty()) return no("nobody signed");
    return {};
  }

  [[nodiscard]] Answer needs_founder() const {
    if (auto stranger = strangers()) return stranger;
    for (const auto& [id, person] : people_.persons) {
      if (person.is_founder && signed_by_person(id)) return {};
    }
    return no("a founder of the case has to sign");
  }

  static bool have_two_roles(const std::vector<const BoundPerson*>& persons) {
    for (const BoundPerson* first : persons) {
      for (const BoundPerson* second : persons) {
        if (first == second) continue;
        for (const auto& [one, held] : first->roles) {
          if (!held.accepted_at) continue;
          for (const auto& [other, also] : second->roles) {
            if (also.accepted_at && one != other) return true;
          }
        }
      }
    }
    return false;
  }

  [[nodiscard]] Answer first_grant(const AccessGrant& grant) const {
    if (grant.generation != 1) return no("the first generation has number 1");
    for (const PersonId& id : grant.persons) {
      if (!signed_by_person(id)) continue;
      if (may_begin(people_, *people_.find(id), grant.compartment)) return {};
    }
    return no("nobody who signed may begin compartment " + grant.compartment,
              grant.compartment == "general" ? "a founder makes it"
                                             : "a person with the right role makes it");
  }

  [[nodiscard]] Answer next_grant(const AccessGrant& grant, const AccessGrant& now) const {
    const bool is_entitled =
        std::ranges::any_of(now.persons, [&](const PersonId& id) { return signed_by_person(id); });
    if (!is_entitled) {
      return no("only somebody who can open " + grant.compartment + " can let others in");
    }
    if (grant.generation == now.generation) {
      if (grant.public_key != now.public_key) return no("another key needs a new generation");
      if (!std::ranges::includes(grant.persons, now.persons)) {
        return no("leaving somebody out needs a new generation");
      }
      return {};
    }
    if (grant.generation != now.generation + 1) return no("generations follow one another");
    if (grant.public_key == now.public_key) return no("a new generation has a new key");
    const bool is_among = std::ranges::any_of(
        grant.persons, [&](const PersonId& id) { return signed_by_person(id); });
    if (!is_among) return no("whoever makes a generation is among its persons");
    return {};
  }

  const People& people_;
  const Skeleton& entry_;
};

}  // namespace

bool may_begin(const People& people, const BoundPerson& person, const std::string& compartment) {
  if (!counts(people, person)) return false;
  if (compartment == "general") return person.is_founder;
  if (compartment == "legal") return person.holds("legal");
  if (compartment == "pii") {
    return person.holds("legal") || person.holds("privacy") || person.holds("dpo");
  }
  return true;
}

std::optional<Refusal> refuse(const People& people, const Skeleton& entry) {
  const auto body = parse_body(entry.statement.verb, entry.statement.body);
  if (!body) return no(body.error().message);
  if (people.statements.contains(entry.statement.id)) return no("this statement counted already");
  const bool is_opening = std::holds_alternative<CaseOpen>(*body);
  if (!people.case_id && !is_opening) return no("the case is not opened yet");
  if (people.case_id &&
      (entry.statement.case_id != *people.case_id || entry.statement.is_drill != people.is_drill)) {
    return no("a statement about another case");
  }
  if (entry.statement.expires && entry.received_at > *entry.statement.expires) {
    return no("it had expired when it was received");
  }
  return std::visit(Rules(people, entry), *body);
}

}  // namespace casebook::workflow
