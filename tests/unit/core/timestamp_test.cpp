#include "core/timestamp.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/temporary_folder.h"
#include "tests/support/time_authority.h"
#include "tests/support/vector_file.h"

namespace casebook {
namespace {

constexpr std::string_view kSignature = "-----BEGIN SSH SIGNATURE-----\nof a seal\n";

/// One change for each byte: the case of a letter (names are compared without it), else one bit.
std::byte change_at(std::size_t at, std::byte old) {
  const auto c = std::to_integer<unsigned>(old | std::byte{0x20});
  return old ^ (c >= 'a' && c <= 'z' ? std::byte{0x20} : static_cast<std::byte>(1U << at % 8));
}

class Timestamp : public testing::Test {
 protected:
  void SetUp() override {
    if (!stock_tool("openssl")) GTEST_SKIP() << "openssl is not installed";
  }

  TimeAuthority authority(const std::string& name, const TimeAuthority::Options& options = {}) {
    std::filesystem::create_directory(folder_.path() / name);
    return {folder_.path() / name, options};
  }

  Bytes token_of(const TimeAuthority& authority) {
    const auto query = make_timestamp_query(as_bytes(kSignature), randomness_);
    auto kept = accept_timestamp_reply(authority.reply(query->der), *query);
    EXPECT_TRUE(kept) << kept.error().message;
    return *std::move(kept);
  }

  TemporaryFolder folder_;
  SystemRandomness randomness_;
};

TEST_F(Timestamp, RT13_ATokenDatesTheBytesOfTheSignature) {
  const auto before = SystemClock().now_seconds();
  const auto tsa = authority("tsa");
  const Bytes token = token_of(tsa);
  const auto found = verify_timestamp(as_bytes(kSignature), token, tsa.root_pem());
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->time) << found->reason;
  EXPECT_GE(found->time->at, before);
  EXPECT_LE(found->time->at, SystemClock().now());
  EXPECT_EQ(found->time->accuracy, std::chrono::milliseconds(1500));
  EXPECT_EQ(found->time->policy, "1.3.6.1.4.1.55555.1");
  EXPECT_EQ(found->time->authority, "CN=Test time authority,O=Casebook tests");
  EXPECT_EQ(found->time->serial, "01");
  const auto other = verify_timestamp(as_bytes("another signature"), token, tsa.root_pem());
  EXPECT_FALSE(other->time);
  EXPECT_EQ(other->reason, "the token is over other bytes");
}

TEST_F(Timestamp, StockOpensslAcceptsWhatWeAskedFor) {
  const auto tsa = authority("tsa", {.intermediate = true});
  const Bytes token = token_of(tsa);
  write_test_file(tsa.file("data"), kSignature);
  write_test_file(tsa.file("kept.tsr"), as_text(token));
  const std::vector<std::string> verify = {
      "ts", "-verify", "-in", tsa.file("kept.tsr"), "-CAfile", tsa.file("root.crt"), "-data"};
  auto good = verify;
  good.push_back(tsa.file("data"));
  EXPECT_EQ(tsa.try_openssl(good), 0);
  auto bad = verify;
  bad.push_back(tsa.file("root.crt"));
  EXPECT_NE(tsa.try_openssl(bad), 0);
}

TEST_F(Timestamp, AcceptsWhatStockOpensslAskedFor) {
  const auto tsa = authority("tsa");
  write_test_file(tsa.file("data"), kSignature);
  tsa.openssl({"ts", "-query", "-data", tsa.file("data"), "-sha256", "-cert", "-out",
               tsa.file("stock.tsq")});
  const Bytes query = *read_file(tsa.file("stock.tsq"), kTimestampBytesMax);
  const Bytes reply = tsa.reply(query);
  const auto parsed = parse_timestamp_query(query);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->imprint, *sha256(as_bytes(kSignature)));
  EXPECT_EQ(*accept_timestamp_reply(reply, *parsed), reply) << "a stock reply is kept as it is";
  EXPECT_EQ(*accept_timestamp_reply(reply, as_bytes(kSignature)), reply);
  EXPECT_FALSE(accept_timestamp_reply(reply, as_bytes("another signature")));
  const auto found = verify_timestamp(as_bytes(kSignature), reply, tsa.root_pem());
  EXPECT_TRUE(found->time) << found->reason;
}

