// Plain text: docs/spec/document.md 7.
#include "reports/document/text_writer.h"

#include <gmock/gmock.h>

#include "core/text_width.h"
#include "reports/document/visible_text.h"
#include "tests/support/golden.h"
#include "tests/support/random_document.h"

namespace casebook::documents {
namespace {

TEST(DocumentText, IsTheGoldenOne) {
  expect_golden("documents/full.txt", *document_text(full_sample()));
}

TEST(DocumentText, IsTheGoldenOneInDutch) {
  expect_golden("documents/full.nl.txt", *document_text(full_sample(Language::nl)));
}

TEST(DocumentText, Fits78ColumnsAndLosesNoWord) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const Document document = RandomDocument(seed).make();
    const auto text = document_text(document);
    ASSERT_TRUE(text);
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(line.starts_with("    ") || display_width(line) <= 78) << seed << ": " << line;
    }
    const std::string all = *text;
    for (const std::string& each : texts_of(document)) {
      // A wrapped cell stands between its neighbours: the word that each text has of its own
      // counts.
      const std::size_t begin = each.front() == ' ' ? 1 : 0;
      const std::string word =
          visible_text(each.substr(begin, each.find_first_of(" \n", begin) - begin));
      if (word.size() > 12) continue;
      EXPECT_NE(all.find(word), std::string::npos) << "seed " << seed << ": " << word;
    }
  }
}

}  // namespace
}  // namespace casebook::documents
