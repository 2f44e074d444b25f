#pragma once
/// Append-only lists of commitments: the entries, their chain and their heads. A case has one and
/// the custody of each bag has one. Specification: docs/spec/ledger.md.

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/ids.h"
#include "core/merkle.h"
#include "core/ssh_signature.h"

namespace casebook {

/// Names one ledger. The custody ledger of a bag has the bag's id.
using LedgerId = Id<struct LedgerIdKind>;

/// Hides what a commitment is about; random for each record.
using Salt = std::array<std::byte, 16>;
Result<Salt> make_salt(Randomness& randomness);
/// SHA-256("casebook-commit@v1\0" ‖ salt ‖ record).
Result<Digest256> commit_to(const Salt& salt, std::span<const std::byte> record);

/// One line of a ledger.
struct LedgerEntry {
  std::uint64_t seq = 0;  ///< Counted from 0.
  Digest256 prev{};       ///< Leaf of the entry before; of entry 0 it names the ledger.
  Digest256 commit{};
  bool operator==(const LedgerEntry&) const = default;
};
/// The line without its line feed.
std::string format_entry(const LedgerEntry& entry);
/// @return `invalid_input` for anything that format_entry() does not write.
Result<LedgerEntry> parse_entry(std::string_view line);
/// The leaf of an entry: what the next one holds as `prev`.
Result<Digest256> entry_leaf(const LedgerEntry& entry);
/// `prev` of entry 0.
Result<Digest256> ledger_start(const LedgerId& id);

/// A ledger in memory without its entries: enough to append and to say its head.
class LedgerChain {
 public:
  static Result<LedgerChain> start(const LedgerId& id);
  /// The entry that would come next; nothing changes.
  [[nodiscard]] LedgerEntry next(const Digest256& commit) const;
  /// Takes the next entry. @return `corrupt` when it does not follow from what is there.
  Status accept(const LedgerEntry& entry);
  Result<MerkleHead> head() { return tree_.head(); }
  [[nodiscard]] std::uint64_t count() const noexcept { return tree_.count(); }

 private:
  LedgerChain(MerkleTree tree, MerkleHasher hasher, const Digest256& prev)
      : tree_(std::move(tree)), hasher_(std::move(hasher)), prev_(prev) {}
  MerkleTree tree_;
  MerkleHasher hasher_;  // One for all entries: making one costs more than hashing a line.
  Digest256 prev_;
};

/// How a ledger stands to a head that was seen before.
enum class HeadRelation {
  extends,      ///< It begins with everything that the head covers.
  rolled_back,  ///< It is shorter than the head says.
  forked,       ///< It is another history.
};

struct LedgerReport {
  MerkleHead tree;
  /// Bytes after the last whole line: an append that was cut short and never acknowledged.
  std::uint64_t torn_bytes = 0;
  std::uint64_t whole_bytes = 0;  ///< Of the lines before them.
};

/// Reads and checks a whole ledger, front to back, in bounded memory.
/// @param visit  called for each entry; its error ends the reading.
/// @return `corrupt` naming the line that does not follow from the one before.
Result<LedgerReport> read_ledger(ByteSource& source, const LedgerId& id,
                                 const std::function<Status(const LedgerEntry&)>& visit = {});

/// A ledger that was read to its end, ready to go on.
struct ReplayedLedger {
  LedgerChain chain;
  LedgerReport report;
};
/// The same, for whoever wants heads on the way.
/// @param visit  called for each entry with the chain that ends with it.
Result<ReplayedLedger> replay_ledger(
    ByteSource& source, const LedgerId& id,
    const std::function<Status(const LedgerEntry&, LedgerChain&)>& visit = {});

/// Compares a whole ledger with a head seen earlier.
Result<HeadRelation> relate_to_head(ByteSource& source, const LedgerId& id,
                                    const MerkleHead& earlier);

}  // namespace casebook
