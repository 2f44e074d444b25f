#include "vault/source_keys.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace casebook::vault {
namespace {

SourceKey key_of(std::uint32_t number) {
  SourceKey key{};
  for (std::size_t n = 0; n < 4; ++n) key[n] = static_cast<std::byte>(number >> (8 * n));
  return key;
}

TEST(SourceKeys, AgreeWithASetInAnyOrder) {
  std::mt19937 random(7);
  SourceKeys keys({key_of(5), key_of(3), key_of(900)});
  std::set<SourceKey> expected = {key_of(3), key_of(5), key_of(900)};
  for (int n = 0; n < 5000; ++n) {
    const auto key = key_of(static_cast<std::uint32_t>(random() % 3000));
    EXPECT_EQ(keys.contains(key), expected.contains(key));
    EXPECT_EQ(keys.insert(key), expected.insert(key).second);
  }
  for (std::uint32_t n = 0; n < 3000; ++n) {
    EXPECT_EQ(keys.contains(key_of(n)), expected.contains(key_of(n))) << n;
  }
}

TEST(SourceKeys, OfAnEmptyCompartmentHoldNothing) {
  SourceKeys keys;
  EXPECT_FALSE(keys.contains(SourceKey{}));
  EXPECT_TRUE(keys.insert(SourceKey{}));
  EXPECT_FALSE(keys.insert(SourceKey{}));
}

}  // namespace
}  // namespace casebook::vault
