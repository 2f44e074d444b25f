#include "collector/redact_line.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

#include "collector/redact.h"

namespace casebook::collector {
namespace {

using Range = std::pair<std::size_t, std::size_t>;

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }
bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}
/// Bytes of base64, hex, tokens and crypt(3) hashes.
bool is_token(char c) { return is_word(c) || c == '+' || c == '/' || c == '=' || c == '$'; }

/// Values that say on, off or nothing.
bool is_no_secret(std::string_view value) {
  constexpr std::array<std::string_view, 10> kPlain = {"",   "true", "false", "yes",  "no",
                                                       "on", "off",  "null",  "none", "~"};
  std::string lower;
  for (const char c : value)
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::ranges::find(kPlain, lower) != kPlain.end();
}

/// Length of the token at the start of `text` if it is one by its own looks: cloud and forge keys,
/// JSON web tokens, password hashes.
std::size_t known_token(std::string_view text) {
  constexpr std::array<std::string_view, 19> kPrefixes = {
      "AKIA",  "ASIA",  "ghp_", "gho_", "ghs_", "ghu_", "github_pat_", "glpat-",  "xoxb-", "xoxp-",
      "xoxa-", "xoxs-", "sk-",  "eyJ",  "AIza", "hvs.", "npm_",        "dop_v1_", "SG."};
  std::size_t length = 0;
  while (length < text.size() && is_token(text[length])) ++length;
  if (length >= 16 && std::ranges::any_of(kPrefixes, [&](std::string_view prefix) {
        return text.starts_with(prefix);
      }))
    return length;
  // $6$salt$hash, $y$…, $apr1$…
  const std::size_t second = text.starts_with('$') ? text.find('$', 1) : std::string_view::npos;
  if (second != std::string_view::npos && second >= 2 && second <= 6 && length > second + 8)
    return length;
  // {SSHA}base64
  const std::size_t brace = text.starts_with('{') ? text.find('}') : std::string_view::npos;
  if (brace == std::string_view::npos || brace < 3 || brace > 16) return 0;
  for (std::size_t i = 1; i < brace; ++i)
    if (std::isupper(static_cast<unsigned char>(text[i])) == 0 && !is_word(text[i])) return 0;
  std::size_t end = brace + 1;
  while (end < text.size() && is_token(text[end])) ++end;
  return end > brace + 8 ? end : 0;
}

/// Where the secret of `scheme://user:secret@host` lies, if `at` is the first slash.
std::optional<Range> url_secret(std::string_view line, std::size_t at) {
  if (!line.substr(at).starts_with("//") || at == 0 || line[at - 1] != ':') return std::nullopt;
  const std::size_t start = at + 2;
  const std::size_t end = std::min(line.find_first_of("/ \t\"'<>`", start), line.size());
  const std::size_t sign = line.substr(0, end).rfind('@');
  if (sign == std::string_view::npos || sign < start) return std::nullopt;
  const std::size_t colon = line.find(':', start);
  if (colon < sign) return Range(colon + 1, sign);
  // A single long word before the sign is a token, not a user.
  if (sign - start >= 16) return Range(start, sign);
  return std::nullopt;
}

/// The second field of a line of shadow or gshadow, if it holds a hash of the old kind.
std::optional<Range> shadow_field(std::string_view line) {
  const auto colons = std::ranges::count(line, ':');
  if (colons != 8 && colons != 3) return std::nullopt;
  const std::size_t start = line.find(':') + 1;
  const std::size_t end = line.find(':', start);
  const std::string_view field = line.substr(start, end - start);
  if (field.size() < 13 || !std::ranges::all_of(field, is_token)) return std::nullopt;
  return Range(start, end);
}

bool is_name_field(std::string_view name) {
  return name == "name" || name == "key" || name == "id" || name == "Name" || name == "Key";
}
bool is_value_field(std::string_view name) { return name == "value" || name == "Value"; }

