// Slack exports, as docs/spec/imports.md describes what is made of them.
#include "vault/imports/slack_export.h"

#include <gmock/gmock.h>

#include "tests/support/import_recorder.h"
#include "tests/support/zip_builder.h"
#include "vault/imports/slack_record.h"

namespace casebook::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImportRecorder import(const std::vector<ZipPart>& parts) {
  const std::string bytes = make_zip(parts);
  MemoryAccess file(as_bytes(bytes));
  const auto archive = ZipArchive::open(file);
  EXPECT_TRUE(archive) << archive.error().message;
  ImportRecorder recorder;
  const auto summary = read_slack_export(*archive, recorder);
  EXPECT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->messages, recorder.messages.size());
  EXPECT_EQ(summary->bad_records, recorder.bad.size());
  EXPECT_EQ(summary->unread_members, recorder.unread.size());
  return recorder;
}

const ZipPart kUsers{
    .name = "users.json",
    .data = R"([{"id":"U1","name":"ada","profile":{"display_name":"Ada L","real_name":"Ada"}},
                {"id":"U2","name":"ben","profile":{"display_name":"","real_name":"Ben )"
            "\xE2\x80\xAE"
            R"("}}])"};
const ZipPart kChannels{.name = "channels.json", .data = R"([{"id":"C1","name":"general"}])"};
const ZipPart kDms{.name = "dms.json", .data = R"([{"id":"D1","members":["U1","U2"]}])"};

ImportRecorder import_day(const std::string& day) {
  return import({kUsers, kChannels, {.name = "general/2026-11-21.json", .data = day}});
}

// S0-1b, S3-20: what was said in the room is the log.
TEST(SlackExport, TracesEachMessageToItsBytes) {
  const std::string record = R"({"type":"message","user":"U1","text":"a &amp; &lt;b&gt; &x;",)"
                             R"("ts":"1700000000.000200"})";
  const auto found = import_day("[ " + record + " ]");
  ASSERT_EQ(found.messages.size(), 1U);
  const Message& message = found.messages[0];
  EXPECT_EQ(message.origin.member, "general/2026-11-21.json");
  EXPECT_EQ(message.origin.offset, 2U);
  EXPECT_EQ(message.origin.size_bytes, record.size());
  EXPECT_EQ(message.origin.digest, *sha256(as_bytes(record)));
  EXPECT_EQ(message.id, "1700000000.000200");
  EXPECT_EQ(message.user, "U1");
  EXPECT_EQ(message.shown_name, "Ada L");
  EXPECT_EQ(message.conversation, "C1");
  EXPECT_EQ(message.conversation_name, "general");
  EXPECT_EQ(message.text, "a & <b> &x;");
  EXPECT_EQ(message.claimed_at->time_since_epoch().count(), 1700000000000200000);
  EXPECT_FALSE(message.is_edited || message.is_deleted || message.is_bot || message.is_system);
}

TEST(SlackExport, KnowsThreadsEditsDeletionsBotsAndFiles) {
  const auto found = import_day(R"([
    {"type":"message","user":"U1","text":"top","ts":"1.1","thread_ts":"1.1","reply_count":1},
    {"type":"message","user":"U2","text":"re","ts":"2.1","thread_ts":"1.1","edited":{"user":"U2","ts":"3.5"}},
    {"type":"message","subtype":"tombstone","user":"USLACKBOT","text":"This message was deleted.","ts":"3.1"},
    {"type":"message","subtype":"message_changed","ts":"4.2","message":{"user":"U1","text":"new","ts":"4.1"}},
    {"type":"message","subtype":"message_deleted","ts":"5.2","deleted_ts":"5.1","previous_message":{"user":"U1","text":"gone","ts":"5.1"}},
    {"type":"message","subtype":"bot_message","bot_id":"B1","username":"Pager","text":"","ts":"6.1",
     "attachments":[{"title":"CPU","text":"high","fallback":"no"},{"fallback":"plain"}]},
    {"type":"message","subtype":"channel_join","user":"U1","text":"<@U1> has joined","ts":"7.1"},
    {"type":"message","user":"U9","user_profile":{"real_name":"Gus"},"text":"","ts":"8.1",
     "blocks":[{"type":"rich_text","elements":[{"text":"from "},{"elements":[{"text":"blocks"}]}]}],
     "files":[{"id":"F1","name":"dump.txt","mimetype":"text/plain","size":12,"url_private":"https://files.example.org/F1"}]}
  ])");
  ASSERT_EQ(found.messages.size(), 8U);
  EXPECT_EQ(found.messages[0].reply_to, "");
  EXPECT_EQ(found.messages[1].reply_to, "1.1");
  EXPECT_EQ(found.messages[1].thread, "1.1");
  EXPECT_TRUE(found.messages[1].is_edited);
  EXPECT_EQ(*found.messages[1].edited_at, *slack_time("3.5"));
  EXPECT_TRUE(found.messages[2].is_deleted);
  EXPECT_TRUE(found.messages[3].is_edited);
  EXPECT_EQ(found.messages[3].text + found.messages[3].id, "new4.1");
  EXPECT_TRUE(found.messages[4].is_deleted);
  EXPECT_EQ(found.messages[4].text + found.messages[4].id, "gone5.1");
  EXPECT_TRUE(found.messages[5].is_bot);
  EXPECT_EQ(found.messages[5].shown_name, "Pager");
  EXPECT_EQ(found.messages[5].user, "B1");
  EXPECT_EQ(found.messages[5].text, "CPU\nhigh\nplain");
  EXPECT_TRUE(found.messages[6].is_system);
  EXPECT_EQ(found.messages[7].text, "from \nblocks");
  EXPECT_EQ(found.messages[7].shown_name, "Gus");
  ASSERT_EQ(found.messages[7].attachments.size(), 1U);
  EXPECT_EQ(found.messages[7].attachments[0].place, "https://files.example.org/F1");
  EXPECT_EQ(found.messages[7].attachments[0].size_bytes, 12U);
  EXPECT_FALSE(found.messages[7].attachments[0].digest.has_value());
}

