// JSON form: docs/spec/document.md 4.
#include "reports/document/document_json.h"

#include <gmock/gmock.h>

#include "tests/support/golden.h"
#include "tests/support/random_document.h"

namespace casebook::documents {
namespace {

using testing::HasSubstr;

TEST(DocumentJson, IsThatOfTheSpecification) {
  Document document = empty_sample();
  document.title = "Initial report";
  document.made_at = sample_time(11) + std::chrono::seconds(26);
  document.blocks = {Heading{1, "What happened"},
                     Paragraph{{{SpanKind::plain, "A key was used from "},
                                {SpanKind::code, "203.0.113.9"},
                                {SpanKind::source, "note 12"}}}};
  std::ostringstream page;
  page << std::ifstream(std::string(CASEBOOK_SOURCE_DIR) + "/docs/spec/document.md").rdbuf();
  EXPECT_THAT(page.str(), HasSubstr("\n" + *document_json(document) + "\n"));
}

TEST(DocumentJson, IsTheGoldenOne) {
  expect_golden("documents/full.json", *document_json(full_sample()));
}

TEST(DocumentJson, ReadsBackWhatItWrote) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    const Document document = RandomDocument(seed).make();
    const auto json = document_json(document);
    ASSERT_TRUE(json) << "seed " << seed << ": " << json.error().message;
    const auto read = parse_document(*json);
    ASSERT_TRUE(read) << "seed " << seed << ": " << read.error().message;
    EXPECT_TRUE(*read == document) << "seed " << seed;
    EXPECT_EQ(*document_json(*read), *json) << "seed " << seed;
  }
}

std::string changed(const std::string& from, const std::string& to) {
  std::string json = *document_json(full_sample());
  const std::size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return json.replace(at, from.size(), to);
}

TEST(DocumentJson, RefusesWhatIsUnknownOrOfAnotherType) {
  const std::pair<const char*, const char*> changes[] = {
      {"casebook-document/1", "casebook-document/2"},
      {R"("language":"en")", R"("language":"fr")"},
      {R"("kind":"contents")", R"("kind":"index")"},
      {R"("kind":"contents")", R"("extra":1,"kind":"contents")"},
      {R"("kind":"code","text")", R"("kind":"html","text")"},
      {R"("level":1)", R"("level":0)"},
      {R"("level":1)", R"("level":"1")"},
      {R"("ordered":false)", R"("ordered":0)"},
      {R"("made_at":"2026-11-21T02:11:00Z")", R"("made_at":"2026-11-21")"},
      {R"("kind":"hash")", R"("kind":"digest")"},
      {R"("draft":false)", R"("draft": false)"},
      {R"("lane":0)", R"("lane":7)"},
      {R"("value":12000)", R"("value":-1)"},
      {R"("fonts":[])", R"("fonts":[{"file":"a","sha256":"00"}])"},
      {R"("blocks":[)", R"("blocks":[[],)"}};
  for (const auto& [from, to] : changes) {
    const auto read = parse_document(changed(from, to));
    ASSERT_FALSE(read) << to;
    EXPECT_THAT(read.error().message, HasSubstr("document")) << to;
    EXPECT_EQ(read.error().message.find('\n'), std::string::npos);
  }
  EXPECT_TRUE(parse_document(changed("web-03", "web-04")));
}

TEST(DocumentJson, NamesTheBlockThatIsWrong) {
  EXPECT_THAT(parse_document(changed(R"("level":1)", R"("level":9)")).error().message,
              HasSubstr("block 4"));
}

}  // namespace
}  // namespace casebook::documents
