#include "core/ledger_head.h"

#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-head/1";
constexpr std::size_t kHeadBytesMax = 1024;

Result<LedgerHead> parse_members(const Json& object) {
  auto known = json_only_members(object, {"format", "ledger", "root", "size", "time"});
  if (!known) return std::move(known).error();
  auto format = json_text_member(object, "format");
  if (!format) return std::move(format).error();
  if (*format != kFormat) return Error{ErrorCode::invalid_input, "another format or version"};
  auto ledger_text = json_text_member(object, "ledger");
  if (!ledger_text) return std::move(ledger_text).error();
  auto ledger = LedgerId::parse(*ledger_text);
  if (!ledger) return std::move(ledger).error();
  auto root_text = json_text_member(object, "root");
  if (!root_text) return std::move(root_text).error();
  auto root = digest_from_hex(*root_text);
  if (!root) return std::move(root).error();
  auto size = json_integer_member(object, "size");
  if (!size) return std::move(size).error();
  if (*size < 0) return Error{ErrorCode::invalid_input, "\"size\" is negative"};
  auto time_text = json_text_member(object, "time");
  if (!time_text) return std::move(time_text).error();
  auto time = parse_utc(*time_text);
  if (!time) return std::move(time).error();
  return LedgerHead{*ledger, {static_cast<std::uint64_t>(*size), *root}, *time};
}

}  // namespace

std::string format_head(const LedgerHead& head) {
  const Json object = {{"format", kFormat},
                       {"ledger", head.ledger.text()},
                       {"root", to_hex(head.tree.root)},
                       {"size", head.tree.count},
                       {"time", format_utc(head.time)}};
  return canonical_json(object) + "\n";
}

Result<LedgerHead> parse_head(std::string_view text) {
  if (!text.ends_with('\n')) {
    return Error{ErrorCode::invalid_input, "ledger head: not one whole line"};
  }
  text.remove_suffix(1);
  auto object = parse_canonical_json(text, {.size_bytes_max = kHeadBytesMax, .depth_max = 2});
  if (!object) return std::move(object).error().context("ledger head");
  auto head = parse_members(*object);
  if (!head) return std::move(head).error().context("ledger head");
  return head;
}

Result<SignedHead> sign_head(const LedgerHead& head, Signer& log_key) {
  std::string line = format_head(head);
  auto signature = make_ssh_signature(log_key, kHeadNamespace, as_bytes(line));
  if (!signature) return std::move(signature).error().context("sign ledger head");
  return SignedHead{head, std::move(line), *std::move(signature)};
}

std::string format_signed_head(const SignedHead& head) { return head.line + head.signature; }

Result<SignedHead> parse_signed_head(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    return Error{ErrorCode::invalid_input, "ledger head: not one whole line"};
  }
  const auto line = text.substr(0, end + 1);
  auto head = parse_head(line);
  if (!head) return std::move(head).error();
  return SignedHead{*head, std::string(line), std::string(text.substr(end + 1))};
}

Result<SignatureCheck> verify_head(const SignedHead& head, std::span<const SshPublicKey> log_keys) {
  return verify_ssh_signature({.name_space = kHeadNamespace, .keys = log_keys}, as_bytes(head.line),
                              head.signature);
}

}  // namespace casebook
