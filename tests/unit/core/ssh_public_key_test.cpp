#include "core/ssh_public_key.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/vector_file.h"

namespace casebook {
namespace {

const std::vector<std::vector<std::string>>& vectors() {
  static const auto rows = read_vectors("ssh_keys.txt");
  return rows;
}

std::string without_comment(const std::string& line) {
  return line.substr(0, line.find(' ', line.find(' ') + 1));
}

TEST(SshPublicKey, AcceptsStockKeysAndPrintsThemAsStockDoes) {
  std::set<SshKeyType> types;
  for (const auto& row : vectors()) {
    if (row.at(0) != "accept") continue;
    auto key = SshPublicKey::from_line(row.at(2));
    ASSERT_TRUE(key) << row[2] << ": " << key.error().message;
    types.insert(key->type());
    EXPECT_EQ(*key->fingerprint(), row[1]);
    EXPECT_TRUE(is_ssh_fingerprint(row[1]));
    EXPECT_EQ(key->line(), without_comment(row[2]));
    EXPECT_EQ(key->is_token(), row[2].starts_with("sk-"));
    EXPECT_EQ(*SshPublicKey::from_blob(key->blob()), *key);
    EXPECT_EQ(*SshPublicKey::from_line(row[2] + "\n"), *key);
  }
  EXPECT_EQ(types.size(), 4U) << "a vector for each accepted kind";
}

TEST(SshPublicKey, RT10_RefusesEverySmallOrderAndNonCanonicalKey) {
  int small_order = 0;
  int not_canonical = 0;
  for (const auto& row : vectors()) {
    if (row.at(0) != "refuse") continue;
    auto key = SshPublicKey::from_line(row.at(2));
    ASSERT_FALSE(key) << row[1] << ": " << row[2];
    if (row[1] == "small-order") {
      ++small_order;
      EXPECT_EQ(key.error().message, "key refused: a point of small order fits every text");
    }
    if (row[1] == "not-canonical") {
      ++not_canonical;
      EXPECT_EQ(key.error().message, "key refused: not a canonical Ed25519 encoding");
    }
  }
  EXPECT_EQ(small_order, 2 * 10) << "5 values of y, 2 signs, plain and in a token";
  EXPECT_EQ(not_canonical, 2 * 38) << "19 values of y from p, 2 signs, plain and in a token";
}

TEST(SshPublicKey, RefusesTheOtherBadVectors) {
  std::set<std::string> reasons;
  for (const auto& row : vectors()) {
    if (row.at(0) != "refuse") continue;
    reasons.insert(row.at(1));
    EXPECT_FALSE(SshPublicKey::from_line(row.at(2))) << row[1] << ": " << row[2];
  }
  EXPECT_GE(reasons.size(), 15U);
}

TEST(SshPublicKey, IsOneShortLine) {
  const std::string line = vectors().at(0).at(2);
  ASSERT_TRUE(SshPublicKey::from_line(line));
  EXPECT_FALSE(SshPublicKey::from_line(line + "\n\n"));
  EXPECT_FALSE(SshPublicKey::from_line(line + "\r\n"));
  EXPECT_FALSE(SshPublicKey::from_line("\n" + line));
  EXPECT_FALSE(SshPublicKey::from_line(line + std::string(1, '\0')));
  EXPECT_EQ(SshPublicKey::from_line(line + std::string(4096, 'c')).error().code,
            ErrorCode::limit_exceeded);
}

TEST(SshPublicKey, HasOneWireForm) {
  const Bytes blob = SshPublicKey::from_line(vectors().at(1).at(2))->blob();
  for (std::size_t size = 0; size < blob.size(); ++size) {
    EXPECT_FALSE(SshPublicKey::from_blob(std::span(blob).first(size))) << size;
  }
  Bytes longer = blob;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(SshPublicKey::from_blob(longer));
}

TEST(SshPublicKey, TellsAFingerprintFromOtherText) {
  EXPECT_FALSE(is_ssh_fingerprint("SHA256:"));
  EXPECT_FALSE(is_ssh_fingerprint("MD5:00:11"));
  EXPECT_FALSE(is_ssh_fingerprint("SHA256:" + std::string(42, 'A')));
  EXPECT_FALSE(is_ssh_fingerprint("SHA256:" + std::string(42, 'A') + "="));
  EXPECT_FALSE(is_ssh_fingerprint("SHA256:" + std::string(42, 'A') + "B")) << "unused bits set";
  EXPECT_TRUE(is_ssh_fingerprint("SHA256:" + std::string(43, 'A')));
}

}  // namespace
}  // namespace casebook
