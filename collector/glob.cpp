#include "collector/glob.h"

#include <algorithm>
#include <utility>

#include "core/printable.h"

namespace casebook::collector {
namespace {

Error refused(std::string_view text, std::string_view why) {
  return Error{ErrorCode::invalid_input,
               "pattern " + printable(text.substr(0, 200)) + ": " + std::string(why)};
}

/// Length of the set `[…]` at the start of `text`, with both brackets; 0 when it is not closed.
std::size_t set_length(std::string_view text) {
  std::size_t at = 1;
  if (at < text.size() && (text[at] == '!' || text[at] == '^')) ++at;
  if (at < text.size() && text[at] == ']') ++at;  // A bracket that comes first is a member.
  const std::size_t end = text.find(']', at);
  return end == std::string_view::npos ? 0 : end + 1;
}

unsigned byte_of(char character) { return static_cast<unsigned char>(character); }

/// `set` with both brackets.
bool in_set(std::string_view set, char name_byte) {
  std::string_view members = set.substr(1, set.size() - 2);
  const bool negated = !members.empty() && (members[0] == '!' || members[0] == '^');
  if (negated) members.remove_prefix(1);
  const unsigned byte = byte_of(name_byte);
  bool found = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i + 2 < members.size() && members[i + 1] == '-') {
      found = found || (byte >= byte_of(members[i]) && byte <= byte_of(members[i + 2]));
      i += 2;
    } else {
      found = found || byte == byte_of(members[i]);
    }
  }
  return found != negated;
}

/// Length of the pattern's first element if it fits the byte `name_byte`, else 0. Not for `*`.
std::size_t fits_one(std::string_view pattern, char name_byte) {
  if (pattern[0] == '?') return 1;
  if (pattern[0] != '[') return pattern[0] == name_byte ? 1 : 0;
  const std::size_t length = set_length(pattern);
  return in_set(pattern.substr(0, length), name_byte) ? length : 0;
}

/// Goes back to the latest `*` only: an earlier one can never help, so the time is bounded by the
/// product of the two lengths.
bool general_match(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t seen = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_seen = 0;
  while (seen < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      star_seen = seen;
      continue;
    }
    const std::size_t step = at < pattern.size() ? fits_one(pattern.substr(at), name[seen]) : 0;
    if (step != 0) {
      at += step;
      ++seen;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      seen = ++star_seen;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

/// Literal bytes at the front and at the back of a part.
std::pair<std::string_view, std::string_view> literal_ends(const GlobPart& part) {
  const std::string_view text = part.text();
  const std::size_t first = text.find_first_of("*?[");
  const std::size_t last = text.find_last_of("*?]");
  return {text.substr(0, first), text.substr(last + 1)};
}

bool part_contains(const GlobPart& wide, const GlobPart& narrow) {
  using Kind = GlobPart::Kind;
  if (wide.kind() == Kind::any) return narrow.kind() != Kind::deep;
  if (narrow.kind() == Kind::literal) return wide.matches(narrow.text());
  if (wide.text() == narrow.text()) return true;
  if (wide.kind() != Kind::affixes || narrow.kind() == Kind::any || narrow.kind() == Kind::deep)
    return false;
  const auto [wide_front, wide_back] = literal_ends(wide);
  const auto [front, back] = literal_ends(narrow);
  return front.starts_with(wide_front) && back.ends_with(wide_back);
}

/// Parts of a pattern with its home folder in front, as `home` parts that fit nothing but
/// themselves.
struct HomedParts {
  const PathPattern& pattern;
  std::size_t home;
  [[nodiscard]] std::size_t size() const { return home + pattern.parts.size(); }
  /// Null for a part of the home folder.
  const GlobPart* operator[](std::size_t at) const {
    return at < home ? nullptr : &pattern.parts[at - home];
  }
};

bool is_deep(const GlobPart* part) {
  return part != nullptr && part->kind() == GlobPart::Kind::deep;
}

/// Both fit one path, so a part of a home folder equals whatever literal stands opposite.
bool step_contains(const GlobPart* wide, const GlobPart* narrow) {
  if (narrow == nullptr) return true;
  if (wide == nullptr) return narrow->kind() == GlobPart::Kind::literal;
  return part_contains(*wide, *narrow);
}

}  // namespace

Result<GlobPart> GlobPart::compile(std::string_view text) {
  if (text.empty() || text == "." || text == "..") return refused(text, "not a name");
  if (text == "**") return GlobPart(Kind::deep, std::string(text), 0);
  std::size_t stars = 0;
  bool others = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '*') ++stars;
    if (text[i] == '?') others = true;
    if (text[i] != '[') continue;
    const std::size_t length = set_length(text.substr(i));
    if (length == 0) return refused(text, "a set is not closed");
    others = true;
    i += length - 1;
  }
  if (others || stars > 1) return GlobPart(Kind::general, std::string(text), 0);
  if (stars == 0) return GlobPart(Kind::literal, std::string(text), 0);
  return GlobPart(text.size() == 1 ? Kind::any : Kind::affixes, std::string(text), text.find('*'));
}

