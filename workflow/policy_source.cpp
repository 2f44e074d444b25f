// Commented sources of policies: where each value stands, and the canonical file made of them.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/json_text.h"
#include "workflow/policy.h"

namespace casebook::workflow {
namespace {

constexpr std::size_t kSourceDepthMax = 16;

SourcePlace place_of(std::string_view source, std::size_t offset) {
  SourcePlace place;
  for (std::size_t i = 0; i < std::min(offset, source.size()); ++i) {
    ++place.column;
    if (source[i] == '\n') place = {place.line + 1, 1};
  }
  return place;
}

/// Comments become blanks, so that every byte stays where it stood.
std::string without_comments(std::string_view source) {
  std::string text(source);
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      in_string = !in_string;
    } else if (!in_string && text.compare(i, 2, "//") == 0) {
      while (i < text.size() && text[i] != '\n') text[i++] = ' ';
    }
  }
  return text;
}

/// Walks over JSON text and notes where each value begins, or where and why it is none.
class SourceWalk {
 public:
  explicit SourceWalk(std::string_view text) : text_(text) {}

  bool walk() {
    value("", 1);
    blanks();
    if (!failed() && at_ != text_.size()) refuse("something after the end");
    return !failed();
  }
  [[nodiscard]] std::size_t offset() const { return problem_at_; }
  [[nodiscard]] const std::string& problem() const { return problem_; }
  [[nodiscard]] const std::map<std::string, std::size_t, std::less<>>& offsets() const {
    return offsets_;
  }

 private:
  [[nodiscard]] bool failed() const { return !problem_.empty(); }
  void refuse(std::string what) {
    if (failed()) return;
    problem_ = std::move(what);
    problem_at_ = at_;
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string::npos)
      ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  std::string string();
  void scalar();
  void object(const std::string& pointer, std::size_t depth);
  void list(const std::string& pointer, std::size_t depth);
  void value(const std::string& pointer, std::size_t depth);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t problem_at_ = 0;
  std::string problem_;
  std::map<std::string, std::size_t, std::less<>> offsets_;
};

/// What stands between the quotes, as it is.
std::string SourceWalk::string() {
  const std::size_t begin = at_ + 1;
  for (std::size_t i = begin; i < text_.size() && text_[i] != '\n'; ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == '"') {
      at_ = i + 1;
      return std::string(text_.substr(begin, i - begin));
    }
  }
  refuse("text without an end");
  return {};
}

void SourceWalk::scalar() {
  const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}:", at_), text_.size());
  const std::string word(text_.substr(at_, end - at_));
  const std::size_t digits = word.starts_with('-') ? 1 : 0;
  const bool is_integer = word.size() > digits && word.size() - digits <= 16 &&
                          word.find_first_not_of("0123456789", digits) == std::string::npos &&
                          (word[digits] != '0' || word == "0");
  if (!is_integer && word != "true" && word != "false" && word != "null")
    return refuse("not a value");
  at_ = end;
}

void SourceWalk::object(const std::string& pointer, std::size_t depth) {
  ++at_;
  std::set<std::string> keys;
  if (take('}')) return;
  do {
    blanks();
    if (at_ >= text_.size() || text_[at_] != '"') return refuse("a key in quotes expected");
    const std::size_t begin = at_;
    const std::string key = string();
    if (failed()) return;
    if (!keys.insert(key).second || key.find_first_of("\\~/") != std::string::npos) {
      at_ = begin;
      return refuse(key.find_first_of("\\~/") == std::string::npos ? "key given twice"
                                                                   : "not a key of a policy");
    }
    if (!take(':')) return refuse("':' expected");
    value(pointer + "/" + key, depth + 1);
  } while (!failed() && take(','));
  if (!failed() && !take('}')) refuse("',' or '}' expected");
}

void SourceWalk::list(const std::string& pointer, std::size_t depth) {
  ++at_;
  if (take(']')) return;
  std::size_t index = 0;
  do {
    value(pointer + "/" + std::to_string(index++), depth + 1);
  } while (!failed() && take(','));
  if (!failed() && !take(']')) refuse("',' or ']' expected");
}

void SourceWalk::value(const std::string& pointer, std::size_t depth) {
  blanks();
  if (depth > kSourceDepthMax + 1) return refuse("nested too deep");
  if (at_ >= text_.size()) return refuse("ends before a value");
  offsets_.emplace(pointer, at_);
  switch (text_[at_]) {
    case '{':
      return object(pointer, depth);
    case '[':
      return list(pointer, depth);
    case '"':
      string();
      return;
    default:
      return scalar();
  }
}

Error refusal(const SourcePlace& place, const std::string& what) {
  return {ErrorCode::invalid_input, "line " + std::to_string(place.line) + ", column " +
                                        std::to_string(place.column) + ": " + what};
}

/// Both walks are strict, but only parse_json looks into texts and at their encoding.
std::size_t byte_named_by(const std::string& message) {
  constexpr std::string_view kPrefix = "not JSON at byte ";
  std::size_t byte = 0;
  if (message.starts_with(kPrefix)) {
    for (const char c : message.substr(kPrefix.size())) {
      if (c < '0' || c > '9') break;
      byte = byte * 10 + static_cast<std::size_t>(c - '0');
    }
  }
  return byte == 0 ? 0 : byte - 1;
}

}  // namespace

Result<PolicySource> read_policy_source(std::string_view source) {
  if (source.size() > kPolicyBytesMax)
    return Error{ErrorCode::limit_exceeded, "a policy of more than 1 MiB"};
  const std::string text = without_comments(source);
  SourceWalk walk(text);
  if (!walk.walk()) return refusal(place_of(source, walk.offset()), walk.problem());
  const auto json =
      parse_json(text, {.size_bytes_max = kPolicyBytesMax, .depth_max = kSourceDepthMax});
  if (!json) {
    return refusal(place_of(source, byte_named_by(json.error().message)), json.error().message);
  }
  PolicySource read{canonical_json(*json), {}};
  // Offsets in the order of the text, so that lines are counted once.
  std::vector<std::pair<std::size_t, std::string_view>> order;
  for (const auto& [pointer, offset] : walk.offsets()) order.emplace_back(offset, pointer);
  std::ranges::sort(order);
  SourcePlace place;
  std::size_t at = 0;
  for (const auto& [offset, pointer] : order) {
    for (; at < offset; ++at) {
      ++place.column;
      if (source[at] == '\n') place = {place.line + 1, 1};
    }
    read.places.emplace(pointer, place);
  }
  return read;
}

Result<std::string> canonical_policy(std::string_view source) {
  auto read = read_policy_source(source);
  if (!read) return std::move(read).error();
  return std::move(read->canonical);
}

}  // namespace casebook::workflow
