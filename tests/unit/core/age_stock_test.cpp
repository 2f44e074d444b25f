/// Both ways between us and the stock `age` program.

#include <gtest/gtest.h>

#include "core/age_identity_file.h"
#include "tests/support/program.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"

namespace casebook {
namespace {

constexpr std::uint64_t kPlainMax = std::uint64_t{4} << 20U;

class StockAge : public testing::Test {
 protected:
  StockAge() {
    SystemRandomness randomness;
    for (int i = 0; i < 2; ++i) {
      auto identity = AgeIdentity::make(randomness);
      check(bool(identity), "identity");
      identities_.push_back(*std::move(identity));
    }
    const auto text = format_identities(std::span(identities_).first(1));
    check(bool(write_file(path("id"), text.reveal(), 0600)), "identity file");
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.path() / name; }
  [[nodiscard]] AgeRecipient recipient(std::size_t index) const {
    return identities_[index].recipient();
  }

  const TemporaryFolder folder_;
  std::vector<AgeIdentity> identities_;
};

TEST_F(StockAge, OpensOursAndWeOpenItsAtEverySize) {
  SystemRandomness randomness;
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 131072U, 1000003U}) {
    Bytes plain(size);
    ASSERT_TRUE(SeededRandomness(size).fill(plain));
    ASSERT_TRUE(write_file(path("plain"), plain, 0600, IfExists::replace));

    auto ours = age_encrypt(plain, std::vector{recipient(1), recipient(0)}, randomness);
    ASSERT_TRUE(ours);
    ASSERT_TRUE(write_file(path("ours"), *ours, 0600, IfExists::replace));
    // To standard output: `age -o` makes no file for a plain text of no bytes.
    ASSERT_EQ(run_program({.arguments = {"age", "-d", "-i", path("id"), path("ours")},
                           .output = path("opened")}),
              0);
    EXPECT_EQ(*read_file(path("opened"), kPlainMax), plain) << size;

    ASSERT_EQ(run_program({.arguments = {"age", "-r", recipient(0).text(), "-o", path("theirs"),
                                         path("plain")}}),
              0);
    auto theirs =
        age_decrypt(*read_file(path("theirs"), kPlainMax), {.identities = identities_}, kPlainMax);
    ASSERT_TRUE(theirs) << theirs.error().message;
    EXPECT_TRUE(std::ranges::equal(theirs->reveal(), plain)) << size;
  }
}

// RT-24: `age -d NAME.age-identity` prints the key, `age -d -i NAME.age-identity FILE` uses it.
TEST_F(StockAge, RT24_TakesOurIdentityFile) {
  SystemRandomness randomness;
  const auto passphrase = SecretBytes::copy_of("correct horse");
  auto sealed = seal_identities(std::span(identities_).first(1), passphrase, 12, randomness);
  ASSERT_TRUE(sealed);
  ASSERT_TRUE(write_file(path("ada.age-identity"), *sealed, 0600));
  ASSERT_EQ(
      run_on_terminal({.arguments = {"age", "-d", "-o", path("printed"), path("ada.age-identity")}},
                      {"correct horse"}),
      0);
  EXPECT_EQ(*read_file(path("printed"), 1000), *read_file(path("id"), 1000));

  auto file = age_encrypt(as_bytes("evidence"), std::vector{recipient(0)}, randomness);
  ASSERT_TRUE(file);
  ASSERT_TRUE(write_file(path("file"), *file, 0600));
  ASSERT_EQ(run_on_terminal(
                {{"age", "-d", "-i", path("ada.age-identity"), "-o", path("opened"), path("file")}},
                {"correct horse"}),
            0);
  EXPECT_EQ(as_text(*read_file(path("opened"), 1000)), "evidence");
  EXPECT_NE(run_on_terminal(
                {{"age", "-d", "-i", path("ada.age-identity"), "-o", path("opened"), path("file")}},
                {"wrong horse"}),
            0);
}

}  // namespace
}  // namespace casebook
