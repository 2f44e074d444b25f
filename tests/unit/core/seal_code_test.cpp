#include "core/seal_code.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

Digest256 digest_of(std::string_view text) { return *sha256(as_bytes(text)); }

// SHA-256 of nothing is e3b0c44298fc1c149afbf4c8996fb924…; the characters were taken from its bits
// by hand with `bc`.
TEST(SealCode, IsTheFirst125Bits) {
  EXPECT_EQ(SealCode::of(digest_of("")).text(), "WERC8-GMRZG-E196Q-VYK49-JVXS4");
  Digest256 zero{};
  EXPECT_EQ(SealCode::of(zero).text(), "00000-00000-00000-00000-00000");
  zero[15] = std::byte{7};  // Bits 125 to 127 are not part of it.
  EXPECT_EQ(SealCode::of(zero).text(), "00000-00000-00000-00000-00000");
  zero[15] = std::byte{8};
  EXPECT_EQ(SealCode::of(zero).text(), "00000-00000-00000-00000-00001");
}

TEST(SealCode, TakesWhatAPersonTypes) {
  const SealCode code = SealCode::of(digest_of(""));
  for (const auto* typed : {"WERC8-GMRZG-E196Q-VYK49-JVXS4", "werc8gmrzge196qvyk49jvxs4",
                            " werc8 gmrzg ei96q vyk49 jvxs4\n", "WERC8GMRZGEL96QVYK49JVXS4"}) {
    auto parsed = SealCode::parse(typed);
    ASSERT_TRUE(parsed) << typed;
    EXPECT_EQ(*parsed, code) << typed;
  }
  EXPECT_EQ(*SealCode::parse("OOOOO-ooooo-00000-00000-00000"), SealCode::of(Digest256{}));
}

TEST(SealCode, RefusesOtherTexts) {
  for (const auto* typed : {"", "WERC8-GMRZG-E196Q-VYK49-JVXS", "WERC8-GMRZG-E196Q-VYK49-JVXS44",
                            "WERC8-GMRZG-E196Q-VYK49-JVXSU", "WERC8_GMRZG-E196Q-VYK49-JVXS4"}) {
    EXPECT_FALSE(SealCode::parse(typed)) << typed;
  }
  EXPECT_NE(*SealCode::parse("WERC8-GMRZG-E196Q-VYK49-JVXS5"), SealCode::of(digest_of("")));
}

}  // namespace
}  // namespace casebook
