#include <algorithm>
#include <array>
#include <utility>

#include "vault/privacy/pii_detectors.h"

namespace casebook::privacy {
namespace {

/// Country and length of an IBAN, after the SWIFT registry (release 98).
constexpr std::array<std::pair<std::string_view, std::size_t>, 84> kIbanLengths = {{
    {"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16}, {"BG", 22},
    {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22}, {"CY", 28}, {"CZ", 24},
    {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20}, {"EG", 29}, {"ES", 24}, {"FI", 18},
    {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22}, {"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27},
    {"GT", 28}, {"HN", 28}, {"HR", 21}, {"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26},
    {"IT", 27}, {"JO", 30}, {"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20},
    {"LU", 20}, {"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20},
    {"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23}, {"PK", 24},
    {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22}, {"RU", 33}, {"SA", 24},
    {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"SO", 23}, {"ST", 25},
    {"SV", 28}, {"TN", 24}, {"TR", 26}, {"UA", 29},
}};
// VA and VG and XK come behind U in the registry; kept apart so that the table above stays sorted.
constexpr std::array<std::pair<std::string_view, std::size_t>, 3> kIbanLengthsRest = {
    {{"VA", 22}, {"VG", 24}, {"XK", 20}}};

std::size_t iban_length(std::string_view country) {
  for (const auto& [code, length] : kIbanLengths) {
    if (code == country) return length;
  }
  for (const auto& [code, length] : kIbanLengthsRest) {
    if (code == country) return length;
  }
  return 0;
}

char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; }

/// ISO 7064 mod 97-10 with the first four characters moved to the end.
bool passes_mod97(std::string_view iban) {
  unsigned rest = 0;
  const auto take = [&](char c) {
    const unsigned value =
        is_digit(c) ? static_cast<unsigned>(c - '0') : static_cast<unsigned>(c - 'A') + 10U;
    rest = (value < 10 ? rest * 10 + value : rest * 100 + value) % 97;
  };
  for (const char c : iban.substr(4)) take(c);
  for (const char c : iban.substr(0, 4)) take(c);
  return rest == 1;
}

/// `digits` as a number of its first `count` digits.
unsigned leading(std::string_view digits, std::size_t count) {
  unsigned value = 0;
  for (const char c : digits.substr(0, count)) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

bool is_between(unsigned value, unsigned low, unsigned high) {
  return value >= low && value <= high;
}

}  // namespace

bool passes_luhn(std::string_view digits) {
  unsigned sum = 0;
  bool is_doubled = false;
  for (std::size_t i = digits.size(); i-- > 0; is_doubled = !is_doubled) {
    unsigned value = static_cast<unsigned>(digits[i] - '0');
    if (is_doubled) value = value * 2 > 9 ? value * 2 - 9 : value * 2;
    sum += value;
  }
  return sum % 10 == 0;
}

bool is_card_prefix(std::string_view digits) {
  const std::size_t size = digits.size();
  const unsigned two = leading(digits, 2);
  const unsigned three = leading(digits, 3);
  const unsigned four = leading(digits, 4);
  if (digits[0] == '4') return size == 13 || size == 16 || size == 19;             // Visa
  if (is_between(two, 51, 55) || is_between(four, 2221, 2720)) return size == 16;  // Mastercard
  if (two == 34 || two == 37) return size == 15;                                   // Amex
  if (is_between(four, 3528, 3589)) return size >= 16;                             // JCB
  if (is_between(three, 300, 305) || two == 36 || two == 38 || two == 39)          // Diners
    return size == 14 || size == 16;
  if (four == 6011 || two == 65 || is_between(three, 644, 649)) return size == 16 || size == 19;
  if (two == 62 || two == 81) return size >= 16;                                    // UnionPay
  if (two == 50 || is_between(two, 56, 58) || two == 60 || two == 63 || two == 67)  // Maestro
    return size == 16 || size == 18 || size == 19;
  return is_between(four, 2200, 2204) && size == 16;  // Mir
}

bool passes_eleven_test(std::string_view digits) {
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) sum += (9 - static_cast<int>(i)) * (digits[i] - '0');
  sum -= digits[8] - '0';
  const bool is_one_digit = digits.find_first_not_of(digits[0]) == std::string_view::npos;
  return sum % 11 == 0 && !is_one_digit;
}

bool is_ssn(std::string_view digits) {
  const unsigned area = leading(digits, 3);
  const auto group = digits.substr(3, 2);
  const auto serial = digits.substr(5, 4);
  if (area == 0 || area == 666 || group == "00" || serial == "0000") return false;
  if (digits == "078051120" || digits == "219099999" || digits == "123456789") return false;
  // From 900 on only taxpayer numbers are given out, with these groups.
  const unsigned second = leading(group, 2);
  if (area >= 900) {
    return is_between(second, 50, 65) || is_between(second, 70, 88) || is_between(second, 90, 92) ||
           is_between(second, 94, 99);
  }
  return true;
}

bool has_country_code(std::string_view digits) {
  if (digits.empty() || digits[0] == '0') return false;
  if (digits[0] == '1' || digits[0] == '7') return true;
  if (digits.size() < 3) return false;
  constexpr std::array<unsigned, 43> kTwoDigits = {
      20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54,
      55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95};
  const unsigned two = leading(digits, 2);
  if (std::ranges::find(kTwoDigits, two) != kTwoDigits.end() || two == 98) return true;
  const unsigned three = leading(digits, 3);
  return is_between(three, 211, 299) || is_between(three, 350, 389) ||
         is_between(three, 420, 423) || is_between(three, 500, 509) ||
         is_between(three, 590, 599) || is_between(three, 670, 692) ||
         is_between(three, 850, 856) || is_between(three, 880, 888) || is_between(three, 960, 998);
}

std::optional<Found> find_iban(std::string_view text, std::size_t at) {
  if (text.size() - at < 15 || is_digit(text[at]) || !is_alnum(text[at]) ||
      !is_alnum(text[at + 1]) || !is_digit(text[at + 2]) || !is_digit(text[at + 3])) {
    return std::nullopt;
  }
  const std::array<char, 2> country = {to_upper(text[at]), to_upper(text[at + 1])};
  const std::size_t length = iban_length({country.data(), country.size()});
  if (length == 0) return std::nullopt;
  std::array<char, 34> iban{};
  std::size_t count = 0;
  std::size_t i = at;
  for (; i < text.size() && count < length; ++i) {
    if (is_alnum(text[i])) {
      iban[count++] = to_upper(text[i]);
      continue;
    }
    // Groups are of four, so a separator stands only behind one; NBSP is two bytes.
    const bool is_wide = text.substr(i, 2) == "\xC2\xA0";
    if (count % 4 != 0 || !(text[i] == ' ' || text[i] == '-' || text[i] == '.' || is_wide))
      return std::nullopt;
    if (is_wide) ++i;
  }
  if (count != length || (i < text.size() && is_word(text[i]))) return std::nullopt;
  if (!passes_mod97({iban.data(), length})) return Found{PiiKind::iban, PiiCheck::shape, 30, at, i};
  return Found{PiiKind::iban, PiiCheck::check_digit, 97, at, i};
}

}  // namespace casebook::privacy
