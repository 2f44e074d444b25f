#include "workflow/people.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

std::string fingerprint_of(const SshPublicKey& key) {
  auto fingerprint = key.fingerprint();
  check(bool(fingerprint), "SHA-256 of a key");
  return *std::move(fingerprint);
}

std::optional<Digest256> digest_named(const Statement& statement, const std::string& name) {
  const auto found = statement.digests.find(name);
  if (found == statement.digests.end()) return std::nullopt;
  return found->second;
}

BoundKey bound(const SshPublicKey& key, const AgeRecipient& recipient, std::uint64_t seq) {
  return {key, fingerprint_of(key), recipient, seq};
}

/// What each verb changes, once it is known that the rules allow it.
class Change {
 public:
  Change(People& people, const Skeleton& entry) : people_(people), entry_(entry) {}

  void operator()(const CaseOpen& open) {
    people_.case_id = entry_.statement.case_id;
    people_.is_drill = entry_.statement.is_drill;
    people_.code_name = open.code_name;
    people_.roster = open.roster;
    people_.title = digest_named(entry_.statement, "title");
    people_.founder_count = open.founders.size();
    for (std::size_t i = 0; i < open.founders.size(); ++i) {
      const Founder& founder = open.founders[i];
      BoundPerson person = new_person(founder.person, founder.key, founder.recipient);
      person.is_founder = true;
      person.name = digest_named(entry_.statement, "name_" + std::to_string(i));
      for (const std::string& role : founder.roles) {
        person.roles.emplace(role, HeldRole{entry_.statement.id, entry_.seq, entry_.seq});
      }
      people_.persons.emplace(founder.person, std::move(person));
    }
    people_.log_keys.push_back({open.log_key, fingerprint_of(open.log_key)});
    people_.lease = people_.log_keys.back().fingerprint;
  }
  void operator()(const PersonAdd& add) {
    BoundPerson person = new_person(add.person, add.key, add.recipient);
    person.name = digest_named(entry_.statement, "name");
    people_.persons.emplace(add.person, std::move(person));
  }
  void operator()(const PersonRemove& remove) {
    people_.persons.at(remove.person).is_removed = true;
  }
  void operator()(const KeyReplace& replace) {
    people_.waiting.push_back(
        {entry_.statement.id, entry_.seq, replace, entry_.received_at + kKeyReplaceDelay});
  }
  void operator()(const KeyObject& object) {
    std::erase_if(people_.waiting, [&](const WaitingReplacement& waiting) {
      return waiting.statement == object.statement;
    });
  }
  void operator()(const KeyCompromised& compromised) {
    for (auto& [id, person] : people_.persons) {
      for (BoundKey& key : person.keys) {
        if (key.fingerprint != compromised.key) continue;
        key.compromised_since = key.compromised_since
                                    ? std::min(*key.compromised_since, compromised.since)
                                    : compromised.since;
      }
    }
  }
  void operator()(const KeyConfirm& confirm) {
    people_.confirmed.insert(confirm.statements.begin(), confirm.statements.end());
  }
  void operator()(const RoleGive& give) {
    people_.persons.at(give.person)
        .roles.insert_or_assign(give.role, HeldRole{entry_.statement.id, entry_.seq});
  }
  void operator()(const RoleAccept& accept) {
    for (auto& [id, person] : people_.persons) {
      for (auto& [role, held] : person.roles) {
        if (held.given_by == accept.statement) held.accepted_at = entry_.seq;
      }
    }
  }
  void operator()(const RoleRemove& remove) {
    people_.persons.at(remove.person).roles.erase(remove.role);
  }
  void operator()(const AccessGrant& grant) {
    GrantedAccess granted{grant, entry_.seq, entry_.received_at, {}};
    for (const SshPublicKey& key : entry_.signers) {
      if (const BoundPerson* person = people_.owner_of(key))
        granted.granted_by.push_back(person->id);
    }
    people_.grants[grant.compartment].push_back(std::move(granted));
    people_.inboxes.erase(grant.compartment);
  }
  void operator()(const AccessInbox& inbox) {
    people_.inboxes.insert_or_assign(inbox.compartment, inbox);
  }
  void operator()(const LogKey& log) {
    people_.log_keys.push_back({log.key, fingerprint_of(log.key)});
  }
  void operator()(const LogKeyEnd& end) {
    for (BoundLogKey& log : people_.log_keys) {
      if (log.fingerprint == end.key) log.ended_at = entry_.seq;
    }
  }
  void operator()(const LeaseTake& lease) { people_.lease = lease.log_key; }

