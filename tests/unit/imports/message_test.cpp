#include "vault/imports/message.h"

#include <gtest/gtest.h>

#include <set>

namespace casebook::imports {
namespace {

TEST(ImportKey, DependsOnKindConversationRecordAndCopyOnly) {
  Message message;
  message.conversation = "C01";
  const auto key = to_hex(*import_key(message));
  message.text = "other text";
  message.origin.offset = 9;
  message.origin.member = "x";
  EXPECT_EQ(to_hex(*import_key(message)), key);
  // printf 'casebook-import-key@v1\0slack\0C01\0' and 40 zero bytes | sha256sum
  EXPECT_EQ(key, "e19bb9344dfe7073b62e49836c2d4f46bc789ce7ffb0685700e2a9ebfb1a82dd");
  std::set<std::string> keys = {key};
  message.copy = 1;
  keys.insert(to_hex(*import_key(message)));
  message.kind = SourceKind::mail;
  keys.insert(to_hex(*import_key(message)));
  message.conversation = "C02";
  keys.insert(to_hex(*import_key(message)));
  message.origin.digest[0] = std::byte{1};
  keys.insert(to_hex(*import_key(message)));
  EXPECT_EQ(keys.size(), 5U);
}

TEST(ShownName, ShowsWhatWouldHideAndCutsBetweenCharacters_RT37) {
  EXPECT_EQ(shown("Ada\xE2\x80\xAE"
                  "ecila"),
            "Ada\\u{202e}ecila");
  EXPECT_EQ(shown("a\nb\x1b[2J"), "a\\nb\\x1b[2J");
  EXPECT_EQ(shown(std::string(500, 'a')).size(), kShownNameBytesMax);
  std::string cut(199, 'a');
  EXPECT_EQ(shown(cut + "\xE2\x80\xAE"), cut);
  EXPECT_EQ(shown("\xff"), "\\xff");
}

TEST(MessageText, IsRepairedAndCutVisibly) {
  Message message;
  append_text(message,
              "a\xff"
              "b");
  EXPECT_EQ(message.text,
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_TRUE(message.is_repaired);
  EXPECT_FALSE(message.is_cut);
  append_text(message, std::string(kTextBytesMax, 'x') + "\xC3\xA9");
  EXPECT_EQ(message.text.size(), kTextBytesMax);
  EXPECT_TRUE(message.is_cut);
  message.clear();
  append_text(message, std::string(kTextBytesMax - 1, 'x') + "\xC3\xA9");
  EXPECT_EQ(message.text.size(), kTextBytesMax - 1);
  EXPECT_TRUE(message.is_cut);
}

}  // namespace
}  // namespace casebook::imports
