// Numbers that people write: cards, citizen numbers, phones.
#include <algorithm>
#include <array>

#include "vault/privacy/pii_detectors.h"

namespace casebook::privacy {
namespace {

constexpr std::size_t kDigitsMax = 24;
constexpr std::size_t kGroupsMax = 12;
constexpr std::size_t kWholeNumberDigits = 9;

/// Digits with single separators between their groups, from one place on.
struct Grouped {
  std::array<char, kDigitsMax> digits{};
  std::size_t count = 0;
  std::array<std::size_t, kGroupsMax> sizes{};  ///< Digits a group.
  std::array<std::size_t, kGroupsMax> ends{};   ///< Place behind each group.
  std::array<char, kGroupsMax> separators{};    ///< Behind each group; 0 for none.
  std::size_t groups = 0;
  bool has_plus = false;
  bool has_paren = false;  ///< The first group stands in parentheses.
  std::size_t begin = 0;

  [[nodiscard]] std::string_view all() const { return {digits.data(), count}; }
  [[nodiscard]] std::size_t end() const { return ends[groups - 1]; }
};

/// Length in bytes of a separator at `at`, and its class; NBSP counts as blank, a dash of any kind
/// as `-`.
struct Separator {
  std::size_t size_bytes = 0;
  char kind = 0;
};
Separator separator_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == ' ' || c == '-' || c == '.' || c == '/') return {1, c};
  const auto rest = text.substr(at, 3);
  if (rest.starts_with("\xC2\xA0")) return {2, ' '};
  if (rest == "\xE2\x80\xAF") return {3, ' '};
  if (rest == "\xE2\x80\x90" || rest == "\xE2\x80\x91" || rest == "\xE2\x80\x93") return {3, '-'};
  return {};
}

/// Reads the next group, in parentheses or not, at `at`. @return the place behind it, 0 for none.
std::size_t take_group(std::string_view text, std::size_t at, Grouped& number) {
  const bool is_in_paren = at < text.size() && text[at] == '(';
  std::size_t i = at + (is_in_paren ? 1 : 0);
  const std::size_t count = number.count;
  while (i < text.size() && is_digit(text[i]) && number.count < kDigitsMax) {
    number.digits[number.count++] = text[i++];
  }
  const bool is_closed = !is_in_paren || (i < text.size() && text[i] == ')');
  const bool is_too_long = i < text.size() && is_digit(text[i]);
  if (number.count == count || !is_closed || is_too_long) {
    number.count = count;
    return 0;
  }
  if (is_in_paren) ++i;
  if (is_in_paren && number.groups == 0) number.has_paren = true;
  // "+31 (0)6": the trunk zero in parentheses is not dialled.
  const bool is_trunk_zero =
      is_in_paren && number.has_plus && number.count == count + 1 && number.digits[count] == '0';
  if (is_trunk_zero) {
    number.count = count;
    return i;
  }
  number.sizes[number.groups] = number.count - count;
  number.ends[number.groups++] = i;
  return i;
}

std::optional<Grouped> gather(std::string_view text, std::size_t at) {
  Grouped number;
  number.begin = at;
  number.has_plus = text[at] == '+';
  std::size_t i = take_group(text, at + (number.has_plus ? 1 : 0), number);
  if (i == 0 || number.groups == 0) return std::nullopt;
  while (i < text.size() && number.groups < kGroupsMax) {
    const Separator separator = separator_at(text, i);
    const std::size_t next = i + separator.size_bytes;
    if (next >= text.size()) break;
    const bool is_behind_paren = text[i - 1] == ')';
    const bool is_open = separator.kind != 0 || is_behind_paren || text[next] == '(';
    if (!is_open || (text[next] == '(' && !number.has_plus)) break;
    const std::size_t groups = number.groups;
    i = take_group(text, next, number);
    if (i == 0) break;
    if (number.groups > groups)
      number.separators[groups - 1] = separator.kind == 0 ? ')' : separator.kind;
  }
  return number;
}

bool ends_cleanly(std::string_view text, std::size_t end) {
  return end >= text.size() || !is_word(text[end]);
}

bool has_sizes(const Grouped& number, std::size_t groups,
               std::initializer_list<std::size_t> sizes) {
  return groups == sizes.size() && std::equal(sizes.begin(), sizes.end(), number.sizes.begin());
}

/// One kind of separator between the first `groups` groups.
bool is_uniform(const Grouped& number, std::size_t groups) {
  for (std::size_t i = 1; i + 1 < groups; ++i) {
    if (number.separators[i] != number.separators[0]) return false;
  }
  return true;
}

