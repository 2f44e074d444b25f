#pragma once
/// What an entry of a case's ledger commits to. Specification: docs/spec/case.md, section
/// "Records".

#include <string>
#include <string_view>
#include <vector>

#include "core/statement.h"

namespace casebook::vault {

inline constexpr std::size_t kRecordBytesMax = std::size_t{512} << 10U;
inline constexpr std::size_t kLeavesMax = 4096;

struct CaseRecord {
  std::uint64_t seq = 0;
  UtcSeconds received_at;
  bool is_raised = false;  ///< The writer's clock stood before the entry before.
  SignedStatement statement;
  std::vector<Digest256> leaves;  ///< Of a batch.
};

/// Canonical JSON.
std::string format_record(const CaseRecord& record);
/// Does not look at the signatures. @return `invalid_input` for anything that format_record() does
/// not write.
Result<CaseRecord> parse_record(std::string_view text);

/// What `digests["leaves"]` of a batch's statement is.
Result<Digest256> digest_of_leaves(std::span<const Digest256> leaves);

}  // namespace casebook::vault
