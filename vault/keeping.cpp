#include "vault/keeping.h"

#include "core/digest.h"
#include "core/printable.h"
#include "vault/attachment.h"
#include "vault/folder.h"

namespace casebook::vault {
namespace {

FileCalls& calls_of(const RotationOptions& options) {
  return options.calls == nullptr ? system_file_calls() : *options.calls;
}

Result<OpenedSlots> read_slots(const SlotsRequest& request, const std::filesystem::path& path) {
  auto file = read_file(path, kSlotsBytesMax);
  if (!file) return std::move(file).error();
  return open_slots(*file, request.unlock, request.case_id, request.compartment);
}

Result<Compartment> open_alone(const SlotsRequest& request, const std::filesystem::path& path,
                               const Slots& slots) {
  return Compartment::open({.path = path,
                            .cache_bytes = request.vault.cache_bytes,
                            .layer = request.vault.layer,
                            .exclusive_use = true},
                           slots.data_key, slots.name);
}

/// True when the new database holds a record that the old one does not and that the ledger names:
/// the grant, since nothing else is written there before it is in force.
Result<bool> holds_what_was_appended(const SlotsRequest& request, const CompartmentFiles& files,
                                     const Slots& current, const Slots& next,
                                     const IsInLedger& is_in_ledger) {
  auto after = open_alone(request, files.next_database, next);
  if (!after) return std::move(after).error();
  auto before = open_alone(request, files.database, current);
  if (!before) return std::move(before).error();
  const auto last_after = after->last_seq();
  const auto last_before = before->last_seq();
  if (!last_after) return last_after.error();
  if (!last_before) return last_before.error();
  if (*last_after && (!*last_before || **last_after > **last_before)) return true;
  auto pending = after->pending();
  if (!pending) return std::move(pending).error();
  for (const StoredRecord& record : *pending) {
    auto known = before->record_of(record.commit);
    if (!known) return std::move(known).error();
    if (*known) continue;
    auto appended = is_in_ledger(record.commit);
    if (!appended || *appended) return appended;
  }
  return false;
}

/// Finishes what stands in the way of opening. The caller holds the vault's use alone.
Status settle(const SlotsRequest& request, const CompartmentFiles& files,
              const IsInLedger& is_in_ledger, const std::optional<Grant>& recorded) {
  auto current = read_slots(request, files.slots);
  auto next = read_slots(request, files.next_slots);
  const bool is_new_generation =
      current && next && next->slots.name.generation == current->slots.name.generation + 1;
  if (!is_new_generation) return ok();
  bool is_recorded = recorded && *recorded == next->observed;
  if (!is_recorded) {
    auto holds = holds_what_was_appended(request, files, current->slots, next->slots, is_in_ledger);
    if (!holds) return std::move(holds).error();
    is_recorded = *holds;
  }
  if (!is_recorded) return ok();  // settle_generation() takes it back.
  FileCalls& calls = calls_of(request.vault);
  if (calls.rename(files.next_slots.c_str(), files.slots.c_str()) != 0) {
    return system_error("replace " + printable(files.slots.native()), errno);
  }
  return sync_folder(request.vault.vault, calls);
}

Result<OpenedSlots> settle_and_open(const SlotsRequest& request, const IsInLedger& is_in_ledger,
                                    const std::optional<Grant>& recorded) {
  const CompartmentFiles files = files_of(request.vault.vault, request.compartment);
  if (!is_there(files.next_database)) return read_slots(request, files.slots);
  {
    auto use = UseLock::acquire(request.vault.vault / "use", UseLock::Kind::exclusive,
                                request.vault.use_wait_max);
    if (!use) return std::move(use).error();
    if (auto done = settle(request, files, is_in_ledger, recorded); !done) {
      return std::move(done).error();
    }
  }
  auto current = read_slots(request, files.slots);
  if (!current) return current;
  const bool is_staged = is_there(files.next_slots);
  // A generation that we may not open is finished or taken back by somebody who may.
  if (is_staged && !read_slots(request, files.next_slots)) return current;
  auto settled = settle_generation(request.vault, current->slots);
  if (!settled) return std::move(settled).error();
  if (is_staged && *settled == Settled::took_back) {
    if (calls_of(request.vault).unlink(files.next_slots.c_str()) != 0) {
      return system_error("remove " + printable(files.next_slots.native()), errno);
    }
  }
  return current;
}

/// Whether this is the file that was granted. One that is not there is not.
Result<bool> is_granted(const std::filesystem::path& path, const Grant& recorded) {
  auto file = read_file(path, kSlotsBytesMax);
  if (!file && file.error().code == ErrorCode::not_found) return false;
  if (!file) return std::move(file).error();
  const auto digest = sha256(*file);
  if (!digest) return Error(digest.error());
  return *digest == recorded.slots_digest;
}

}  // namespace

bool is_unsettled(const std::filesystem::path& vault, std::string_view compartment) {
  const CompartmentFiles files = files_of(vault, compartment);
  return is_there(files.next_database) || is_there(files.next_slots);
}

Result<bool> lies_as_granted(const std::filesystem::path& vault, const Grant& recorded) {
  const CompartmentFiles files = files_of(vault, recorded.name.compartment);
  auto current = is_granted(files.slots, recorded);
  if (!current || *current) return current;
  // One more person: the keys are the same.
  if (is_there(files.next_database)) return false;
  return is_granted(files.next_slots, recorded);
}

Result<OpenedSlots> read_slots_in_force(const SlotsRequest& request,
                                        const std::optional<Grant>& recorded) {
  const CompartmentFiles files = files_of(request.vault.vault, request.compartment);
  if (!recorded) {
    auto opened = read_slots(request, files.slots);
    // Somebody who was let in, before the file with them got its name.
    const bool is_locked = !opened && opened.error().code == ErrorCode::locked;
    if (!is_locked || !is_there(files.next_slots)) return opened;
    auto next = read_slots(request, files.next_slots);
    return next ? std::move(next) : std::move(opened);
  }
  for (const auto& path : {files.slots, files.next_slots}) {
    auto granted = is_granted(path, *recorded);
    if (!granted) return std::move(granted).error();
    if (!*granted) continue;
    auto opened = read_slots(request, path);
    if (!opened) return opened;
    if (auto same = compare_grants(opened->observed, *recorded); !same) {
      return std::move(same).error();
    }
    return opened;
  }
  // Neither: what differs is said when it can be read.
  auto other = read_slots(request, files.slots);
  if (other) {
    if (auto same = compare_grants(other->observed, *recorded); !same) {
      return std::move(same).error();
    }
  }
  return Error{ErrorCode::corrupt,
               "slots of " + request.compartment + ": are not those that were granted"};
}

Result<OpenedSlots> settle_and_open_slots(const SlotsRequest& request,
                                          const IsInLedger& is_in_ledger,
                                          const std::optional<Grant>& recorded) {
  auto opened = settle_and_open(request, is_in_ledger, recorded);
  if (!recorded) return opened;
  const CompartmentFiles files = files_of(request.vault.vault, request.compartment);
  if (is_there(files.next_slots)) {  // Of a grant: whichever file was recorded is in force.
    auto settled = settle_slots(request.vault.vault, *recorded, calls_of(request.vault));
    if (!settled) return std::move(settled).error();
    opened = read_slots(request, files.slots);
  }
  if (!opened) return opened;
  if (auto same = compare_grants(opened->observed, *recorded); !same) {
    return std::move(same).error();
  }
  return opened;
}

Result<Slots> grant_access(const RotationOptions& vault, Slots current, const SlotPerson& person,
                           Randomness& randomness, const RecordGrant& record) {
  if (auto added = add_person(current, person); !added) return std::move(added).error();
  auto sealed = seal_slots(current, randomness);
  if (!sealed) return std::move(sealed).error();
  FileCalls& calls = calls_of(vault);
  if (auto staged = stage_slots(vault.vault, *sealed, calls); !staged) {
    return std::move(staged).error();
  }
  if (auto recorded = record(sealed->grant); !recorded) return std::move(recorded).error();
  if (auto settled = settle_slots(vault.vault, sealed->grant, calls); !settled) {
    return std::move(settled).error();
  }
  return current;
}

Result<Slots> make_generation(const RotationOptions& vault, const Slots& current,
                              std::vector<SlotPerson> persons, Randomness& randomness,
                              const RecordGeneration& record) {
  auto rotation = Rotation::prepare(vault, current, std::move(persons), randomness);
  if (!rotation) return std::move(rotation).error();
  const Grant grant = rotation->grant();
  // Once the record may be in the ledger only settle_and_open_slots() knows which way to go.
  rotation->leave_to_settle();
  auto recorded =
      rotation->with_new_database([&](Compartment& next) { return record(grant, next); });
  if (!recorded) return std::move(recorded).error();
  return std::move(*rotation).put_in_force();
}

Result<ErasureOutcome> erase_for_good(Compartment& compartment, const ErasureRequest& request,
                                      FileCalls& calls) {
  ErasureOutcome outcome;
  if (!request.records.empty()) {
    auto erased = compartment.erase(request.records);
    if (!erased) return std::move(erased).error();
    outcome.erased = *std::move(erased);
  }
  if (!request.items.empty()) {
    auto leaves = compartment.erase_leaves(request.items);
    if (!leaves) return std::move(leaves).error();
    outcome.erased.items += leaves->items;
    outcome.erased.versions += leaves->versions;
  }
  ErasureFacts facts{.erased_in_generation = compartment.name().generation,
                     .current_generation = compartment.name().generation,
                     .leftover_files = {},
                     .backups = request.backups};
  for (const AttachmentId& id : outcome.erased.attachments) {
    if (!remove_attachment(request.vault / "attachments", id, calls)) {
      facts.attachments_remain = true;
    }
  }
  auto leftover = leftover_files(request.vault, compartment.name().compartment);
  if (!leftover) return std::move(leftover).error();
  facts.leftover_files = *std::move(leftover);
  outcome.report = erasure_report(facts);
  return outcome;
}

}  // namespace casebook::vault
