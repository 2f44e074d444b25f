#include "cli/collect_summary.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/golden.h"

namespace casebook::cli {
namespace {

CollectionReport sample() {
  CollectionReport report;
  report.bags.push_back({.id = "0123456789abcdef0123456789abcdef",
                         .folder = {},
                         .seal_signature = "a signature",
                         .file_bytes = std::uint64_t{58} << 20U,
                         .entries = 1'482});
  report.entries = 1'482;
  report.stored = 1'300;
  report.left_alone = 12;
  report.bytes_read = std::uint64_t{211} << 20U;
  report.exceptions = {{"vanished", 1}, {"grew", 2}, {"\x1b[31m", 1}};
  report.commands_run = 61;
  report.unsupported = {.rules = 3, .artifacts = {"memory.image"}};
  report.duration = std::chrono::seconds(19);
  return report;
}

TEST(CollectSummary, SaysWhatWasTakenAndWhatComesNext) {
  expect_golden("cli/collected.txt", collection_text(sample(), {.bag_names = {"B-7"}}, {}));
}

TEST(CollectSummary, BecomesAListOnANarrowTerminal) {
  const std::string text = collection_text(sample(), {.bag_names = {"B-7"}}, {.width_columns = 50});
  expect_golden("cli/collected-narrow.txt", text);
}

TEST(CollectSummary, SaysOneThingOnceWhateverItsCodes) {
  CollectionReport report = sample();
  report.exceptions = {{"EACCES", 9}, {"EPERM", 6}};
  const std::string text = collection_text(report, {.bag_names = {"B-7"}}, {});
  EXPECT_NE(text.find("15 not permitted"), std::string::npos) << text;
}

TEST(CollectSummary, ComesBackFromItsJson) {
  CollectionReport report = sample();
  report.state = CollectionState::partial;
  report.partial_because = {"stopped by --max-bytes"};
  const std::string once = canonical_json(collection_json(report));
  const auto back = parse_collection_json(once);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(canonical_json(collection_json(*back)), once);
  EXPECT_EQ(status_of(*back), ExitStatus::incomplete);
}

TEST(CollectSummary, RefusesAReportThatAHostileHostMadeUp) {
  Json object = collection_json(sample());
  object["bags"][0]["id"] = "../../etc";
  EXPECT_FALSE(parse_collection_json(canonical_json(object)));
  object = collection_json(sample());
  object["entries"] = -1;
  EXPECT_FALSE(parse_collection_json(canonical_json(object)));
  object = collection_json(sample());
  object["bags"] = "none";
  EXPECT_FALSE(parse_collection_json(canonical_json(object)));
  EXPECT_FALSE(parse_collection_json("{}"));
}

}  // namespace
}  // namespace casebook::cli
