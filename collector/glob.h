#pragma once
/// Patterns of paths: compiled parts, whole patterns, and whether one names less than another.
/// Meaning of a pattern: docs/spec/artifacts.md section 2. Everything is about bytes, never locale.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace casebook::collector {

inline constexpr std::size_t kPatternBytesMax = 4096;
inline constexpr std::size_t kPatternPartsMax = 128;

/// One part of a pattern, between slashes.
class GlobPart {
 public:
  enum class Kind {
    literal,  ///< No wildcard.
    any,      ///< `*`
    deep,     ///< `**`: any number of parts, also none.
    affixes,  ///< Literal, one `*`, literal.
    general   ///< Whatever else holds `*`, `?` or `[…]`.
  };

  /// @return `invalid_input` for an empty part, `.`, `..`, or a set that is not closed.
  static Result<GlobPart> compile(std::string_view text);

  [[nodiscard]] Kind kind() const { return kind_; }
  /// The part as it was written; for a literal, the name itself.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Whether one name fits. `deep` fits every name.
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  GlobPart(Kind kind, std::string text, std::size_t star)
      : kind_(kind), text_(std::move(text)), star_(star) {}
  Kind kind_;
  std::string text_;
  std::size_t star_;  // Place of the `*` of `affixes`.
};

/// A pattern of whole paths. `from_home` stands for a pattern that began with `%home%/`: its parts
/// are those below a home folder.
struct PathPattern {
  bool from_home = false;
  std::vector<GlobPart> parts;

  /// Parts before the first one that holds a wildcard (the home folder not counted).
  [[nodiscard]] std::size_t fixed_parts() const;
};

/// Takes an absolute pattern or one that begins with `%home%/`; repeated and final slashes are
/// dropped. @return `invalid_input` naming what is wrong, `limit_exceeded` for one too long.
Result<PathPattern> parse_pattern(std::string_view text);

/// An exclude may also be relative (`**/*.bak`, `*.bak`): then it holds at any depth.
Result<PathPattern> parse_exclude(std::string_view text);

/// Whether everything that `narrow` fits is fitted by `wide` too, given that both fit the same
/// path, whose home folder has `narrow_home_parts` or `wide_home_parts` parts. False where it
/// cannot be told: callers use true to grant an exception.
bool pattern_contains(const PathPattern& wide, std::size_t wide_home_parts,
                      const PathPattern& narrow, std::size_t narrow_home_parts);

/// How closely a pattern names what it fits: two for each literal part, one for a part that holds
/// literal bytes, none for `*` and `**`.
std::size_t pattern_weight(const PathPattern& pattern, std::size_t home_parts);

}  // namespace casebook::collector
