#include "core/digest.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, MatchesTheExamplesOfTheStandard) {
  EXPECT_EQ(to_hex(*sha256({})),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(*sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, StartsAgainAfterEachDigest) {
  auto hasher = Sha256::create();
  ASSERT_TRUE(hasher);
  ASSERT_TRUE(hasher->update(as_bytes("abc")));
  const Digest256 first = *hasher->finish_and_restart();
  ASSERT_TRUE(hasher->update(as_bytes("ab")));
  ASSERT_TRUE(hasher->update(as_bytes("c")));
  EXPECT_EQ(*hasher->finish_and_restart(), first);
}

TEST(HashStream, StopsAtItsLimit) {
  MemorySource source(as_bytes("abc"));
  EXPECT_EQ(*hash_stream(source, 3), *sha256(as_bytes("abc")));
  MemorySource again(as_bytes("abc"));
  EXPECT_EQ(hash_stream(again, 2).error().code, ErrorCode::limit_exceeded);
}

TEST(DigestText, MustBe64LowerCaseHexDigits) {
  const std::string text = to_hex(*sha256({}));
  EXPECT_EQ(*digest_from_hex(text), *sha256({}));
  EXPECT_FALSE(digest_from_hex(text.substr(1)));
  EXPECT_FALSE(digest_from_hex("E" + text.substr(1)));
}

}  // namespace
}  // namespace casebook
