// Keys, tokens and passwords.
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "vault/privacy/pii_detectors.h"

namespace casebook::privacy {
namespace {

constexpr std::size_t kPemBytesMax = std::size_t{24} << 10U;  // Within the lookahead.
constexpr double kTokenEntropyMin = 2.8;  // Hexadecimal reaches 4, x times 40 none.

enum class Alphabet { upper_digits, alnum, hex, url, dotted };

struct TokenForm {
  std::string_view prefix;
  std::size_t size_min;  ///< Behind the prefix.
  std::size_t size_max;
  Alphabet alphabet;
};

/// Forms that issuers publish for secret scanning.
constexpr std::array<TokenForm, 37> kForms = {{
    {"AKIA", 16, 16, Alphabet::upper_digits},
    {"ASIA", 16, 16, Alphabet::upper_digits},
    {"AGE-SECRET-KEY-1", 58, 58, Alphabet::upper_digits},
    {"AGE-SECRET-KEY-PQ-1", 58, 200, Alphabet::upper_digits},
    {"AIza", 35, 35, Alphabet::url},
    {"EAACEdEose0cBA", 20, 400, Alphabet::alnum},
    {"GOCSPX-", 28, 28, Alphabet::url},
    {"SG.", 60, 70, Alphabet::dotted},
    {"dop_v1_", 64, 64, Alphabet::hex},
    {"doo_v1_", 64, 64, Alphabet::hex},
    {"dckr_pat_", 27, 36, Alphabet::url},
    {"gho_", 36, 36, Alphabet::alnum},
    {"ghp_", 36, 36, Alphabet::alnum},
    {"ghr_", 36, 76, Alphabet::alnum},
    {"ghs_", 36, 36, Alphabet::alnum},
    {"ghu_", 36, 36, Alphabet::alnum},
    {"github_pat_", 82, 82, Alphabet::url},
    {"glpat-", 20, 64, Alphabet::dotted},
    {"glrt-", 20, 64, Alphabet::dotted},
    {"hf_", 34, 40, Alphabet::alnum},
    {"hvs.", 24, 200, Alphabet::url},
    {"npm_", 36, 36, Alphabet::alnum},
    {"pypi-AgEI", 50, 300, Alphabet::url},
    {"rk_live_", 16, 250, Alphabet::alnum},
    {"sk-ant-", 40, 200, Alphabet::url},
    {"sk-proj-", 40, 200, Alphabet::url},
    {"sk_live_", 16, 250, Alphabet::alnum},
    {"sk_test_", 16, 250, Alphabet::alnum},
    {"shpat_", 32, 32, Alphabet::hex},
    {"whsec_", 24, 64, Alphabet::url},
    {"xapp-", 20, 200, Alphabet::url},
    {"xoxa-", 20, 250, Alphabet::url},
    {"xoxb-", 20, 250, Alphabet::url},
    {"xoxp-", 20, 250, Alphabet::url},
    {"xoxr-", 20, 250, Alphabet::url},
    {"xoxs-", 20, 250, Alphabet::url},
    {"ya29.", 20, 2000, Alphabet::dotted},
}};

bool is_in(Alphabet alphabet, char c) {
  switch (alphabet) {
    case Alphabet::upper_digits:
      return is_digit(c) || is_upper(c);
    case Alphabet::alnum:
      return is_alnum(c);
    case Alphabet::hex:
      return is_hex(c);
    case Alphabet::url:
      return is_alnum(c) || c == '-' || c == '_';
    case Alphabet::dotted:
      return is_alnum(c) || c == '-' || c == '_' || c == '.';
  }
  return false;
}

/// The first bytes of base64url text.
std::string decode_front(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text.substr(0, 400)) {
    const int value = is_upper(c)   ? c - 'A'
                      : is_lower(c) ? c - 'a' + 26
                      : is_digit(c) ? c - '0' + 52
                      : c == '-'    ? 62
                      : c == '_'    ? 63
                                    : -1;
    if (value < 0) return {};
    bits = bits << 6U | static_cast<unsigned>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xFFU);
  }
  return out;
}

