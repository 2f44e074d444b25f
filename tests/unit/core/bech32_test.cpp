#include "core/bech32.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

// The valid texts of BIP 173, less those whose data part is no whole number of bytes.
TEST(Bech32, ReadsTheVectorsOfItsSpecification) {
  for (const auto* text : {"A12UEL5L", "a12uel5l", "?1ezyfcl"}) {
    auto decoded = parse_bech32(text);
    ASSERT_TRUE(decoded) << text;
    EXPECT_TRUE(decoded->data.empty());
  }
  auto long_one = parse_bech32("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
  ASSERT_TRUE(long_one);
  EXPECT_EQ(long_one->prefix, "abcdef");
  EXPECT_EQ(to_hex(long_one->data.reveal()), "00443214c74254b635cf84653a56d7c675be77df");
}

TEST(Bech32, RefusesTheInvalidVectorsOfItsSpecification) {
  for (const auto* text : {"pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "A1G7SGD8",
                           "10a06t8", "1qzzfhee", "A12UEl5L", "a12uel5m", ""}) {
    EXPECT_FALSE(parse_bech32(text)) << text;
  }
}

TEST(Bech32, WritesWhatItReads) {
  Bytes data;
  for (int size = 0; size < 70; ++size) {
    const SecretBytes text = format_bech32("age", data);
    auto decoded = parse_bech32(as_text(text.reveal()));
    ASSERT_TRUE(decoded) << size;
    EXPECT_TRUE(equal_in_constant_time(decoded->data.reveal(), data));
    data.push_back(static_cast<std::byte>(size * 37 + 11));
  }
}

TEST(Bech32, RefusesPaddingThatIsNotZeroOrTooLong) {
  auto exact =
      parse_bech32("a1lu9cgf6y");  // One byte 0xff; the other two have right checksums too.
  ASSERT_TRUE(exact);
  EXPECT_EQ(to_hex(exact->data.reveal()), "ff");
  EXPECT_FALSE(parse_bech32("a1lacwuu8k"));
  EXPECT_FALSE(parse_bech32("a1luq25lfhf"));
}

}  // namespace
}  // namespace casebook