TEST_F(Timestamp, AReplyToAnotherQueryIsRefused) {
  const auto tsa = authority("tsa");
  const auto ours = make_timestamp_query(as_bytes(kSignature), randomness_);
  const auto other = make_timestamp_query(as_bytes(kSignature), randomness_);
  EXPECT_EQ(parse_timestamp_query(ours->der)->nonce, ours->nonce);
  EXPECT_NE(ours->nonce, other->nonce);
  const auto accepted = accept_timestamp_reply(tsa.reply(other->der), *ours);
  ASSERT_FALSE(accepted);
  EXPECT_EQ(accepted.error().message, "time stamp: the token answers another query");
}

TEST_F(Timestamp, ARefusalOfTheAuthorityIsAnErrorWithItsWords) {
  const auto tsa = authority("tsa");
  write_test_file(tsa.file("data"), kSignature);
  tsa.openssl({"ts", "-query", "-data", tsa.file("data"), "-sha384", "-out", tsa.file("odd.tsq")});
  const Bytes query = *read_file(tsa.file("odd.tsq"), kTimestampBytesMax);
  EXPECT_FALSE(parse_timestamp_query(query)) << "only SHA-256 is asked for";
  const auto accepted = accept_timestamp_reply(tsa.reply(query), as_bytes(kSignature));
  ASSERT_FALSE(accepted);
  EXPECT_TRUE(accepted.error().message.starts_with("time stamp: the authority did not grant it: "))
      << accepted.error().message;
}

TEST_F(Timestamp, ANoteInTheStatusIsDroppedBecauseNothingSignsIt) {
  const auto tsa = authority("tsa");
  const Bytes token = token_of(tsa);
  // 30 82 LLLL 30 03 02 01 00 …  becomes  30 82 LLLL' 30 07 02 01 00 30 02 0c 00 …
  ASSERT_EQ(to_hex(std::span(token).subspan(4, 5)), "3003020100");
  Bytes noted = *from_hex(
      "3082000030070201003002"
      "0c00");
  noted.insert(noted.end(), token.begin() + 9, token.end());
  const std::size_t size = noted.size() - 4;
  noted[2] = static_cast<std::byte>(size >> 8U);
  noted[3] = static_cast<std::byte>(size & 255U);
  EXPECT_EQ(*accept_timestamp_reply(noted, as_bytes(kSignature)), token);
  EXPECT_FALSE(verify_timestamp(as_bytes(kSignature), noted, tsa.root_pem())->time);
}

TEST_F(Timestamp, OnlyAuthoritiesFromOutsideAreBelieved) {
  const auto tsa = authority("tsa");
  const auto stranger = authority("stranger");
  const Bytes token = token_of(tsa);
  const auto found = verify_timestamp(as_bytes(kSignature), token, stranger.root_pem());
  EXPECT_FALSE(found->time);
  EXPECT_EQ(found->reason, "not signed by a time authority that is believed");
  EXPECT_TRUE(
      verify_timestamp(as_bytes(kSignature), token, stranger.root_pem() + tsa.root_pem())->time);
  EXPECT_EQ(verify_timestamp(as_bytes(kSignature), token, "").error().code,
            ErrorCode::invalid_input);
  EXPECT_FALSE(verify_timestamp(as_bytes(kSignature), token, tsa.root_pem().substr(0, 100)));
}