/// Header, body and signature of RFC 7519; the header is JSON that names an algorithm.
std::optional<Found> find_jwt(std::string_view text, std::size_t at, std::size_t end) {
  const auto token = text.substr(at, end - at);
  const auto first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = token.find('.', first + 1);
  if (second == std::string_view::npos || second - first < 3) return std::nullopt;
  const auto rest = token.substr(second + 1);
  if (!std::ranges::all_of(rest, [](char c) { return is_in(Alphabet::dotted, c); }) ||
      rest.size() < 16)
    return std::nullopt;
  const std::string header = decode_front(token.substr(0, first));
  if (!header.starts_with('{') || header.find("\"alg\"") == std::string::npos) return std::nullopt;
  return Found{PiiKind::jwt, PiiCheck::check_digit, 97, at, end};
}

/// The end of an atom without the dot or dash that closes a sentence.
std::size_t trimmed(std::string_view text, std::size_t at, std::size_t end) {
  while (end > at && (text[end - 1] == '.' || text[end - 1] == '-' || text[end - 1] == '+' ||
                      text[end - 1] == '%')) {
    --end;
  }
  return end;
}

char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with_word(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  const auto tail = text.substr(text.size() - lower.size());
  return std::ranges::equal(tail, lower, [](char a, char b) { return to_lower(a) == b; });
}

/// Key words; all but the first four want a value that looks made by a machine.
constexpr std::array<std::string_view, 12> kKeyWords = {
    "password", "passwd", "passphrase", "wachtwoord", "secret",     "token",
    "api_key",  "apikey", "api-key",    "access_key", "secret_key", "accountkey"};
constexpr std::size_t kChosenByPeople = 4;

bool is_value_byte(char c) {
  return c > ' ' && c != '"' && c != '\'' && c != ',' && c != ';' && c != '<' && c != '>' &&
         c != '`' && static_cast<unsigned char>(c) < 0x7F;
}

bool is_pem_byte(char c) {
  return is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '\n' || c == '\r';
}

bool is_machine_made(std::string_view value) {
  return value.size() >= 16 && entropy_bits(value) >= 3.2 && std::ranges::any_of(value, is_digit);
}

bool is_password(std::string_view value) {
  const bool has_other = std::ranges::any_of(value, [](char c) { return !is_lower(c); });
  const bool has_letter =
      std::ranges::any_of(value, [](char c) { return is_lower(c) || is_upper(c); });
  return value.size() >= 6 && value.size() <= 128 && has_other && has_letter &&
         value.find('(') == std::string_view::npos && !value.starts_with('$') &&
         !value.starts_with('%') && !value.starts_with('[') && entropy_bits(value) >= 2.0;
}

}  // namespace