 private:
  [[nodiscard]] BoundPerson new_person(const PersonId& id, const SshPublicKey& key,
                                       const AgeRecipient& recipient) const {
    BoundPerson person{id, false, false, entry_.seq, {}, {}, {}};
    person.keys.push_back(bound(key, recipient, entry_.seq));
    return person;
  }
  People& people_;
  const Skeleton& entry_;
};

}  // namespace

const BoundKey* BoundPerson::current_key() const {
  const auto found =
      std::find_if(keys.rbegin(), keys.rend(), [](const BoundKey& key) { return key.counts(); });
  return found == keys.rend() ? nullptr : &*found;
}

bool BoundPerson::holds(const std::string& role) const {
  const auto found = roles.find(role);
  return found != roles.end() && found->second.accepted_at.has_value();
}

const BoundPerson* People::find(const PersonId& id) const {
  const auto found = persons.find(id);
  return found == persons.end() ? nullptr : &found->second;
}

const BoundPerson* People::owner_of(const SshPublicKey& key) const {
  for (const auto& [id, person] : persons) {
    if (std::ranges::any_of(person.keys, [&](const BoundKey& own) { return own.key == key; })) {
      return &person;
    }
  }
  return nullptr;
}

const BoundPerson* People::owner_of(std::string_view fingerprint) const {
  for (const auto& [id, person] : persons) {
    if (std::ranges::find(person.keys, fingerprint, &BoundKey::fingerprint) != person.keys.end()) {
      return &person;
    }
  }
  return nullptr;
}

std::vector<PersonId> People::active() const {
  std::vector<PersonId> ids;
  for (const auto& [id, person] : persons) {
    if (!person.is_removed && person.current_key() != nullptr) ids.push_back(id);
  }
  return ids;
}

const GrantedAccess* People::access_to(const std::string& compartment) const {
  const auto found = grants.find(compartment);
  return found == grants.end() ? nullptr : &found->second.back();
}

People settle(People people, UtcSeconds now) {
  for (const WaitingReplacement& waiting : people.waiting) {
    // What a stolen key asked for does not come about by waiting.
    if (waiting.counts_from > now || is_contested(people, waiting.seq)) continue;
    BoundPerson& person = people.persons.at(waiting.replace.person);
    for (BoundKey& key : person.keys) {
      if (!key.replaced_at) key.replaced_at = waiting.counts_from;
    }
    person.keys.push_back(bound(waiting.replace.key, waiting.replace.recipient, waiting.seq));
  }
  std::erase_if(people.waiting,
                [&](const WaitingReplacement& waiting) { return waiting.counts_from <= now; });
  return people;
}

People apply(People people, const Skeleton& entry) {
  people = settle(std::move(people), entry.received_at);
  if (auto refusal = refuse(people, entry)) {
    people.refused.push_back({entry.seq, entry.statement.verb, std::move(refusal->what)});
    people.statements.insert(entry.statement.id);
    return people;
  }
  SignedEntry by{entry.seq, entry.statement.id, {}};
  for (const SshPublicKey& key : entry.signers) by.keys.push_back(fingerprint_of(key));
  const auto body = parse_body(entry.statement.verb, entry.statement.body);
  check(bool(body), "the rules read the body");
  std::visit(Change(people, entry), *body);
  people.signatures.push_back(std::move(by));
  people.statements.insert(entry.statement.id);
  return people;
}

People fold(std::span<const Skeleton> entries, std::span<const TrustedHead> trusted_heads) {
  People people;
  people.trusted_heads.assign(trusted_heads.begin(), trusted_heads.end());
  for (const Skeleton& entry : entries) people = apply(std::move(people), entry);
  return people;
}

bool is_contested(const People& people, std::uint64_t seq) {
  const auto entry = std::ranges::lower_bound(people.signatures, seq, {}, &SignedEntry::seq);
  if (entry == people.signatures.end() || entry->seq != seq) return false;
  if (people.confirmed.contains(entry->statement)) return false;
  return std::ranges::any_of(entry->keys, [&](const std::string& fingerprint) {
    const BoundPerson* owner = people.owner_of(fingerprint);
    if (owner == nullptr) return false;
    const auto key = std::ranges::find(owner->keys, fingerprint, &BoundKey::fingerprint);
    if (!key->compromised_since) return false;
    return std::ranges::none_of(people.trusted_heads, [&](const TrustedHead& head) {
      return head.size > seq && head.time < *key->compromised_since;
    });
  });
}

std::vector<SignedEntry> contested_entries(const People& people) {
  std::vector<SignedEntry> contested;
  for (const SignedEntry& entry : people.signatures) {
    if (is_contested(people, entry.seq)) contested.push_back(entry);
  }
  return contested;
}

}  // namespace casebook::workflow
