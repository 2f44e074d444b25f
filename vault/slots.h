#pragma once
/// Who can open a compartment: an age file with one recipient for each entitled person, and the
/// signed grant that says what it must hold. Specification: docs/spec/slots.md.

#include <filesystem>
#include <vector>

#include "core/age_file.h"
#include "vault/compartment.h"

namespace casebook::vault {

inline constexpr std::size_t kSlotPersonsMax = 256;
inline constexpr std::size_t kSlotsBytesMax = std::size_t{1} << 20U;

/// A person (id as text, or "recovery") and what they open it with.
struct SlotPerson {
  std::string person;
  AgeRecipient recipient;
  bool operator==(const SlotPerson&) const = default;
};

/// What a slots file holds: everything that is needed to read a compartment, so it is a secret.
struct Slots {
  CompartmentName name;
  AgeIdentity identity;             ///< Opens the compartment's inbox.
  SecretBytes data_key;             ///< Of the database: kDataKeyBytes.
  std::vector<SlotPerson> persons;  ///< In ascending order; 1 to kSlotPersonsMax.
};

/// What an entitled person signs about a slots file (RT-23): age's own seal keeps outsiders from
/// changing it, but every reader could have added one more.
struct Grant {
  CompartmentName name;
  Digest256 slots_digest{};  ///< Of the file's bytes.
  std::size_t stanza_count = 0;
  AgeRecipient public_key;  ///< The inbox takes items for this one only.
  std::vector<std::string> persons;
  bool operator==(const Grant&) const = default;
};
/// The body of a statement: canonical JSON, format casebook-grant/1.
std::string format_grant(const Grant& grant);
/// @return `invalid_input` for anything that format_grant() does not write.
Result<Grant> parse_grant(std::string_view text);

struct SealedSlots {
  Bytes file;
  Grant grant;  ///< To be signed.
};

/// Fresh identity and data key for these persons.
Result<Slots> make_slots(const CompartmentName& name, std::vector<SlotPerson> persons,
                         Randomness& randomness);
Result<SealedSlots> seal_slots(const Slots& slots, Randomness& randomness);
/// One more person may open what there is. @return `invalid_input` when they can already.
Status add_person(Slots& slots, const SlotPerson& person);

struct OpenedSlots {
  Slots slots;
  Grant observed;  ///< What the file says of itself; to be compared with the signed grant.
};
/// @return `locked` when none of the identities fits; `corrupt` when the file contradicts itself:
/// hidden readers, another compartment, persons named twice.
Result<OpenedSlots> open_slots(std::span<const std::byte> file, const AgeUnlock& unlock,
                               const CaseId& case_id, std::string_view compartment);
/// @return `corrupt`, naming what differs.
Status compare_grants(const Grant& observed, const Grant& signed_grant);

/// Where the parts of a compartment lie in a vault folder.
struct CompartmentFiles {
  std::filesystem::path database, slots, next_database, next_slots;
};
CompartmentFiles files_of(const std::filesystem::path& vault, std::string_view compartment);

/// Writes a slots file beside the one in force. It comes into force by settle_slots().
Status stage_slots(const std::filesystem::path& vault, const SealedSlots& sealed,
                   FileCalls& calls = system_file_calls());
/// After a grant was recorded, or after a crash: whichever file fits the grant is in force, the
/// other is removed. @return `corrupt` when neither fits.
Status settle_slots(const std::filesystem::path& vault, const Grant& grant,
                    FileCalls& calls = system_file_calls());

}  // namespace casebook::vault
