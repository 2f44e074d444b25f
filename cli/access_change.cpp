#include "cli/access_change.h"

#include <algorithm>

#include "cli/case_inbox.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

/// Says a grant and only then puts its slots in force.
Status say_grant(CaseSession& session, const vault::SealedSlots& sealed) {
  auto grant = signed_form(sealed.grant);
  if (!grant) return std::move(grant).error();
  auto proposal = session.propose(*grant);
  if (!proposal) return std::move(proposal).error();
  auto refusal = session.judge(*proposal);
  if (!refusal) return std::move(refusal).error();
  if (*refusal) return Error{ErrorCode::invalid_input, (*refusal)->what, (*refusal)->hint};
  const auto vault = session.paths().vault();
  if (auto staged = vault::stage_slots(vault, sealed); !staged) return staged;
  if (auto said = session.say(*proposal); !said) return std::move(said).error();
  return vault::settle_slots(vault, sealed.grant);
}

}  // namespace

Status grant_access(CaseSession& session, const std::string& compartment,
                    const std::vector<PersonId>& persons) {
  auto slots = session.slots_of(compartment);
  if (!slots) return std::move(slots).error();
  for (const PersonId& id : persons) {
    const workflow::BoundPerson* person = session.people().find(id);
    const workflow::BoundKey* key = person == nullptr ? nullptr : person->current_key();
    if (key == nullptr) {
      return Error{ErrorCode::invalid_input, session.name_of(id) + " has no key that counts"};
    }
    // Whoever has a new key since gets their place back under it (RT-30).
    std::erase_if(slots->persons, [&](const vault::SlotPerson& one) {
      return one.person == id.text() && one.recipient != key->recipient;
    });
    auto added = vault::add_person(*slots, {id.text(), key->recipient});
    if (!added) return added;
  }
  auto sealed = vault::seal_slots(*slots, session.runtime().randomness);
  if (!sealed) return std::move(sealed).error();
  return say_grant(session, *sealed);
}

Status revoke_access(CaseSession& session, const std::string& compartment,
                     const std::vector<PersonId>& persons) {
  const workflow::GrantedAccess* access = session.people().access_to(compartment);
  if (access == nullptr) {
    return Error{ErrorCode::not_found, "there is no compartment " + printable(compartment),
                 "casebook access list shows those there are"};
  }
  std::vector<PersonId> left = access->grant.persons;
  for (const PersonId& id : persons) {
    if (id == session.me()) {
      return Error{ErrorCode::invalid_input, "nobody takes themselves out",
                   "somebody else who can open " + compartment + " has to"};
    }
    if (std::erase(left, id) == 0) {
      return Error{ErrorCode::invalid_input,
                   session.name_of(id) + " cannot open " + compartment + " anyway"};
    }
  }
  // What waits in the inbox opens with the keys of now and not with those to come.
  auto taken = take_in(session, compartment);
  if (!taken) return std::move(taken).error();
  return session.rotate(compartment, left);
}

Result<AgeIdentity> make_recovery(CaseSession& session, const std::string& compartment) {
  auto slots = session.slots_of(compartment);
  if (!slots) return std::move(slots).error();
  auto identity = AgeIdentity::make(session.runtime().randomness);
  if (!identity) return std::move(identity).error();
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::any_of(slots->persons, [&](const auto& one) { return one.person == name; });
  };
  std::string name = "recovery";
  for (int number = 1; is_taken(name); ++number) name = "recovery-" + std::to_string(number);
  auto added = vault::add_person(*slots, {name, identity->recipient()});
  if (!added) return std::move(added).error();
  auto sealed = vault::seal_slots(*slots, session.runtime().randomness);
  if (!sealed) return std::move(sealed).error();
  if (auto said = say_grant(session, *sealed); !said) return std::move(said).error();
  return identity;
}

Status end_recovery(CaseSession& session, const std::string& compartment) {
  const workflow::GrantedAccess* access = session.people().access_to(compartment);
  if (access == nullptr || access->grant.recovery == 0) {
    return Error{ErrorCode::not_found, printable(compartment) + " has no recovery identity",
                 "casebook access list shows where there is one"};
  }
  const std::vector<PersonId> persons = access->grant.persons;
  auto taken = take_in(session, compartment);
  if (!taken) return std::move(taken).error();
  return session.rotate(compartment, persons, false);
}

Status begin_compartment(CaseSession& session, const std::string& compartment) {
  if (session.people().access_to(compartment) != nullptr) {
    return Error{ErrorCode::invalid_input, printable(compartment) + " is there already"};
  }
  const workflow::BoundPerson& me = *session.people().find(session.me());
  const vault::CompartmentName name{session.state().file.case_id, compartment, 1};
  if (auto good = vault::check_compartment_name(compartment); !good) return good;
  if (!workflow::may_begin(session.people(), me, compartment)) {
    return Error{ErrorCode::invalid_input, "you may not begin compartment " + compartment,
                 "legal is begun by a person with the role legal; pii by "
                 "legal, privacy or dpo"};
  }
  auto slots = vault::make_slots(name, {{me.id.text(), me.current_key()->recipient}},
                                 session.runtime().randomness);
  if (!slots) return std::move(slots).error();
  auto sealed = vault::seal_slots(*slots, session.runtime().randomness);
  if (!sealed) return std::move(sealed).error();
  const auto files = vault::files_of(session.paths().vault(), compartment);
  // A database whose grant was never said belongs to nobody: an attempt that
  // was cut short.
  std::error_code ignored;
  std::filesystem::remove(files.database, ignored);
  auto made = vault::Compartment::create(
      {.path = files.database, .lock_file = session.paths().vault() / "lock"}, slots->data_key,
      name);
  if (!made) return made;
  return say_grant(session, *sealed);
}

}  // namespace casebook::cli
