#pragma once
/// One compartment of a case: the records whose commitments stand in the ledger, and what they say,
/// in one encrypted file with its own key. Specification: docs/spec/compartment.md.
///
/// Life of a record: put_pending() makes it durable; the caller appends its commitment to the
/// ledger; mark_appended() notes the place. After a crash pending() lists what is still open: the
/// caller looks into the ledger and calls mark_appended() or discard().

#include <functional>

#include "vault/database.h"
#include "vault/item.h"
#include "vault/search.h"

namespace casebook::vault {

/// What a file says it is; opening compares all of it.
struct CompartmentName {
  CaseId case_id;
  std::string compartment;       ///< "general", "pii", "legal" or another name.
  std::uint64_t generation = 1;  ///< Of the data key.
  bool operator==(const CompartmentName&) const = default;
};
/// 1 to 32 of a-z, 0-9 and '-', beginning with a letter.
Status check_compartment_name(std::string_view name);

enum class RecordState { pending, appended, erased };
std::string_view to_string(RecordState state) noexcept;

struct StoredRecord {
  Digest256 commit{};
  std::optional<std::uint64_t> seq;  ///< Place in the ledger; none while pending.
  RecordState state = RecordState::pending;
  Salt salt{};   ///< Zero when erased.
  Bytes record;  ///< Empty when erased.
};

/// A record that made a version of some item.
struct RecordOfItem {
  Digest256 commit{};
  std::optional<std::uint64_t> seq;
  bool is_only_this = true;  ///< It shows nothing else: no further item, of no batch.
};

struct AttachmentEntry {
  AttachmentRow row;
  ItemState state = ItemState::live;
};

/// One thing that verify() found, as a line without secrets.
struct CompartmentFinding {
  std::string what;
  std::optional<Digest256> commit = {};  ///< The record concerned.
};

/// How many rows the indexes of the tables name.
struct RowCounts {
  std::uint64_t records = 0;
  std::uint64_t items = 0;
  std::uint64_t versions = 0;
  std::uint64_t tags = 0;
  std::uint64_t attachments = 0;
  std::uint64_t identities = 0;
  bool operator==(const RowCounts&) const = default;
};

struct CompartmentReport {
  std::uint64_t records = 0;
  std::uint64_t pending = 0;
  std::uint64_t erased = 0;
  std::uint64_t items = 0;
  std::vector<CompartmentFinding> findings;
};

/// What erase() took away.
struct Erasure {
  std::uint64_t records = 0;
  std::uint64_t items = 0;
  std::uint64_t versions = 0;
  std::vector<AttachmentId> attachments;  ///< Their files are to be removed by the caller.
};

class Compartment {
 public:
  static Status create(const DatabaseOptions& options, const SecretBytes& key,
                       const CompartmentName& name);
  /// Also refuses (`corrupt`) a file that says another case, compartment or generation.
  static Result<Compartment> open(const DatabaseOptions& options, const SecretBytes& key,
                                  const CompartmentName& name);
  Compartment(Compartment&& other) noexcept;
  Compartment& operator=(Compartment&&) = delete;
  ~Compartment();
  /// Empties the write-ahead log and closes.
  Status close() &&;
  [[nodiscard]] const CompartmentName& name() const;

  // Records.
  /// Makes a record and what it shows durable, to be appended. A later version supersedes the one
  /// before. @return `invalid_input` when the commitment does not fit salt and record, or exists, a
  /// version does not follow, or a text is beyond its limit; then nothing is changed.
  Status put_pending(const Digest256& commit, const Salt& salt, std::span<const std::byte> record,
                     const Projections& projections = {});
  /// Notes the place in the ledger. Not synced by itself: after a power cut the record is pending
  /// again and the ledger says its place. Repeating it is fine.
  Status mark_appended(const Digest256& commit, std::uint64_t seq);
  /// Takes a pending record away again, as if it had never been. @return `not_found` when it is not
  /// pending.
  Status discard(const Digest256& commit);
  /// In the order in which they were put.
  Result<std::vector<StoredRecord>> pending();
  Result<std::optional<StoredRecord>> record_of(const Digest256& commit);
  Result<std::optional<StoredRecord>> record_at(std::uint64_t seq);
  /// The last place in the ledger that a record here has.
  Result<std::optional<std::uint64_t>> last_seq();
  /// Visits appended and erased records in the order of the ledger; an error ends it.
  Status each_record(const std::function<Status(const StoredRecord&)>& visit,
                     std::uint64_t first_seq = 0);

  // Items. Those of pending records are not shown.
  Result<std::optional<ItemVersion>> item(const ItemId& id);
  /// All versions, oldest first.
  Result<std::vector<ItemVersion>> history(const ItemId& id);
  Result<std::vector<ItemId>> replies(const ItemId& id);
  /// Visits the current versions of a kind (of all when empty) in the order of entry.
  Status each_item(std::string_view kind, const std::function<Status(const ItemVersion&)>& visit);
  /// All versions that one record made.
  Result<std::vector<ItemVersion>> items_of(const Digest256& commit);
  /// Every record that made a version of an item, oldest first. @return none for an unknown item.
  Result<std::vector<RecordOfItem>> records_of_item(const ItemId& id);
  Result<std::vector<SearchHit>> search(const SearchQuery& query);
  Result<std::uint64_t> count(const SearchQuery& query);
  /// Keys of all messages that are here, 16 bytes each, in no order: what an import leaves out.
  Result<std::vector<SourceKey>> sources();
  /// Merges the full-text index after an import.
  Status optimize();

  // Secrets that records hand over.
  Result<std::optional<AttachmentEntry>> attachment(const AttachmentId& id);
  Status each_attachment(const std::function<Status(const AttachmentEntry&)>& visit);
  /// @return `not_found` when there is none, or when it was erased.
  Result<AgeIdentity> identity(std::string_view purpose, std::string_view subject);
  Status erase_identity(std::string_view purpose, std::string_view subject);

  /// Takes salt, record, texts and identities away: everything that these records made. Their
  /// commitments stay. Afterwards the index is merged and the log emptied, so the words are gone
  /// from the live files. Repeating it is fine. @return `not_found` when one is not here or
  /// pending.
  Result<Erasure> erase(std::span<const Digest256> commits);
  /// The same for single items of a batch, each of which has a leaf of its own.
  /// @return `invalid_input` for an item without one: erase its record instead.
  Result<Erasure> erase_leaves(std::span<const ItemId> items);

  Status checkpoint();
  /// Writes everything into a new file under another key, as `name` (a later generation).
  Status copy_to(const DatabaseOptions& options, const SecretBytes& key,
                 const CompartmentName& name);
  /// Reads everything: pages, indexes, commitments, projections. Compare the commitments with the
  /// ledger by each_record(): that finds old pages and lost records.
  static Result<CompartmentReport> verify(const DatabaseOptions& options, const SecretBytes& key,
                                          const CompartmentName& name);
  /// As verify(), of a file that copy_to() has just written: leaves out what copying cannot change,
  /// the words in the full-text index, and reads every page once.
  static Result<CompartmentReport> verify_copy(const DatabaseOptions& options,
                                               const SecretBytes& key, const CompartmentName& name);
  Result<RowCounts> count_rows();

 private:
  struct State;
  explicit Compartment(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace casebook::vault
