// Addresses: mail and network.
#include <algorithm>
#include <array>

#include "vault/privacy/pii_detectors.h"

namespace casebook::privacy {
namespace {

constexpr std::size_t kLocalBytesMax = 64;
constexpr std::size_t kDomainBytesMax = 253;

/// Ends that a file name has and a domain has not: "logo@2x.png".
bool is_file_ending(std::string_view label) {
  constexpr std::array<std::string_view, 12> kEndings = {
      "png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "html", "json", "txt", "log"};
  return std::ranges::find(kEndings, label) != kEndings.end();
}

bool is_top_label(std::string_view label) {
  if (label.starts_with("xn--")) return label.size() > 4;
  return label.size() >= 2 && std::ranges::all_of(label, [](char c) {
           return is_upper(c) || is_lower(c) || static_cast<unsigned char>(c) >= 0x80;
         });
}

bool is_domain_byte(char c) {
  return is_alnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

/// Place behind the domain that begins at `at`; `at` when there is none.
std::size_t domain_end(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && end - at <= kDomainBytesMax && is_domain_byte(text[end])) ++end;
  while (end > at && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
  const auto domain = text.substr(at, end - at);
  const auto dot = domain.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || domain.front() == '-' ||
      domain.find("..") != std::string_view::npos || domain.size() > kDomainBytesMax) {
    return at;
  }
  const auto top = domain.substr(dot + 1);
  return is_top_label(top) && !is_file_ending(top) ? end : at;
}

/// Reads up to `digits_max` hexadecimal digits. @return how many.
std::size_t hex_run(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && is_hex(text[at + count])) ++count;
  return count;
}

/// Length of a dotted quad at `at`, 0 for none.
std::size_t quad_size(std::string_view text, std::size_t at, std::array<unsigned, 4>& octets) {
  std::size_t i = at;
  for (std::size_t n = 0; n < 4; ++n) {
    if (n > 0) {
      if (i >= text.size() || text[i] != '.') return 0;
      ++i;
    }
    unsigned value = 0;
    std::size_t count = 0;
    for (; i < text.size() && is_digit(text[i]) && count < 4; ++count, ++i) {
      value = value * 10 + static_cast<unsigned>(text[i] - '0');
    }
    if (count == 0 || count > 3 || value > 255) return 0;
    if (count > 1 && text[i - count] == '0') return 0;
    octets[n] = value;
  }
  return i - at;
}

}  // namespace

std::optional<Found> find_email(std::string_view text, std::size_t at, std::size_t sign) {
  // "https://ada:word@host": not an address but a password.
  if (at > 0 && text[at - 1] == ':') {
    const std::size_t from = at - std::min(at, kPiiLookback);
    const auto before = text.substr(from, at - 1 - from);
    const auto slashes = before.rfind("//");
    if (slashes != std::string_view::npos &&
        before.find_first_of(" \n\t", slashes) == std::string_view::npos)
      return Found{PiiKind::secret, PiiCheck::context, 85, at, sign};
  }
  std::size_t begin = at;
  if (sign - begin > kLocalBytesMax) return std::nullopt;
  while (begin < sign && !is_word(text[begin])) ++begin;
  const auto local = text.substr(begin, sign - begin);
  if (local.empty() || local.back() == '.' || local.find("..") != std::string_view::npos)
    return std::nullopt;
  const std::size_t end = domain_end(text, sign + 1);
  if (end == sign + 1) return std::nullopt;
  const bool is_service = local == "git" && end < text.size() && text[end] == ':';
  return Found{PiiKind::email, PiiCheck::shape, is_service ? 30 : 95, begin, end};
}

std::optional<Found> find_ipv4(std::string_view text, std::size_t at) {
  std::array<unsigned, 4> octets{};
  const std::size_t size = quad_size(text, at, octets);
  if (size == 0) return std::nullopt;
  const std::size_t end = at + size;
  if (end < text.size()) {
    const bool goes_on =
        (text[end] == '.' || text[end] == '-') && end + 1 < text.size() && is_alnum(text[end + 1]);
    if (is_word(text[end]) || goes_on) return std::nullopt;
  }
  if (octets[0] == 0 || octets[0] == 127 || octets[0] >= 224) return std::nullopt;
  int score = 85;
  const bool is_small = std::ranges::all_of(octets, [](unsigned octet) { return octet < 20; });
  if (is_small && !has_context(text, at, "ip|addr|host|from|src|dst|source|client|peer|server"))
    score = octets[0] == 10 ? 70 : 40;
  if (has_context(text, at, "version|ver|v|release|section|rev|firmware|build", 10)) score = 20;
  return Found{PiiKind::ipv4, PiiCheck::shape, score, at, end};
}

std::optional<Found> find_ipv6(std::string_view text, std::size_t at) {
  if (at > 0 && (is_word(text[at - 1]) || text[at - 1] == ':' || text[at - 1] == '.'))
    return std::nullopt;
  std::size_t groups = 0;
  std::size_t longest = 0;
  bool is_short = false;  // A `::` was seen.
  std::size_t i = at;
  const std::size_t end_max = std::min(text.size(), at + 48);
  if (text.substr(at, 2) == "::") {
    is_short = true;
    i += 2;
  }
  while (i < end_max && groups < 8) {
    std::array<unsigned, 4> octets{};
    if (const std::size_t quad = quad_size(text, i, octets);
        quad != 0 && groups <= 6 && groups + (is_short ? 1 : 0) > 0) {
      groups += 2;
      i += quad;
      break;
    }
    const std::size_t count = hex_run(text, i);
    if (count == 0 || count > 4) break;
    longest = std::max(longest, count);
    ++groups;
    i += count;
    if (i >= end_max || text[i] != ':') break;
    if (text.substr(i, 2) == "::") {
      if (is_short) return std::nullopt;
      is_short = true;
      i += 2;
    } else if (groups < 8 && i + 1 < text.size() && is_hex(text[i + 1])) {
      ++i;
    } else {
      break;
    }
  }
  if (i < text.size() &&
      (is_word(text[i]) || (text[i] == ':' && i + 1 < text.size() && is_word(text[i + 1]))))
    return std::nullopt;
  const char first = text[at];
  const bool is_routable =
      hex_run(text, at) >= 3 && (first == '2' || first == '3' || first == 'f' || first == 'F');
  const bool is_whole = !is_short && groups == 8 && longest >= 3;
  const bool is_shortened = is_short && groups < 8 && (groups >= 4 || (groups >= 2 && is_routable));
  if (!is_whole && !is_shortened) return std::nullopt;
  return Found{PiiKind::ipv6, PiiCheck::shape, 88, at, i};
}

}  // namespace casebook::privacy
