#pragma once
/// Words that look for somebody's fault where a review looks for causes. Pure; English and Dutch.

#include <string>
#include <string_view>
#include <vector>

namespace casebook::workflow {

struct BlameWord {
  std::size_t line = 0;  ///< From 1.
  std::string word;      ///< As it stands there.
  std::string instead;   ///< What to ask or write.
};
/// In the order of the text.
std::vector<BlameWord> find_blame(std::string_view text);

}  // namespace casebook::workflow
