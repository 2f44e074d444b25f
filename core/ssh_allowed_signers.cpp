#include "core/ssh_allowed_signers.h"

#include <algorithm>

namespace casebook {
namespace {

constexpr std::size_t kHexDigitsMin = 8;
constexpr std::size_t kHexDigitsMax = 64;
constexpr std::size_t kWordBytesMax = 32;

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool is_principal(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  const std::string_view digits = dash == std::string_view::npos ? text : text.substr(dash + 1);
  const std::string_view word = text.substr(0, text.size() - digits.size());
  return digits.size() >= kHexDigitsMin && digits.size() <= kHexDigitsMax &&
         std::ranges::all_of(digits, is_hex_digit) && word.size() <= kWordBytesMax &&
         std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

bool is_plain_namespace(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '.' || c == '-';
  });
}

/// 2026-11-21T02:11:26Z as 20261121021126Z.
std::string stock_time(UtcSeconds time) {
  std::string text = format_utc(time);
  std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  return text;
}

}  // namespace

Result<std::string> allowed_signers_line(const AllowedSigner& signer) {
  if (!is_principal(signer.principal)) {
    return Error{ErrorCode::invalid_input, "allowed signers: the principal is not a hex id"};
  }
  if (signer.namespaces.empty() || !std::ranges::all_of(signer.namespaces, is_plain_namespace)) {
    return Error{ErrorCode::invalid_input, "allowed signers: namespaces are missing or patterns"};
  }
  std::string line = signer.principal + " namespaces=\"";
  for (const std::string_view name_space : signer.namespaces) {
    line.append(name_space).push_back(',');
  }
  line.back() = '"';
  if (signer.valid_before) line += ",valid-before=\"" + stock_time(*signer.valid_before) + '"';
  return line + ' ' + signer.key.line() + '\n';
}

}  // namespace casebook
