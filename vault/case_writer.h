#pragma once
/// Makes a case, and appends to it: record durable and pending, entry in the ledger, head, and only
/// then acknowledged; after a crash what is pending is finished or taken back.
/// Specification: docs/spec/case.md, sections "Order of writing" and "Heads at home".

#include "core/ledger_file.h"
#include "core/ledger_head.h"
#include "vault/case_file.h"
#include "vault/case_record.h"
#include "vault/compartment.h"
#include "vault/home_heads.h"

namespace casebook::vault {

/// How a case stands to the head that this machine saw last.
enum class SeenBefore { never, extends, rolled_back, forked };
std::string_view to_string(SeenBefore seen) noexcept;

/// What lies in the folder in clear, read and checked as far as that goes without a key.
struct CaseState {
  CaseFile file;
  LedgerReport ledger;
  std::optional<SignedHead> head;
  /// The ledger against `head`: `extends`, or damage within the folder.
  SeenBefore against_head = SeenBefore::never;
  SeenBefore against_home = SeenBefore::never;
  std::optional<SignedHead> home;
};
/// @return `corrupt` when the ledger or case.json cannot be read; what does not extend a head is
/// said in the state.
Result<CaseState> look_at_case(const CasePaths& paths, const HomeHeads& home);
/// Why nobody may go on from this: `corrupt` when the ledger does not extend its own head, or the
/// one at home.
Status check_seen(const CaseState& state);
/// The commitments in order. @return `corrupt` as above.
Result<std::vector<Digest256>> commitments_of(const CasePaths& paths, const CaseFile& file);

/// Makes the folders, case.json and an empty ledger. What is there already is refused.
Status create_case(const CasePaths& paths, const CaseFile& file,
                   FileCalls& calls = system_file_calls());

struct WriterOptions {
  CasePaths paths;
  HomeHeads home;
  Signer* log_key = nullptr;  ///< Signs heads; must outlive the writer.
  Randomness* randomness = nullptr;
  FileCalls* calls = nullptr;  ///< The system's when null.
};

struct RecordRequest {
  SignedStatement statement;
  Projections projections = {};
  std::span<const Digest256> leaves = {};
};

struct Appended {
  std::uint64_t seq = 0;
  Digest256 commit{};
  UtcSeconds received_at;
  bool is_raised = false;
};

struct Recovery {
  std::size_t finished = 0;   ///< Entries appended now, of records that were pending.
  std::size_t marked = 0;     ///< Entries were there, the record did not know.
  std::size_t discarded = 0;  ///< Never acknowledged, and their place is taken.
  std::uint64_t torn_bytes = 0;
};

/// One writer of one case, holding its lock. After an error it is unusable: open it again.
class CaseWriter {
 public:
  /// Waits for another writer. @return `locked` when that takes too long; `corrupt` when the ledger
  /// does not extend its head, or the head that this machine saw last (rolled back, forked).
  static Result<CaseWriter> open(const WriterOptions& options);

  /// Finishes or takes back what a crash left, in these compartments. Call it before append().
  Result<Recovery> recover(std::span<Compartment* const> compartments);

  /// The folder as it was when the writer was opened.
  [[nodiscard]] const CaseState& state() const { return state_; }
  /// What the next statement is based on.
  [[nodiscard]] const MerkleHead& basis() const { return head_; }
  /// The root of the first `size` entries; nothing when there are fewer.
  Result<std::optional<Digest256>> root_at(std::uint64_t size) const;
  /// When an entry appended now would be received.
  [[nodiscard]] UtcSeconds received_at(UtcSeconds now) const { return std::max(now, last_time_); }

  /// Appends one record. When this returns, it is durable and in the head.
  Result<Appended> append(Compartment& compartment, const RecordRequest& request, UtcSeconds now);
  /// The two halves of append(), for a record whose compartment's files are exchanged in between:
  /// durable and pending, then entered. One that is never entered is taken up by recover().
  struct Prepared {
    std::uint64_t seq = 0;
    Digest256 commit{};
    UtcSeconds received_at;
    bool is_raised = false;
  };
  Result<Prepared> prepare(Compartment& compartment, const RecordRequest& request, UtcSeconds now);
  Result<Appended> enter(Compartment& compartment, const Prepared& prepared);
  /// Appends a commitment whose record is nowhere here: it waits in a sealed inbox.
  Result<Appended> enter_foreign(const Digest256& commit, UtcSeconds now);
  /// Keeps the head at home. Call it at the end of a command; nothing is lost without it.
  Status close() &&;

 private:
  CaseWriter(WriterOptions options, CaseState state, FileLock lock, LedgerFile ledger);
  Status write_head(UtcSeconds time);
  Status append_entry(const Prepared& prepared);
  WriterOptions options_;
  CaseState state_;
  FileLock lock_;
  LedgerFile ledger_;
  MerkleHead head_;
  UtcSeconds last_time_{};
  std::optional<SignedHead> signed_head_;
  bool failed_ = false;
};

}  // namespace casebook::vault
