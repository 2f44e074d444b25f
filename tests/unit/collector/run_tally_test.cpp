#include "collector/run_tally.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

/// Reads the content as a bag does and keeps the lines.
class KeepingSink final : public EntrySink {
 public:
  Status list(CatalogLine&& line) override {
    lines.push_back(std::move(line));
    return ok();
  }
  Status store(CatalogLine&& line, Content content) override {
    const auto bytes = read_all(content.bytes, content.size_bytes_max);
    if (!bytes) line.error = EntryError{"read", "EIO"};
    if (content.amend) content.amend(line, bytes ? bytes->size() : 0);
    lines.push_back(std::move(line));
    return ok();
  }
  std::vector<CatalogLine> lines;
};

class RunTallyTest : public testing::Test {
 protected:
  StopRequest stop_;
  Budget budget_{{.bytes_max = 100}, stop_};
  KeepingSink sink_;
  RunTally tally_{sink_, budget_};

  Status store(CatalogLine line, std::string_view text, AmendLine amend = {}) {
    MemorySource source(as_bytes(text));
    return tally_.store(std::move(line),
                        {.bytes = source, .size_bytes = {}, .amend = std::move(amend)});
  }
};

TEST_F(RunTallyTest, CountsTheLineAsItWasAfterReading) {
  CatalogLine line{.type = EntryType::file, .outcome = Outcome::stored};
  ASSERT_TRUE(store(line, "abc", [](CatalogLine& l, std::uint64_t stored_bytes) {
    EXPECT_EQ(stored_bytes, 3U);
    l.findings.emplace_back("grew");
  }));
  EXPECT_EQ(tally_.counts().stored, 1U);
  EXPECT_EQ(tally_.counts().exceptions.at("grew"), 1U);
  EXPECT_EQ(sink_.lines.at(0).findings, std::vector<std::string>{"grew"});
  EXPECT_EQ(budget_.bytes_read(), 3U);
}

TEST_F(RunTallyTest, TakesLabelsForNoLoss) {
  CatalogLine line{.type = EntryType::command, .outcome = Outcome::stored};
  line.findings = {"untrusted_output"};
  ASSERT_TRUE(store(line, "output"));
  EXPECT_TRUE(tally_.counts().exceptions.empty());
  EXPECT_EQ(tally_.counts().commands, 1U);
}

TEST_F(RunTallyTest, CountsRefusedFilesApartFromRefusedReadings) {
  CatalogLine file{.type = EntryType::file, .outcome = Outcome::lost};
  file.error = EntryError{"open", "EACCES"};
  ASSERT_TRUE(tally_.list(std::move(file)));
  CatalogLine reading{.type = EntryType::reading, .outcome = Outcome::lost};
  reading.error = EntryError{"open", "EPERM"};
  ASSERT_TRUE(tally_.list(std::move(reading)));
  EXPECT_EQ(tally_.counts().refused, 1U);
  EXPECT_EQ(tally_.counts().lost, 2U);
  EXPECT_EQ(tally_.counts().exceptions.size(), 2U);
}

TEST_F(RunTallyTest, CountsWhatIsLostOnceByItsError) {
  CatalogLine gone{.type = EntryType::reading, .outcome = Outcome::lost};
  gone.error = EntryError{"open", "ESRCH"};
  gone.findings = {"vanished"};
  ASSERT_TRUE(tally_.list(std::move(gone)));
  EXPECT_EQ(tally_.counts().exceptions, (std::map<std::string, std::uint64_t>{{"ESRCH", 1}}));
}

TEST_F(RunTallyTest, StopsReadingOnceTheBudgetIsSpent) {
  ASSERT_TRUE(store({.type = EntryType::file, .outcome = Outcome::stored}, std::string(100, 'x')));
  EXPECT_EQ(stop_.reason(), StopReason::bytes);
  ASSERT_TRUE(store({.type = EntryType::file, .outcome = Outcome::stored}, "more"));
  EXPECT_EQ(sink_.lines.back().error->errno_name, "EIO");
  EXPECT_EQ(budget_.bytes_read(), 100U);
}

}  // namespace
}  // namespace casebook
