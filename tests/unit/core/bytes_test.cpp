#include "core/bytes.h"

#include <gtest/gtest.h>

#include "core/secret_bytes.h"

namespace casebook {
namespace {

TEST(Hex, ReadsBackWhatItWrote) {
  const Bytes bytes = to_bytes(std::string_view("\x00\xff\x10z", 4));
  EXPECT_EQ(to_hex(bytes), "00ff107a");
  EXPECT_EQ(*from_hex("00ff107a"), bytes);
}

TEST(Hex, RefusesUpperCaseOddLengthAndOtherCharacters) {
  for (const char* text : {"0", "0G", "FF", " 00", "0x"}) {
    EXPECT_FALSE(from_hex(text)) << text;
  }
}

// RFC 4648 section 10.
TEST(Base64, MatchesTheVectorsOfTheStandard) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : cases) {
    EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
    EXPECT_EQ(*from_base64(encoded), to_bytes(plain));
    std::string bare(encoded);
    bare.erase(bare.find_last_not_of('=') + 1);
    EXPECT_EQ(to_base64(as_bytes(plain), Base64Padding::without), bare);
    EXPECT_EQ(*from_base64(bare, Base64Padding::without), to_bytes(plain));
  }
}

TEST(Base64, RefusesWhatHasASecondSpelling) {
  for (const char* text :
       {"Zg", "Zg=", "Zh==", "Zg===", "====", "Z===", "Zg==Zg==", "Zm9v\n", "Zm8=="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
  EXPECT_FALSE(from_base64("Zg==", Base64Padding::without));
  EXPECT_FALSE(from_base64("Zm9vY", Base64Padding::without));
}

TEST(MemorySink, RefusesToGrowBeyondItsLimit) {
  MemorySink sink(3);
  EXPECT_TRUE(sink.write(as_bytes("abc")));
  EXPECT_EQ(sink.write(as_bytes("d")).error().code, ErrorCode::limit_exceeded);
}

TEST(ReadAll, GivesEverythingOrALimitError) {
  MemorySource source(as_bytes("abcdef"));
  EXPECT_EQ(*read_all(source, 6), to_bytes("abcdef"));
  MemorySource longer(as_bytes("abcdefg"));
  EXPECT_EQ(read_all(longer, 6).error().code, ErrorCode::limit_exceeded);
}

TEST(SecretBytes, IsEmptyAfterItsContentMovedOn) {
  SecretBytes first = SecretBytes::copy_of("secret");
  const SecretBytes second = std::move(first);
  EXPECT_TRUE(first.empty());  // NOLINT: what a moved-from secret holds is the point
  EXPECT_EQ(as_text(second.reveal()), "secret");
}

TEST(EqualInConstantTime, ComparesContentAndLength) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("ab"), as_bytes("ab")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("ac")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("ab"), as_bytes("abc")));
}

}  // namespace
}  // namespace casebook
