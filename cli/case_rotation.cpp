/// New generations of compartments: the grant becomes durable before the files are exchanged, and
/// is entered into the ledger behind that. Whatever a crash leaves, opening the case finishes or
/// takes back: docs/spec/slots.md, "New generation".

#include <algorithm>

#include "cli/case_session.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kGeneral = "general";

Error refused(const Refused& refusal) {
  return Error{ErrorCode::invalid_input, refusal.what, refusal.hint};
}

/// Those of `slots` who stay, and nobody else.
Result<std::vector<vault::SlotPerson>> remaining(const vault::Slots& slots,
                                                 const std::vector<PersonId>& persons,
                                                 bool keeps_recovery) {
  std::vector<vault::SlotPerson> left;
  for (const vault::SlotPerson& one : slots.persons) {
    const bool stays =
        std::ranges::any_of(persons, [&](const PersonId& id) { return id.text() == one.person; });
    // A recovery identity is nobody's.
    if (stays || (keeps_recovery && one.person.starts_with("recovery"))) left.push_back(one);
  }
  return left;
}

}  // namespace

Status CaseSession::reopen_general() {
  if (open_.contains(std::string(kGeneral))) return ok();
  return open_general("reading the case");
}

Status CaseSession::rotate(const std::string& compartment, const std::vector<PersonId>& persons,
                           bool keeps_recovery) {
  check(writer_.has_value(), "a session that writes");
  auto slots = slots_of(compartment);
  if (!slots) return std::move(slots).error();
  auto left = remaining(*slots, persons, keeps_recovery);
  if (!left) return std::move(left).error();
  // Names are read, and the rules that judge the grant, while general is open.
  if (auto folded = fold_runbook(); !folded) return folded;
  for (const PersonId& id : persons) static_cast<void>(name_of(id));
  if (auto closed = close_compartments(); !closed) return closed;
  auto rotation = vault::Rotation::prepare({.vault = paths_.vault()}, *slots, *std::move(left),
                                           runtime_.randomness);
  if (!rotation) {
    if (auto opened = reopen_general(); !opened) return opened;
    return std::move(rotation).error();
  }
  const Status done = exchange(*std::move(rotation));
  if (auto opened = reopen_general(); !opened) return done ? opened : done;
  return done;
}

Status CaseSession::exchange(vault::Rotation&& rotation) {
  const bool is_general = rotation.grant().name.compartment == kGeneral;
  auto grant = signed_form(rotation.grant());
  if (!grant) return std::move(grant).error();
  auto proposal = propose(*grant);
  if (!proposal) return std::move(proposal).error();
  auto refusal = judge(*proposal);
  if (!refusal) return std::move(refusal).error();
  if (*refusal) return refused(**refusal);
  const DraftPlace place{state_.file.case_id, state_.file.is_drill, *me_, now_, basis()};
  auto items = skeleton_items(*proposal, place, basis().count, runtime_.randomness);
  if (!items) return std::move(items).error();
  std::optional<vault::CaseWriter::Prepared> prepared;
  const auto put = [&](vault::Compartment& general) -> Status {
    auto made = writer_->prepare(general, {proposal->statement, {.items = *items}}, now_);
    if (!made) return std::move(made).error();
    prepared = *made;
    return ok();
  };
  if (is_general) {
    if (auto done = rotation.with_new_database(put); !done) return done;
  } else {
    auto slots = slots_of(std::string(kGeneral));
    if (!slots) return std::move(slots).error();
    vault::DatabaseOptions alone = database_of(std::string(kGeneral));
    alone.exclusive_use = true;  // The rotation holds the vault for us.
    auto general = vault::Compartment::open(alone, slots->data_key, slots->name);
    if (!general) return std::move(general).error();
    if (auto done = put(*general); !done) return done;
    if (auto closed = std::move(*general).close(); !closed) return closed;
  }
  auto in_force = std::move(rotation).put_in_force();
  if (!in_force) {
    Error failed = std::move(in_force).error();
    if (is_general) return failed;
    // The files of before are in force: the grant was never given.
    if (auto opened = reopen_general(); !opened) return opened;
    auto gone = open_.at(std::string(kGeneral)).discard(prepared->commit);
    return gone ? Status(std::move(failed)) : gone;
  }
  auto statement = parse_statement(proposal->statement.text);
  auto signers = statement_signers(proposal->statement);
  if (!statement) return std::move(statement).error();
  if (!signers) return std::move(signers).error();
  take_in({prepared->seq, prepared->received_at, *std::move(statement), *std::move(signers)});
  if (auto opened = reopen_general(); !opened) return opened;
  auto entered = writer_->enter(open_.at(std::string(kGeneral)), *prepared);
  if (!entered) return std::move(entered).error();
  return ok();
}

}  // namespace casebook::cli
