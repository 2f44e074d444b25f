// Stock programs read our bags (age, zstd, tar, sha256sum, ssh-keygen, libarchive's bsdtar), our
// reader takes bags made by them, and the stock verifier takes ours: all follow docs/spec/bag.md
// and docs/spec/seal.md, none the other.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/age_identity_file.h"
#include "core/bag_verify.h"
#include "tests/support/program.h"
#include "tests/support/sample_bag.h"
#include "tests/support/stock_tools.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

constexpr std::uint64_t kMax = 1U << 26U;

class BagStock : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    SeededRandomness randomness(21);
    identity_.emplace(*AgeIdentity::make(randomness));
    auto bag = make_sample_bag(folder_.path(), GetParam() ? std::optional(identity_->recipient())
                                                          : std::optional<AgeRecipient>());
    ASSERT_TRUE(bag);
    bag_ = *bag;
  }
  std::string need(const std::string& name) {
    const auto path = stock_tool(name);
    if (!path) missing_ = name;
    return path.value_or("");
  }
  /// The archive as zstd sees it.
  std::filesystem::path archive() {
    if (!GetParam()) return bag_ / "bag.tar.zst";
    const std::string identity =
        write_test_file(folder_.path() / "identity", as_text(identity_->text().reveal()));
    const auto opened = run_tool({need("age"), "-d", "-i", identity, bag_ / "bag.tar.zst.age"});
    EXPECT_EQ(opened.exit_status, 0);
    write_test_file(folder_.path() / "opened.zst", opened.out);
    return folder_.path() / "opened.zst";
  }

  TemporaryFolder folder_;
  std::optional<AgeIdentity> identity_;
  std::filesystem::path bag_;
  std::string missing_;
};

TEST_P(BagStock, UnpacksToAFolderThatSha256sumAccepts) {
  const std::string zstd = need("zstd");
  const std::string tar = need("tar");
  const std::string shell = need("sh");
  if (GetParam()) need("age");
  if (!missing_.empty()) GTEST_SKIP() << missing_ << " is not installed";
  const auto file = archive();
  EXPECT_EQ(run_tool({zstd, "-q", "-t", file}).exit_status, 0);
  const auto content = run_tool({zstd, "-q", "-d", "-c", file});
  ASSERT_EQ(content.exit_status, 0);
  const auto out = folder_.path() / "out";
  std::filesystem::create_directory(out);
  ASSERT_EQ(run_tool({tar, "-x", "-C", out}, content.out).exit_status, 0);
  const auto root = out / bag_.filename();
  const auto checked = run_tool({shell, "-c",
                                 "cd \"$1\" && sha256sum -c --strict --quiet manifest-sha256.txt "
                                 "tagmanifest-sha256.txt",
                                 "sh", root});
  EXPECT_EQ(checked.exit_status, 0) << checked.out;
  EXPECT_EQ(as_text(*read_file(root / "data/files/etc/hosts", kMax)), "127.0.0.1 me\n");
  struct stat made {};
  ASSERT_EQ(::stat((root / "data/files/etc/hosts").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 07777U, 0400U);
  // Everything in the folder is named by one of the two manifests, and the other way round.
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) ++files;
  }
  EXPECT_EQ(files, 5U + 6U + 1U);
}

TEST_P(BagStock, IsTheSameToLibarchive) {
  const std::string bsdtar = need("bsdtar");
  const std::string tar = need("tar");
  const std::string zstd = need("zstd");
  if (GetParam()) need("age");
  if (!missing_.empty()) GTEST_SKIP() << missing_ << " is not installed";
  const auto file = archive();
  const auto theirs = run_tool({bsdtar, "-t", "-f", file});
  const auto listed = run_tool({tar, "-t"}, run_tool({zstd, "-q", "-d", "-c", file}).out);
  EXPECT_EQ(theirs.exit_status, 0);
  EXPECT_EQ(theirs.out, listed.out);
  const std::string name = bag_.filename().native() + "/data/live/process/status/1";
  EXPECT_EQ(run_tool({bsdtar, "-x", "-O", "-f", file, name}).out, "Name: init\n");
}

