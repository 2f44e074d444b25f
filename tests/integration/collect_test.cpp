// Whole runs of the collector over small trees, checked with our own verifier.
#include "collector/collect.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/age_key.h"
#include "core/bag_verify.h"
#include "core/json_text.h"
#include "core/ssh_signature.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

class CollectTest : public testing::Test {
 protected:
  void SetUp() override {
    auto signer = Ed25519Signer::generate(randomness_);
    ASSERT_TRUE(signer);
    signer_.emplace(*std::move(signer));
    std::filesystem::create_directories(root() / "var/log/app");
    std::filesystem::create_directories(root() / "etc/ssh");
    std::filesystem::create_directories(out());
    write("var/log/app/a.log", "one line\n");
    write("var/log/syslog", "two\nlines\n");
    write("etc/hostname", "web-03\n");
    write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
    write("etc/shadow", "root:$6$abc$def:19000:0:99999:7:::\n");
    write("etc/ssh/ssh_host_ed25519_key", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
  }

  std::filesystem::path root() const { return folder_.path() / "root"; }
  std::filesystem::path out() const { return folder_.path() / "out"; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(root() / name) << text;
  }

  CollectOptions options() {
    CollectOptions options;
    options.profile = "logs";
    options.root = root();
    options.output_folder = out();
    options.reserve_bytes = 0;
    options.software = "casebook-test 0";
    options.sealing.seal_key = signer_->public_key().line();
    options.sealing.sign = [this](std::span<const std::byte> message) {
      return make_ssh_signature(*signer_, kSealNamespace, message);
    };
    return options;
  }
  Result<CollectionReport> run(const CollectOptions& options) {
    return collect(options, {.clock = clock_, .randomness = randomness_, .stop = stop_});
  }
  /// Verifies and keeps every line by its path.
  BagReport verify(const std::filesystem::path& bag) {
    auto report = verify_bag(bag, {.on_line = [this](const CatalogLine& line) {
                               lines_[line.path.empty() ? line.rule : line.path] = line;
                             }});
    EXPECT_TRUE(report) << report.error().message;
    for (const BagFinding& finding : report->findings) {
      ADD_FAILURE() << finding.code << " " << finding.where << " " << finding.what;
    }
    return *std::move(report);
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  SystemRandomness randomness_;
  StopRequest stop_;
  std::optional<Ed25519Signer> signer_;
  std::map<std::string, CatalogLine> lines_;
};

TEST_F(CollectTest, TakesTheLogsOfATreeIntoABagThatVerifies) {
  const auto report = run(options());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->state, CollectionState::complete);
  ASSERT_EQ(report->bags.size(), 1U);
  const BagReport bag = verify(report->bags[0].folder);
  EXPECT_TRUE(bag.signature_good);
  EXPECT_EQ(bag.seal->entries, report->entries);
  EXPECT_EQ(lines_.at("/var/log/syslog").outcome, Outcome::stored);
  EXPECT_EQ(lines_.at("/var/log/app/a.log").stored_size_bytes, 9U);
}

TEST_F(CollectTest, CopiesNoSecretUnasked) {
  CollectOptions everything = options();
  everything.profile = "triage";
  everything.extra_globs = {"/**"};
  const auto report = run(everything);
  ASSERT_TRUE(report) << report.error().message;
  verify(report->bags[0].folder);
  EXPECT_NE(lines_.at("/etc/shadow").outcome, Outcome::stored);
  EXPECT_EQ(lines_.at("/etc/ssh/ssh_host_ed25519_key").outcome, Outcome::listed);
  EXPECT_EQ(lines_.at("/etc/passwd").outcome, Outcome::stored);
}

TEST_F(CollectTest, SaysInTheContextWhatItIsAndWhatItTook) {
  const auto report = run(options());
  ASSERT_TRUE(report);
  const BagReport bag = verify(report->bags[0].folder);
  const auto context = parse_canonical_json(bag.contents->context_json);
  ASSERT_TRUE(context);
  EXPECT_EQ(context->at("state"), "complete");
  EXPECT_EQ(context->at("host").at("name"), "web-03");
  EXPECT_EQ(context->at("profile"), "logs");
  EXPECT_EQ(context->at("counts").at("entries"), std::to_string(report->entries));
  EXPECT_FALSE(context->at("host").contains("boot_id"));
  EXPECT_GT(context->at("rules_without_match").size(), 10U);
}

TEST_F(CollectTest, SealsWhatIsThereWhenItsBytesAreSpent) {
  write("var/log/big.log", std::string(1 << 20, 'x'));
  CollectOptions limited = options();
  limited.bytes_max = 1000;
  const auto report = run(limited);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->state, CollectionState::partial);
  EXPECT_EQ(report->stopped, StopReason::bytes);
  const BagReport bag = verify(report->bags[0].folder);
  EXPECT_EQ(parse_canonical_json(bag.contents->context_json)->at("state"), "partial");
}

TEST_F(CollectTest, SealsWhatIsThereWhenItIsToldToStop) {
  stop_.stop(StopReason::terminated);
  const auto report = run(options());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->partial_because, std::vector<std::string>{"ended by SIGTERM"});
  verify(report->bags[0].folder);
}

TEST_F(CollectTest, RefusesToStartWithoutTheReserve) {
  CollectOptions greedy = options();
  greedy.reserve_bytes = std::uint64_t{1} << 60U;
  const auto report = run(greedy);
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(std::filesystem::is_empty(out()));
}

TEST_F(CollectTest, RefusesAnUnknownProfileAndABadPattern) {
  CollectOptions wrong = options();
  wrong.profile = "evrything";
  EXPECT_EQ(run(wrong).error().code, ErrorCode::not_found);
  wrong = options();
  wrong.extra_globs = {"relative/*"};
  EXPECT_EQ(run(wrong).error().code, ErrorCode::invalid_input);
  EXPECT_TRUE(std::filesystem::is_empty(out()));
}

TEST_F(CollectTest, EstimatesWithoutOpeningAnything) {
  const auto result =
      estimate(options(), {.clock = clock_, .randomness = randomness_, .stop = stop_});
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_GE(result->bytes, 19U);
  EXPECT_TRUE(std::filesystem::is_empty(out()));
}

TEST_F(CollectTest, CollectsThisHostLive) {
  CollectOptions live = options();
  live.root = "/";
  live.profile = "triage";
  live.time_max = std::chrono::seconds(20);
  const auto report = run(live);
  ASSERT_TRUE(report) << report.error().message;
  verify(report->bags[0].folder);
  EXPECT_TRUE(lines_.contains("self.clock/clock-realtime"));
  EXPECT_GT(report->entries, 100U);
}

}  // namespace
}  // namespace casebook
