#include "core/nearest.h"

#include <algorithm>
#include <vector>

namespace casebook {
namespace {

constexpr std::size_t kLettersMax = 100;

std::string folded(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == ' ' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto [end, ignored] = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

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

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
  if (word.empty() || word.size() > kLettersMax) return {};
  const std::string wanted = folded(word);
  std::string best;
  std::size_t shared = 0;
  std::size_t best_distance = std::clamp<std::size_t>(wanted.size() / 3, 1, 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::string known = folded(candidate);
    const bool is_begun = wanted.size() >= 2 && known.starts_with(wanted);
    const std::size_t distance = is_begun ? 1 : edit_distance(wanted, known);
    const std::size_t same = common_prefix(wanted, known);
    if (distance < best_distance || (!best.empty() && distance == best_distance && same > shared)) {
      best = candidate;
      best_distance = distance;
      shared = same;
    }
  }
  return best;
}

}  // namespace casebook