TEST(SlackExport, ListsEveryRecordThatCannotBeRead) {
  const auto found = import_day(
      R"([{"ts":"1.1","text":"good"},{"text":"no ts"},{"ts":"x"},7,{"ts":"1.2","ts":"1.3"},{"ts":,},{"type":"file","ts":"1.1"}])");
  EXPECT_EQ(found.messages.size(), 1U);
  std::vector<std::string> reasons;
  for (const auto& bad : found.bad) {
    EXPECT_EQ(bad.member, "general/2026-11-21.json");
    reasons.push_back(std::to_string(bad.offset) + " " + bad.reason);
  }
  EXPECT_THAT(reasons, ElementsAre("28 has no ts of seconds and decimals",
                                   "45 has no ts of seconds and decimals",
                                   "56 is not a JSON object", "58 gives a key twice",
                                   "82 is not valid JSON", "91 is not of type message"));
}

TEST(SlackExport, GivesNothingOfAMemberWhoseChecksumIsWrong) {
  const auto found =
      import({kUsers,
              kChannels,
              {.name = "general/2026-11-21.json", .data = R"([{"ts":"1.1"}])", .crc = 5},
              {.name = "general/2026-11-22.json", .data = R"([{"ts":"1.2"}])"}});
  ASSERT_EQ(found.messages.size(), 1U);
  EXPECT_EQ(found.messages[0].id, "1.2");
  ASSERT_EQ(found.bad.size(), 1U);
  EXPECT_THAT(found.bad[0].reason, HasSubstr("checksum"));
}

TEST(SlackExport, ReadsDirectMessagesFoldersWithoutListAndNamesWhatItDoesNotRead) {
  const auto found =
      import({{.name = "top/users.json", .data = kUsers.data},
              {.name = "top/dms.json", .data = kDms.data},
              {.name = "top/D1/2026-11-21.json", .data = R"([{"ts":"1.1","user":"U2"}])"},
              {.name = "top/old/2026-11-20.json", .data = R"([{"ts":"1.0"}])"},
              {.name = "top/canvases.json", .data = "[]"},
              {.name = "__MACOSX/x", .data = "x"}});
  ASSERT_EQ(found.messages.size(), 2U);
  EXPECT_EQ(found.messages[0].conversation, "D1");
  EXPECT_EQ(found.messages[0].conversation_name, "Ada L, Ben \\u{202e}");
  EXPECT_EQ(found.messages[0].shown_name, "Ben \\u{202e}");
  EXPECT_EQ(found.messages[1].conversation, "old");
  EXPECT_THAT(found.unread, ElementsAre("top/canvases.json", "__MACOSX/x"));
}

TEST(SlackExport, RefusesAZipThatIsNone) {
  const std::string bytes = make_zip({{.name = "a.txt", .data = "x"}});
  MemoryAccess file(as_bytes(bytes));
  ImportRecorder recorder;
  const auto summary = read_slack_export(*ZipArchive::open(file), recorder);
  ASSERT_FALSE(summary);
  EXPECT_THAT(summary.error().message, HasSubstr("not a Slack export"));
}

TEST(SlackTime, TakesSecondsAndDecimalsOnly) {
  EXPECT_EQ(slack_time("1.5")->time_since_epoch(), std::chrono::milliseconds(1500));
  for (const char* bad : {"", "1", "1.", ".5", "-1.5", "1.-5", "1.5x", " 1.5", "1,5",
                          "99999999999.1", "1.1234567890"}) {
    EXPECT_FALSE(slack_time(bad)) << bad;
  }
}

}  // namespace
}  // namespace casebook::imports
