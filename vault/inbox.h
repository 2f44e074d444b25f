#pragma once
/// The sealed inbox of a compartment: anyone who knows its public key may add, only its readers
/// take out. Specification: docs/spec/inbox.md.

#include <filesystem>
#include <functional>
#include <vector>

#include "core/age_file.h"
#include "core/ledger.h"

namespace casebook::vault {

inline constexpr std::size_t kInboxItemBytesMax = std::size_t{1} << 20U;
inline constexpr std::size_t kQuarantineCountMax = 1000;
inline constexpr std::uint64_t kQuarantineBytesMax = std::uint64_t{64} << 20U;

/// A record on its way into a compartment.
struct InboxItem {
  Salt salt{};
  Bytes record;
};

/// Where the items of one compartment lie: `vault/inbox/<compartment>` and `vault/quarantine/…`.
struct InboxFolders {
  std::filesystem::path inbox;
  std::filesystem::path quarantine;
};
InboxFolders inbox_of(const std::filesystem::path& vault, std::string_view compartment);

/// Seals a record to the compartment and makes it durable under its commitment. The caller appends
/// that commitment to the ledger at once. @param public_key  from a signed grant, nowhere else.
/// @return the commitment. Repeating it with the same record is fine.
Result<Digest256> put_inbox_item(const InboxFolders& folders, const AgeRecipient& public_key,
                                 const InboxItem& item, Randomness& randomness,
                                 FileCalls& calls = system_file_calls());
/// @return `corrupt` when it is not what its commitment says; `locked` when it is sealed to another
/// key (another generation); `not_found`.
Result<InboxItem> open_inbox_item(const InboxFolders& folders, const Digest256& commit,
                                  const AgeUnlock& unlock);
/// Takes it out, once it is in the compartment. Fine when it is gone already.
Status remove_inbox_item(const InboxFolders& folders, const Digest256& commit,
                         FileCalls& calls = system_file_calls());

struct InboxReport {
  std::vector<Digest256> waiting;                 ///< Expected, and there.
  std::vector<Digest256> missing;                 ///< Expected and gone: damage (RT-33).
  std::vector<std::filesystem::path> unexpected;  ///< There, and in no ledger: to be quarantined.
};
/// @param expected  commitments that the ledger holds for this inbox.
/// @param is_taken_in  whether a commitment is already in the compartment.
Result<InboxReport> check_inbox(const InboxFolders& folders, std::span<const Digest256> expected,
                                const std::function<Result<bool>(const Digest256&)>& is_taken_in);

/// What quarantine() did with a file.
enum class Quarantined { moved, refused_full };
/// Moves a file that nobody is bound to out of the way, within limits; beyond them it stays where
/// it is and is to be deleted by a person.
Result<Quarantined> quarantine(const InboxFolders& folders, const std::filesystem::path& file,
                               Randomness& randomness, FileCalls& calls = system_file_calls());

}  // namespace casebook::vault
