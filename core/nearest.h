#pragma once
/// The known word that somebody probably meant, for hints.

#include <span>
#include <string>
#include <string_view>

namespace casebook {

/// The candidate with the fewest changed letters (capitals and blanks apart), or nothing when none
/// is near: at most a third of the letters, and never more than three, may differ.
std::string nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace casebook
