#pragma once
/// The known word that somebody probably meant, for hints.

#include <span>
#include <string>
#include <string_view>

namespace casebook {

/// Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the fewest edits (capitals and blanks apart), or nothing when none is near:
/// at most a third of the letters, and never more than three, may differ. Of two equally near ones
/// the one that begins alike for longer. A candidate that `word` begins counts as near; a word over
/// 100 bytes was never meant.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace casebook
