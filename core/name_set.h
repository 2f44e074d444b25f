#pragma once
/// The stored names of a bag that a reader has met, to refuse twins. Eight bytes a name: two names
/// are taken for one with a chance of 2^-64 a pair, under a key of this process.

#include <string>
#include <string_view>
#include <vector>

#include "core/keyed_hash.h"

namespace casebook {

class NameSet {
 public:
  explicit NameSet(KeyedHash hash) : hash_(hash), slots_(1024) {}
  /// Takes `stored` unless it, a folder on its way or something below it was taken before, ASCII
  /// case set aside. @return whether it was taken.
  bool claim(std::string_view stored);

 private:
  [[nodiscard]] bool contains(std::uint64_t hash) const;
  void insert(std::uint64_t hash);
  [[nodiscard]] std::uint64_t hash_of(char role, std::string_view folded);

  KeyedHash hash_;
  std::vector<std::uint64_t> slots_;  // Open addressing; 0 is free. The size is a power of two.
  std::size_t used_ = 0;
  std::string folder_;  // Of the last name taken.
  std::string folded_;
  std::string key_;
};

}  // namespace casebook
