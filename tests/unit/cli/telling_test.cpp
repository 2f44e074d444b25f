// Mails that people send themselves, and tables for spreadsheets.
#include "cli/telling.h"

#include <gtest/gtest.h>

#include "cli/csv.h"
#include "core/bytes.h"

namespace casebook::cli {
namespace {

const UtcSeconds kNight = *parse_utc("2026-11-21T02:11:26Z");

TEST(MailText, NoLineOfTheTextBecomesAHeader) {
  const std::string mail =
      mail_text({"Sitrep\r\nBcc: x@example.org", "first\r\n\r\nBcc: y@example.org\n.\n", kNight});
  const std::string head = mail.substr(0, mail.find("\r\n\r\n"));
  EXPECT_EQ(mail.find("Bcc"), std::string::npos) << mail;
  EXPECT_NE(head.find("Date: Sat, 21 Nov 2026 02:11:26 +0000"), std::string::npos) << head;
  EXPECT_NE(head.find("Subject: =?UTF-8?B?"), std::string::npos);
}

TEST(MailText, CutsLongSubjectsBetweenCharacters) {
  std::string subject;
  for (int i = 0; i < 60; ++i) subject += "é";
  const std::string mail = mail_text({subject, "x", kNight});
  std::size_t lines = 0;
  for (std::size_t at = mail.find("=?UTF-8?B?"); at != std::string::npos;
       at = mail.find("=?UTF-8?B?", at + 1)) {
    const std::size_t from = at + 10;
    const std::string word = mail.substr(from, mail.find("?=", from) - from);
    const auto bytes = from_base64(word);
    ASSERT_TRUE(bytes) << word;
    EXPECT_EQ(bytes->size() % 2, 0U) << "half a character";
    ++lines;
  }
  EXPECT_GT(lines, 1U);
}

TEST(CsvLine, KeepsFormulasAsText) {
  EXPECT_EQ(csv_line({"a,b", "c"}), "\"a,b\",c\r\n");
  EXPECT_NE(csv_line({"=1+1"}).front(), '=');
  EXPECT_TRUE(csv_line({"a"}).ends_with("\r\n"));
}

}  // namespace
}  // namespace casebook::cli