bool is_card_grouping(const Grouped& number, std::size_t groups) {
  return has_sizes(number, groups, {4, 4, 4, 4}) || has_sizes(number, groups, {4, 6, 5}) ||
         has_sizes(number, groups, {4, 6, 4}) || has_sizes(number, groups, {4, 4, 4, 4, 3}) ||
         has_sizes(number, groups, {4, 4, 4, 1}) || has_sizes(number, groups, {4, 4, 4, 4, 2});
}

constexpr std::string_view kCardWords =
    "card|visa|mastercard|amex|maestro|pan|kaart|karte|carte|tarjeta|credit|debit|cc";

std::optional<Found> find_card(std::string_view text, const Grouped& number) {
  std::size_t digits = 0;
  std::size_t groups_total = 0;
  std::optional<Found> best;
  for (std::size_t g = 0; g < number.groups; ++g) {
    digits += number.sizes[g];
    ++groups_total;
    if (digits < 13 || digits > 19) continue;
    const auto taken = number.all().substr(0, digits);
    const bool is_grouped =
        is_card_grouping(number, groups_total) && is_uniform(number, groups_total);
    if (groups_total > 1 && !is_grouped) continue;
    if (!ends_cleanly(text, number.ends[g]) || !is_card_prefix(taken) || !passes_luhn(taken))
      continue;
    const bool is_named = has_context(text, number.begin, kCardWords);
    // Thirteen and fourteen digits are article numbers and times more often than cards.
    const int score = is_grouped || is_named ? 95 : digits >= 15 ? 80 : 40;
    best = Found{PiiKind::card, PiiCheck::check_digit, score, number.begin, number.ends[g]};
  }
  return best;
}

constexpr std::string_view kBsnWords =
    "bsn|burgerservice|sofi|citizen service|persoonsnummer|burger service";
constexpr std::string_view kSsnWords = "ssn|social security|soc sec|itin|tax id|taxpayer";

std::optional<Found> find_ssn(std::string_view text, const Grouped& number) {
  const bool is_dashed = number.groups >= 3 && number.sizes[0] == 3 && number.sizes[1] == 2 &&
                         number.sizes[2] == 4 && number.separators[0] == number.separators[1];
  const bool is_plain = number.sizes[0] == 9;
  if (!is_dashed && !is_plain) return std::nullopt;
  const std::size_t end = number.ends[is_dashed ? 2 : 0];
  if (!ends_cleanly(text, end) || !is_ssn(number.all().substr(0, 9))) return std::nullopt;
  // More groups by the same separator: part of something longer.
  if (is_dashed && number.groups > 3 && number.separators[2] == '-') return std::nullopt;
  const auto named = context_distance(text, number.begin, kSsnWords);
  const auto other = context_distance(text, number.begin, kBsnWords);
  if (named && (!other || *named < *other))
    return Found{PiiKind::ssn, PiiCheck::context, 95, number.begin, end};
  if (!is_dashed || number.separators[0] != '-') return std::nullopt;
  return Found{PiiKind::ssn, PiiCheck::shape, 80, number.begin, end};
}

std::optional<Found> find_bsn(std::string_view text, const Grouped& number,
                              const NumberContext& context) {
  const bool is_named = has_context(text, number.begin, kBsnWords);
  const bool is_dotted = (number.groups >= 3 && number.separators[0] == number.separators[1]) &&
                         ((number.sizes[0] == 4 && number.sizes[1] == 2 && number.sizes[2] == 3) ||
                          (number.sizes[0] == 3 && number.sizes[1] == 3 && number.sizes[2] == 3));
  const std::size_t size = is_dotted ? 9 : number.sizes[0];
  if (size != 9 && !(size == 8 && is_named)) return std::nullopt;
  const std::size_t end = number.ends[is_dotted ? 2 : 0];
  if (!ends_cleanly(text, end)) return std::nullopt;
  std::string digits(number.all().substr(0, size));
  if (size == 8) digits.insert(digits.begin(), '0');
  if (!passes_eleven_test(digits)) return std::nullopt;
  const bool is_old_form = is_dotted && number.sizes[0] == 4 && number.separators[0] == '.';
  // One bare number of nine digits in eleven passes the test by chance.
  const int score = is_named ? 97 : context.follows_bsn ? 85 : is_old_form ? 65 : 30;
  return Found{PiiKind::bsn, PiiCheck::check_digit, score, number.begin, end};
}

constexpr std::string_view kPhoneWords =
    "tel|phone|mobile|mobil|cell|call|fax|whatsapp|signal|sms|bel|telefoon|telefon|handy|portable|"
    "gsm|contact|mob|ph|dial|reach";

constexpr std::size_t kPhoneWordBytes = 24;

