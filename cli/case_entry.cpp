#include "cli/case_entry.h"

#include "cli/proposal.h"

namespace casebook::cli {
namespace {

Result<CaseEntry> entry_of(SignedStatement text, vault::CaseRecord record, bool is_left) {
  auto statement = parse_statement(text.text);
  if (!statement) return std::move(statement).error();
  auto signers = statement_signers(text);
  if (!signers) return std::move(signers).error();
  const UtcSeconds received = is_left ? statement->time : record.received_at;
  return CaseEntry{is_left ? std::nullopt : std::optional(record.seq),
                   received,
                   std::move(text),
                   *std::move(statement),
                   *std::move(signers),
                   std::move(record.leaves)};
}

}  // namespace

Result<CaseEntry> read_entry(std::string_view record) {
  auto made = vault::parse_record(record);
  if (made) {
    SignedStatement text = std::move(made->statement);
    return entry_of(std::move(text), *std::move(made), false);
  }
  auto left = parse_proposal(record);
  if (!left) return std::move(made).error();
  return entry_of(std::move(left->statement), {}, true);
}

Result<CaseEntry> entry_at(vault::Compartment& compartment, std::uint64_t seq) {
  const std::string where = "entry " + std::to_string(seq);
  auto stored = compartment.record_at(seq);
  if (!stored) return std::move(stored).error();
  if (!*stored) return Error{ErrorCode::corrupt, where + ": no record"};
  auto entry = read_entry(as_text((*stored)->record));
  if (!entry) return std::move(entry).error().context(where);
  return entry;
}

}  // namespace casebook::cli
