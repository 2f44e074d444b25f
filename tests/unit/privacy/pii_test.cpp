#include "vault/privacy/pii.h"

#include <gmock/gmock.h>

#include <random>

namespace casebook::privacy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> found(std::string_view text, int score_min = kPiiWarnScore) {
  std::vector<std::string> all;
  for (const PiiHit& hit : find_pii(text, score_min)) {
    all.push_back(std::string(to_string(hit.kind)) + " " +
                  std::string(text.substr(hit.begin, hit.size_bytes)));
  }
  return all;
}

TEST(Pii, FindsMailAddresses) {
  EXPECT_THAT(found("to <Ada.L+x@mail.example.org>, ben@example.org."),
              ElementsAre("email Ada.L+x@mail.example.org", "email ben@example.org"));
  EXPECT_THAT(
      found("logo@2x.png a@b @ada user@host a..b@example.org git@example.org:x/y.git x@1.2.3"),
      IsEmpty());
}

TEST(Pii, FindsAccountsByTheirCheckDigits) {
  EXPECT_THAT(found("IBAN NL91 ABNA 0417 1643 00, or GB82WEST12345698765432."),
              ElementsAre("iban NL91 ABNA 0417 1643 00", "iban GB82WEST12345698765432"));
  EXPECT_THAT(found("NL92 ABNA 0417 1643 00 and XX91ABNA0417164300 and GB82WEST123456987654321"),
              IsEmpty());
}

TEST(Pii, FindsCards) {
  EXPECT_THAT(
      found("12 4111 1111 1111 1111 12/26; 378282246310005, 5500-0055-5555-5559"),
      ElementsAre("card 4111 1111 1111 1111", "card 378282246310005", "card 5500-0055-5555-5559"));
  EXPECT_THAT(found("pay-4111111111111111 pan 36227206271667"),
              ElementsAre("card 4111111111111111", "card 36227206271667"));
  EXPECT_THAT(found("4111 1111 1111 1112, 1111 1111 1111 1117, 41 11 11 11 11 11 11 11, "
                    "4111111111111111x, 36227206271667"),
              IsEmpty());
}

TEST(Pii, FindsSocialSecurityNumbersThatCanExist) {
  EXPECT_THAT(found("ssn 123-45-6780 and 536227301; SSN: 536227301"),
              ElementsAre("ssn 123-45-6780", "ssn 536227301", "ssn 536227301"));
  EXPECT_THAT(found("000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000 078-05-1120"),
              IsEmpty());
}

TEST(Pii, FindsCitizenNumbersWhereTheyAreNamedOrStandInAColumn) {
  EXPECT_THAT(found("BSN 111222333, bsn: 1234.56.782"),
              ElementsAre("bsn 111222333", "bsn 1234.56.782"));
  EXPECT_THAT(found("bsn\n111222333\n123456782\n"), ElementsAre("bsn 111222333", "bsn 123456782"));
  EXPECT_THAT(found("order 111222333 and 111222334, bsn 111222334, bsn 000000000"), IsEmpty());
  EXPECT_THAT(found("order 111222333", 0), ElementsAre("bsn 111222333"));
}

TEST(Pii, FindsPhones) {
  EXPECT_THAT(
      found("+31 6 12345678, +31 (0)20 555 0123; +1 (212) 555-0142 or (212) 555-0143, "
            "212-555-0144; 06-12345678"),
      ElementsAre("phone +31 6 12345678", "phone +31 (0)20 555 0123", "phone +1 (212) 555-0142",
                  "phone (212) 555-0143", "phone 212-555-0144", "phone 06-12345678"));
  EXPECT_THAT(found("tel 5550123, Mobile: 0612345678 2026"),
              ElementsAre("phone 5550123", "phone 0612345678"));
  EXPECT_THAT(
      found("2026-11-21 02:11:26, 02.11.2026 10:00, order 5550123, 1700000000, +0123456789, "
            "build 0612345678, tell 5550123"),
      IsEmpty());
}

TEST(Pii, FindsNetworkAddresses) {
  EXPECT_THAT(found("from 192.0.2.17:443 to 203.0.113.9, 2001:db8::17, fe80::1%eth0 and "
                    "2001:db8:0:1:1:1:1:1"),
              ElementsAre("ipv4 192.0.2.17", "ipv4 203.0.113.9", "ipv6 2001:db8::17",
                          "ipv6 fe80::1", "ipv6 2001:db8:0:1:1:1:1:1"));
  EXPECT_THAT(found("version 192.0.2.17 1.2.3.4 127.0.0.1 256.1.1.1 1.2.3.4.5 02:11:26 std::find "
                    "aa:bb:cc:dd:ee:ff a::b ::1 16:27:ac:a5:76:28:2d:36:63:1b"),
              IsEmpty());
}

TEST(Pii, FindsKeysAndTokens) {
  const std::string jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlc2lnbmF0dXJl";
  EXPECT_THAT(found("Bearer " + jwt + ", next"), ElementsAre("jwt " + jwt));
  const std::string token = "ghp_" + std::string("a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
  EXPECT_THAT(found("export GH=" + token + "."), ElementsAre("token " + token));
  const std::string pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----";
  EXPECT_THAT(found("x " + pem + "\ny"), ElementsAre("private_key " + pem));
  EXPECT_THAT(found("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n\nnext"),
              ElementsAre("private_key -----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz"));
  EXPECT_THAT(found("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
                    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx eyJhbGci.x.y"),
              IsEmpty());
}

TEST(Pii, FindsAssignedSecrets) {
  EXPECT_THAT(found(R"("password": "Hunter2!", api_key = 9f86d081884c7d659a2feaa0c55ad015)"),
              ElementsAre("secret Hunter2!", "secret 9f86d081884c7d659a2feaa0c55ad015"));
  EXPECT_THAT(found("https://ada:open-sesame@db.example.org/x"), ElementsAre("secret open-sesame"));
  EXPECT_THAT(found("password: changed, the token = revoked, secret: see below, password=$PASS"),
              IsEmpty());
}

TEST(Pii, DoesNotDependOnHowTheTextWasCut) {
  std::mt19937_64 random(7);
  const std::vector<std::string> pieces = {"ada@example.org ",
                                           "BSN 111222333\n",
                                           "4111 1111 1111 1111 ",
                                           "+31 6 12345678, ",
                                           std::string(20'000, 'a') + " ",
                                           "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n",
                                           "plain words here ",
                                           "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8 "};
  std::string text;
  while (text.size() < 3'000'000) text += pieces[random() % pieces.size()];
  const auto whole = find_pii(text, 0);
  ASSERT_GT(whole.size(), 100U);
  std::vector<PiiHit> cut;
  PiiScanner scanner([&](const PiiHit& hit) { cut.push_back(hit); }, 0);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = random() % 50'000;
    scanner.feed(std::string_view(text).substr(at, size));
    at += size;
  }
  scanner.finish();
  ASSERT_EQ(cut.size(), whole.size());
  for (std::size_t i = 0; i < cut.size(); ++i) {
    EXPECT_EQ(cut[i].begin, whole[i].begin);
    EXPECT_EQ(cut[i].size_bytes, whole[i].size_bytes);
    EXPECT_EQ(cut[i].kind, whole[i].kind);
  }
}

TEST(Pii, SaysInWordsWhatWasFound) {
  EXPECT_EQ(pii_summary(find_pii("ada@example.org ben@example.org 4111 1111 1111 1111")),
            "2 e-mail addresses, 1 card number");
  EXPECT_EQ(pii_summary({}), "");
}

}  // namespace
}  // namespace casebook::privacy
