#include "core/age_key.h"

#include <gtest/gtest.h>

#include "core/bech32.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

std::string line_of(std::string_view vector) {
  std::string text(as_text(read_vector(vector)));
  text.pop_back();
  return text;
}

TEST(AgeKey, AgreesWithStockAgeKeygen) {
  auto identity = AgeIdentity::parse(line_of("age/identity.txt"));
  ASSERT_TRUE(identity);
  EXPECT_EQ(identity->recipient().text(), line_of("age/recipient.txt"));
  EXPECT_EQ(as_text(identity->text().reveal()), line_of("age/identity.txt"));
}

TEST(AgeKey, MakesADifferentOneEachTime) {
  SystemRandomness randomness;
  auto first = AgeIdentity::make(randomness);
  auto second = AgeIdentity::make(randomness);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->recipient(), second->recipient());
  auto parsed = AgeRecipient::parse(first->recipient().text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, first->recipient());
}

TEST(AgeKey, RefusesOtherTexts) {
  const std::string recipient = line_of("age/recipient.txt");
  const std::string identity = line_of("age/identity.txt");
  EXPECT_FALSE(AgeRecipient::parse(identity));
  EXPECT_FALSE(AgeIdentity::parse(recipient));
  EXPECT_FALSE(AgeRecipient::parse(recipient + "q"));
  EXPECT_FALSE(AgeRecipient::parse(" " + recipient));
  EXPECT_FALSE(AgeRecipient::parse(""));
  EXPECT_FALSE(AgeRecipient::from_bytes(Bytes(31)));
}

// RT-10 is about signing keys; a recipient of small order is the same trick for secrecy: everybody
// could open what is sealed to it. All points of small order on the curve and its twist, in every
// encoding, and points that are written with a number not below 2^255 - 19.
TEST(AgeKey, RT10_RefusesRecipientsOfSmallOrderAndOtherEncodings) {
  for (const auto* hex : {
           "0000000000000000000000000000000000000000000000000000000000000000",
           "0100000000000000000000000000000000000000000000000000000000000000",
           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "f6ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
           "0900000000000000000000000000000000000000000000000000000000000080",
       }) {
    auto point = from_hex(hex);
    ASSERT_TRUE(point);
    EXPECT_FALSE(AgeRecipient::from_bytes(*point)) << hex;
    const std::string text(as_text(format_bech32("age", *point).reveal()));
    EXPECT_FALSE(AgeRecipient::parse(text)) << hex;
  }
  EXPECT_TRUE(AgeRecipient::from_bytes(
      *from_hex("0900000000000000000000000000000000000000000000000000000000000000")));
}

}  // namespace
}  // namespace casebook
