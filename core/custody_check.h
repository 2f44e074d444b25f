#pragma once
/// What a custody log shows when it is read with care, and hand-over receipts.
/// Specification: docs/spec/custody.md, sections "Checks" and "casebook-receipt/1".

#include "core/custody_log.h"

namespace casebook {

enum class CustodyFindingKind {
  forked,              ///< Two tails: rival histories, both kept.
  unsigned_statement,  ///< Nobody signed it, and it is not what a seal shows.
  bad_signature,       ///< Not signed by the key that it names.
  wrong_basis,         ///< Its author knew another history than the one before it.
  repeated_statement,  ///< The same statement twice on one tail.
  digest_differs,      ///< The bag file was another one than the event before left.
  time_backwards,      ///< Received before the event before it.
  other_receiver,      ///< Received by another key than it was given to.
  after_destruction,   ///< Handled although it was destroyed.
};
/// The enumerator's own name.
std::string_view to_string(CustodyFindingKind kind) noexcept;
struct CustodyFinding {
  CustodyFindingKind kind;
  std::size_t event;  ///< Index in the log; for `forked` the end of the further tail.
};

struct CustodyReport {
  std::vector<CustodyTail> tails;  ///< The main one first.
  MerkleHead head;                 ///< Of the main tail.
  std::vector<CustodyFinding> findings;
  [[nodiscard]] bool forked() const { return tails.size() > 1; }
};
/// Who the keys belong to is not decided here: compare CustodyStatement::key with anchors.
Result<CustodyReport> check_custody(const CustodyLog& log);

/// A hand-over: the giver's statement with both signatures over it. Without the second it is an
/// offer.
struct CustodyReceipt {
  CustodyStatement statement;
  std::string statement_text;
  std::string giver_signature;
  std::optional<std::string> receiver_signature;
};
/// @param event  a signed `given`. @return `invalid_input` for another event.
Result<CustodyReceipt> make_offer(const CustodyEvent& event);
/// Signs for what is received. @return `corrupt` when the giver's signature is not good,
///         `invalid_input` when it is for somebody else or the giver signs for himself.
Result<CustodyReceipt> sign_for(CustodyReceipt offer, Signer& receiver);

/// Canonical JSON, in clear.
std::string format_receipt(const CustodyReceipt& receipt);
Result<CustodyReceipt> parse_receipt(std::string_view text);

struct ReceiptCheck {
  bool good = false;  ///< Both signed, two different keys, the right receiver.
  std::string giver;  ///< Fingerprints; empty when there is none.
  std::string receiver;
  std::string reason;  ///< One line for people; empty when good.
};
Result<ReceiptCheck> check_receipt(const CustodyReceipt& receipt);

}  // namespace casebook