/// One pass over a line, word by word.
class LineScanner {
 public:
  LineScanner(std::string_view line, bool value_follows, std::string& out)
      : line_(line), out_(out), indent_(std::min(line.find_first_not_of(" \t"), line.size())) {
    found_.value_follows = value_follows;
  }

  ScannedLine scan() {
    if (const auto field = shadow_field(line_)) mask_range(*field);
    for (std::size_t at = indent_; at < line_.size();) at = step(at);
    out_ += line_.substr(std::min(done_, line_.size()));
    return found_;
  }

 private:
  /// A name with what stands around it.
  struct Word {
    std::size_t start;
    std::size_t end;
    std::string_view name;
    char before;       // The byte before it, or 0.
    bool quoted;       // Name alone in quotes: "name".
    std::size_t next;  // First byte behind it that is no blank.
    char sign;         // That byte, or 0.
    bool first;        // Nothing stands before it on the line.
    [[nodiscard]] bool assigned() const { return sign == '=' || sign == ':'; }
    /// The quote in which name and value stand together ("NAME=value"), or 0.
    [[nodiscard]] char around() const { return is_quote(before) && !quoted ? before : '\0'; }
  };

  std::size_t step(std::size_t at) {
    if (line_[at] == '/')
      if (const auto secret = url_secret(line_, at)) mask_range(*secret);
    const bool starts = at == 0 || !is_word(line_[at - 1]);
    if (const std::size_t token = starts ? known_token(line_.substr(at)) : 0; token > 0) {
      mask_range({at, at + token});
      return at + token;
    }
    if (!starts || !is_word(line_[at])) return at + 1;
    const Word word = word_at(at);
    take(word);
    return std::max(word.end, std::min(done_, line_.size()));
  }

  [[nodiscard]] Word word_at(std::size_t at) const {
    Word word{};
    word.start = at;
    word.end = at;
    while (word.end < line_.size() && is_word(line_[word.end])) ++word.end;
    word.name = line_.substr(at, word.end - at);
    word.before = at == 0 ? '\0' : line_[at - 1];
    word.next = word.end;
    // A quote that nothing opened is taken for the end of the name: on doubt more is masked.
    word.quoted = word.next < line_.size() && is_quote(line_[word.next]);
    if (word.quoted) ++word.next;
    while (word.next < line_.size() && is_blank(line_[word.next])) ++word.next;
    word.sign = word.next < line_.size() ? line_[word.next] : '\0';
    // define('NAME', 'value')
    if (word.sign == ',' && word.quoted && line_.find("define") < at) word.sign = '=';
    // `- name:` of YAML and `export NAME=` of a shell begin a line as well.
    const std::string_view front = line_.substr(indent_, at - indent_);
    word.first = front.empty() || front == "- " || front == "export " || front == "set " ||
                 front == "Environment=";
    return word;
  }

  void take(const Word& word) {
    const bool secret = is_secret_name(word.name);
    if (word.name.size() > 2 && word.name.starts_with("-p") && !word.name.starts_with("-pa") &&
        is_blank(word.before) && names_mysql()) {
      mask_range({word.start + 2, end_of_word(word.start)});
    } else if (word.assigned() && is_name_field(word.name) && names_secret(word)) {
      return;
    } else if (word.assigned() && (secret || (found_.value_follows && is_value_field(word.name)))) {
      found_.value_follows = false;
      std::size_t value = word.next + 1;
      while (value < line_.size() && (line_[value] == '=' || line_[value] == '>')) ++value;
      mask_value(value, word.around(), word.first);
    } else if (word.before == '<' && secret) {
      mask_element(word.end);
    } else if (!word.assigned() && word.next > word.end && !word.quoted &&
               (secret || word.name == "Bearer" || word.name == "Basic")) {
      // `requirepass x`, `--token x`, `login u password x`, `Bearer x`.
      mask_value(word.next, '\0', word.first && !word.name.starts_with('-'));
    }
  }

