#pragma once
/// Custody of one bag: what people state that happened to it. Specification: docs/spec/custody.md.

#include <optional>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/ids.h"
#include "core/merkle.h"

namespace casebook {

enum class CustodyKind {
  created,
  sealed,
  ratified,
  timestamped,
  moved,
  given,
  received,
  opened,
  verified,
  disclosed,
  destroyed,
};
/// The enumerator's own name.
std::string_view to_string(CustodyKind kind) noexcept;
Result<CustodyKind> custody_kind(std::string_view name);

inline constexpr std::size_t kCustodyTextMax = 4096;

/// What one person states about one handling of one bag.
struct CustodyStatement {
  StatementId id;
  BagId bag;
  CustodyKind kind = CustodyKind::opened;
  std::string key;                 ///< Fingerprint of whoever states it: "SHA256:…".
  std::optional<PersonId> person;  ///< Once a roster says who that is.
  std::string reason;              ///< May be empty, as `place`; UTF-8, at most kCustodyTextMax.
  std::string place;
  std::optional<Digest256> before;  ///< Of the bag file, before and after the handling.
  std::optional<Digest256> after;
  std::optional<Digest256> about;  ///< Of the other file concerned: token, receipt, exhibit.
  std::optional<std::string> to;   ///< `given` only: fingerprint of whoever receives it.
  UtcSeconds time;                 ///< By that person's clock: a claim.
  MerkleHead basis;                ///< Length and root of the custody ledger that they knew.
};

/// Canonical JSON: the bytes that are signed, namespace casebook-statement@v1.
std::string format_custody_statement(const CustodyStatement& statement);
/// @return `invalid_input` for anything that format_custody_statement() does not write.
Result<CustodyStatement> parse_custody_statement(std::string_view text);

}  // namespace casebook
