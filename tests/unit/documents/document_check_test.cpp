// Rules and limits: docs/spec/document.md 2 and 3.
#include "reports/document/document_check.h"

#include <gmock/gmock.h>

#include "tests/support/sample_document.h"

namespace casebook::documents {
namespace {

using testing::HasSubstr;

Document with(std::vector<Block> blocks) {
  Document document = empty_sample();
  document.blocks = std::move(blocks);
  return document;
}

void expect_refused(const Document& document, const std::string& why,
                    const DocumentLimits& limits = {}) {
  const auto checked = check_document(document, limits);
  ASSERT_FALSE(checked) << why;
  EXPECT_THAT(checked.error().message, HasSubstr(why));
  EXPECT_EQ(checked.error().message.find('\n'), std::string::npos);
}

TEST(CheckDocument, TakesTheSamples) {
  EXPECT_TRUE(check_document(full_sample()));
  EXPECT_TRUE(check_document(long_sample(2)));
}

TEST(CheckDocument, KeepsHeadingsInOrder) {
  expect_refused(with({Heading{2, "a"}}), "block 1: a heading skips a level");
  expect_refused(with({Heading{1, "a"}, Heading{3, "b"}}), "block 2: a heading skips");
  expect_refused(with({Heading{5, "a"}}), "level 1 to 4");
  expect_refused(with({Heading{1, ""}}), "no text");
  EXPECT_TRUE(
      check_document(with({Heading{1, "a"}, Heading{2, "b"}, Heading{3, "c"}, Heading{1, "d"}})));
}

TEST(CheckDocument, WantsATitleAndATitlePageOnlyFirst) {
  Document document = empty_sample();
  document.title.clear();
  expect_refused(document, "no title");
  expect_refused(with({Contents{}, TitlePage{"t", "", {}}}), "block 2: a title page");
}

TEST(CheckDocument, PairsFootnotesWithMarks) {
  const Paragraph mark{{{SpanKind::note, "1"}}};
  EXPECT_TRUE(check_document(with({mark, mark, Footnote{1, plain("n")}})));
  expect_refused(with({mark}), "no mark, or a mark has no footnote");
  expect_refused(with({Footnote{1, plain("n")}}), "no mark, or a mark has no footnote");
  expect_refused(with({mark, Footnote{2, plain("n")}}), "count from 1");
  expect_refused(with({Paragraph{{{SpanKind::note, "2"}}}, Footnote{1, plain("n")}}), "names no");
  expect_refused(with({Paragraph{{{SpanKind::note, "01"}}}}), "no number");
}

TEST(CheckDocument, WantsACellForEachColumnAndHashesInHashColumns) {
  Table table = sample_table(1);
  table.rows[0].pop_back();
  expect_refused(with({table}), "not one cell a column");
  table = sample_table(1);
  table.rows[0][3] = plain("two words");
  expect_refused(with({table}), "one hash or nothing");
  table.rows[0][3] = plain(std::string(161, 'a'));
  expect_refused(with({table}), "one hash or nothing");
  table.rows[0][3].clear();
  EXPECT_TRUE(check_document(with({table})));
  table.columns.clear();
  table.rows.clear();
  expect_refused(with({table}), "no columns");
}

TEST(CheckDocument, WantsTimelinesInOrderAndDescribed) {
  Timeline timeline{"c", "a", {"lane"}, {{sample_time(1), 0, "x", false}}};
  EXPECT_TRUE(check_document(with({timeline})));
  timeline.events.push_back({sample_time(0), 0, "y", false});
  expect_refused(with({timeline}), "order of time");
  timeline.events = {{sample_time(0), 1, "y", false}};
  expect_refused(with({timeline}), "lane that is not there");
  timeline.events = {{sample_time(0), 0, "y", false}};
  timeline.alt.clear();
  expect_refused(with({timeline}), "text that describes it");
  expect_refused(with({Bars{"c", "a", "", {{"x", -1}}}}), "from 0");
}

TEST(CheckDocument, RefusesWhatIsTooBigInOneLine) {
  DocumentLimits small;
  small.blocks_max = 1;
  expect_refused(with({Contents{}, Contents{}}), "too many blocks: 2, at most 1", small);
  small = {};
  small.cells_max = 10;
  expect_refused(with({sample_table(3)}), "block 1: too many table cells", small);
  small = {};
  small.text_bytes_max = 200;
  expect_refused(with({sample_table(3)}), "all texts together", small);
  expect_refused(with({Paragraph{plain(std::string(65'537, 'a'))}}), "over 65536 bytes");
  expect_refused(with({Paragraph{{{SpanKind::plain, std::string(40'000, 'a')},
                                  {SpanKind::strong, std::string(40'000, 'b')}}}}),
                 "over 65536 bytes");
  EXPECT_EQ(check_document(with({sample_table(3)}), small).error().code, ErrorCode::limit_exceeded);
}

TEST(CheckDocument, RefusesBytesThatAreNotUtf8) {
  expect_refused(with({Paragraph{plain("\xff")}}), "not UTF-8");
}

}  // namespace
}  // namespace casebook::documents