  /// {"name": "DB_PASSWORD", "value": "…"}, <add key="ApiKey" value="…"/>, <entry key="password">…
  /// @return whether the field's value is the name of a secret.
  bool names_secret(const Word& word) {
    const std::size_t value = line_.find_first_not_of(" \t\"'", word.next + 1);
    if (value == std::string_view::npos) return false;
    std::size_t end = value;
    while (end < line_.size() && is_word(line_[end])) ++end;
    if (!is_secret_name(line_.substr(value, end - value))) return false;
    found_.value_follows = true;
    const std::size_t close = line_.find('>', end);
    if (close != std::string_view::npos && line_.find("value", end) > close && mask_element(end))
      found_.value_follows = false;
    return true;
  }

  /// What stands between the tag that `at` is in and the next one. @return whether there was some.
  bool mask_element(std::size_t at) {
    const std::size_t close = line_.find('>', at);
    if (close == std::string_view::npos || line_[close - 1] == '/') return false;
    const std::size_t stop = line_.find("</", close);
    mask_range({close + 1, std::min(stop, line_.size())});
    if (stop == std::string_view::npos) found_.goes_on = GoesOn::element;
    return true;
  }

  /// Masks what belongs to a secret name. `at`: behind the name and its sign.
  void mask_value(std::size_t at, char around, bool first_on_line) {
    while (at < line_.size() && is_blank(line_[at])) ++at;
    if (at >= line_.size()) return;
    const char start = line_[at];
    if (around != '\0' && start != around) return mask_range({at, closing_quote(at, around)});
    if ((start == '|' || start == '>') && at + 3 >= line_.size()) {
      found_.goes_on = GoesOn::indented;
      ++found_.masked;
    } else if (start == '{') {
      return;  // Its members are looked at by their own names.
    } else if (is_quote(start)) {
      const std::size_t end = closing_quote(at + 1, start);
      mask_range({at + 1, end});
      if (end < line_.size()) return;
      found_.goes_on = GoesOn::quotes;
      found_.quote = start;
    } else if (line_.substr(at).starts_with("\\\"")) {  // JSON within JSON.
      mask_range({at + 2, std::min(line_.find("\\\"", at + 2), line_.size())});
    } else if (start == '[') {
      mask_range({at, std::min(line_.find(']', at), line_.size())});
    } else if (first_on_line) {
      if (line_.ends_with('\\')) found_.goes_on = GoesOn::continued;
      mask_range({at, line_.size()});
    } else {
      mask_range({at, std::min(line_.find_first_of(" \t,;&\"'<>)}]", at), line_.size())});
    }
  }

  [[nodiscard]] std::size_t closing_quote(std::size_t at, char quote) const {
    for (; at < line_.size() && line_[at] != quote; ++at)
      if (line_[at] == '\\') ++at;
    return std::min(at, line_.size());
  }

  [[nodiscard]] std::size_t end_of_word(std::size_t at) const {
    return std::min(line_.find_first_of(" \t\"'", at), line_.size());
  }

  [[nodiscard]] bool names_mysql() const {
    return line_.find("mysql") != std::string_view::npos ||
           line_.find("maria") != std::string_view::npos ||
           line_.find("sshpass") != std::string_view::npos;
  }

  void mask_range(Range range) {
    range.first = std::max(range.first, done_);
    if (range.second <= range.first ||
        is_no_secret(line_.substr(range.first, range.second - range.first)))
      return;
    out_ += line_.substr(done_, range.first - done_);
    out_ += kMask;
    ++found_.masked;
    done_ = range.second;
  }

  std::string_view line_;
  std::string& out_;
  std::size_t indent_;
  std::size_t done_ = 0;  // Up to here the line was put out.
  ScannedLine found_;
};

}  // namespace

ScannedLine mask_line(std::string_view line, bool value_follows, std::string& out) {
  return LineScanner(line, value_follows, out).scan();
}

}  // namespace casebook::collector
