#include "collector/read_ahead_sink.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

struct Seen {
  CatalogLine line;
  std::string bytes;
  bool sized = false;
  std::thread::id thread;
};

/// Reads what it is given as the bag does, and keeps it.
class KeepingSink final : public EntrySink {
 public:
  Status list(CatalogLine&& line) override {
    if (seen.size() == fail_at) return Error{ErrorCode::io, "full"};
    seen.push_back({std::move(line), "", false, std::this_thread::get_id()});
    return ok();
  }
  Status store(CatalogLine&& line, Content content) override {
    if (seen.size() == fail_at) return Error{ErrorCode::io, "full"};
    Seen entry{{}, "", content.size_bytes.has_value(), std::this_thread::get_id()};
    std::array<std::byte, 1000> part{};
    while (true) {
      const auto count = content.bytes.read(part);
      if (!count) line.findings.emplace_back("read_error");
      if (!count || *count == 0) break;
      entry.bytes += as_text(std::span(part).first(*count));
    }
    line.outcome = Outcome::stored;
    line.stored = "data/files" + line.path;
    if (content.amend) content.amend(line, entry.bytes.size());
    entry.line = std::move(line);
    seen.push_back(std::move(entry));
    return ok();
  }
  std::vector<Seen> seen;
  std::size_t fail_at = SIZE_MAX;
};

class BrokenSource final : public ByteSource {
 public:
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (given_) return Error{ErrorCode::io, "read"};
    given_ = true;
    buffer[0] = std::byte{'x'};
    return std::size_t{1};
  }

 private:
  bool given_ = false;
};

class ReadAheadSinkTest : public testing::Test {
 protected:
  static CatalogLine line(int number, std::uint32_t nlink = 1) {
    CatalogLine made{.type = EntryType::file, .path = "/f" + std::to_string(number)};
    made.stat = ObjectStat{.nlink = nlink};
    return made;
  }
  Status store(int number, std::string_view text, std::uint32_t nlink = 1) {
    MemorySource source(as_bytes(text));
    return ahead_.store(line(number, nlink),
                        {.bytes = source, .size_bytes = text.size(), .amend = amend_});
  }
  bool is_alone_ = false;
  KeepingSink sink_;
  ReadAheadSink ahead_{sink_, [this] { return is_alone_; }};
  AmendLine amend_ = [](CatalogLine& amended, std::uint64_t bytes) {
    amended.findings.push_back(amended.stored.empty() ? "early" : "late");
    amended.size_closed = bytes;
  };
};

TEST_F(ReadAheadSinkTest, GivesEverythingOnInOrder) {
  for (int i = 0; i < 500; ++i) {
    const std::string text(static_cast<std::size_t>(i) * 100, static_cast<char>('a' + i % 26));
    ASSERT_TRUE(i % 3 == 0 ? ahead_.list(line(i)) : store(i, text));
  }
  ASSERT_TRUE(ahead_.drain());
  ASSERT_EQ(sink_.seen.size(), 500U);
  for (int i = 0; i < 500; ++i) {
    const Seen& seen = sink_.seen[static_cast<std::size_t>(i)];
    EXPECT_EQ(seen.line.path, "/f" + std::to_string(i));
    if (i % 3 == 0) continue;
    EXPECT_EQ(seen.line.outcome, Outcome::stored);
    EXPECT_EQ(seen.bytes.size(), static_cast<std::size_t>(i) * 100);
    EXPECT_EQ(seen.line.size_closed, seen.bytes.size());
  }
}

TEST_F(ReadAheadSinkTest, AmendsALineOnceItsBytesWereRead) {
  ASSERT_TRUE(store(1, "abc"));
  ASSERT_TRUE(store(2, "abc", /*nlink=*/2));
  ASSERT_TRUE(ahead_.drain());
  EXPECT_EQ(sink_.seen[0].line.findings, std::vector<std::string>{"early"});
  // Its stored name is what further names of the object refer to.
  EXPECT_EQ(sink_.seen[1].line.findings, std::vector<std::string>{"late"});
}

TEST_F(ReadAheadSinkTest, LetsTheSinkSeeWhatShrankOrFailed) {
  BrokenSource broken;
  ASSERT_TRUE(ahead_.store(line(1), {.bytes = broken, .size_bytes = 9, .amend = amend_}));
  MemorySource shorter(as_bytes(std::string_view("abc")));
  ASSERT_TRUE(ahead_.store(line(2), {.bytes = shorter, .size_bytes = 9, .amend = amend_}));
  MemorySource unsized(as_bytes(std::string_view("abcd")));
  ASSERT_TRUE(ahead_.store(line(3), {.bytes = unsized, .size_bytes = {}, .amend = amend_}));
  ASSERT_TRUE(ahead_.drain());
  EXPECT_EQ(sink_.seen[0].bytes, "x");
  EXPECT_EQ(sink_.seen[0].line.findings, (std::vector<std::string>{"read_error", "late"}));
  EXPECT_EQ(sink_.seen[1].bytes, "abc");
  EXPECT_EQ(sink_.seen[2].bytes, "abcd");
  EXPECT_FALSE(sink_.seen[2].sized);
}

TEST_F(ReadAheadSinkTest, LeavesTheCallersThreadAloneWithTheSink) {
  is_alone_ = true;
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(store(i, "abc"));
  ASSERT_TRUE(ahead_.drain());
  for (const Seen& seen : sink_.seen) EXPECT_EQ(seen.thread, std::this_thread::get_id());
}

TEST_F(ReadAheadSinkTest, TellsAFailureEverAfter) {
  sink_.fail_at = 3;
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(store(i, "abc"));
  EXPECT_FALSE(ahead_.drain());
  EXPECT_FALSE(ahead_.drain());
  EXPECT_EQ(sink_.seen.size(), 3U);
}

}  // namespace
}  // namespace casebook
