#pragma once
/// The nearest known word to one that was mistyped.

#include <string>
#include <string_view>
#include <vector>

namespace casebook::cli {

/// Number of insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The word of `known` nearest to `typed`, or empty when none is near enough to be meant: at most
/// one edit per three characters, and at least one; a known word that `typed` begins counts as
/// near.
std::string nearest_word(std::string_view typed, const std::vector<std::string>& known);

}  // namespace casebook::cli
