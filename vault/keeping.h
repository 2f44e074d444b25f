#pragma once
/// The longer works of keeping a case, each in the order in which a crash does no harm: opening
/// after a crash, granting, a new generation, erasing. Specification: docs/spec/slots.md and
/// docs/spec/keeping.md.

#include "vault/erasure.h"
#include "vault/rotation.h"

namespace casebook::vault {

/// Who opens which compartment.
struct SlotsRequest {
  RotationOptions vault;
  CaseId case_id;
  std::string compartment;
  AgeUnlock unlock;
};

/// Whether a commitment stands in the ledger of the case.
using IsInLedger = std::function<Result<bool>(const Digest256&)>;

/// Whether a grant or a new generation of this compartment left files that are to be settled.
bool is_unsettled(const std::filesystem::path& vault, std::string_view compartment);

/// Whether the compartment can be read as `recorded` says: its slots are there, and nothing stands
/// between them and the database.
Result<bool> lies_as_granted(const std::filesystem::path& vault, const Grant& recorded);

/// Reads the slots in force and changes nothing: beside a change that is going on or that a crash
/// cut short they are those that the ledger names, under whichever name they lie.
/// @param recorded  the last grant that `general` knows of; without it whatever opens is taken.
/// @return `locked` when none of the identities fits; `corrupt` when no file is what was granted.
Result<OpenedSlots> read_slots_in_force(const SlotsRequest& request,
                                        const std::optional<Grant>& recorded = {});

/// Reads the slots in force, after finishing or taking back a new generation that a crash cut
/// short: it is finished when its grant stands in the ledger. The caller holds the lock of the case
/// and has no compartment open: for `general` first without `recorded`, which needs no lock, and
/// again with it once it is folded.
/// @param recorded  the last grant that `general` knows of for this compartment; slots staged for a
/// grant are settled by it too, and what is opened is compared with it.
/// @return `locked` when none of the identities fits, or while somebody else makes a generation;
/// `corrupt` when the slots are not those that were granted.
Result<OpenedSlots> settle_and_open_slots(const SlotsRequest& request,
                                          const IsInLedger& is_in_ledger,
                                          const std::optional<Grant>& recorded = {});

/// Signs the grant and appends its record. When it fails nothing has come into force.
using RecordGrant = std::function<Status(const Grant&)>;
/// One more person for the same keys. @return the slots now in force.
Result<Slots> grant_access(const RotationOptions& vault, Slots current, const SlotPerson& person,
                           Randomness& randomness, const RecordGrant& record);

/// As RecordGrant, with the new database open: the record goes there when the compartment is the
/// one that grants are recorded in, and otherwise into that one, opened with `exclusive_use`.
using RecordGeneration = std::function<Status(const Grant&, Compartment& next)>;
/// A new generation for `persons`: whoever is not among them reads nothing that comes. Nobody may
/// have a compartment of this vault open, not even the caller.
Result<Slots> make_generation(const RotationOptions& vault, const Slots& current,
                              std::vector<SlotPerson> persons, Randomness& randomness,
                              const RecordGeneration& record);

struct ErasureRequest {
  std::filesystem::path vault;  ///< `CASE/vault`.
  std::vector<Digest256> records;
  std::vector<ItemId> items;  ///< Single ones of batches.
  std::vector<KnownBackup> backups;
};
struct ErasureOutcome {
  Erasure erased;
  ErasureReport report;
};
/// Takes records and items away and removes the files of their attachments. Repeating it completes
/// what was cut short. The caller has asked may_erase() and recorded the act before.
Result<ErasureOutcome> erase_for_good(Compartment& compartment, const ErasureRequest& request,
                                      FileCalls& calls = system_file_calls());

}  // namespace casebook::vault
