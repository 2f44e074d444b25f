#pragma once
/// Which stored names were given already, in a fixed 4 MiB however many there are.

#include <memory>
#include <string>
#include <string_view>

#include "core/keyed_hash.h"

namespace casebook {

/// A keyed Bloom filter over case-folded names and the folders they lie in. It may take a new name
/// for a twin (then the entry is stored by digest), never a twin for a new name.
class TwinTable {
 public:
  static Result<TwinTable> create(Randomness& randomness);

  /// Gives `stored` unless it, a folder on its way, or something below it was given before.
  /// @return whether it was given.
  bool claim(std::string_view stored);

 private:
  explicit TwinTable(KeyedHash hash);
  enum class Role : char { file = 'f', folder = 'd' };
  [[nodiscard]] bool contains(std::uint64_t hash) const;
  void insert(std::uint64_t hash);
  std::uint64_t hash_of(Role role, std::string_view folded);

  KeyedHash hash_;
  std::unique_ptr<std::uint64_t[]> bits_;  // NOLINT: a fixed zeroed block
  std::string folder_;  // Of the last name given: its parents need no second look.
  std::string folded_;
  std::string key_;
};

}  // namespace casebook
