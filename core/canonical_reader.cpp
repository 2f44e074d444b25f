#include "core/canonical_reader.h"

#include <charconv>
#include <limits>

#include "core/json_text.h"

namespace casebook {
namespace {

template <typename Integer>
bool parse_whole(std::string_view digits, Integer& value, int base = 10) {
  const char* const end = digits.data() + digits.size();
  const auto read = std::from_chars(digits.data(), end, value, base);
  return read.ec == std::errc() && read.ptr == end;
}

}  // namespace

void CanonicalReader::expect(char c) {
  if (!accept(c)) fail();
}

bool CanonicalReader::accept(char c) {
  if (failed_ || left_.empty() || left_.front() != c) return false;
  left_.remove_prefix(1);
  return true;
}

void CanonicalReader::begin_object() {
  expect('{');
  first_key_ = true;
}

bool CanonicalReader::key(std::string_view name) {
  if (failed_) return false;
  std::string_view rest = left_;
  if (!first_key_) {
    if (rest.empty() || rest.front() != ',') return false;
    rest.remove_prefix(1);
  }
  if (rest.size() < name.size() + 3 || rest.front() != '"' || !rest.substr(1).starts_with(name) ||
      rest[name.size() + 1] != '"' || rest[name.size() + 2] != ':') {
    return false;
  }
  left_ = rest.substr(name.size() + 3);
  first_key_ = false;
  return true;
}

std::optional<std::uint32_t> CanonicalReader::hex4() {
  std::uint32_t value = 0;
  if (left_.size() < 4 || !parse_whole(left_.substr(0, 4), value, 16)) return std::nullopt;
  left_.remove_prefix(4);
  return value;
}

void CanonicalReader::escape(std::string& out) {
  if (left_.empty()) return fail();
  const char c = left_.front();
  left_.remove_prefix(1);
  switch (c) {
    case '"':
    case '\\':
      return out.push_back(c);
    case 'b':
      return out.push_back('\b');
    case 'f':
      return out.push_back('\f');
    case 'n':
      return out.push_back('\n');
    case 'r':
      return out.push_back('\r');
    case 't':
      return out.push_back('\t');
    case 'u': {
      // Canonical text spells only control characters this way.
      const auto value = hex4();
      if (!value || *value >= 0x20) return fail();
      return out.push_back(static_cast<char>(*value));
    }
    default:
      return fail();
  }
}

std::string CanonicalReader::text() {
  expect('"');
  std::string out;
  while (!failed_) {
    const std::size_t end = left_.find_first_of("\"\\");
    if (end == std::string_view::npos) break;
    out.append(left_.substr(0, end));
    const bool closing = left_[end] == '"';
    left_.remove_prefix(end + 1);
    if (closing) {
      if (!is_utf8(out)) break;
      return out;
    }
    escape(out);
  }
  fail();
  return {};
}

std::int64_t CanonicalReader::integer() {
  std::int64_t value = 0;
  const auto read = std::from_chars(left_.data(), left_.data() + left_.size(), value);
  if (failed_ || read.ec != std::errc() || value > kJsonIntegerMax || value < -kJsonIntegerMax) {
    fail();
    return 0;
  }
  left_.remove_prefix(static_cast<std::size_t>(read.ptr - left_.data()));
  return value;
}

std::string_view CanonicalReader::simple_text() {
  expect('"');
  const std::size_t end = failed_ ? std::string_view::npos : left_.find('"');
  if (end == std::string_view::npos) {
    fail();
    return {};
  }
  const std::string_view text = left_.substr(0, end);
  left_.remove_prefix(end + 1);
  return text;
}

std::uint64_t CanonicalReader::decimal() {
  std::uint64_t value = 0;
  if (!parse_whole(simple_text(), value)) fail();
  return value;
}

std::int64_t CanonicalReader::nanoseconds() {
  constexpr std::int64_t kPerSecond = 1'000'000'000;
  std::string_view text = simple_text();
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  std::int64_t seconds = 0;
  std::int64_t fraction = 0;
  if (failed_ || dot == std::string_view::npos || text.size() - dot != 10 ||
      !parse_whole(text.substr(0, dot), seconds) || !parse_whole(text.substr(dot + 1), fraction) ||
      seconds < 0 || fraction < 0 ||
      seconds > std::numeric_limits<std::int64_t>::max() / kPerSecond - 1) {
    fail();
    return 0;
  }
  const std::int64_t count = seconds * kPerSecond + fraction;
  return negative ? -count : count;
}

}  // namespace casebook
