#include "core/ssh_challenge.h"

#include <gtest/gtest.h>

namespace casebook {
namespace {

constexpr UtcSeconds kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);
constexpr UtcSeconds kEnd = kNow + std::chrono::minutes(10);

struct Enrolment {
  SystemRandomness randomness;
  Ed25519Signer signer = *Ed25519Signer::generate(randomness);
  std::string challenge = *make_key_challenge(signer.public_key(), kEnd, randomness);

  Result<SignatureCheck> answer(std::string_view name_space, UtcSeconds now = kNow) {
    const auto armored = *make_ssh_signature(signer, name_space, as_bytes(challenge));
    return verify_key_challenge(challenge, signer.public_key(), armored, now);
  }
};

TEST(KeyChallenge, RT10_AKeyEntersWithItsSignatureOverAFreshText) {
  Enrolment enrolment;
  EXPECT_TRUE(enrolment.answer(kEnrolNamespace)->good());
  EXPECT_NE(enrolment.challenge,
            *make_key_challenge(enrolment.signer.public_key(), kEnd, enrolment.randomness));
}

TEST(KeyChallenge, IsNotAnsweredByAStatement) {
  EXPECT_EQ(Enrolment().answer(kStatementNamespace)->verdict, SignatureVerdict::wrong_namespace);
}

TEST(KeyChallenge, EndsAtItsTime) {
  EXPECT_TRUE(Enrolment().answer(kEnrolNamespace, kEnd - std::chrono::seconds(1)));
  EXPECT_EQ(Enrolment().answer(kEnrolNamespace, kEnd).error().message,
            "key challenge: it has expired");
}

TEST(KeyChallenge, IsForOneKeyAndOneText) {
  Enrolment one;
  Enrolment other;
  const auto armored = *make_ssh_signature(one.signer, kEnrolNamespace, as_bytes(one.challenge));
  EXPECT_FALSE(verify_key_challenge(one.challenge, other.signer.public_key(), armored, kNow));
  const auto again = *make_key_challenge(one.signer.public_key(), kEnd, one.randomness);
  EXPECT_EQ(verify_key_challenge(again, one.signer.public_key(), armored, kNow)->verdict,
            SignatureVerdict::bad_signature);
  EXPECT_FALSE(verify_key_challenge("{}", one.signer.public_key(), armored, kNow));
}

}  // namespace
}  // namespace casebook
