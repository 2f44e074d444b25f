/// Our reader against bags made by stock tools, the stock verifier against bags made by our writer:
/// both follow docs/spec/bag.md and docs/spec/seal.md, neither the other.

#include <gtest/gtest.h>

#include "core/age_identity_file.h"
#include "core/bag_verify.h"
#include "tests/support/program.h"
#include "tests/support/sample_bag.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

namespace fs = std::filesystem;
const fs::path kSource = CASEBOOK_SOURCE_DIR;
const fs::path kStock = kSource / "tests/vectors/bag/stock";

fs::path only_entry(const fs::path& folder) { return fs::directory_iterator(folder)->path(); }

std::string findings_text(const BagReport& report) {
  std::string text;
  for (const BagFinding& finding : report.findings) {
    text += finding.code + " at " + finding.where + ": " + finding.what + "\n";
  }
  return text;
}

/// The exit status of scripts/verify-with-stock-tools; its output goes to the test's log on
/// failure.
int stock_verify(std::vector<std::string> arguments, const fs::path& folder) {
  arguments.insert(arguments.begin(), (kSource / "scripts/verify-with-stock-tools").string());
  const fs::path log = folder / "stock.log";
  const int status = run_program({.arguments = arguments, .output = log});
  auto text = read_file(log, std::size_t{1} << 20U);
  if (status != 0 && text) std::printf("%s", std::string(as_text(*text)).c_str());
  return status;
}

TEST(StockBag, APlainOneIsWhatWeWouldHaveMade) {
  const auto report = verify_bag(only_entry(kStock / "plain"));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(findings_text(*report), "");
  EXPECT_TRUE(report->signature_good);
  ASSERT_TRUE(report->contents);
  EXPECT_TRUE(report->contents->whole);
  EXPECT_EQ(report->contents->index.entries, 17U);
  EXPECT_EQ(report->contents->matched, 9U);
}

TEST(StockBag, AnEncryptedOneOpensWithItsIdentity) {
  auto text = read_file(kStock / "identity.txt", 4096);
  ASSERT_TRUE(text);
  const auto identities = parse_identities(SecretBytes(*std::move(text)));
  ASSERT_TRUE(identities) << identities.error().message;
  const auto report = verify_bag(only_entry(kStock / "encrypted"), {.identities = *identities});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(findings_text(*report), "");
  EXPECT_TRUE(report->contents && report->contents->whole);
}

TEST(StockVerifier, AcceptsWhatOurWriterMade) {
  const TemporaryFolder folder;
  const auto bag = make_sample_bag(folder.path());
  ASSERT_TRUE(bag) << bag.error().message;
  EXPECT_EQ(stock_verify({bag->string()}, folder.path()), 0);
}

TEST(StockVerifier, RefusesOurBagWithOneByteChanged) {
  const TemporaryFolder folder;
  const auto bag = make_sample_bag(folder.path());
  ASSERT_TRUE(bag) << bag.error().message;
  const fs::path archive = *bag / "bag.tar.zst";
  auto bytes = read_file(archive, std::size_t{1} << 20U);
  ASSERT_TRUE(bytes);
  (*bytes)[bytes->size() / 2] ^= std::byte{1};
  fs::permissions(archive, fs::perms::owner_write, fs::perm_options::add);
  ASSERT_TRUE(write_file(archive, *bytes, 0600, IfExists::replace));
  EXPECT_EQ(stock_verify({bag->string()}, folder.path()), 4);
}

}  // namespace
}  // namespace casebook
