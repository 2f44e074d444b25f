#include "cli/suggest.h"

#include <algorithm>

namespace casebook::cli {
namespace {
constexpr std::size_t kTypedBytesMax = 64;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  // Rows of the table of distances between prefixes: two back (for swaps), one back, current.
  std::vector<std::size_t> before_last(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

std::string nearest_word(std::string_view typed, const std::vector<std::string>& known) {
  if (typed.empty() || typed.size() > kTypedBytesMax) return {};
  std::string nearest;
  std::size_t distance_min = std::max<std::size_t>(1, typed.size() / 3) + 1;
  for (const std::string& word : known) {
    const bool is_begun = typed.size() >= 2 && word.starts_with(typed);
    const std::size_t distance = is_begun ? 1 : edit_distance(typed, word);
    if (distance < distance_min) {
      distance_min = distance;
      nearest = word;
    }
  }
  return nearest;
}

}  // namespace casebook::cli
