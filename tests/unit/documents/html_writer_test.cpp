// HTML: docs/spec/document.md 1 and 5.
#include "reports/document/html_writer.h"

#include <gmock/gmock.h>

#include "reports/document/visible_text.h"
#include "tests/support/golden.h"
#include "tests/support/random_document.h"

namespace casebook::documents {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The text of an HTML page: everything outside of tags, entities resolved.
std::string text_of_html(const std::string& html) {
  std::string out;
  bool in_tag = false;
  for (const char c : html.substr(html.find("<body>"))) {
    if (c == '<') in_tag = true;
    if (!in_tag) out += c;
    if (c == '>') in_tag = false;
  }
  const std::pair<std::string, std::string> entities[] = {
      {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (std::size_t at = 0; (at = out.find(entity, at)) != std::string::npos; ++at) {
      out.replace(at, entity.size(), character);
    }
  }
  return out;
}

TEST(DocumentHtml, IsTheGoldenOne) {
  expect_golden("documents/full.html", *document_html(full_sample()));
}

TEST(DocumentHtml, IsTheGoldenOneInDutch) {
  expect_golden("documents/full.nl.html", *document_html(full_sample(Language::nl)));
}

TEST(DocumentHtml, LosesNoText) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const Document document = RandomDocument(seed).make();
    const auto html = document_html(document);
    ASSERT_TRUE(html);
    const std::string text = text_of_html(*html);
    for (const std::string& each : texts_of(document)) {
      EXPECT_NE(text.find(visible_text(each)), std::string::npos)
          << "seed " << seed << ": " << each;
    }
  }
}

TEST(DocumentHtml, TakesNoTextForMarkupWhereverItStands) {
  const std::string hostile = "</title></style></p>\"'><script>alert(1)</script>&<img src=x>";
  Document document = empty_sample();
  document.title = document.classification = document.code_name = document.tool = hostile;
  document.blocks = {
      TitlePage{hostile, hostile, {{hostile, plain(hostile)}}},
      Contents{},
      Heading{1, hostile},
      Paragraph{
          {{SpanKind::strong, hostile}, {SpanKind::code, hostile}, {SpanKind::source, hostile}}},
      List{false, {plain(hostile)}},
      Table{hostile, {{hostile, ColumnKind::text}}, {{plain(hostile)}}},
      Timeline{hostile, hostile, {hostile}, {{sample_time(), 0, hostile, false}}},
      Bars{hostile, hostile, hostile, {{hostile, 1}}},
      Notice{NoticeTone::info, hostile, {plain(hostile)}},
      CodeLines{{hostile}}};
  const auto html = document_html(document);
  ASSERT_TRUE(html);
  EXPECT_THAT(*html, Not(HasSubstr("<script")));
  EXPECT_THAT(*html, Not(HasSubstr("<img")));
  EXPECT_EQ(html->find("</style>"), html->rfind("</style>"));
  EXPECT_EQ(html->find("</title></style>"), std::string::npos);
}

TEST(DocumentHtml, LoadsNothingAndRunsNothing) {
  const std::string html = *document_html(full_sample());
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'sha256-"));
  for (const char* loading : {"src=", "url(", "@import", "<link", "<iframe",
                              "javascript:", " style=", "onload", "http-equiv=\"refresh\""}) {
    EXPECT_EQ(html.find(loading), std::string::npos) << loading;
  }
  // The one address is the name of a format.
  std::size_t addresses = 0;
  for (std::size_t at = 0; (at = html.find("http://", at)) != std::string::npos; ++at) ++addresses;
  std::size_t names = 0;
  for (std::size_t at = 0; (at = html.find("xmlns=\"http://", at)) != std::string::npos; ++at)
    ++names;
  EXPECT_EQ(addresses, names);
  EXPECT_EQ(html.find("https://"), std::string::npos);
}

TEST(DocumentHtml, HeadsEveryColumnAndDescribesEveryDrawing) {
  const std::string html = *document_html(full_sample());
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_EQ(html.find("<th>"), std::string::npos);
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\""));
  EXPECT_THAT(html, HasSubstr("role=\"img\" aria-labelledby=\"f1t f1d\""));
  EXPECT_THAT(html, HasSubstr("<desc id=\"f1d\">Three lanes"));
  EXPECT_EQ(html.find("<h1"), html.rfind("<h1"));
}

TEST(DocumentHtml, KeepsAHashWholeWithPlacesWhereItMayWrap) {
  const std::string html = *document_html(full_sample());
  const std::string hash = sample_hash("/var/log/service/app-1.log");
  EXPECT_THAT(html, HasSubstr("<td class=\"hash\">" + hash.substr(0, 16) + "<wbr>" +
                              hash.substr(16, 16) + "<wbr>"));
  EXPECT_THAT(text_of_html(html), HasSubstr(hash));
}

}  // namespace
}  // namespace casebook::documents
