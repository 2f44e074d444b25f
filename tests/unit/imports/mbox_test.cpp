#include "vault/imports/mbox.h"

#include <gmock/gmock.h>

#include "tests/support/import_recorder.h"
#include "vault/imports/mail_message.h"

namespace casebook::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ImportRecorder import(std::string_view text) {
  MemorySource source(as_bytes(text));
  ImportRecorder recorder;
  const auto summary = read_mbox(source, {.conversation = "inbox"}, recorder);
  EXPECT_TRUE(summary) << summary.error().message;
  return recorder;
}

Message mail(std::string_view text) {
  Message message;
  EXPECT_EQ(read_mail(text, MailQuoting::none, message), "");
  return message;
}

constexpr std::string_view kFirst =
    "From ada@example.org Sat Nov 21 02:11:26 2026\n"
    "From: \"Ada L.\" <Ada@Example.org>\n"
    "To: ben@example.org\n"
    "Subject: =?utf-8?q?Caf=C3=A9?=\n"
    "Date: Sat, 21 Nov 2026 03:11:26 +0100\n"
    "Message-ID: <one@example.org>\n"
    "\n"
    "hello\n"
    ">From here it went wrong\n"
    ">>From twice\n"
    "From the start no time stands here\n";
constexpr std::string_view kSecond =
    "From ben@example.org Sat Nov 21 02:12:00 2026\n"
    "From: ben@example.org\n"
    "In-Reply-To: <one@example.org>\n"
    "References: <zero@example.org> <one@example.org>\n"
    "Date: Sat, 21 Nov 2026 02:12:00\n"
    "\n"
    "fine\n";

TEST(Mbox, TracesEachMailToItsBytes) {
  const std::string text = std::string(kFirst) + "\n" + std::string(kSecond) + "\n";
  const auto found = import(text);
  ASSERT_EQ(found.messages.size(), 2U);
  const Message& one = found.messages[0];
  EXPECT_EQ(one.origin.offset, 0U);
  EXPECT_EQ(one.origin.size_bytes, kFirst.size());
  EXPECT_EQ(one.origin.digest, *sha256(as_bytes(kFirst)));
  EXPECT_EQ(one.user, "ada@example.org");
  EXPECT_EQ(one.shown_name, "Ada L.");
  EXPECT_EQ(one.id, "one@example.org");
  EXPECT_EQ(one.conversation, "inbox");
  EXPECT_EQ(one.text,
            "Caf\xC3\xA9\n\nhello\nFrom here it went wrong\n>From twice\n"
            "From the start no time stands here");
  EXPECT_EQ(format_utc(std::chrono::floor<std::chrono::seconds>(*one.claimed_at)),
            "2026-11-21T02:11:26Z");
  const Message& two = found.messages[1];
  EXPECT_EQ(two.origin.offset, kFirst.size() + 1);
  EXPECT_EQ(two.origin.digest, *sha256(as_bytes(kSecond)));
  EXPECT_EQ(two.reply_to, "one@example.org");
  EXPECT_EQ(two.thread, "zero@example.org");
  EXPECT_FALSE(two.claimed_at.has_value()) << "a date without a zone is no moment";
  EXPECT_EQ(two.time_as_written, "Sat, 21 Nov 2026 02:12:00");
}

TEST(Mbox, AMailHasOneDigestHoweverTheFileGoesOn) {
  const auto alone = import(kFirst);
  const auto before_other = import(std::string(kFirst) + "\n" + std::string(kSecond));
  EXPECT_EQ(to_hex(*import_key(alone.messages[0])), to_hex(*import_key(before_other.messages[0])));
}

TEST(Mbox, ListsWhatIsNoMail) {
  const auto found = import("From x@example.org Sat Nov 21 02:11:26 2026\n\njust words\n\n" +
                            std::string(kSecond));
  EXPECT_EQ(found.messages.size(), 1U);
  ASSERT_EQ(found.bad.size(), 1U);
  EXPECT_EQ(found.bad[0].offset, 0U);
  EXPECT_THAT(found.bad[0].reason, HasSubstr("From, Date, Subject"));
}

TEST(Mbox, RefusesAFileThatBeginsOtherwise) {
  MemorySource source(as_bytes("Subject: x\n\ny\n"));
  ImportRecorder recorder;
  EXPECT_FALSE(read_mbox(source, {}, recorder));
  EXPECT_TRUE(looks_like_mbox(kFirst));
  EXPECT_FALSE(looks_like_mbox("From me to you: a poem\n"));
}

