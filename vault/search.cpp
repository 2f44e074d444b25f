#include "vault/search.h"

#include <algorithm>

#include "core/json_text.h"

namespace casebook::vault {
namespace {

/// Anything beyond ASCII may be a letter: the engine's tokenizer decides.
bool may_be_letter(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u >= 0x80 || (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z');
}

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

/// A string of the engine's language: quotes are doubled, nothing in it has a meaning.
void append_term(std::string& expression, std::string_view term, bool any_ending) {
  if (!std::ranges::any_of(term, may_be_letter)) return;
  if (!expression.empty()) expression += " AND ";
  expression += '"';
  for (const char c : term) {
    if (c == '\0') continue;  // The engine would end its text here.
    expression += c;
    if (c == '"') expression += '"';
  }
  expression += any_ending ? "\"*" : "\"";
}

struct Term {
  std::string_view text;
  bool any_ending = false;
};

/// Takes the next word or phrase from the front of `words`.
Term next_term(std::string_view& words) {
  if (words.front() == '"') {
    words.remove_prefix(1);
    const std::size_t end = words.find('"');  // A phrase that is not closed goes to the end.
    const std::string_view phrase = words.substr(0, end);
    words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
    const bool any_ending = words.starts_with('*');
    if (any_ending) words.remove_prefix(1);
    return {phrase, any_ending};
  }
  const auto end = std::ranges::find_if(words, is_blank);
  std::string_view word = words.substr(0, static_cast<std::size_t>(end - words.begin()));
  words.remove_prefix(word.size());
  const bool any_ending = word.size() > 1 && word.ends_with('*');
  if (any_ending) word.remove_suffix(1);
  return {word, any_ending};
}

}  // namespace

Result<std::optional<std::string>> match_expression(std::string_view words) {
  if (words.size() > kSearchBytesMax) {
    return Error{ErrorCode::limit_exceeded, "the search text is too long", "look for fewer words"};
  }
  if (!is_utf8(words)) {
    return Error{ErrorCode::invalid_input, "the search text is not UTF-8"};
  }
  std::string expression;
  std::size_t terms = 0;
  while (!words.empty()) {
    if (is_blank(words.front())) {
      words.remove_prefix(1);
      continue;
    }
    const Term term = next_term(words);
    if (++terms > kSearchTermsMax) {
      return Error{ErrorCode::limit_exceeded, "too many words to look for", "look for fewer words"};
    }
    append_term(expression, term.text, term.any_ending);
  }
  if (expression.empty()) return std::optional<std::string>();
  return std::optional(std::move(expression));
}

SearchHit& take_marks(SearchHit& hit, std::string_view mark) {
  std::string plain;
  hit.matched.clear();
  bool inside = false;
  for (std::string_view left = hit.snippet; !left.empty();) {
    const std::size_t at = left.find(mark);
    plain += left.substr(0, at);
    if (at == std::string_view::npos) break;
    left.remove_prefix(at + mark.size());
    if (inside) {
      hit.matched.back().size_bytes = plain.size() - hit.matched.back().offset;
    } else {
      hit.matched.push_back({plain.size(), 0});
    }
    inside = !inside;
  }
  if (inside) hit.matched.back().size_bytes = plain.size() - hit.matched.back().offset;
  hit.snippet = std::move(plain);
  return hit;
}

}  // namespace casebook::vault
