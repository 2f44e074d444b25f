// One page, what was learned, decisions: docs/spec/papers.md 5 to 7.
#include <gmock/gmock.h>

#include "reports/document/document_check.h"
#include "reports/document/pdf_writer.h"
#include "reports/document/text_writer.h"
#include "reports/paper/decision_record.h"
#include "reports/paper/one_page.h"
#include "reports/paper/postmortem.h"
#include "tests/support/golden.h"
#include "tests/support/sample_document.h"

namespace casebook::papers {
namespace {

using documents::check_document;
using documents::document_text;
using documents::sample_hash;
using documents::sample_time;
using testing::HasSubstr;
using testing::Not;

PaperHead head(Language language) {
  return {language, "amber-heron", "Confidential", sample_time(700), "casebook 0.1.0", true};
}

documents::Timeline course(int events) {
  documents::Timeline timeline{
      "Course", "Events of one night on two hosts.", {"web-03", "db-01"}, {}};
  for (int i = 0; i < events; ++i) {
    timeline.events.push_back({sample_time(i * 10), i % 2, "event " + std::to_string(i), i == 5});
  }
  return timeline;
}

OnePageInput page(Language language, int items) {
  OnePageInput input;
  input.head = head(language);
  input.title = "Sign-in with a withdrawn key";
  input.severity = "Sev-1";
  input.phase = "containing";
  input.since = "14 h";
  input.commander = "Ada";
  input.bottom_line = "One host was used by somebody else; customer data were read.";
  for (int i = 0; i < items; ++i) {
    const std::string number = std::to_string(i + 1);
    input.impact.push_back("group " + number + ": 600 customers");
    input.known.push_back("fact " + number + " is known from note " + number);
    input.deadlines.push_back("duty " + number + ": Mon 26 Oct 17:00 Paris");
    input.next.push_back("step " + number);
    input.decisions.push_back({"Take the shop down (" + number + ")?", "today 18:00", "yes"});
  }
  input.course = course(items * 4);
  return input;
}

PostmortemInput learned(Language language) {
  PostmortemInput input;
  input.head = head(language);
  input.title = "amber-heron";
  input.authors = {"Ada", "Ben"};
  input.summary = "A key that should have been withdrawn was used to sign in.";
  input.measures = {{"Time to detect", documents::plain("4 h 10 min")}};
  input.impact = {"600 customers"};
  input.course = course(3);
  input.causes = {{"The key still worked.",
                   {"The list of keys was not read again.", "The service has no reload."}}};
  input.went_well = {"The alert came within minutes."};
  input.lessons = {"Withdrawing has to be seen to work."};
  input.actions = {{"Reload the list every minute", "prevent", "Cy", "2026-12-01", "open"}};
  input.ledger_head = "77 " + sample_hash("head");
  return input;
}

DecisionRecordInput decisions(Language language) {
  return {head(language),
          "Example Works",
          {{"D-1",
            sample_time(30),
            "Take the shop down?",
            "Yes, until midnight.",
            "Data could still leave.",
            {"block one address"},
            {"note 12"},
            {"Ada (commander)"},
            {"Dee (business owner)"},
            "Gus would have waited.",
            "D-2"},
           {"D-2",
            sample_time(90),
            "Open again?",
            "Yes.",
            "",
            {},
            {},
            {"Ada (commander)"},
            {},
            "",
            ""}},
          "77 " + sample_hash("head")};
}

TEST(DecisionPapers, AreTheGoldenOnesInBothLanguages) {
  std::string all;
  for (const Language language : {Language::en, Language::nl}) {
    for (const Document& document : {one_page(page(language, 2)), postmortem(learned(language)),
                                     decision_record(decisions(language))}) {
      const auto text = document_text(document);
      ASSERT_TRUE(text) << text.error().message;
      all += *text + std::string(78, '#') + "\n";
    }
  }
  expect_golden("documents/decision_papers.txt", all);
}

TEST(DecisionPapers, OfNothingAreSound) {
  for (const Language language : {Language::en, Language::nl}) {
    EXPECT_TRUE(check_document(one_page({.head = head(language)})));
    EXPECT_TRUE(check_document(postmortem({.head = head(language)})));
    EXPECT_TRUE(check_document(decision_record({.head = head(language)})));
  }
}

TEST(OnePage, StaysOnePageAndSaysWhatItLeftOut) {
  for (const int items : {1, 4, 40}) {
    OnePageInput input = page(Language::en, items);
    if (items == 40) {  // Everything as long as it can be.
      for (auto* list : {&input.impact, &input.known, &input.deadlines, &input.next})
        for (std::string& text : *list) text += " " + std::string(5000, 'x');
      for (DecisionWanted& each : input.decisions) each.recommends = std::string(5000, 'y');
      input.bottom_line = std::string(5000, 'z');
    }
    const Document document = one_page(input);
    const auto pdf = documents::document_pdf(document);
    ASSERT_TRUE(pdf) << pdf.error().message;
    EXPECT_EQ(pdf->pages, 1) << items;
    const std::string text = *document_text(document);
    if (items == 40) {
      EXPECT_THAT(text, HasSubstr("39 more in the situation report"));
      EXPECT_THAT(text, HasSubstr("event 0"));
      EXPECT_THAT(text, HasSubstr("event 5"));
      EXPECT_THAT(text, HasSubstr("event 159"));
      EXPECT_THAT(text, Not(HasSubstr("event 100")));
    }
  }
}

TEST(OnePage, CountsAClockThatDoesNotFitAndCutsNone) {
  OnePageInput input = page(Language::en, 1);
  input.deadlines = {std::string(60, 'a'), std::string(40, 'b'), "Communication to people"};
  const std::string text = *document_text(one_page(input));
  EXPECT_THAT(text, Not(HasSubstr("Communi")));
  EXPECT_THAT(text, HasSubstr("1 more in the situation"));
}

}  // namespace
}  // namespace casebook::papers
