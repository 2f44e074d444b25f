#include "vault/imports/transcript.h"

#include <gmock/gmock.h>

#include <set>

#include "tests/support/import_recorder.h"

namespace casebook::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Found : ImportRecorder {
  ImportSummary summary;
  /// "time|name|text" of each message.
  [[nodiscard]] std::vector<std::string> lines() const {
    std::vector<std::string> all;
    for (const Message& message : messages) {
      const std::string time =
          message.claimed_at
              ? format_utc(std::chrono::floor<std::chrono::seconds>(*message.claimed_at))
              : "?" + message.time_as_written;
      all.push_back(time + "|" + message.shown_name + "|" + message.text);
    }
    return all;
  }
};

Found import(std::string_view text, const TranscriptOptions& options = {}) {
  Found found;
  const auto summary = read_transcript(text, options, found);
  EXPECT_TRUE(summary) << summary.error().message;
  if (summary) found.summary = *summary;
  return found;
}

const TimeZone kUtc = TimeZone::utc();

TEST(Transcript, ReadsWhatsAppOfBothKinds) {
  EXPECT_THAT(
      import("21/11/2026, 02:11 - Messages are encrypted\n"
             "21/11/2026, 02:12 - Ada: first\nsecond line\n\n"
             "22/11/2026, 14:00 - Ben: odd\n",
             {.zone = &kUtc})
          .lines(),
      ElementsAre("2026-11-21T02:11:00Z||Messages are encrypted",
                  "2026-11-21T02:12:00Z|Ada|first\nsecond line", "2026-11-22T14:00:00Z|Ben|odd"));
  EXPECT_THAT(
      import("\xE2\x80\x8E[11/21/26, 2:11:26\xE2\x80\xAFPM] Ada L: hi\n", {.zone = &kUtc}).lines(),
      ElementsAre("2026-11-21T14:11:26Z|Ada L|hi"));
}

TEST(Transcript, ReadsIrcSignalTabAndHeadings) {
  EXPECT_THAT(import("--- Log opened Sat Nov 21 23:58:00 2026\n23:59 <@ada> late\n"
                     "00:01 * ben nods\n--- Day changed Mon Nov 23 2026\n00:02 <ada> later\n",
                     {.zone = &kUtc})
                  .lines(),
              ElementsAre("?||--- Log opened Sat Nov 21 23:58:00 2026",
                          "2026-11-21T23:59:00Z|ada|late", "2026-11-22T00:01:00Z|ben|nods",
                          "?||--- Day changed Mon Nov 23 2026", "2026-11-23T00:02:00Z|ada|later"));
  EXPECT_THAT(import("[2026-11-21 02:11] Ada: x\n", {.zone = &kUtc}).lines(),
              ElementsAre("2026-11-21T02:11:00Z|Ada|x"));
  EXPECT_THAT(import("2026-11-21 02:11:26\tada\tx\n", {.zone = &kUtc}).lines(),
              ElementsAre("2026-11-21T02:11:26Z|ada|x"));
  EXPECT_THAT(import("2026-11-21T02:11:26+01:00 Ada: x\n").lines(),
              ElementsAre("2026-11-21T01:11:26Z|Ada|x"));
  EXPECT_THAT(import("[21.11.2026 02:11] Ada Lovelace\nfirst\nsecond\n[21.11.2026 02:12] Ben\nok\n",
                     {.zone = &kUtc})
                  .lines(),
              ElementsAre("2026-11-21T02:11:00Z|Ada Lovelace|first\nsecond",
                          "2026-11-21T02:12:00Z|Ben|ok"));
  EXPECT_THAT(import("Ada Lovelace  10:31 AM\nfirst\n",
                     {.zone = &kUtc, .date = std::chrono::year(2026) / 11 / 21})
                  .lines(),
              ElementsAre("2026-11-21T10:31:00Z|Ada Lovelace|first"));
}

