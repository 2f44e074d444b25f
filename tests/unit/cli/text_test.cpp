#include "cli/text.h"

#include <gtest/gtest.h>

namespace casebook::cli {
namespace {

using namespace std::chrono_literals;

TEST(Text, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("né"), 2);
  EXPECT_EQ(display_width("日本"), 4);
  EXPECT_EQ(display_width("e\u0301"), 1);
}

TEST(Text, WrapsAtBlanksAndKeepsLongWordsWhole) {
  EXPECT_EQ(wrap("one two three", 7), (std::vector<std::string>{"one two", "three"}));
  EXPECT_EQ(wrap("extraordinary", 5), (std::vector<std::string>{"extraordinary"}));
  EXPECT_EQ(wrap_behind("- ", "one two", 5), "- one\n  two\n");
}

TEST(Text, TableAlignsColumnsAndWrapsTheLast) {
  Table table({{"name"}, {"size", Align::right}, {"what"}});
  table.row({"a", "1", "short"});
  table.row({"long-name", "1,024", "x"});
  EXPECT_EQ(table.text(78), "a              1  short\nlong-name  1,024  x\n");
}

TEST(Text, TableBecomesAListUnderSixtyColumns) {
  Table table({{"name"}, {"size", Align::right}, {"what"}});
  table.row({"a", "1", ""});
  table.row({"b", "2", "more"});
  EXPECT_EQ(table.text(59), "a\n  size 1\nb\n  size 2\n  what more\n");
}

TEST(Text, NoLineOfATablePassesSeventyEightColumns) {
  Table table({{}, {}});
  table.row({std::string(70, 'x'), "word word word word word word word word word word word word"});
  std::istringstream lines(table.text(200));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 78) << line;
}

TEST(Text, WritesNumbersAsPeopleReadThem) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1'482), "1,482");
  EXPECT_EQ(with_thousands(1'234'567), "1,234,567");
  EXPECT_EQ(human_size(0), "0 B");
  EXPECT_EQ(human_size(999), "999 B");
  EXPECT_EQ(human_size(1'024), "1.0 KiB");
  EXPECT_EQ(human_size(1'434), "1.4 KiB");
  EXPECT_EQ(human_size(10'239), "10.0 KiB");
  EXPECT_EQ(human_size(std::uint64_t{58} << 20U), "58 MiB");
  EXPECT_EQ(human_size(~std::uint64_t{0}), "16 EiB");
  EXPECT_EQ(human_duration(400ms), "0.4 s");
  EXPECT_EQ(human_duration(19s), "19 s");
  EXPECT_EQ(human_duration(182s), "3 min 02 s");
  EXPECT_EQ(human_duration(128min), "2 h 08 min");
  EXPECT_EQ(human_duration(123h), "5 d 03 h");
  EXPECT_EQ(counted(1, "exception", "exceptions"), "1 exception");
}

}  // namespace
}  // namespace casebook::cli
