#include "vault/source_keys.h"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace casebook::vault {

SourceKeys::Number SourceKeys::number_of(const SourceKey& key) {
  Number number;
  std::memcpy(&number.high, key.data(), sizeof(number.high));
  std::memcpy(&number.low, key.data() + sizeof(number.high), sizeof(number.low));
  return number;
}

SourceKeys::SourceKeys(const std::vector<SourceKey>& known) {
  if (known.empty()) return;
  auto& run = runs_.emplace_back();
  run.reserve(known.size());
  std::ranges::transform(known, std::back_inserter(run), number_of);
  std::ranges::sort(run);
}

bool SourceKeys::holds(const Number& number) const {
  return std::ranges::any_of(
      runs_, [&](const auto& run) { return std::ranges::binary_search(run, number); });
}

bool SourceKeys::contains(const SourceKey& key) const { return holds(number_of(key)); }

bool SourceKeys::insert(const SourceKey& key) {
  const Number number = number_of(key);
  if (holds(number)) return false;
  runs_.push_back({number});
  while (runs_.size() > 1 && runs_[runs_.size() - 2].size() < 2 * runs_.back().size()) {
    const auto last = std::move(runs_.back());
    runs_.pop_back();
    auto& before = runs_.back();
    std::vector<Number> merged;
    merged.reserve(before.size() + last.size());
    std::ranges::merge(before, last, std::back_inserter(merged));
    before = std::move(merged);
  }
  return true;
}

}  // namespace casebook::vault
