#include "vault/case_record.h"

#include <nlohmann/json.hpp>

#include "core/json_members.h"

namespace casebook::vault {
namespace {

constexpr std::string_view kFormat = "casebook-record/1";

Result<CaseRecord> parse_members(const Json& object) {
  JsonMembers members(object);
  members.only({"format", "leaves", "raised", "received_at", "seq", "signatures", "statement"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  CaseRecord record;
  record.seq = static_cast<std::uint64_t>(members.integer("seq", 0, kJsonIntegerMax));
  record.received_at = members.time("received_at");
  record.is_raised = members.boolean("raised");
  record.statement.text = members.text("statement", kStatementBytesMax);
  record.statement.signatures = members.texts("signatures", kStatementSignaturesMax);
  for (const std::string& text : members.texts("leaves", kLeavesMax)) {
    auto leaf = digest_from_hex(text);
    if (!leaf) members.refuse("\"leaves\" holds no digests");
    record.leaves.push_back(leaf ? *leaf : Digest256());
  }
  if (members.failed()) return members.error();
  return record;
}

}  // namespace

std::string format_record(const CaseRecord& record) {
  Json leaves = Json::array();
  for (const Digest256& leaf : record.leaves) leaves.push_back(to_hex(leaf));
  return canonical_json(Json{{"format", kFormat},
                             {"leaves", std::move(leaves)},
                             {"raised", record.is_raised},
                             {"received_at", format_utc(record.received_at)},
                             {"seq", record.seq},
                             {"signatures", record.statement.signatures},
                             {"statement", record.statement.text}});
}

Result<CaseRecord> parse_record(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kRecordBytesMax, .depth_max = 3});
  if (!object) return std::move(object).error().context("record");
  auto record = parse_members(*object);
  if (!record) return std::move(record).error().context("record");
  return record;
}

Result<Digest256> digest_of_leaves(std::span<const Digest256> leaves) {
  Bytes joined;
  for (const Digest256& leaf : leaves) joined.insert(joined.end(), leaf.begin(), leaf.end());
  return sha256(joined);
}

}  // namespace casebook::vault
