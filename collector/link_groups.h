#pragma once
/// Which inodes with several names were stored already, and under which name. Bounded: beyond the
/// cap a further name is stored again, which costs space and loses nothing.

#include <linux/stat.h>
#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <unordered_map>

namespace casebook::collector {

class LinkGroups {
 public:
  /// Remembers that the content of `object` was stored, whole, under `stored`.
  void remember(const struct statx& object, const std::string& stored);
  /// The stored name of the same inode in the same state, or null.
  [[nodiscard]] const std::string* find(const struct statx& object) const;
  /// For a new bag: names of another one mean nothing in it.
  void forget() {
    groups_.clear();
    name_bytes_ = 0;
  }

 private:
  struct Key {
    std::uint64_t device;
    std::uint64_t inode;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>((key.inode ^ (key.device << 32U)) * 0x9E3779B97F4A7C15U);
    }
  };
  struct Group {
    std::string stored;
    std::int64_t mtime_s;
    std::int64_t ctime_s;
    std::uint32_t mtime_ns;
    std::uint32_t ctime_ns;
  };
  static constexpr std::size_t kGroupsMax = 50'000;
  static constexpr std::size_t kNameBytesMax = std::size_t{4} << 20U;

  static Key key_of(const struct statx& object);
  std::unordered_map<Key, Group, KeyHash> groups_;
  std::size_t name_bytes_ = 0;
};

}  // namespace casebook::collector
