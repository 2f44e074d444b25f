#include <algorithm>
#include <array>
#include <utility>

#include "vault/privacy/pii_detectors.h"

namespace casebook::privacy {
namespace {

constexpr std::size_t kWindowBytes = std::size_t{1} << 20U;
/// A longer run of token characters is data, not an address, number or token.
constexpr std::size_t kAtomBytesMax = std::size_t{16} << 10U;
constexpr std::size_t kTokenBytesMin = 16;
constexpr std::size_t kTailDigitsMin = 8;
/// How far apart citizen numbers of one column may stand.
constexpr std::uint64_t kColumnGapBytes = 64;

enum class Lead : unsigned char { other, word, digit, plus, dash, colon, paren };
constexpr auto kLead = [] {
  std::array<Lead, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char c = static_cast<char>(i);
    table[i] = is_digit(c) ? Lead::digit : is_word(c) ? Lead::word : Lead::other;
  }
  table['+'] = Lead::plus;
  table['-'] = Lead::dash;
  table[':'] = Lead::colon;
  table['('] = Lead::paren;
  return table;
}();
constexpr auto kAtom = [] {
  std::array<bool, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = is_atom(static_cast<char>(i));
  return table;
}();

bool is_atom_at(std::string_view text, std::size_t at) {
  return kAtom[static_cast<unsigned char>(text[at])];
}

/// Where the digits at the end of an atom begin ("card-4111…"), or `end` when there are too few.
std::size_t tail_digits(std::string_view text, std::size_t at, std::size_t end) {
  std::size_t begin = end;
  while (begin > at && is_digit(text[begin - 1])) --begin;
  const bool is_part =
      begin > at && (text[begin - 1] == '-' || text[begin - 1] == '.' || text[begin - 1] == '_');
  return is_part && end - begin >= kTailDigitsMin ? begin : end;
}

/// What begins in the atom [at, end).
std::optional<Found> look_at_atom(std::string_view text, std::size_t at, std::size_t end,
                                  const NumberContext& context) {
  const char next = end < text.size() ? text[end] : ' ';
  if (next == '@') {
    if (auto found = find_email(text, at, end)) return found;
  }
  if (next == ':' && end - at <= 4 && is_hex(text[at])) {
    if (auto found = find_ipv6(text, at)) return found;
  }
  if (is_digit(text[at])) {
    if (auto found = find_number(text, at, context)) return found;
  } else if (end - at >= 4 && is_digit(text[at + 2])) {
    if (auto found = find_iban(text, at)) return found;
  }
  if (end - at >= kTokenBytesMin) {
    if (auto found = find_token(text, at, end)) return found;
  }
  if (const std::size_t tail = tail_digits(text, at, end); tail != end) {
    if (auto found = find_number(text, tail, context)) return found;
  }
  if (!is_digit(text[at])) return find_assigned_secret(text, at, end);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(PiiKind kind) noexcept {
  constexpr std::array<std::string_view, kPiiKinds> kNames = {
      "email", "phone", "iban", "card",        "ssn",   "bsn",
      "ipv4",  "ipv6",  "jwt",  "private_key", "token", "secret"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view to_string(PiiCheck check) noexcept {
  constexpr std::array<std::string_view, 4> kNames = {"shape", "context", "entropy", "check_digit"};
  return kNames[static_cast<std::size_t>(check)];
}

PiiScanner::PiiScanner(OnHit on_hit, int score_min)
    : on_hit_(std::move(on_hit)), score_min_(score_min) {}

void PiiScanner::scan(std::size_t limit) {
  const std::string_view text = window_;
  while (at_ < limit) {
    if (is_in_long_run_) {
      while (at_ < limit && is_atom_at(text, at_)) ++at_;
      if (at_ == limit) return;
      is_in_long_run_ = false;
    }
    const Lead lead = kLead[static_cast<unsigned char>(text[at_])];
    if (lead == Lead::other) {
      ++at_;
      continue;
    }
    const NumberContext context{.follows_bsn =
                                    bsn_end_ != 0 && base_ + at_ - bsn_end_ <= kColumnGapBytes};
    std::optional<Found> found;
    std::size_t next = at_ + 1;
    if (lead == Lead::word || lead == Lead::digit) {
      std::size_t end = at_ + 1;
      const std::size_t end_max = std::min(text.size(), at_ + kAtomBytesMax);
      while (end < end_max && is_atom_at(text, end)) ++end;
      if (end - at_ == kAtomBytesMax) {
        is_in_long_run_ = true;
        at_ = end;
        continue;
      }
      found = look_at_atom(text, at_, end, context);
      next = end;
    } else if (lead == Lead::dash) {
      found = find_private_key(text, at_);
      while (next < limit && text[next] == '-') ++next;
    } else if (lead == Lead::colon) {
      found = find_ipv6(text, at_);
    } else {
      found = find_number(text, at_, context);
    }
    if (found)
      next = found->end;  // Also of a guess: its digits are not the front of another thing.
    if (found && found->score >= score_min_) {
      if (found->kind == PiiKind::bsn) bsn_end_ = base_ + found->end;
      on_hit_({.kind = found->kind,
               .check = found->check,
               .score = found->score,
               .begin = base_ + found->begin,
               .size_bytes = found->end - found->begin});
    }
    at_ = next;
  }
}

void PiiScanner::feed(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t room = kWindowBytes + kPiiLookahead - std::min(window_.size(), kWindowBytes);
    const auto part = piece.substr(0, room);
    window_.append(part);
    piece.remove_prefix(part.size());
    if (window_.size() < kWindowBytes + kPiiLookahead) return;
    scan(window_.size() - kPiiLookahead);
    const std::size_t drop = std::min(at_, window_.size()) - std::min(at_, kPiiLookback);
    window_.erase(0, drop);
    base_ += drop;
    at_ -= drop;
  }
}

void PiiScanner::finish() { scan(window_.size()); }

std::vector<PiiHit> find_pii(std::string_view text, int score_min) {
  std::vector<PiiHit> hits;
  PiiScanner scanner([&](const PiiHit& hit) { hits.push_back(hit); }, score_min);
  scanner.feed(text);
  scanner.finish();
  return hits;
}

std::string pii_summary(const std::vector<PiiHit>& hits) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, kPiiKinds> kWords = {{
      {"e-mail address", "e-mail addresses"},
      {"phone number", "phone numbers"},
      {"bank account", "bank accounts"},
      {"card number", "card numbers"},
      {"social security number", "social security numbers"},
      {"citizen service number", "citizen service numbers"},
      {"IPv4 address", "IPv4 addresses"},
      {"IPv6 address", "IPv6 addresses"},
      {"login token", "login tokens"},
      {"private key", "private keys"},
      {"access token", "access tokens"},
      {"password or secret", "passwords or secrets"},
  }};
  std::array<std::size_t, kPiiKinds> counts{};
  for (const PiiHit& hit : hits) ++counts[static_cast<std::size_t>(hit.kind)];
  std::string text;
  for (std::size_t i = 0; i < kPiiKinds; ++i) {
    if (counts[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(counts[i]) + " ";
    text += counts[i] == 1 ? kWords[i].first : kWords[i].second;
  }
  return text;
}

}  // namespace casebook::privacy