double entropy_bits(std::string_view text) {
  if (text.empty()) return 0;
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

std::optional<std::size_t> context_distance(std::string_view text, std::size_t at,
                                            std::string_view words, std::size_t window) {
  std::array<char, kContextBytes> lower{};
  const auto before = text.substr(at - std::min(at, window), std::min(at, window));
  std::ranges::transform(before, lower.begin(), to_lower);
  const std::string_view haystack(lower.data(), before.size());
  std::optional<std::size_t> nearest;
  while (!words.empty()) {
    const auto bar = std::min(words.find('|'), words.size());
    const auto word = words.substr(0, bar);
    words.remove_prefix(std::min(bar + 1, words.size()));
    for (auto found = haystack.rfind(word); found != std::string_view::npos;
         found = found == 0 ? std::string_view::npos : haystack.rfind(word, found - 1)) {
      const bool begins = found == 0 || !is_alnum(haystack[found - 1]);
      const std::size_t end = found + word.size();
      // "tel" is no word in "tell", while a longer one may go on: "phones".
      const bool is_whole = end == haystack.size() || !is_lower(haystack[end]);
      if (!begins || (!is_whole && word.size() < 5)) continue;
      const std::size_t distance = haystack.size() - end;
      if (!nearest || distance < *nearest) nearest = distance;
      break;
    }
  }
  return nearest;
}

std::optional<Found> find_private_key(std::string_view text, std::size_t at) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "-----END ";
  const auto rest = text.substr(at, kPemBytesMax);
  if (!rest.starts_with(kBegin)) return std::nullopt;
  const auto label_end = rest.find("-----", kBegin.size());
  if (label_end == std::string_view::npos || label_end > 80) return std::nullopt;
  const auto label = rest.substr(kBegin.size(), label_end - kBegin.size());
  if (label.find("PRIVATE KEY") == std::string_view::npos) return std::nullopt;
  std::size_t end = rest.find(kEnd, label_end);
  if (end == std::string_view::npos) {
    end = label_end + 5;  // Cut short: as far as it looks like a key.
    while (end < rest.size() && is_pem_byte(rest[end]) && rest.substr(end, 2) != "\n\n") ++end;
  } else {
    const auto close = rest.find("-----", end + kEnd.size());
    end = close == std::string_view::npos ? end + kEnd.size() : close + 5;
  }
  return Found{PiiKind::private_key, PiiCheck::shape, 99, at, at + end};
}

std::optional<Found> find_token(std::string_view text, std::size_t at, std::size_t end) {
  end = trimmed(text, at, end);
  const auto atom = text.substr(at, end - at);
  if (atom.starts_with("eyJ")) {
    if (auto found = find_jwt(text, at, end)) return found;
  }
  for (const TokenForm& form : kForms) {
    if (!atom.starts_with(form.prefix)) continue;
    const auto body = atom.substr(form.prefix.size());
    std::size_t size = 0;
    while (size < body.size() && is_in(form.alphabet, body[size])) ++size;
    if (size < form.size_min || size > form.size_max) continue;
    if (size < body.size() && is_word(body[size])) continue;
    if (entropy_bits(body.substr(0, size)) < kTokenEntropyMin) continue;
    return Found{PiiKind::token, PiiCheck::entropy, 95, at, at + form.prefix.size() + size};
  }
  return std::nullopt;
}

std::optional<Found> find_assigned_secret(std::string_view text, std::size_t at, std::size_t end) {
  const auto atom = text.substr(at, end - at);
  const auto word = std::ranges::find_if(
      kKeyWords, [&](std::string_view key) { return ends_with_word(atom, key); });
  if (word == kKeyWords.end()) return std::nullopt;
  // `"password": "…"`, `token = …`, `secret:…`: one sign with blanks and quotes around it.
  std::size_t i = end;
  const std::size_t end_max = std::min(text.size(), end + 8);
  bool has_sign = false;
  while (i < end_max && (text[i] == ' ' || text[i] == '"' || text[i] == '\'' || text[i] == ':' ||
                         text[i] == '=')) {
    has_sign = has_sign || text[i] == ':' || text[i] == '=';
    ++i;
  }
  if (!has_sign) return std::nullopt;
  std::size_t value_end = i;
  while (value_end < text.size() && value_end - i < 512 && is_value_byte(text[value_end]))
    ++value_end;
  const auto value = text.substr(i, value_end - i);
  const bool is_by_people = static_cast<std::size_t>(word - kKeyWords.begin()) < kChosenByPeople;
  if (is_machine_made(value)) {
    // A token of a known form says more than the word before it.
    std::size_t atom_end = i;
    while (atom_end < value_end && is_atom(text[atom_end])) ++atom_end;
    if (auto token = find_token(text, i, atom_end)) return token;
    return Found{PiiKind::secret, PiiCheck::entropy, 85, i, value_end};
  }
  if (is_by_people && is_password(value))
    return Found{PiiKind::secret, PiiCheck::context, 70, i, value_end};
  return std::nullopt;
}

}  // namespace casebook::privacy
