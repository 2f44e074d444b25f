#include "vault/privacy/redaction.h"

#include <gmock/gmock.h>

namespace casebook::privacy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Redaction, HmacIsThatOfRfc4231) {
  EXPECT_EQ(
      to_hex(*hmac_sha256(SecretBytes::copy_of("Jefe"), as_bytes("what do ya want for nothing?"))),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Redaction, TokensAreStableWithinAKeyOnly) {
  const SecretBytes key(kRedactionKeyBytes);
  const auto token = *redaction_token(key, PiiKind::card, "4111 1111 1111 1111");
  EXPECT_EQ(token, "[card:x2rfbs83n8tb]");  // docs/spec/privacy.md section 2
  EXPECT_EQ(*redaction_token(key, PiiKind::card, "4111-1111-1111-1111"), token);
  EXPECT_EQ(*redaction_token(key, PiiKind::email, "Ada@Example.org"),
            *redaction_token(key, PiiKind::email, "ada@example.org"));
  EXPECT_NE(
      *redaction_token(SecretBytes::copy_of("another key"), PiiKind::card, "4111 1111 1111 1111"),
      token);
}

TEST(Redaction, LeavesNoValueBehind) {
  const std::string text =
      "ada@example.org paid with 4111 1111 1111 1111; BSN 111222333. "
      "A long while later, in another paragraph of the same page and far away: 111222333 alone.";
  const auto hits = find_pii(text);
  const auto redacted = redact(text, hits, SecretBytes(kRedactionKeyBytes));
  ASSERT_TRUE(redacted) << redacted.error().message;
  EXPECT_THAT(redacted->text, Not(HasSubstr("111222333")));
  EXPECT_THAT(redacted->text, Not(HasSubstr("ada@")));
  EXPECT_THAT(redacted->text, HasSubstr(" paid with [card:"));
  EXPECT_EQ(redacted->replaced, 4U);
  EXPECT_EQ(redacted->copies, 1U);
  EXPECT_EQ(redacted->digest, *sha256(as_bytes(redacted->text)));
  EXPECT_TRUE(find_pii(redacted->text).empty());
}

TEST(Redaction, RefusesHitsOfAnotherText) {
  const auto hits = find_pii("write to ada@example.org");
  EXPECT_FALSE(redact("short", hits, SecretBytes(kRedactionKeyBytes)));
}

}  // namespace
}  // namespace casebook::privacy
