#pragma once
/// The custody of one bag as a ledger of its own: entries, and the records that they commit to. Two
/// copies that went different ways are joined with both tails kept.
/// Specification: docs/spec/custody.md.

#include <vector>

#include "core/age_file.h"
#include "core/custody.h"
#include "core/ledger.h"

namespace casebook {

inline constexpr std::size_t kCustodyEventsMax = 10000;

/// An entry with all that it commits to.
struct CustodyEvent {
  LedgerEntry entry;
  Digest256 leaf{};  ///< Of the entry: what its successors hold as `prev`.
  Salt salt{};
  std::string record;  ///< The text that the entry commits to.
  CustodyStatement statement;
  std::string statement_text;           ///< What was signed.
  std::vector<std::string> signatures;  ///< Armored; none only for what the seal itself shows.
  UtcSeconds received_at;               ///< By the clock of whoever appended it.
};

/// Every event follows the start or an earlier event of the list; several may follow the same one.
/// Made by start_custody(), parse_custody(), append_…() and merge_custody() only, so that this
/// holds.
struct CustodyLog {
  BagId bag;
  std::vector<CustodyEvent> events;
};

/// One way from the start to an event that nothing follows: indexes into the events.
using CustodyTail = std::vector<std::size_t>;
/// All ways, the main one first: it takes the first follower in the list everywhere. A log with no
/// event has one empty tail; more than one tail means *forked*.
std::vector<CustodyTail> custody_tails(const CustodyLog& log);
/// Length and root along one tail.
Result<MerkleHead> custody_head(const CustodyLog& log, const CustodyTail& tail);

/// What is to be stated.
struct CustodyRequest {
  CustodyKind kind = CustodyKind::opened;
  std::string reason = {};
  std::string place = {};
  std::optional<PersonId> person = {};
  std::optional<Digest256> before = {};
  std::optional<Digest256> after = {};
  std::optional<Digest256> about = {};
  std::optional<std::string> to = {};
  UtcSeconds now;
};
/// States it, signs it and appends it to the main tail. @return the index of the event.
Result<std::size_t> append_signed(CustodyLog& log, const CustodyRequest& request, Signer& signer,
                                  Randomness& randomness);
/// For `created` and `sealed` on the host, where nobody's key is: the seal by `seal_key` shows
/// them.
Result<std::size_t> append_by_seal(CustodyLog& log, const CustodyRequest& request,
                                   const SshPublicKey& seal_key, Randomness& randomness);

/// Joins two copies: the events of `ours`, then those of `theirs` that are not among them.
/// @return `invalid_input` when they are about different bags.
Result<CustodyLog> merge_custody(CustodyLog ours, const CustodyLog& theirs);

/// One line of text for each event, in clear.
std::string format_custody(const CustodyLog& log);
/// @return `corrupt` naming the line where an entry does not follow from the others or does not
///         commit to its record.
Result<CustodyLog> parse_custody(std::string_view text);

/// Writes `custody.age`, sealed to the holder, in place of what was there.
Status save_custody(const std::filesystem::path& path, const CustodyLog& log,
                    std::span<const AgeRecipient> recipients, Randomness& randomness,
                    FileCalls& calls = system_file_calls());
Result<CustodyLog> load_custody(const std::filesystem::path& path, const AgeUnlock& unlock);

}  // namespace casebook