TEST_P(BagStock, SealIsVerifiedBySshKeygen) {
  const std::string keygen = need("ssh-keygen");
  if (!missing_.empty()) GTEST_SKIP() << missing_ << " is not installed";
  const BagTestKit kit;
  const std::string allowed =
      write_test_file(folder_.path() / "allowed", "ab12 namespaces=\"casebook-seal@v1\" " +
                                                      kit.signer.public_key().line() + "\n");
  const auto text = read_file(bag_ / "seal.json", kMax);
  ASSERT_TRUE(text);
  const auto run = [&](std::string_view message) {
    return run_tool({keygen, "-Y", "verify", "-f", allowed, "-I", "ab12", "-n", "casebook-seal@v1",
                     "-s", bag_ / "seal.json.sig"},
                    message)
        .exit_status;
  };
  EXPECT_EQ(run(as_text(*text)), 0);
  EXPECT_NE(run(std::string(as_text(*text)) + " "), 0);
}

INSTANTIATE_TEST_SUITE_P(PlainAndEncrypted, BagStock, testing::Bool());

/// Bags kept in the vectors: below `kind` one folder named by its id.
void expect_good(const std::filesystem::path& folder, const std::string& identity_name) {
  const auto text = read_file(folder / identity_name, 4096);
  ASSERT_TRUE(text);
  const std::string_view secret = as_text(*text);
  const std::size_t at = secret.find("AGE-SECRET-KEY-");
  const auto identity = AgeIdentity::parse(secret.substr(at, secret.find('\n', at) - at));
  ASSERT_TRUE(identity);
  for (const char* kind : {"plain", "encrypted"}) {
    std::size_t bags = 0;
    for (const auto& bag : std::filesystem::directory_iterator(folder / kind)) {
      ++bags;
      const auto report =
          verify_bag(bag.path(), {.unlock = {.identities = std::span(&*identity, 1)}});
      ASSERT_TRUE(report) << report.error().message;
      for (const BagFinding& finding : report->findings) {
        ADD_FAILURE() << kind << ": " << finding.code << " at " << finding.where << ": "
                      << finding.what;
      }
      EXPECT_TRUE(report->contents && report->contents->whole);
      EXPECT_TRUE(report->signature_good);
    }
    EXPECT_EQ(bags, 1U);
  }
}

// Made by a shell script after the page, with no code of ours.
TEST(BagVectors, BagsMadeByStockToolsAreGood) {
  expect_good(vector_path("bag/stock"), "identity.txt");
}

// Bags of every released version open for ever.
TEST(BagVectors, BagsOfVersionOneAreGood) { expect_good(vector_path("bag/v1"), "identity"); }

const std::filesystem::path kSource = CASEBOOK_SOURCE_DIR;
const std::filesystem::path kStock = kSource / "tests/vectors/bag/stock";

std::filesystem::path only_entry(const std::filesystem::path& folder) {
  return std::filesystem::directory_iterator(folder)->path();
}

std::string findings_text(const BagReport& report) {
  std::string text;
  for (const BagFinding& finding : report.findings) {
    text += finding.code + " at " + finding.where + ": " + finding.what + "\n";
  }
  return text;
}

/// The exit status of scripts/verify-with-stock-tools; its output goes to the test's log on
/// failure.
int stock_verify(std::vector<std::string> arguments, const std::filesystem::path& folder) {
  arguments.insert(arguments.begin(), (kSource / "scripts/verify-with-stock-tools").string());
  const std::filesystem::path log = folder / "stock.log";
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
  const auto report =
      verify_bag(only_entry(kStock / "encrypted"), {.unlock = {.identities = *identities}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(findings_text(*report), "");
  EXPECT_TRUE(report->contents && report->contents->whole);
}

TEST(StockVerifier, AcceptsWhatOurWriterMade) {
  const TemporaryFolder folder;
  const auto bag = make_sample_bag(folder.path());
  ASSERT_TRUE(bag) << bag.error().message;
  // 3: nobody whom the script knows vouches for the key that sealed it.
  EXPECT_EQ(stock_verify({bag->string()}, folder.path()), 3);
}

TEST(StockVerifier, RefusesOurBagWithOneByteChanged) {
  const TemporaryFolder folder;
  const auto bag = make_sample_bag(folder.path());
  ASSERT_TRUE(bag) << bag.error().message;
  const std::filesystem::path archive = *bag / "bag.tar.zst";
  auto bytes = read_file(archive, std::size_t{1} << 20U);
  ASSERT_TRUE(bytes);
  (*bytes)[bytes->size() / 2] ^= std::byte{1};
  std::filesystem::permissions(archive, std::filesystem::perms::owner_write,
                               std::filesystem::perm_options::add);
  ASSERT_TRUE(write_file(archive, *bytes, 0600, IfExists::replace));
  EXPECT_EQ(stock_verify({bag->string()}, folder.path()), 4);
}

}  // namespace
}  // namespace casebook
