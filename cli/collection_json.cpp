// The report of a collection as canonical JSON, written and read back.
#include <nlohmann/json.hpp>

#include "cli/collect_summary.h"
#include "core/ids.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

Json bag_json(const SealedBag& bag) {
  return {{"entries", std::to_string(bag.entries)},
          {"file_bytes", std::to_string(bag.file_bytes)},
          {"folder", printable(bag.folder.string())},
          {"id", bag.id},
          {"seal_code", seal_code_text(bag.seal_signature)},
          {"seal_signature", bag.seal_signature}};
}

Result<SealedBag> parse_bag(const Json& object) {
  SealedBag bag;
  auto id = json_text_member(object, "id");
  if (!id) return std::move(id).error();
  auto signature = json_text_member(object, "seal_signature");
  if (!signature) return std::move(signature).error();
  auto file_bytes = json_decimal_member(object, "file_bytes");
  if (!file_bytes) return std::move(file_bytes).error();
  auto entries = json_decimal_member(object, "entries");
  if (!entries) return std::move(entries).error();
  if (auto checked = BagId::parse(*id); !checked) return std::move(checked).error();
  bag.id = *id;
  bag.seal_signature = *signature;
  bag.file_bytes = *file_bytes;
  bag.entries = *entries;
  return bag;
}

Result<std::vector<std::string>> texts_of(const Json& object, std::string_view key) {
  auto member = json_member(object, key);
  if (!member) return std::move(member).error();
  std::vector<std::string> texts;
  for (const Json& item : **member) {
    if (!item.is_string()) return Error{ErrorCode::invalid_input, std::string(key) + ": not texts"};
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace

Json collection_json(const CollectionReport& report) {
  Json bags = Json::array();
  for (const SealedBag& bag : report.bags) bags.push_back(bag_json(bag));
  Json exceptions = Json::object();
  for (const auto& [code, count] : report.exceptions) exceptions[code] = std::to_string(count);
  return {{"bags", bags},
          {"bytes_read", std::to_string(report.bytes_read)},
          {"commands_absent", std::to_string(report.commands_absent)},
          {"commands_run", std::to_string(report.commands_run)},
          {"duration_ms", std::to_string(report.duration.count())},
          {"entries", std::to_string(report.entries)},
          {"exceptions", exceptions},
          {"format", "casebook-collection/1"},
          {"left_alone", std::to_string(report.left_alone)},
          {"partial_because", report.partial_because},
          {"redacted", std::to_string(report.redacted)},
          {"state", report.state == CollectionState::complete ? "complete" : "partial"},
          {"stored", std::to_string(report.stored)},
          {"unsupported_artifacts", report.unsupported.artifacts},
          {"unsupported_rules", std::to_string(report.unsupported.rules)}};
}

Result<CollectionReport> parse_collection_json(std::string_view text) {
  auto object = parse_canonical_json(text);
  if (!object) return std::move(object).error();
  auto format = json_text_member(*object, "format");
  auto state = json_text_member(*object, "state");
  if (!format || *format != "casebook-collection/1" || !state) {
    return Error{ErrorCode::invalid_input, "not the report of a collection"};
  }
  CollectionReport report;
  report.state = *state == "complete" ? CollectionState::complete : CollectionState::partial;
  const std::pair<std::string_view, std::uint64_t*> numbers[] = {
      {"bytes_read", &report.bytes_read},
      {"commands_absent", &report.commands_absent},
      {"commands_run", &report.commands_run},
      {"entries", &report.entries},
      {"left_alone", &report.left_alone},
      {"redacted", &report.redacted},
      {"stored", &report.stored},
      {"unsupported_rules", &report.unsupported.rules}};
  for (const auto& [key, target] : numbers) {
    auto number = json_decimal_member(*object, key);
    if (!number) return std::move(number).error();
    *target = *number;
  }
  auto duration = json_decimal_member(*object, "duration_ms");
  if (!duration) return std::move(duration).error();
  report.duration = std::chrono::milliseconds(*duration);
  auto because = texts_of(*object, "partial_because");
  if (!because) return std::move(because).error();
  report.partial_because = *std::move(because);
  auto artifacts = texts_of(*object, "unsupported_artifacts");
  if (!artifacts) return std::move(artifacts).error();
  report.unsupported.artifacts = *std::move(artifacts);
  auto exceptions = json_member(*object, "exceptions");
  if (!exceptions) return std::move(exceptions).error();
  for (const auto& [code, unused] : (*exceptions)->items()) {
    auto count = json_decimal_member(**exceptions, code);
    if (!count) return std::move(count).error();
    report.exceptions[code] = *count;
  }
  auto bags = json_member(*object, "bags");
  if (!bags) return std::move(bags).error();
  for (const Json& item : **bags) {
    auto bag = parse_bag(item);
    if (!bag) return std::move(bag).error();
    report.bags.push_back(*std::move(bag));
  }
  return report;
}

Json estimate_json(const CollectEstimate& estimate) {
  return {{"bytes", std::to_string(estimate.bytes)},
          {"commands", std::to_string(estimate.commands)},
          {"entries", std::to_string(estimate.entries)},
          {"format", "casebook-estimate/1"},
          {"kernel_readings", std::to_string(estimate.kernel_readings)},
          {"unsupported_rules", std::to_string(estimate.unsupported.rules)}};
}

}  // namespace casebook::cli
