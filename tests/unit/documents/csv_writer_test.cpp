// CSV: docs/spec/document.md 7.
#include "reports/document/csv_writer.h"

#include <gmock/gmock.h>

#include "tests/support/sample_document.h"

namespace casebook::documents {
namespace {

std::string one_cell(const std::string& text, ColumnKind kind = ColumnKind::text) {
  const std::string csv = table_csv({"", {{"n", kind}}, {{plain(text)}}});
  EXPECT_TRUE(csv.starts_with("n\r\n") && csv.ends_with("\r\n")) << csv;
  return csv.substr(3, csv.size() - 5);
}

TEST(TableCsv, QuotesAsRfc4180Says) {
  EXPECT_EQ(one_cell("a"), "a");
  EXPECT_EQ(one_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(one_cell("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(one_cell("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(one_cell(""), "");
}

TEST(TableCsv, NeverBeginsACellThatASpreadsheetTakesForAFormula) {
  for (const char* text :
       {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "-", "＝1", "|calc", "%0"}) {
    const std::string cell = one_cell(text);
    EXPECT_TRUE(cell.starts_with("'") || cell.starts_with("\"'")) << cell;
  }
  EXPECT_EQ(one_cell("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
}

TEST(TableCsv, LeavesNumbersOfANumberColumn) {
  EXPECT_EQ(one_cell("-12.5", ColumnKind::number), "-12.5");
  EXPECT_EQ(one_cell("+3", ColumnKind::number), "+3");
  EXPECT_EQ(one_cell("-1+1", ColumnKind::number), "'-1+1");
  EXPECT_EQ(one_cell("-.5", ColumnKind::number), "'-.5");
}

TEST(TableCsv, GuardsTheNamesOfColumnsToo) {
  EXPECT_EQ(table_csv({"", {{"=1", ColumnKind::text}, {"b", ColumnKind::text}}, {}}), "'=1,b\r\n");
}

}  // namespace
}  // namespace casebook::documents