bool GlobPart::matches(std::string_view name) const {
  switch (kind_) {
    case Kind::literal:
      return name == text_;
    case Kind::any:
    case Kind::deep:
      return true;
    case Kind::affixes: {
      const std::string_view text = text_;
      return name.size() + 1 >= text.size() && name.starts_with(text.substr(0, star_)) &&
             name.ends_with(text.substr(star_ + 1));
    }
    case Kind::general:
      return general_match(text_, name);
  }
  return false;
}

std::size_t PathPattern::fixed_parts() const {
  const auto wild = std::ranges::find_if(
      parts, [](const GlobPart& part) { return part.kind() != GlobPart::Kind::literal; });
  return static_cast<std::size_t>(wild - parts.begin());
}

Result<PathPattern> parse_pattern(std::string_view text) {
  if (text.size() > kPatternBytesMax)
    return Error{ErrorCode::limit_exceeded, "a pattern is longer than 4096 bytes"};
  if (text.find('\0') != std::string_view::npos) return refused(text, "holds a NUL byte");
  PathPattern pattern;
  std::string_view left = text;
  constexpr std::string_view kHome = "%home%/";
  if (left.starts_with(kHome)) {
    pattern.from_home = true;
    left.remove_prefix(kHome.size());
  } else if (!left.starts_with('/')) {
    return refused(text, "is not absolute");
  }
  while (!left.empty()) {
    const std::size_t slash = std::min(left.find('/'), left.size());
    const std::string_view part = left.substr(0, slash);
    left.remove_prefix(std::min(slash + 1, left.size()));
    if (part.empty()) continue;
    auto compiled = GlobPart::compile(part);
    if (!compiled) return refused(text, compiled.error().message);
    // `**/**` says no more than `**`.
    if (!pattern.parts.empty() && compiled->kind() == GlobPart::Kind::deep &&
        pattern.parts.back().kind() == GlobPart::Kind::deep)
      continue;
    pattern.parts.push_back(*std::move(compiled));
    if (pattern.parts.size() > kPatternPartsMax)
      return Error{ErrorCode::limit_exceeded, "a pattern has more than 128 parts"};
  }
  return pattern;
}

Result<PathPattern> parse_exclude(std::string_view text) {
  if (text.starts_with('/') || text.starts_with("%home%/")) return parse_pattern(text);
  return parse_pattern("/**/" + std::string(text));
}

bool pattern_contains(const PathPattern& wide, std::size_t wide_home_parts,
                      const PathPattern& narrow, std::size_t narrow_home_parts) {
  const HomedParts outer{wide, wide.from_home ? wide_home_parts : 0};
  const HomedParts inner{narrow, narrow.from_home ? narrow_home_parts : 0};
  // reached[i]: the inner parts from i on are contained in the outer parts from j on.
  std::vector<char> reached(inner.size() + 1, 0);
  reached[inner.size()] = 1;
  for (std::size_t j = outer.size(); j-- > 0;) {
    std::vector<char> now(inner.size() + 1, 0);
    const bool deep = is_deep(outer[j]);
    if (deep) now[inner.size()] = reached[inner.size()];
    for (std::size_t i = inner.size(); i-- > 0;) {
      if (deep) {
        now[i] = static_cast<char>(reached[i] != 0 || now[i + 1] != 0);
      } else if (!is_deep(inner[i])) {
        now[i] = static_cast<char>(reached[i + 1] != 0 && step_contains(outer[j], inner[i]));
      }
    }
    reached = std::move(now);
  }
  return reached[0] != 0;
}

std::size_t pattern_weight(const PathPattern& pattern, std::size_t home_parts) {
  std::size_t weight = pattern.from_home ? 2 * home_parts : 0;
  for (const GlobPart& part : pattern.parts) {
    if (part.kind() == GlobPart::Kind::literal) weight += 2;
    if (part.kind() == GlobPart::Kind::affixes || part.kind() == GlobPart::Kind::general) ++weight;
  }
  return weight;
}

}  // namespace casebook::collector
