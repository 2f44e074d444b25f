#include "cli/csv.h"

#include <gtest/gtest.h>

namespace casebook::cli {
namespace {

using Rows = std::vector<CsvRow>;

TEST(Csv, ReadsWhatSpreadsheetsWrite) {
  const auto rows = parse_csv("\xef\xbb\xbfname,role\r\n\"Doe, \"\"J\"\"\",\"a\nb\"\r\n\r\nlast,");
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(*rows, (Rows{{"name", "role"}, {"Doe, \"J\"", "a\nb"}, {"last", ""}}));
  EXPECT_EQ(*parse_csv(""), Rows());
}

TEST(Csv, SaysWhichLineIsWrong) {
  EXPECT_NE(parse_csv("a,b\n1,2\n1\n").error().message.find("line 3: 1 cells"), std::string::npos);
  EXPECT_NE(parse_csv("a\n\"b").error().message.find("line 2"), std::string::npos);
  EXPECT_NE(parse_csv("a,b\n\"1\"x,2\n").error().message.find("closing quote"), std::string::npos);
  EXPECT_FALSE(parse_csv("a\n\xff\n"));
}

}  // namespace
}  // namespace casebook::cli