/// 1/2/2026 and 21.11.2026, with or without a time behind.
bool is_date(const Grouped& number) {
  if (number.groups < 3) return false;
  const bool is_day_first = number.sizes[0] <= 2 && number.sizes[1] <= 2 &&
                            (number.sizes[2] == 4 || number.sizes[2] == 2);
  const bool is_year_first = number.sizes[0] == 4 && number.sizes[1] <= 2 && number.sizes[2] <= 2;
  return (is_day_first || is_year_first) && number.separators[0] == number.separators[1] &&
         number.separators[0] != ' ';
}

/// The first groups of a number, at most `digits_max` digits; runs that go on behind it would make
/// it something else.
std::optional<std::size_t> phone_end(std::string_view text, const Grouped& number,
                                     std::size_t digits_min, std::size_t digits_max) {
  std::size_t digits = 0;
  std::optional<std::size_t> end;
  for (std::size_t g = 0; g < number.groups; ++g) {
    digits += number.sizes[g];
    if (digits > digits_max) break;
    if (digits >= digits_min && ends_cleanly(text, number.ends[g])) end = number.ends[g];
    if (g == 0 && digits >= kWholeNumberDigits) break;  // Written in one piece.
  }
  return end;
}

bool is_north_american(const Grouped& number) {
  const bool is_shape =
      number.groups >= 3 && number.sizes[0] == 3 && number.sizes[1] == 3 && number.sizes[2] == 4;
  if (!is_shape) return false;
  const bool is_uniform_shape = number.separators[0] == number.separators[1] &&
                                (number.separators[0] == '-' || number.separators[0] == '.');
  return number.digits[0] >= '2' && number.digits[3] >= '2' &&
         (number.has_paren || is_uniform_shape);
}

std::optional<Found> find_phone(std::string_view text, const Grouped& number) {
  const auto found = [&](PiiCheck check, int score, std::size_t end) {
    return Found{PiiKind::phone, check, score, number.begin, end};
  };
  if (number.has_plus) {
    const auto end = phone_end(text, number, 8, number.digits[0] == '1' ? 11 : 14);
    if (!end || !has_country_code(number.all())) return std::nullopt;
    return found(PiiCheck::shape, 92, *end);
  }
  if (is_north_american(number) && ends_cleanly(text, number.ends[2]))
    return found(PiiCheck::shape, 75, number.ends[2]);
  if (is_date(number)) return std::nullopt;
  // The word stands on the same line and close by: many numbers follow "call" somewhere.
  const auto before = text.substr(number.begin - std::min(number.begin, kPhoneWordBytes),
                                  std::min(number.begin, kPhoneWordBytes));
  const auto line = before.rfind('\n');
  const std::size_t window =
      line == std::string_view::npos ? before.size() : before.size() - line - 1;
  const bool is_named = has_context(text, number.begin, kPhoneWords, window);
  if (number.all().starts_with("00") && has_country_code(number.all().substr(2))) {
    const auto end = phone_end(text, number, 11, 17);
    if (end && (is_named || (number.groups > 1 && number.sizes[0] >= 4)))
      return found(is_named ? PiiCheck::context : PiiCheck::shape, is_named ? 88 : 60, *end);
  }
  if (number.digits[0] == '0' && number.count > 1 && number.digits[1] != '0') {
    const auto end = phone_end(text, number, 9, 12);
    const bool is_ssn_shape = has_sizes(number, number.groups, {3, 2, 4});
    const bool is_area_first = !is_ssn_shape && number.count <= 11 && number.groups >= 2 &&
                               number.sizes[0] >= 2 && number.sizes[0] <= 5 &&
                               number.separators[0] != '.';
    if (end && (is_named || (is_area_first && number.sizes[1] >= 2)))
      return found(is_named ? PiiCheck::context : PiiCheck::shape, is_named ? 85 : 60, *end);
  }
  if (!is_named) return std::nullopt;
  const auto end = phone_end(text, number, 7, 12);
  if (!end || number.groups > 6) return std::nullopt;
  return found(PiiCheck::context, 65, *end);
}

}  // namespace

std::optional<Found> find_number(std::string_view text, std::size_t at,
                                 const NumberContext& context) {
  if (at > 0 && is_digit(text[at]) && (is_alnum(text[at - 1]) || text[at - 1] == '$'))
    return std::nullopt;
  if (is_digit(text[at])) {
    if (auto found = find_ipv4(text, at)) return found;
  }
  const auto number = gather(text, at);
  if (!number || number->count < 7) return std::nullopt;
  if (number->has_plus || number->has_paren) return find_phone(text, *number);
  if (auto found = find_card(text, *number)) return found;
  if (auto found = find_ssn(text, *number)) return found;
  auto bsn = find_bsn(text, *number, context);
  if (bsn && bsn->score >= kPiiWarnScore) return bsn;
  if (auto found = find_phone(text, *number)) return found;
  return bsn;
}

}  // namespace casebook::privacy