TEST(Transcript, NeverGuessesATimeSilently) {
  const auto open = import("3/4/2026, 02:11 - Ada: x\n", {.zone = &kUtc});
  EXPECT_THAT(open.lines(), ElementsAre("?3/4/2026, 02:11|Ada|x"));
  EXPECT_EQ(open.summary.without_moment, 1U);
  EXPECT_THAT(open.summary.hint, HasSubstr("--day-order"));
  EXPECT_THAT(
      import("3/4/2026, 02:11 - Ada: x\n", {.day_order = DayOrder::month_first, .zone = &kUtc})
          .lines(),
      ElementsAre("2026-03-04T02:11:00Z|Ada|x"));
  // Two lines that contradict each other decide nothing.
  EXPECT_EQ(import("13/4/2026, 02:11 - Ada: x\n4/13/2026, 02:11 - Ada: y\n", {.zone = &kUtc})
                .summary.without_moment,
            2U);
  EXPECT_THAT(import("2026-11-21 02:11 Ada: x\n").summary.hint, HasSubstr("--zone"));
  EXPECT_THAT(import("02:11 <ada> x\n", {.zone = &kUtc}).summary.hint, HasSubstr("--date"));
  EXPECT_THAT(import("2026-02-30 02:11 Ada: x\n", {.zone = &kUtc}).lines(),
              ElementsAre("?2026-02-30 02:11|Ada|x"));
}

TEST(Transcript, ATimeThatTheClocksShowTwiceIsNoMoment) {
  ZoneDatabase zones;
  const auto paris = zones.find("Europe/Paris");
  ASSERT_TRUE(paris);
  EXPECT_THAT(import("2026-10-25 02:30 Ada: twice\n2026-03-29 02:30 Ada: never\n"
                     "2026-11-21 02:30 Ada: once\n",
                     {.zone = *paris})
                  .lines(),
              ElementsAre("?2026-10-25 02:30|Ada|twice", "?2026-03-29 02:30|Ada|never",
                          "2026-11-21T01:30:00Z|Ada|once"));
}

TEST(Transcript, TextOfAnotherShapeIsText) {
  const auto found = import(
      "copied by Ada\n[2026-11-21 02:11] Ada: he wrote\n"
      "02:00 <ben> not a message\n[2026-11-21 02:12] Ben: no\n",
      {.zone = &kUtc});
  EXPECT_THAT(found.lines(),
              ElementsAre("?||copied by Ada",
                          "2026-11-21T02:11:00Z|Ada|he wrote\n02:00 <ben> not a message",
                          "2026-11-21T02:12:00Z|Ben|no"));
}

TEST(Transcript, WithoutAnyTimeIsCutAtEmptyLines) {
  EXPECT_THAT(import("hello there\r\nyou\r\n\r\n\r\nnext\n").lines(),
              ElementsAre("?||hello there\nyou", "?||next"));
  EXPECT_THAT(import("").lines(), ElementsAre());
}

TEST(Transcript, EqualLinesAreCountedAndALongerCopyBringsOnlyWhatIsNew) {
  const std::string text = "[2026-11-21 02:11] Ada: ok\n[2026-11-21 02:11] Ada: ok\n";
  std::set<std::string> keys;
  for (const Message& message : import(text).messages) keys.insert(to_hex(*import_key(message)));
  EXPECT_EQ(keys.size(), 2U);
  const auto longer = import(text + "\n\n[2026-11-21 02:12] Ben: more\n");
  ASSERT_EQ(longer.messages.size(), 3U);
  EXPECT_EQ(keys.count(to_hex(*import_key(longer.messages[0]))), 1U);
  EXPECT_EQ(keys.count(to_hex(*import_key(longer.messages[1]))), 1U);
  EXPECT_EQ(keys.count(to_hex(*import_key(longer.messages[2]))), 0U);
  const auto& origin = longer.messages[2].origin;
  EXPECT_EQ(origin.offset, text.size() + 2);
  EXPECT_EQ(origin.digest, *sha256(as_bytes("[2026-11-21 02:12] Ben: more")));
}

TEST(Transcript, NamesAreShownEscaped_RT37) {
  const auto found = import(
      "[2026-11-21 02:11] A\xE2\x80\xAE"
      "da: x\n");
  EXPECT_EQ(found.messages[0].shown_name, "A\\u{202e}da");
}

}  // namespace
}  // namespace casebook::imports
