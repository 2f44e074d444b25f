#include "core/ssh_wire.h"

#include <gtest/gtest.h>

#include <span>

namespace casebook {
namespace {

// RFC 4251 section 5 gives these integers; zero and negative ones are never used by us.
TEST(SshWire, WritesTheIntegersOfRfc4251) {
  const auto encoded = [](std::string_view hex) {
    return to_hex(SshWriter().mpint(*from_hex(hex)).bytes());
  };
  EXPECT_EQ(encoded("09a378f9b2e332a7"), "0000000809a378f9b2e332a7");
  EXPECT_EQ(encoded("80"), "000000020080");
  EXPECT_EQ(encoded("000080"), "000000020080");
  EXPECT_EQ(encoded("0000"), "00000000");
}

TEST(SshWire, ReadsAnIntegerInItsOnlyEncoding) {
  const auto decoded = [](std::string_view hex) -> std::string {
    const Bytes bytes = *from_hex(hex);
    auto magnitude = SshReader(bytes).positive_mpint(8);
    return magnitude ? to_hex(*magnitude) : std::string(to_string(magnitude.error().code));
  };
  EXPECT_EQ(decoded("000000020080"), "80");
  EXPECT_EQ(decoded("0000000809a378f9b2e332a7"), "09a378f9b2e332a7");
  EXPECT_EQ(decoded("0000000900ffffffffffffffff"), "ffffffffffffffff");
  EXPECT_EQ(decoded("00000000"), "invalid_input") << "zero";
  EXPECT_EQ(decoded("0000000100"), "invalid_input") << "zero, badly";
  EXPECT_EQ(decoded("0000000180"), "invalid_input") << "negative";
  EXPECT_EQ(decoded("00000002007f"), "invalid_input") << "needless zero byte";
  EXPECT_EQ(decoded("000000030000ff"), "invalid_input") << "two zero bytes";
  EXPECT_EQ(decoded("00000009010000000000000000"), "limit_exceeded");
  EXPECT_EQ(decoded("0000000a00800000000000000000"), "limit_exceeded");
  EXPECT_EQ(decoded("0000000401"), "invalid_input") << "cut short";
}

TEST(SshWire, NeverReadsPastItsEnd) {
  SshWriter writer;
  writer.byte(7).uint32(0x01020304).string("text").raw(as_bytes("raw"));
  const std::span<const std::byte> whole(writer.bytes());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SshReader reader(whole.first(size));
    const bool read = reader.byte() && reader.uint32() && reader.text(4) && reader.raw(3);
    EXPECT_FALSE(read) << size;
  }
  SshReader reader(whole);
  EXPECT_EQ(*reader.byte(), 7);
  EXPECT_EQ(*reader.uint32(), 0x01020304U);
  EXPECT_EQ(*reader.text(4), "text");
  EXPECT_FALSE(reader.end());
  EXPECT_EQ(as_text(*reader.raw(3)), "raw");
  EXPECT_TRUE(reader.end());
}

TEST(SshWire, RefusesALengthOverItsLimitBeforeLookingForTheBytes) {
  const Bytes lie = *from_hex("ffffffff00");
  EXPECT_EQ(SshReader(lie).string(16).error().code, ErrorCode::limit_exceeded);
}

}  // namespace
}  // namespace casebook
