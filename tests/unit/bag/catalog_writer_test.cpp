#include "collector/catalog_writer.h"

#include <gtest/gtest.h>

#include "tests/support/sample_bag.h"
#include "tests/support/seeded_randomness.h"

namespace casebook {
namespace {

constexpr std::size_t kSegmentBytes = std::size_t{8} << 20U;

/// Lines one after the other, as they stand in `text`.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return lines;
}

// The lines are written on another thread; where a segment ends must not depend on its pace.
TEST(CatalogWriter, EndsASegmentWithTheLineThatFillsIt) {
  SeededRandomness randomness(1);
  auto writer = CatalogWriter::create(randomness);
  ASSERT_TRUE(writer);
  auto tree = MerkleTree::create();
  ASSERT_TRUE(tree);
  std::uint64_t number = 0;
  for (int segment = 0; segment < 3; ++segment) {
    const std::uint64_t first = number;
    while (!writer->segment_due()) {
      CatalogLine line = sample_line(EntryType::directory, "/d" + std::to_string(number), 040755);
      if (number % 1000 == 0) line.xattrs = {{"user.big", std::string(500'000, 'v')}};
      ASSERT_TRUE(writer->add(line));
      ++number;
    }
    const auto text = writer->segment_text();
    ASSERT_TRUE(text);
    const auto lines = lines_of(*text);
    EXPECT_EQ(lines.size(), number - first);
    EXPECT_GE(text->size(), kSegmentBytes);
    EXPECT_LT(text->size() - lines.back().size() - 1, kSegmentBytes);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto parsed = parse_catalog_line(lines[i]);
      ASSERT_TRUE(parsed);
      ASSERT_EQ(parsed->path, "/d" + std::to_string(first + i));
      ASSERT_TRUE(tree->add_line(kCatalogLeaf, as_bytes(lines[i])));
    }
    const auto expected = sha256(as_bytes(*text));
    const auto digest = writer->segment_written(512);
    ASSERT_TRUE(digest);
    EXPECT_EQ(*digest, *expected);
  }
  EXPECT_EQ(writer->entries(), number);
  const auto head = writer->head();
  ASSERT_TRUE(head);
  EXPECT_EQ(*head, *tree->head());
}

TEST(CatalogWriter, RefusesALineThatContradictsItselfAtOnce) {
  SeededRandomness randomness(1);
  auto writer = CatalogWriter::create(randomness);
  ASSERT_TRUE(writer);
  CatalogLine line = sample_line(EntryType::directory, "/d", 040755);
  line.link_of = "data/files/e";
  const auto added = writer->add(line);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::invalid_input);
  EXPECT_FALSE(writer->has_lines());
}

}  // namespace
}  // namespace casebook
