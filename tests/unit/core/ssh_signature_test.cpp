#include "core/ssh_signature.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "core/durable_file.h"
#include "core/ssh_wire.h"
#include "tests/support/token_key.h"
#include "tests/support/vector_file.h"

namespace casebook {
namespace {

constexpr std::string_view kMessage = "the seal of a bag";

struct Vector {
  std::string verdict;
  std::string note;
  SshPublicKey key;
  std::string message;
  std::string armored;
};

const std::vector<Vector>& vectors() {
  static const auto all = [] {
    std::vector<Vector> read;
    for (const auto& row : read_vectors("ssh_signatures.txt")) {
      std::string armored = row.at(4);
      std::ranges::replace(armored, '|', '\n');
      std::ranges::replace(armored, '~', '\r');
      read.push_back({row[0], row[1], *SshPublicKey::from_line(row[2]), row[3], armored});
    }
    return read;
  }();
  return all;
}

const Vector& good_vector(SshKeyType type) {
  return *std::ranges::find_if(
      vectors(), [type](const Vector& v) { return v.verdict == "good" && v.key.type() == type; });
}

SignatureCheck check_seal(const SshPublicKey& key, std::string_view message,
                          std::string_view armored) {
  return *verify_ssh_signature({.name_space = kSealNamespace, .keys = {&key, 1}}, as_bytes(message),
                               armored);
}

Ed25519Signer test_signer(std::uint8_t seed = 1) {
  return *Ed25519Signer::from_seed(SecretBytes(Bytes(32, std::byte{seed})));
}

TEST(SshSignature, GivesEveryVectorItsVerdict) {
  std::map<std::string, int> seen;
  for (const Vector& v : vectors()) {
    const auto found = check_seal(v.key, v.message, v.armored);
    EXPECT_EQ(to_string(found.verdict), v.verdict) << v.note << ": " << found.reason;
    EXPECT_EQ(found.reason.empty(), found.good()) << v.note;
    ++seen[v.verdict];
  }
  EXPECT_GE(seen["good"], 12);
  EXPECT_GE(seen["malformed"], 30);
}

TEST(SshSignature, RT10_RefusesOneSignatureThatFitsEveryText) {
  int forged = 0;
  for (const Vector& v : vectors()) {
    if (v.note != "key of small order") continue;
    ++forged;
    EXPECT_EQ(check_seal(v.key, v.message, v.armored).verdict, SignatureVerdict::malformed);
    EXPECT_FALSE(key_of_ssh_signature(v.armored)) << "the key must not be learnt from it either";
  }
  EXPECT_EQ(forged, 9);
}

TEST(SshSignature, RT17_WantsATouchedTokenAndOnRequestAVerifiedUser) {
  for (const unsigned flags : {0U, 1U, 4U, 5U}) {
    SoftwareToken token(test_signer(), static_cast<std::uint8_t>(flags));
    const auto armored = *make_ssh_signature(token, kStatementNamespace, as_bytes("I approve"));
    const auto verdict = [&](bool user_verification_needed) {
      const auto found =
          verify_ssh_signature({.name_space = kStatementNamespace,
                                .keys = {&token.public_key(), 1},
                                .user_verification_needed = user_verification_needed},
                               as_bytes("I approve"), armored);
      EXPECT_EQ(found->token_use->counter, 1U);
      EXPECT_EQ(found->token_use->user_present, (flags & 1U) != 0);
      EXPECT_EQ(found->token_use->user_verified, (flags & 4U) != 0);
      return found->verdict;
    };
    using enum SignatureVerdict;
    EXPECT_EQ(verdict(false), (flags & 1U) != 0 ? good : user_not_present);
    EXPECT_EQ(verdict(true),
              flags == 5 ? good : (flags == 1 ? user_not_verified : user_not_present));
  }
}

TEST(SshSignature, RT19_AnyChangedByteIsRefusedOrTheTextIsTheSame) {
  for (const SshKeyType type : {SshKeyType::ed25519, SshKeyType::ecdsa_p256, SshKeyType::sk_ed25519,
                                SshKeyType::sk_ecdsa_p256}) {
    const Vector& v = good_vector(type);
    ASSERT_TRUE(check_seal(v.key, v.message, v.armored).good());
    for (std::size_t at = 0; at < v.armored.size(); ++at) {
      const char old = v.armored[at];
      for (const int value : {old ^ 1, old ^ 2, old ^ 0x20, old ^ 0x80, 0, int{'\n'}, int{' '},
                              int{'A'}, int{'/'}, int{'='}}) {
        std::string changed = v.armored;
        changed[at] = static_cast<char>(value);
        if (changed == v.armored) continue;
        EXPECT_FALSE(check_seal(v.key, v.message, changed).good()) << at << " to " << value;
      }
      std::string shorter = v.armored;
      shorter.erase(at, 1);
      EXPECT_FALSE(check_seal(v.key, v.message, shorter).good()) << at;
      for (const char extra : {'\n', ' ', 'A', '='}) {
        std::string longer = v.armored;
        longer.insert(at, 1, extra);
        EXPECT_FALSE(check_seal(v.key, v.message, longer).good()) << at;
      }
    }
  }
}

TEST(SshSignature, RewritesWhatItAcceptsToTheSameText) {
  for (const Vector& v : vectors()) {
    const auto text = rewrite_ssh_signature(v.armored);
    EXPECT_TRUE(!text || *text == v.armored) << v.note;
  }
  EXPECT_EQ(*rewrite_ssh_signature(vectors().front().armored), vectors().front().armored);
}

TEST(SshSignature, WhatWeMakeVerifiesForItsPurposeOnly) {
  auto signer = test_signer();
  const auto armored = *make_ssh_signature(signer, kSealNamespace, as_bytes(kMessage));
  EXPECT_EQ(*key_of_ssh_signature(armored), signer.public_key());
  for (const auto& [name_space, expected] :
       {std::pair{kSealNamespace, SignatureVerdict::good},
        std::pair{kTicketNamespace, SignatureVerdict::wrong_namespace},
        std::pair{std::string_view("casebook-seal@v"), SignatureVerdict::wrong_namespace},
        std::pair{std::string_view(), SignatureVerdict::wrong_namespace}}) {
    const auto found = verify_ssh_signature(
        {.name_space = name_space, .keys = {&signer.public_key(), 1}}, as_bytes(kMessage), armored);
    EXPECT_EQ(found->verdict, expected) << name_space;
  }
}

TEST(SshSignature, TheExampleOfTheSpecificationIsReal) {
  auto signer = test_signer(1);
  const std::string example = signer.public_key().line() + '\n' +
                              *make_ssh_signature(signer, kSealNamespace, as_bytes("abc"));
  const auto page = read_file(CASEBOOK_SOURCE_DIR "/docs/spec/signature.md", 1U << 20U);
  ASSERT_TRUE(page);
  EXPECT_NE(as_text(*page).find(example), std::string_view::npos);
}

TEST(SshSignature, IsByOneOfTheAllowedKeys) {
  auto signer = test_signer(1);
  const auto armored = *make_ssh_signature(signer, kSealNamespace, as_bytes(kMessage));
  const std::vector<SshPublicKey> others = {test_signer(2).public_key(),
                                            test_signer(3).public_key()};
  std::vector<SshPublicKey> all = others;
  all.push_back(signer.public_key());
  const auto verdict = [&](std::span<const SshPublicKey> keys) {
    return verify_ssh_signature({.name_space = kSealNamespace, .keys = keys}, as_bytes(kMessage),
                                armored)
        ->verdict;
  };
  EXPECT_EQ(verdict(all), SignatureVerdict::good);
  EXPECT_EQ(verdict(others), SignatureVerdict::unexpected_key);
  EXPECT_EQ(verdict({}), SignatureVerdict::unexpected_key) << "no key means nobody";
}

TEST(SshSignature, SignsADigestOfAStreamLikeTheWholeMessage) {
  const std::string message(200'000, 'x');
  MemorySource source(as_bytes(message));
  const auto digest = sha512_stream(source, message.size());
  ASSERT_TRUE(digest);
  EXPECT_EQ(*digest, *sha512(as_bytes(message)));
  auto signer = test_signer();
  const auto armored = *make_ssh_signature(signer, kSealNamespace, *digest);
  EXPECT_TRUE(check_seal(signer.public_key(), message, armored).good());
  MemorySource again(as_bytes(message));
  EXPECT_EQ(sha512_stream(again, message.size() - 1).error().code, ErrorCode::limit_exceeded);
}

TEST(SshSignature, RefusesANamespaceThatStockFilesReadAsAPattern) {
  auto signer = test_signer();
  for (const std::string name_space : {"", "a b", "a,b", "a*", "a?", "!a", "a\"", "A", "a\n"}) {
    EXPECT_FALSE(make_ssh_signature(signer, name_space, as_bytes(kMessage))) << name_space;
  }
  EXPECT_FALSE(make_ssh_signature(signer, std::string(65, 'a'), as_bytes(kMessage)));
}

/// Signs with another key than it names.
class BrokenSigner final : public Signer {
 public:
  [[nodiscard]] const SshPublicKey& public_key() const override { return shown_.public_key(); }
  Result<Bytes> sign(std::span<const std::byte> data) override { return used_.sign(data); }

 private:
  Ed25519Signer shown_ = test_signer(1);
  Ed25519Signer used_ = test_signer(2);
};

TEST(SshSignature, AWrongSignatureNeverLeavesTheSigner) {
  BrokenSigner signer;
  const auto made = make_ssh_signature(signer, kSealNamespace, as_bytes(kMessage));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().message, "sign: the signer gave a wrong signature");
}

// RFC 8032 section 7.1, test 1.
TEST(Ed25519Signer, MatchesTheStandard) {
  auto signer = Ed25519Signer::from_seed(
      SecretBytes(*from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")));
  ASSERT_TRUE(signer);
  EXPECT_EQ(to_hex(signer->public_key().point()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(to_hex(parse_raw_signature(*signer->sign({}))->value),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39"
            "701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  EXPECT_FALSE(Ed25519Signer::from_seed(SecretBytes(std::size_t{31})));
}

TEST(Ed25519Signer, MakesADifferentKeyEachTime) {
  SystemRandomness randomness;
  EXPECT_FALSE(Ed25519Signer::generate(randomness)->public_key() ==
               Ed25519Signer::generate(randomness)->public_key());
}

// RFC 6979 appendix A.2.5 gives this pair of keys.
TEST(EcdsaP256Signer, SignsWithTheKeyThatBelongsToItsPublicKey) {
  const auto key = SshPublicKey::from_p256_point(
      *from_hex("0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
  ASSERT_TRUE(key);
  const std::string scalar = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
  auto signer = EcdsaP256Signer::from_scalar(SecretBytes(*from_hex(scalar)), *key);
  ASSERT_TRUE(signer);
  for (int i = 0; i < 20; ++i) {
    const auto armored = make_ssh_signature(*signer, kSealNamespace, as_bytes(kMessage));
    ASSERT_TRUE(armored) << armored.error().message;
    EXPECT_TRUE(check_seal(*key, kMessage, *armored).good());
  }
  EXPECT_FALSE(EcdsaP256Signer::from_scalar(SecretBytes(Bytes(32, std::byte{7})), *key));
  EXPECT_FALSE(
      EcdsaP256Signer::from_scalar(SecretBytes(*from_hex(scalar)), test_signer().public_key()));
}

}  // namespace
}  // namespace casebook
