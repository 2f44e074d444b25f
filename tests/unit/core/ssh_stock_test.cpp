/// Our signatures against stock ssh-keygen, both ways.

#include <gtest/gtest.h>

#include "core/ssh_allowed_signers.h"
#include "core/ssh_signature.h"
#include "tests/support/stock_tools.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/token_key.h"

namespace casebook {
namespace {

constexpr std::string_view kMessage = "{\"format\":\"casebook-seal/1\"}";
const std::string kPrincipal = "ticket-00112233445566778899aabbccddeeff";

class SshStock : public testing::Test {
 protected:
  void SetUp() override {
    const auto tool = stock_tool("ssh-keygen");
    if (!tool) GTEST_SKIP() << "ssh-keygen is not installed";
    keygen_ = *tool;
  }

  /// Makes a stock key. @return its public key.
  SshPublicKey make_key(const std::string& name, std::vector<std::string> type) {
    std::vector<std::string> arguments = {keygen_, "-q", "-N", "", "-C", "", "-f", file(name)};
    arguments.insert(arguments.end(), type.begin(), type.end());
    EXPECT_EQ(run_tool(arguments).exit_status, 0);
    return *SshPublicKey::from_line(as_text(*read_file(file(name + ".pub"), 4096)));
  }

  std::string stock_sign(const std::string& name, std::string_view name_space,
                         std::string_view message) {
    const auto run =
        run_tool({keygen_, "-Y", "sign", "-f", file(name), "-n", std::string(name_space)}, message);
    EXPECT_EQ(run.exit_status, 0);
    return run.out;
  }

  /// @return whether stock ssh-keygen accepts `armored` under these allowed signers.
  bool stock_accepts(const std::string& allowed, std::string_view name_space,
                     std::string_view message, std::string_view armored,
                     std::vector<std::string> options = {}) {
    std::vector<std::string> arguments = {keygen_,
                                          "-Y",
                                          "verify",
                                          "-f",
                                          write_test_file(file("allowed"), allowed),
                                          "-I",
                                          kPrincipal,
                                          "-n",
                                          std::string(name_space),
                                          "-s",
                                          write_test_file(file("sig"), armored)};
    for (auto& option : options) arguments.insert(arguments.end(), {"-O", option});
    return run_tool(arguments, message).exit_status == 0;
  }

  [[nodiscard]] std::string file(const std::string& name) const { return folder_.path() / name; }

  static std::string allowed_line(const SshPublicKey& key,
                                  std::optional<UtcSeconds> valid_before = std::nullopt) {
    return *allowed_signers_line({.principal = kPrincipal,
                                  .namespaces = {kSealNamespace, kHeadNamespace},
                                  .key = key,
                                  .valid_before = valid_before});
  }

  TemporaryFolder folder_;
  std::string keygen_;
  SystemRandomness randomness_;
};

TEST_F(SshStock, AcceptsOurSignatureInItsNamespaceOnly) {
  auto signer = *Ed25519Signer::generate(randomness_);
  SoftwareToken token(*Ed25519Signer::generate(randomness_), 1);
  for (Signer* each : {static_cast<Signer*>(&signer), static_cast<Signer*>(&token)}) {
    const std::string allowed = allowed_line(each->public_key());
    const auto armored = *make_ssh_signature(*each, kSealNamespace, as_bytes(kMessage));
    EXPECT_TRUE(stock_accepts(allowed, kSealNamespace, kMessage, armored));
    EXPECT_FALSE(stock_accepts(allowed, kHeadNamespace, kMessage, armored));
    EXPECT_FALSE(stock_accepts(allowed, kSealNamespace, "another text", armored));
    const auto statement = *make_ssh_signature(*each, kStatementNamespace, as_bytes(kMessage));
    EXPECT_FALSE(stock_accepts(allowed, kStatementNamespace, kMessage, statement))
        << "RT-18: a one-time key signs no statement";
  }
}

TEST_F(SshStock, RT18_AllowedSignersEndWithTheTicketByTheTimeThatIsGiven) {
  const UtcSeconds end = std::chrono::sys_days(std::chrono::year(2020) / 1 / 2);
  auto signer = *Ed25519Signer::generate(randomness_);
  const std::string allowed = allowed_line(signer.public_key(), end);
  const auto armored = *make_ssh_signature(signer, kSealNamespace, as_bytes(kMessage));
  EXPECT_FALSE(stock_accepts(allowed, kSealNamespace, kMessage, armored)) << "today";
  EXPECT_TRUE(
      stock_accepts(allowed, kSealNamespace, kMessage, armored, {"verify-time=20200101235959Z"}));
  EXPECT_FALSE(
      stock_accepts(allowed, kSealNamespace, kMessage, armored, {"verify-time=20200102000001Z"}));
}

TEST_F(SshStock, ItsSignaturesVerifyWithUsForTheirPurposeOnly) {
  const auto ed25519 = make_key("ed", {"-t", "ed25519"});
  const auto p256 = make_key("ec", {"-t", "ecdsa", "-b", "256"});
  for (const auto& [name, key] : {std::pair{"ed", ed25519}, std::pair{"ec", p256}}) {
    for (int i = 0; i < 8; ++i) {  // The integers of P-256 come in several lengths.
      const auto armored = stock_sign(name, kSealNamespace, kMessage);
      const auto verdict = [&, &expected = key](std::string_view name_space) {
        return verify_ssh_signature({.name_space = name_space, .keys = {&expected, 1}},
                                    as_bytes(kMessage), armored)
            ->verdict;
      };
      EXPECT_EQ(verdict(kSealNamespace), SignatureVerdict::good) << name;
      EXPECT_EQ(verdict(kTicketNamespace), SignatureVerdict::wrong_namespace) << name;
    }
  }
}

TEST_F(SshStock, ArmorsSignaturesOfEveryLengthAsWeDo) {
  make_key("ed", {"-t", "ed25519"});
  for (std::size_t size = 1; size <= 64; ++size) {  // Passes full and cut lines of 70 columns.
    const auto armored = stock_sign("ed", std::string(size, 'n'), kMessage);
    const auto rewritten = rewrite_ssh_signature(armored);
    ASSERT_TRUE(rewritten) << size << ": " << rewritten.error().message;
    EXPECT_EQ(*rewritten, armored);
  }
}

TEST(AllowedSigners, RT18_PrincipalsAreHexIdsAndNamespacesNeverMissing) {
  const auto key = Ed25519Signer::from_seed(SecretBytes(std::size_t{32}))->public_key();
  const auto accepted = [&](std::string principal, std::vector<std::string_view> namespaces) {
    return bool(allowed_signers_line({.principal = std::move(principal),
                                      .namespaces = std::move(namespaces),
                                      .key = key,
                                      .valid_before = {}}));
  };
  EXPECT_TRUE(accepted("0011223344556677", {kSealNamespace}));
  EXPECT_TRUE(accepted("ticket-0011223344556677", {kSealNamespace}));
  for (const std::string principal :
       {"", "ada", "ada-00112233 x", "*", "a*-00112233", "00112233,44556677", "ticket-", "0011223",
        "ticket-0011223G", "Ticket-00112233", "#0011223344"}) {
    EXPECT_FALSE(accepted(principal, {kSealNamespace})) << principal;
  }
  EXPECT_FALSE(accepted("0011223344556677", {}));
  EXPECT_FALSE(accepted("0011223344556677", {""}));
  EXPECT_FALSE(accepted("0011223344556677", {"casebook-*"}));
  EXPECT_FALSE(accepted("0011223344556677", {"a\" other"}));
}

}  // namespace
}  // namespace casebook