TEST_F(Timestamp, RT19_AForeignCertificateInsideMakesTheTimeUnknown) {
  const auto stranger = authority("stranger");
  const auto tsa = authority("tsa", {.extra_certificate = stranger.root_pem()});
  const auto found = verify_timestamp(as_bytes(kSignature), token_of(tsa), tsa.root_pem());
  EXPECT_FALSE(found->time);
  EXPECT_EQ(found->reason, "the token carries a certificate that is not part of its chain");
}

TEST_F(Timestamp, RT19_AnyChangedByteOfATokenMakesTheTimeUnknown) {
  const auto tsa = authority("tsa", {.intermediate = true});
  const Bytes token = token_of(tsa);
  const std::string root = tsa.root_pem();
  ASSERT_TRUE(verify_timestamp(as_bytes(kSignature), token, root)->time);
  for (std::size_t at = 0; at < token.size(); ++at) {
    Bytes changed = token;
    changed[at] = change_at(at, token[at]);
    const auto found = verify_timestamp(as_bytes(kSignature), changed, root);
    ASSERT_TRUE(found) << at;
    EXPECT_FALSE(found->time) << "byte " << at;
    EXPECT_FALSE(found->reason.empty());
  }
  for (std::size_t size = 0; size < token.size(); size += 7) {
    EXPECT_FALSE(verify_timestamp(as_bytes(kSignature), std::span(token).first(size), root)->time);
  }
  Bytes longer = token;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(verify_timestamp(as_bytes(kSignature), longer, root)->time);
  EXPECT_FALSE(accept_timestamp_reply(longer, as_bytes(kSignature)));
}

TEST_F(Timestamp, RT18_IsCheckedAtItsOwnTimeAfterTheCertificateEnded) {
  std::map<std::string, std::string> vector;
  for (const auto& row : read_vectors("time_token.txt")) vector[row.at(0)] = row.at(1);
  const Bytes data = *from_base64(vector.at("data"));
  const Bytes token = *from_base64(vector.at("token"));
  const std::string root =
      "-----BEGIN CERTIFICATE-----\n" + vector.at("root") + "\n-----END CERTIFICATE-----\n";
  const auto found = verify_timestamp(data, token, root);
  ASSERT_TRUE(found && found->time) << found->reason;
  EXPECT_EQ(found->time->at, *parse_utc(vector.at("stated")));
  EXPECT_EQ(found->time->authority, "CN=Time authority that has ended");
  EXPECT_EQ(*accept_timestamp_reply(token, data), token);

  const auto tsa = authority("tsa");  // For its openssl alone.
  write_test_file(tsa.file("data"), as_text(data));
  write_test_file(tsa.file("token"), as_text(token));
  write_test_file(tsa.file("ended.crt"), root);
  std::vector<std::string> verify = {"ts",  "-verify",         "-data",   tsa.file("data"),
                                     "-in", tsa.file("token"), "-CAfile", tsa.file("ended.crt")};
  EXPECT_NE(tsa.try_openssl(verify), 0) << "stock asks for today";
  const auto at = std::chrono::floor<std::chrono::seconds>(found->time->at).time_since_epoch();
  verify.insert(verify.end(), {"-attime", std::to_string(at.count())});
  EXPECT_EQ(tsa.try_openssl(verify), 0);
}

TEST_F(Timestamp, AuthoritiesWithRsaOrLongerDigestsAreFineAndSha1IsNot) {
  const auto found = [&](const std::string& name, const TimeAuthority::Options& options) {
    const auto tsa = authority(name, options);
    return *verify_timestamp(as_bytes(kSignature), token_of(tsa), tsa.root_pem());
  };
  EXPECT_TRUE(found("sha384", {.digest = "sha384"}).time);
  EXPECT_TRUE(found("sha512", {.digest = "sha512"}).time);
  const auto rsa = found("rsa", {.key = {"rsa:2048"}});
  EXPECT_TRUE(rsa.time) << rsa.reason;
  EXPECT_EQ(found("sha1", {.digest = "sha1"}).reason, "its digest algorithm is weak or differs");
}

}  // namespace
}  // namespace casebook
