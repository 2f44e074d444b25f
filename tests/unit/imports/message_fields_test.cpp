#include "vault/imports/message_fields.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook::imports {
namespace {

const ImportSource kSource{.exported_by = "ben", .received_at = *parse_utc("2026-11-21T02:11:26Z")};

TEST(MessageFields, AreCanonicalWhateverIsThere) {
  Message message;
  EXPECT_TRUE(parse_canonical_json(message_fields(message, kSource)));
  message.conversation = "C1";
  message.conversation_name = "gen\"eral";
  message.id = "1.1";
  message.user = "U1";
  message.shown_name = "Ada";
  message.thread = message.reply_to = "1.0";
  message.time_as_written = "1.1";
  message.edited_at = UtcNanoseconds(std::chrono::seconds(5));
  message.is_bot = message.is_system = true;
  message.origin = {.member = "general/2026-11-21.json", .offset = 7, .size_bytes = 9};
  message.attachments = {
      {.name = "a", .media_type = "t", .place = "2", .size_bytes = 5, .digest = Digest256{}},
      {.name = "b"}};
  const std::string text = message_fields(message, kSource);
  const auto parsed = parse_canonical_json(text);
  ASSERT_TRUE(parsed) << parsed.error().message << text;
  EXPECT_EQ((*parsed)["offset"], "7");
  EXPECT_EQ((*parsed)["flags"], Json::parse(R"(["bot","system"])"));
  EXPECT_EQ((*parsed)["edited_at"], "1970-01-01T00:00:05Z");
  EXPECT_EQ((*parsed)["attachments"].size(), 2U);
}

TEST(MessageFields, SayWhoExportedAndThatANameMayBeBorrowed_RT37) {
  EXPECT_EQ(citation(kSource), "as exported by ben, received at 2026-11-21T02:11:26Z");
  Message message;
  EXPECT_EQ(who_text(message), "(no author)");
  message.user = "U1";
  EXPECT_EQ(who_text(message), "U1");
  message.shown_name = "Ada L";
  EXPECT_EQ(who_text(message), "Ada L (U1)");
  message.user = message.shown_name = "ada";
  EXPECT_EQ(who_text(message), "ada");
}

}  // namespace
}  // namespace casebook::imports
