#pragma once
/// The detectors behind PiiScanner. Each looks at one place of the text and says what begins there.

#include <cstdint>
#include <optional>
#include <string_view>

#include "vault/privacy/pii.h"

namespace casebook::privacy {

/// What a detector found: [begin, end) of the text it was given.
struct Found {
  PiiKind kind;
  PiiCheck check;
  int score;
  std::size_t begin;
  std::size_t end;
};

// Classes of bytes. Bytes from 0x80 on count as letters: no boundary runs through a character.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_alnum(char c) { return is_digit(c) || is_upper(c) || is_lower(c); }
constexpr bool is_word(char c) {
  return is_alnum(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
/// Characters that keep an address, a number or a token together.
constexpr bool is_atom(char c) {
  return is_word(c) || c == '.' || c == '-' || c == '+' || c == '%';
}

/// How many bytes before `at` the nearest of `words` (lower case, separated by `|`) ends that
/// stands at a word's front within the `window` bytes before `at`. Short words have to be whole.
inline constexpr std::size_t kContextBytes = 48;
std::optional<std::size_t> context_distance(std::string_view text, std::size_t at,
                                            std::string_view words,
                                            std::size_t window = kContextBytes);
inline bool has_context(std::string_view text, std::size_t at, std::string_view words,
                        std::size_t window = kContextBytes) {
  return context_distance(text, at, words, window).has_value();
}

/// Shannon entropy of the bytes, in bits a byte.
double entropy_bits(std::string_view text);

// pii_number.cpp: what begins at a digit, `+` or `(`.
struct NumberContext {
  bool follows_bsn = false;  ///< A sure citizen number ended shortly before: a column of them.
};
std::optional<Found> find_number(std::string_view text, std::size_t at,
                                 const NumberContext& context);

// pii_check_digit.cpp
bool passes_luhn(std::string_view digits);
/// Known issuer prefix and a length that it uses.
bool is_card_prefix(std::string_view digits);
bool passes_eleven_test(std::string_view digits);  ///< Of 9 digits, Dutch citizen number.
bool is_ssn(std::string_view digits);              ///< Of 9 digits: issued or issuable.
/// True when `digits` begin with a country code of ITU E.164.
bool has_country_code(std::string_view digits);
std::optional<Found> find_iban(std::string_view text, std::size_t at);

// pii_address.cpp
/// @param at   front of the local part  @param sign  place of the `@`
std::optional<Found> find_email(std::string_view text, std::size_t at, std::size_t sign);
std::optional<Found> find_ipv4(std::string_view text, std::size_t at);
std::optional<Found> find_ipv6(std::string_view text, std::size_t at);

// pii_secret.cpp
std::optional<Found> find_private_key(std::string_view text, std::size_t at);
/// A token that is the whole atom [at, end).
std::optional<Found> find_token(std::string_view text, std::size_t at, std::size_t end);
/// The value behind a key word that is the end of the atom [at, end): `password = "…"`.
std::optional<Found> find_assigned_secret(std::string_view text, std::size_t at, std::size_t end);

}  // namespace casebook::privacy
