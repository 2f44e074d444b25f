// Hidden characters: docs/spec/document.md 1.
#include "reports/document/visible_text.h"

#include <gmock/gmock.h>

namespace casebook::documents {
namespace {

TEST(VisibleText, NamesWhatHidesMovesOrReorders) {
  EXPECT_EQ(visible_text("a\u202Eb\u200Bc\nd\te\x1b[31m"),
            "a<U+202E>b<U+200B>c<U+000A>d<U+0009>e<U+001B>[31m");
  EXPECT_EQ(visible_text("\U000E0041"), "<U+E0041>");
  EXPECT_EQ(visible_text("\uFFFF"), "<U+FFFF>");
}

TEST(VisibleText, LeavesOrdinaryTextOfAnyLanguage) {
  for (const char* text : {"", "plain", "é ß Ω", "中文", "שלום", "C:\\Windows\\system32", "😀"}) {
    EXPECT_EQ(visible_text(text), text);
  }
}

}  // namespace
}  // namespace casebook::documents
