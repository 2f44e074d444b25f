#include "vault/imports/json_array.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace casebook::imports {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256} << 10U;

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// Bytes that matter outside strings: quotes and brackets.
constexpr auto kStructural = [] {
  std::array<bool, 256> table{};
  for (const char c : {'"', '{', '}', '[', ']'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

/// Every byte of `word` that is zero has its highest bit set in the result; others before the first
/// zero have not.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  return (word - kOnes) & ~word & kHighs;
}

/// The next quote or backslash. Most of an export is inside strings, so eight bytes at a time.
const char* skip_in_string(const char* at, const char* end) {
  constexpr std::uint64_t kQuotes = 0x2222222222222222;
  constexpr std::uint64_t kBackslashes = 0x5c5c5c5c5c5c5c5c;
  while (end - at >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    if ((zero_bytes(word ^ kQuotes) | zero_bytes(word ^ kBackslashes)) != 0) break;
    at += 8;
  }
  while (at != end && *at != '"' && *at != '\\') ++at;
  return at;
}

const char* skip_to_structure(const char* at, const char* end) {
  while (at != end && !kStructural[static_cast<unsigned char>(*at)]) ++at;
  return at;
}

}  // namespace

JsonArraySplitter::JsonArraySplitter(ByteSource& source, const JsonArrayLimits& limits)
    : source_(&source), limits_(limits) {}

Status JsonArraySplitter::fill() {
  const std::size_t keep_from = is_keeping_ ? begin_ : at_;
  if (keep_from > 0) {
    std::memmove(buffer_.data(), buffer_.data() + keep_from, used_ - keep_from);
    base_ += keep_from;
    used_ -= keep_from;
    at_ -= keep_from;
    begin_ = 0;
  }
  if (buffer_.size() < used_ + kReadBytes + kJsonPaddingBytes)
    buffer_.resize(std::max(used_ + kReadBytes + kJsonPaddingBytes, 2 * used_));
  const auto room = std::span(buffer_).subspan(used_, buffer_.size() - used_ - kJsonPaddingBytes);
  auto count = source_->read(std::as_writable_bytes(room));
  if (!count) return std::move(count).error();
  used_ += *count;
  is_source_at_end_ = *count == 0;
  return ok();
}

Result<int> JsonArraySplitter::peek() {
  is_keeping_ = false;
  while (true) {
    while (at_ < used_ && is_space(buffer_[at_])) ++at_;
    if (at_ < used_) return static_cast<unsigned char>(buffer_[at_]);
    if (is_source_at_end_) return -1;
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
}

Result<JsonElement> JsonArraySplitter::broken(std::string_view reason) {
  is_ended_ = true;
  return JsonElement{.kind = JsonElement::Kind::bad, .offset = offset_of(at_), .reason = reason};
}

Result<JsonElement> JsonArraySplitter::next() {
  if (is_ended_) return JsonElement{};
  auto byte = peek();
  if (!byte) return std::move(byte).error();
  if (!is_started_) {
    if (*byte != '[') return broken("is not a JSON array");
    is_started_ = true;
    ++at_;
    byte = peek();
    if (!byte) return std::move(byte).error();
  }
  if (*byte == ']') {
    ++at_;
    is_ended_ = true;
    const auto behind = peek();
    if (!behind) return behind.error();
    if (*behind != -1) return broken("bytes behind the end of the array");
    return JsonElement{.offset = offset_of(at_)};
  }
  if (!is_first_) {
    if (*byte == -1) return broken("the array is cut short");
    if (*byte != ',') return broken("no comma between elements");
    ++at_;
    byte = peek();
    if (!byte) return std::move(byte).error();
  }
  if (*byte == -1) return broken("the array is cut short");
  if (*byte == ',' || *byte == ']' || *byte == '}') return broken("an element is missing");
  is_first_ = false;
  return read_element();
}

JsonArraySplitter::Step JsonArraySplitter::scan_nested() {
  const char* const end = buffer_.data() + used_;
  const char* at = buffer_.data() + at_;
  Step step = Step::more;
  while (at != end) {
    if (is_escaped_) {
      is_escaped_ = false;
      ++at;
    } else if (is_in_string_) {
      at = skip_in_string(at, end);
      if (at == end) break;
      is_escaped_ = *at == '\\';
      is_in_string_ = *at != '"';
      ++at;
    } else {
      at = skip_to_structure(at, end);
      if (at == end) break;
      const char c = *at++;
      if (c == '"') {
        is_in_string_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
        is_too_deep_ = is_too_deep_ || depth_ > limits_.depth_max;
      } else if (--depth_ == 0) {
        step = Step::done;
        break;
      }
    }
  }
  at_ = static_cast<std::size_t>(at - buffer_.data());
  return step;
}

JsonArraySplitter::Step JsonArraySplitter::scan_scalar() {
  while (at_ < used_) {
    const char c = buffer_[at_];
    if (is_in_string_) {
      ++at_;
      if (is_escaped_) {
        is_escaped_ = false;
      } else if (c == '\\') {
        is_escaped_ = true;
      } else if (c == '"') {
        return Step::done;
      }
    } else if (c == '"' && at_ == begin_) {
      is_in_string_ = true;
      ++at_;
    } else if (c == ',' || c == ']' || is_space(c)) {
      return Step::done;
    } else {
      ++at_;
    }
  }
  return Step::more;
}

Result<JsonElement> JsonArraySplitter::read_element() {
  begin_ = at_;
  const std::uint64_t offset = offset_of(at_);
  const bool is_nested = buffer_[at_] == '{' || buffer_[at_] == '[';
  depth_ = 0;
  is_in_string_ = is_escaped_ = is_too_deep_ = false;
  is_keeping_ = true;
  while (true) {
    const Step step = is_nested ? scan_nested() : scan_scalar();
    if (step == Step::done) break;
    if (is_keeping_ && at_ - begin_ > limits_.element_bytes_max) is_keeping_ = false;
    if (is_source_at_end_) {
      is_ended_ = true;
      return JsonElement{.kind = JsonElement::Kind::bad,
                         .offset = offset,
                         .reason = "the array ends inside an element"};
    }
    if (auto filled = fill(); !filled) return std::move(filled).error();
  }
  JsonElement element{.kind = JsonElement::Kind::bad, .offset = offset};
  if (!is_keeping_ || at_ - begin_ > limits_.element_bytes_max) {
    element.reason = "the record is longer than 4 MiB";
  } else if (is_too_deep_) {
    element.reason = "the record is nested deeper than 64 levels";
  } else {
    element.kind = JsonElement::Kind::element;
    element.text = std::string_view(buffer_).substr(begin_, at_ - begin_);
  }
  return element;
}

}  // namespace casebook::imports
