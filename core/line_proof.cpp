#include "core/line_proof.h"

#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-proof/1";
constexpr std::size_t kPathMax = 64;

std::string_view without_line_feed(std::string_view format) {
  format.remove_suffix(1);
  return format;
}

Result<std::vector<Digest256>> parse_path(const Json& object) {
  auto member = json_member(object, "path");
  if (!member) return std::move(member).error();
  if (!(*member)->is_array() || (*member)->size() > kPathMax) {
    return Error{ErrorCode::invalid_input, "\"path\" is not a list of at most 64 digests"};
  }
  std::vector<Digest256> path;
  for (const Json& item : **member) {
    if (!item.is_string()) return Error{ErrorCode::invalid_input, "\"path\" holds no digest"};
    auto digest = digest_from_hex(item.get_ref<const std::string&>());
    if (!digest) return std::move(digest).error().context("\"path\"");
    path.push_back(*digest);
  }
  return path;
}

Result<LineProof> parse_members(const Json& object) {
  if (auto known = json_only_members(object, {"format", "index", "leaf", "line", "path"}); !known) {
    return std::move(known).error();
  }
  auto format = json_text_member(object, "format");
  if (!format) return std::move(format).error();
  if (*format != kFormat) return Error{ErrorCode::invalid_input, "another format or version"};
  auto leaf = json_text_member(object, "leaf");
  if (!leaf) return std::move(leaf).error();
  auto line = json_text_member(object, "line");
  if (!line) return std::move(line).error();
  auto index = json_decimal_member(object, "index");
  if (!index) return std::move(index).error();
  auto path = parse_path(object);
  if (!path) return std::move(path).error();
  for (const std::string_view known : {kCatalogLeaf, kEntryLeaf}) {
    if (*leaf == without_line_feed(known)) {
      return LineProof{std::string(known), *std::move(line), {*index, *std::move(path)}};
    }
  }
  return Error{ErrorCode::invalid_input, "\"leaf\" names no format of ours"};
}

}  // namespace

std::string format_line_proof(const LineProof& proof) {
  Json path = Json::array();
  for (const Digest256& digest : proof.proof.path) path.push_back(to_hex(digest));
  const Json object = {{"format", kFormat},
                       {"index", std::to_string(proof.proof.index)},
                       {"leaf", without_line_feed(proof.leaf_format)},
                       {"line", proof.line},
                       {"path", std::move(path)}};
  return canonical_json(object) + "\n";
}

Result<LineProof> parse_line_proof(std::string_view text) {
  if (!text.ends_with('\n')) {
    return Error{ErrorCode::invalid_input, "proof of inclusion: not one whole line"};
  }
  text.remove_suffix(1);
  auto object = parse_canonical_json(text);
  if (!object) return std::move(object).error().context("proof of inclusion");
  auto proof = parse_members(*object);
  if (!proof) return std::move(proof).error().context("proof of inclusion");
  return proof;
}

Status verify_line(const LineProof& proof, const MerkleHead& signed_head) {
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  auto leaf = hasher->leaf(proof.leaf_format, as_bytes(proof.line));
  if (!leaf) return std::move(leaf).error();
  return verify_inclusion(*leaf, proof.proof, signed_head);
}

}  // namespace casebook
