#include "core/openssh_key.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/ssh_signature.h"
#include "tests/support/stock_tools.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vector_file.h"

namespace casebook {
namespace {

struct Vector {
  std::string verdict;
  std::string note;
  std::string passphrase;
  std::string public_line;
  std::string file;
};

const std::vector<Vector>& vectors() {
  static const auto all = [] {
    std::vector<Vector> read;
    for (const auto& row : read_vectors("openssh_keys.txt")) {
      read.push_back({row.at(0), row.at(1), row.at(2), row.at(3), row.at(4)});
      std::ranges::replace(read.back().file, '|', '\n');
    }
    return read;
  }();
  return all;
}

Result<std::unique_ptr<Signer>> open_key(std::string_view file, std::string_view passphrase) {
  return open_openssh_key(SecretBytes::copy_of(file), SecretBytes::copy_of(passphrase));
}

TEST(OpensshKey, OpensStockFilesAndSignsWithThem) {
  for (const Vector& v : vectors()) {
    if (v.verdict != "opens") continue;
    const auto info = inspect_openssh_key(SecretBytes::copy_of(v.file));
    ASSERT_TRUE(info) << v.note << ": " << info.error().message;
    EXPECT_EQ(info->public_key.line(), v.public_line);
    EXPECT_EQ(info->encrypted, !v.passphrase.empty());
    auto signer = open_key(v.file, v.passphrase);
    ASSERT_TRUE(signer) << v.note << ": " << signer.error().message;
    EXPECT_EQ((*signer)->public_key().line(), v.public_line);
    const auto armored = make_ssh_signature(**signer, kStatementNamespace, as_bytes("text"));
    ASSERT_TRUE(armored) << armored.error().message;
    EXPECT_TRUE(
        verify_ssh_signature({.name_space = kStatementNamespace, .keys = {&info->public_key, 1}},
                             as_bytes("text"), *armored)
            ->good());
  }
}

TEST(OpensshKey, StaysLockedWithoutItsPassphrase) {
  for (const Vector& v : vectors()) {
    if (v.verdict != "opens" || v.passphrase.empty()) continue;
    EXPECT_EQ(open_key(v.file, "").error().code, ErrorCode::locked);
    const auto wrong = open_key(v.file, "correct horsf");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code, ErrorCode::locked);
    EXPECT_EQ(wrong.error().message, "the passphrase is wrong");
  }
}

TEST(OpensshKey, RefusesOtherKindsOfFiles) {
  int refused = 0;
  for (const Vector& v : vectors()) {
    if (v.verdict != "refused") continue;
    ++refused;
    const auto opened = open_key(v.file, v.passphrase);
    ASSERT_FALSE(opened) << v.note;
    EXPECT_EQ(opened.error().code, ErrorCode::invalid_input) << v.note;
  }
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(open_key(std::string(kOpensshKeyBytesMax + 1, 'x'), "").error().code,
            ErrorCode::limit_exceeded);
}

TEST(OpensshKey, AChangedPlainFileNeverOpensAsAnotherKey) {
  const Vector& v = vectors().front();
  ASSERT_TRUE(open_key(v.file, ""));
  for (std::size_t at = 0; at < v.file.size(); ++at) {
    for (const int change : {1, 2, 0x20, 0x80}) {
      std::string changed = v.file;
      changed[at] = static_cast<char>(changed[at] ^ change);
      const auto opened = open_key(changed, "");  // The comment and the check numbers may differ.
      EXPECT_TRUE(!opened || (*opened)->public_key().line() == v.public_line) << at;
    }
    EXPECT_FALSE(open_key(std::string_view(v.file).substr(0, at), "")) << at;
  }
}

TEST(OpensshKey, RefusesMoreRoundsThanAnyoneCanMean) {
  const Vector& v = vectors().at(2);  // Encrypted with one round.
  const auto body = v.file.find('\n') + 1;
  std::string base64 = v.file.substr(body, v.file.rfind("-----END") - body);
  std::erase(base64, '\n');
  Bytes blob = *from_base64(base64);
  const auto salt = as_bytes(std::string_view("\0\0\0\x18\0\0\0\x10", 8));
  const auto options = std::ranges::search(blob, salt);
  ASSERT_FALSE(options.empty());
  const auto rounds = options.begin() + 8 + 16;
  rounds[1] = std::byte{1};  // 65,537 rounds take about ten minutes.
  const std::string file = "-----BEGIN OPENSSH PRIVATE KEY-----\n" + to_base64(blob) +
                           "\n-----END OPENSSH PRIVATE KEY-----\n";
  EXPECT_EQ(open_key(file, v.passphrase).error().code, ErrorCode::limit_exceeded);
}

class OpensshKeyWriting : public testing::Test {
 protected:
  SystemRandomness randomness_;
  Ed25519Signer signer_ = *Ed25519Signer::generate(randomness_);
  SecretBytes write(std::string_view passphrase, std::string_view comment = "casebook Ada") {
    return *write_openssh_key(signer_, comment, SecretBytes::copy_of(passphrase), randomness_, 2);
  }
};

TEST_F(OpensshKeyWriting, StockOpensWhatWeWrite) {
  const auto keygen = stock_tool("ssh-keygen");
  if (!keygen) GTEST_SKIP() << "ssh-keygen is not installed";
  const TemporaryFolder folder;
  for (const std::string passphrase : {"p", "correct horse battery staple", "pässwörd"}) {
    for (std::size_t length = 0; length < 16; ++length) {  // Every length of padding.
      if (length > 0 && passphrase != "p") break;
      const std::string comment(length, 'c');
      const auto path =
          write_test_file(folder.path() / "key", as_text(write(passphrase, comment).reveal()));
      const auto run = run_tool({*keygen, "-y", "-P", passphrase, "-f", path});
      ASSERT_EQ(run.exit_status, 0) << passphrase << " " << length;
      EXPECT_EQ(run.out, signer_.public_key().line() + (length > 0 ? " " + comment : "") + "\n");
      EXPECT_NE(run_tool({*keygen, "-y", "-P", "wrong", "-f", path}).exit_status, 0);
    }
  }
}

TEST_F(OpensshKeyWriting, WeOpenWhatWeWrite) {
  const SecretBytes file = write("secret words");
  auto opened = open_openssh_key(file, SecretBytes::copy_of("secret words"));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->public_key(), signer_.public_key());
  EXPECT_NE(as_text(file.reveal()), as_text(write("secret words").reveal())) << "fresh salt";
}

TEST_F(OpensshKeyWriting, NeverWritesAnUnprotectedKey) {
  const auto written = [&](std::string_view passphrase, std::string_view comment, unsigned rounds) {
    return bool(
        write_openssh_key(signer_, comment, SecretBytes::copy_of(passphrase), randomness_, rounds));
  };
  EXPECT_TRUE(written("p", "", 1));
  EXPECT_FALSE(written("", "", 1));
  EXPECT_FALSE(written("p", "two\nlines", 1));
  EXPECT_FALSE(written("p", std::string(257, 'c'), 1));
  EXPECT_FALSE(written("p", "", 0));
  EXPECT_FALSE(written("p", "", 1025));
}

}  // namespace
}  // namespace casebook
