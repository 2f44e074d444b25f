#pragma once
/// Random histories that get somewhere.

#include "tests/property/workflow/world.h"

namespace casebook::workflow {

/// Makes positions in Slice::events, in the order in which they are said: what opens the gate with
/// some left out, few other things said more than once, a waiver, the attempt, and after a
/// reopening once more.
class Swarm {
 public:
  Swarm(const Slice& slice, SeededRandomness& randomness)
      : slice_(slice), randomness_(randomness) {}

  std::vector<std::size_t> history() {
    history_.clear();
    if (!slice_.answered.empty() && chance(4)) {
      opening_of_sorts();
    } else {
      opening();
    }
    few_others();
    for (std::uint64_t i = randomness_.below(8); i > 0; --i) put(one_of(some_));
    if (!slice_.pairs.empty() && chance(3)) {
      const auto& [first, second] = slice_.pairs[randomness_.below(slice_.pairs.size())];
      put(second, put(first) + 1);
    }
    history_.push_back(one_of(slice_.tries));
    if (chance(4)) history_.push_back(one_of(slice_.tries));
    if (slice_.reopening && chance(3)) {
      history_.push_back(*slice_.reopening);
      for (std::uint64_t i = randomness_.below(4); i > 0; --i) history_.push_back(one_of(some_));
      history_.push_back(one_of(slice_.tries));
    }
    return history_;
  }

 private:
  bool chance(std::uint64_t of) { return randomness_.below(of) == 0; }
  std::size_t one_of(const std::vector<std::size_t>& list) {
    return list[randomness_.below(list.size())];
  }
  /// Somewhere from `from` on. @return where.
  std::size_t put(std::size_t event, std::size_t from = 0) {
    const std::size_t at = from + randomness_.below(history_.size() - from + 1);
    history_.insert(history_.begin() + static_cast<std::ptrdiff_t>(at), event);
    return at;
  }
  void opening() {
    const std::uint64_t left_out = randomness_.below(6);  // Of ten.
    for (std::size_t i = 0; i < slice_.opening; ++i) {
      if (randomness_.below(10) >= left_out) history_.push_back(i);
    }
    if (!history_.empty() && chance(3)) {
      std::size_t& one = history_[randomness_.below(history_.size())];
      const auto variants = slice_.variants.find(one);
      if (variants != slice_.variants.end()) one = one_of(variants->second);
    }
    if (!chance(2)) return;
    for (std::size_t i = history_.size(); i > 1; --i) {
      std::swap(history_[i - 1], history_[randomness_.below(i)]);
    }
  }
  /// In their order, some of them answered at once.
  void opening_of_sorts() {
    const std::uint64_t left_out = randomness_.below(3);  // Of ten.
    for (std::size_t i = 0; i < slice_.opening; ++i) {
      if (randomness_.below(10) < left_out) continue;
      const auto sort = slice_.answered.find(i);
      if (sort == slice_.answered.end() || chance(3)) {
        history_.push_back(i);
      } else {
        history_.insert(history_.end(), sort->second.begin(), sort->second.end());
      }
    }
  }
  void few_others() {
    some_ = {one_of(slice_.tries)};
    for (std::uint64_t i = randomness_.below(5); i > 0; --i) {
      const bool is_related = slice_.related > 0 && !chance(3);
      some_.push_back(randomness_.below(is_related ? slice_.related : slice_.events.size()));
    }
  }

  const Slice& slice_;
  SeededRandomness& randomness_;
  std::vector<std::size_t> history_, some_;
};

}  // namespace casebook::workflow
