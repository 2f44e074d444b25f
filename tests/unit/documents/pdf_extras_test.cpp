// What is added to cairo's PDF: docs/spec/document.md 6.
#include "reports/document/pdf_extras.h"

#include <gmock/gmock.h>

#include "reports/document/pdf_writer.h"
#include "tests/support/sample_document.h"

namespace casebook::documents {
namespace {

using testing::HasSubstr;

TEST(PdfExtras, RefusesAFileThatIsNotOfTheKnownForm) {
  const std::string whole = document_pdf(full_sample())->bytes;
  EXPECT_FALSE(with_extras("", {}));
  EXPECT_FALSE(with_extras("%PDF-1.4\nstartxref\n99999\n%%EOF\n", {}));
  EXPECT_FALSE(with_extras("xref\n0 9\nstartxref\n0\n%%EOF\n", {}));
  // Cut anywhere: never a crash, never a file.
  for (std::size_t size = 0; size < whole.size(); size += 997) {
    EXPECT_FALSE(with_extras(whole.substr(0, size), {.language = "en"})) << size;
  }
}

TEST(PdfExtras, RefusesAnotherNumberOfFiguresOrHeadingCells) {
  const std::string whole = document_pdf(full_sample())->bytes;
  const auto made = with_extras(whole, {.language = "en", .heads = {HeadScope::row}});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::corrupt);
  EXPECT_FALSE(with_extras(whole, {.language = "en", .figures = {"one too many"}}));
}

TEST(PdfExtras, LeavesEveryObjectWhereTheTableSaysItIs) {
  const std::string pdf = document_pdf(full_sample())->bytes;
  const std::size_t table = std::stoul(pdf.substr(pdf.rfind("startxref\n") + 10));
  ASSERT_EQ(pdf.substr(table, 7), "xref\n0 ");
  const std::size_t count = std::stoul(pdf.substr(table + 7));
  const std::size_t entries = pdf.find('\n', table + 7) + 1;
  EXPECT_GT(count, 100U);
  for (std::size_t number = 1; number < count; ++number) {
    const std::size_t offset = std::stoul(pdf.substr(entries + number * 20, 10));
    const std::string begin = std::to_string(number) + " 0 obj";
    EXPECT_EQ(pdf.substr(offset, begin.size()), begin);
  }
}

TEST(PdfExtras, WritesLanguageAlternativesAndScopes) {
  const std::string pdf = document_pdf(full_sample(Language::nl))->bytes;
  EXPECT_THAT(pdf, HasSubstr("/Lang (nl)"));
  EXPECT_THAT(pdf, HasSubstr("/DisplayDocTitle true"));
  EXPECT_THAT(pdf, HasSubstr("/Alt <FEFF00540068007200650065"));  // "Three ..."
  EXPECT_THAT(pdf, HasSubstr("/A << /O /Table /Scope /Row >>"));
  EXPECT_THAT(pdf, HasSubstr("/A << /O /Table /Scope /Column >>"));
}

}  // namespace
}  // namespace casebook::documents
