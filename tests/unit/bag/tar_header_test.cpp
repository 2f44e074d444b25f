#include "core/tar_header.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

const std::string kBag = "00112233445566778899aabbccddeeff";

std::string header_of(std::string_view name, std::uint64_t size_bytes) {
  std::string header;
  append_tar_header(header, kBag, name, size_bytes);
  return header;
}

TEST(TarHeader, IsReadBackForEveryShapeOfNameAndSize) {
  const std::uint64_t big = std::uint64_t{1} << 33U;
  for (const std::size_t length : {1U, 67U, 68U, 200U, 900U}) {
    for (const std::uint64_t size :
         {std::uint64_t{0}, std::uint64_t{1}, big - 1, big, ~std::uint64_t{0}}) {
      const std::string name(length, 'n');
      const std::string header = header_of(name, size);
      const auto bytes = tar_header_bytes(as_bytes(header).first(512));
      ASSERT_TRUE(bytes);
      EXPECT_EQ(*bytes, header.size());
      const auto member = parse_tar_header(as_bytes(header));
      ASSERT_TRUE(member) << length << " " << size << " " << member.error().message;
      EXPECT_EQ(member->bag, kBag);
      EXPECT_EQ(member->name, name);
      EXPECT_EQ(member->size_bytes, size);
      const bool extended = length > 67 || size >= big;
      EXPECT_EQ(header.size() > 512, extended) << length << " " << size;
    }
  }
}

// RT-21: a mode, an owner, a link, a time: nothing but the rule's own bytes passes.
TEST(TarHeader, RefusesEveryOtherByte) {
  for (const auto& header : {header_of("data/files/a", 5), header_of(std::string(300, 'n'), 5)}) {
    for (std::size_t at = 0; at < header.size(); ++at) {
      std::string changed = header;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      const auto bytes = tar_header_bytes(as_bytes(changed).first(512));
      if (!bytes || *bytes != changed.size()) continue;
      const auto member = parse_tar_header(as_bytes(changed));
      if (!member) continue;
      // Behind the first 100 bytes a name stands in its record only: another name, another header.
      EXPECT_NE(member->name, std::string(300, 'n')) << "byte " << at << " was accepted";
      EXPECT_EQ(header_of(member->name, member->size_bytes), changed);
    }
  }
}

}  // namespace
}  // namespace casebook
