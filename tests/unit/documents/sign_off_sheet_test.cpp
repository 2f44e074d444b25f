// A request for a word, in a chat and on one page: docs/spec/papers.md 10.
#include <gmock/gmock.h>

#include "reports/document/document_check.h"
#include "reports/document/pdf_writer.h"
#include "reports/document/text_writer.h"
#include "reports/paper/sign_off_sheet.h"
#include "tests/support/sample_document.h"

namespace casebook::papers {
namespace {

using documents::sample_time;
using testing::HasSubstr;
using testing::Not;

SignOffInput sheet(Language language, std::size_t covers, std::size_t length) {
  SignOffInput input;
  input.head = {language, "amber-heron", "TLP:RED", sample_time(700), "casebook 0.1.0", false};
  input.number = "40";
  input.question = "The executive signed";
  input.asked_of = "Dee";
  input.asked_by = "Ada";
  input.asked_at = sample_time(700);
  for (std::size_t i = 0; i < covers; ++i) {
    input.covers.push_back({"facet" + std::to_string(i), std::string(length, 'v'), "0011aabb"});
  }
  input.exits = "close, action:disable_core";
  input.waiting = "each hour 400 logins" + std::string(length, 'w');
  input.recommends = "switch it off" + std::string(length, 'r');
  input.consulted = "Ben" + std::string(length, 'c');
  input.code = "1f3a-9c20";
  return input;
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) ++count;
  }
  return count;
}

TEST(SignOffSheet, HoldsWhatIsNeededToAnswer) {
  const std::string text = sign_off_text(sheet(Language::en, 2, 0));
  for (const char* part : {"amber-heron #40", "Question: The executive signed", "For: Dee",
                           "If yes: ", "If no: ", "Waiting costs: each hour 400 logins",
                           "Recommended: Ada: switch it off", "Consulted: Ben", "(0011aabb)",
                           "casebook sign 40", "1f3a-9c20"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  const std::string dutch = sign_off_text(sheet(Language::nl, 2, 0));
  EXPECT_THAT(dutch, HasSubstr("Wachten kost: each hour 400 logins"));
  EXPECT_THAT(dutch, Not(HasSubstr("Waiting")));
}

TEST(SignOffSheet, SaysWhatNobodySaid) {
  SignOffInput input = sheet(Language::en, 1, 0);
  input.waiting.clear();
  input.recommends.clear();
  input.consulted.clear();
  const std::string bare = sign_off_text(input);
  EXPECT_THAT(bare, HasSubstr("Waiting costs: not said"));
  EXPECT_THAT(bare, HasSubstr("Recommended: nobody"));
  EXPECT_THAT(bare, HasSubstr("Consulted: not said"));
  input.first_duty = "#80 eu-gdpr sa_initial, 2026-11-25T16:00:00Z";
  input.looked = "cy (legal)";
  EXPECT_THAT(sign_off_text(input), HasSubstr("next duty to tell #80 eu-gdpr"));
  EXPECT_THAT(sign_off_text(input), HasSubstr("the same: cy (legal)"));
}

TEST(SignOffSheet, IsCutBeforeItsAnswerIs) {
  for (const std::size_t covers : {0U, 1U, 4U, 12U, 60U}) {
    for (const std::size_t length : {0U, 100U, 399U, 5000U}) {
      for (const Language language : {Language::en, Language::nl}) {
        SignOffInput input = sheet(language, covers, length);
        input.recommends += "\u20ac\u20ac\u20ac";
        const std::string text = sign_off_text(input);
        EXPECT_LE(characters(text), kSignOffCharactersMax) << covers << ' ' << length;
        EXPECT_THAT(text, HasSubstr("casebook sign 40"));
        EXPECT_THAT(text, HasSubstr("1f3a-9c20"));
        EXPECT_THAT(text, HasSubstr("The executive signed"));
      }
    }
  }
}

TEST(SignOffSheet, IsOnePageHoweverLongItsTextsAre) {
  for (const std::size_t covers : {0U, 3U, 12U}) {
    for (const Language language : {Language::en, Language::nl}) {
      SignOffInput input = sheet(language, covers, 0);
      std::string words;
      while (words.size() < kSignOffWordsMax - 8) words += "a word ";
      input.waiting = input.recommends = input.consulted = words;
      input.first_duty = input.looked = std::string(150, 'd');
      for (SignOffCover& cover : input.covers) cover.values = words + words;
      const Document document = sign_off_page(input);
      ASSERT_TRUE(documents::check_document(document)) << covers;
      auto pdf = documents::document_pdf(document);
      ASSERT_TRUE(pdf) << pdf.error().message;
      EXPECT_EQ(pdf->pages, 1) << covers << documents::to_string(language);
      auto text = documents::document_text(document);
      ASSERT_TRUE(text);
      EXPECT_THAT(*text, HasSubstr("1f3a-9c20"));
    }
  }
}

TEST(SignOffSheet, OfADrillSaysSo) {
  SignOffInput input = sheet(Language::en, 1, 0);
  input.is_drill = true;
  EXPECT_THAT(sign_off_text(input), testing::StartsWith("DRILL amber-heron"));
  auto text = documents::document_text(sign_off_page(input));
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, HasSubstr("DRILL"));
}

}  // namespace
}  // namespace casebook::papers