TEST(Mbox, ALineCutByTheReaderIsNoEmptyLine) {
  // Two blocks of 256 KiB end with the long line; its line feed comes alone in the third.
  std::string text(kFirst);
  text += std::string((std::size_t{1} << 19U) - kFirst.size(), 'x');
  text += "\nFrom forged@example.org Sat Nov 21 02:11:26 2026\nSubject: no\n";
  EXPECT_EQ(import(text).messages.size(), 1U);
}

constexpr std::string_view kMixed =
    "From: ada@example.org\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=b\r\n"
    "\r\n"
    "--b\r\n"
    "Content-Type: multipart/alternative; boundary=c\r\n"
    "\r\n"
    "--c\r\n"
    "Content-Type: text/plain; charset=iso-8859-1\r\n"
    "Content-Transfer-Encoding: quoted-printable\r\n"
    "\r\n"
    "caf=E9\r\n"
    "--c\r\n"
    "Content-Type: text/html\r\n"
    "\r\n"
    "<p>cafe</p>\r\n"
    "--c--\r\n"
    "--b\r\n"
    "Content-Type: application/octet-stream\r\n"
    "Content-Disposition: attachment; filename=\"a\xE2\x80\xAE"
    "b.bin\"\r\n"
    "Content-Transfer-Encoding: base64\r\n"
    "\r\n"
    "aGVsbG8=\r\n"
    "--b\r\n"
    "Content-Type: message/rfc822\r\n"
    "\r\n"
    "Subject: inner\r\n"
    "\r\n"
    "inside\r\n"
    "--b--\r\n";

TEST(Mail, TakesTheTextAndListsTheRestWithDigests) {
  const Message message = mail(kMixed);
  EXPECT_EQ(message.text, "caf\xC3\xA9");
  ASSERT_EQ(message.attachments.size(), 3U);
  EXPECT_EQ(message.attachments[0].place, "1.2");
  EXPECT_EQ(message.attachments[0].media_type, "text/html");
  EXPECT_EQ(message.attachments[1].place, "2");
  EXPECT_EQ(message.attachments[1].name, "a\\u{202e}b.bin");
  EXPECT_EQ(message.attachments[1].size_bytes, 5U);
  EXPECT_EQ(message.attachments[1].digest, *sha256(as_bytes("hello")));
  EXPECT_EQ(message.attachments[2].media_type, "message/rfc822");
  MemorySink sink(1000);
  ASSERT_TRUE(extract_mail_part(kMixed, "2", sink));
  EXPECT_EQ(as_text(sink.bytes()), "hello");
  MemorySink inner(1000);
  ASSERT_TRUE(extract_mail_part(kMixed, "3", inner));
  EXPECT_THAT(std::string(as_text(inner.bytes())), HasSubstr("Subject: inner"));
  EXPECT_FALSE(extract_mail_part(kMixed, "9", sink));
}

TEST(Mail, MarksWhatItHadToRepair) {
  EXPECT_TRUE(mail("Subject: x\nContent-Type: text/plain; charset=x-none\n\n\xff\n").is_repaired);
  EXPECT_EQ(mail("Subject: x\nContent-Type: text/plain; charset=x-none\n\nplain\n").text,
            "x\n\nplain");
}

TEST(Mail, RefusesHostileNesting) {
  std::string text = "Subject: deep\n";
  for (int i = 0; i < 40; ++i) {
    text += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" +
            std::to_string(i) + "\n";
  }
  Message message;
  EXPECT_THAT(std::string(read_mail(text, MailQuoting::none, message)), HasSubstr("32 levels"));
  text = "Subject: wide\nContent-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 1100; ++i) text += "--b\n\nx\n";
  message.clear();
  EXPECT_THAT(std::string(read_mail(text, MailQuoting::none, message)), HasSubstr("1,000 parts"));
}

TEST(MailHtml, BecomesTextForSearching) {
  EXPECT_EQ(text_of_html("<html><style>p{}</style><p>a&nbsp;&amp; b<br>c</p><script>x<y</script>"
                         "&#233;&#x41; &bogus; <!-- no > --> end"),
            "a & b\nc\n\xC3\xA9"
            "A &bogus; end");
  EXPECT_EQ(text_of_html("<"), "");
  EXPECT_EQ(text_of_html("<script>"), "");
}

}  // namespace
}  // namespace casebook::imports
