#pragma once
/// What vault_bench.cpp puts into its vaults: the same texts and ids in every run.

#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/seeded_randomness.h"
#include "vault/item.h"

namespace casebook::vault {

/// Text of about 400 bytes whose words are as unequally common as in a language.
class Texts {
 public:
  explicit Texts(std::uint64_t seed) : randomness_(seed) {
    for (std::size_t n = 0; n < 30000; ++n) {
      std::string word;
      for (std::size_t left = n + 40; left > 0; left /= 23)
        word += static_cast<char>('a' + left % 23);
      words_.push_back(word + (n % 3 == 0 ? "er" : n % 3 == 1 ? "ing" : "s"));
    }
  }
  std::string next() {
    std::string text;
    while (text.size() < 400) text += words_[rank()] + ' ';
    return text;
  }
  const std::string& word(std::size_t rank) const { return words_[rank]; }

 private:
  std::size_t rank() {
    const double u =
        static_cast<double>(randomness_.below(1U << 30U)) / static_cast<double>(1U << 30U);
    return static_cast<std::size_t>(std::pow(static_cast<double>(words_.size()), u)) - 1;
  }
  SeededRandomness randomness_;
  std::vector<std::string> words_;
};

/// Spread like random ones, and cheap to make: the time for it is measured along.
inline ItemId id_of(std::uint64_t number) {
  std::array<char, 32> text{};
  for (std::size_t half = 0; half < 2; ++half) {
    std::uint64_t mixed = (number + half * 0x632be59bd9b4e019U) * 0x9e3779b97f4a7c15U;
    mixed = (mixed ^ (mixed >> 29U)) * 0xbf58476d1ce4e5b9U;
    for (std::size_t n = 0; n < 16; ++n) {
      text[half * 16 + n] = "0123456789abcdef"[(mixed >> (n * 4)) & 15U];
    }
  }
  return *ItemId::parse(std::string_view(text.data(), text.size()));
}

/// As an import numbers its messages: alike at their beginning in each thousand.
inline ItemId id_in_series(std::uint64_t number) {
  std::array<char, 9> count{};
  std::snprintf(count.data(), count.size(), "%08x", static_cast<unsigned>(number));
  return *ItemId::parse(id_of(number / 1000 | std::uint64_t{1} << 42U).text().substr(0, 24) +
                        count.data());
}

inline ItemVersion message(std::uint64_t number, std::string body) {
  ItemVersion item{.id = id_of(number), .kind = "message", .author = "ada"};
  item.received =
      UtcSeconds(std::chrono::seconds(1790000000 + static_cast<std::int64_t>(number / 10)));
  item.text.body = std::move(body);
  return item;
}

}  // namespace casebook::vault
