#include "core/printable.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

TEST(Printable, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(printable("/var/log/caf\xc3\xa9 1"), "/var/log/caf\xc3\xa9 1");
}

TEST(Printable, EscapesWhatMovesHidesOrReorders) {
  EXPECT_EQ(printable("a\nb\tc\\"), "a\\nb\\tc\\\\");
  EXPECT_EQ(printable("\x1b[2J\x7f"), "\\x1b[2J\\x7f");
  EXPECT_EQ(printable("x\xe2\x80\xaey"), "x\\u{202e}y");  // right-to-left override
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u{9b}31m");                           // C1 control sequence introducer
  EXPECT_EQ(printable("\xff\xc3("), "\\xff\\xc3(");  // not UTF-8
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

}  // namespace
}  // namespace casebook
