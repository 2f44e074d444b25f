#include "core/statement.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/seeded_randomness.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

using namespace std::chrono_literals;

std::string vector_text(std::string_view name) {
  return std::string(as_text(read_vector("statement/" + std::string(name))));
}

class StatementTest : public testing::Test {
 protected:
  StatementTest()
      : ada_(*Ed25519Signer::generate(randomness_)),
        ben_(*Ed25519Signer::generate(randomness_)),
        statement_{*StatementId::make(randomness_),
                   *CaseId::make(randomness_),
                   false,
                   "role.give",
                   R"({"role":"legal"})",
                   {{"reason", *sha256(as_bytes("because"))}},
                   *parse_utc("2026-11-21T12:00:00Z"),
                   *parse_utc("2026-11-22T12:00:00Z"),
                   {3, *sha256(as_bytes("root"))}} {}
  [[nodiscard]] StatementPlace place() const {
    return {statement_.case_id, false, statement_.time, false, statement_.basis.root};
  }
  SystemRandomness randomness_;
  Ed25519Signer ada_;
  Ed25519Signer ben_;
  Statement statement_;
};

TEST(StatementVector, SignedByStockSshKeygenVerifies) {
  const std::string text = vector_text("statement.json");
  const auto statement = parse_statement(text);
  ASSERT_TRUE(statement) << statement.error().message;
  EXPECT_EQ(format_statement(*statement), text);
  EXPECT_EQ(statement->verb, "role.give");
  const auto signers = statement_signers({text, {vector_text("ada.sig"), vector_text("ben.sig")}});
  ASSERT_TRUE(signers) << signers.error().message;
  ASSERT_EQ(signers->size(), 2U);
  EXPECT_EQ((*signers)[0].line() + "\n", vector_text("ada.pub"));
  EXPECT_EQ((*signers)[1].line() + "\n", vector_text("ben.pub"));
  EXPECT_FALSE(statement_signers({text, {vector_text("ticket.sig")}}));
  EXPECT_FALSE(statement_signers({text + " ", {vector_text("ada.sig")}}));
}

TEST_F(StatementTest, ReadsBackWhatItWrites) {
  const std::string text = format_statement(statement_);
  const auto read = parse_statement(text);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(format_statement(*read), text);
  EXPECT_EQ(read->basis, statement_.basis);
  EXPECT_EQ(read->expires, statement_.expires);
  EXPECT_EQ(read->digests, statement_.digests);
}

TEST_F(StatementTest, RefusesEveryOtherSpelling) {
  Json object = *parse_json(format_statement(statement_));
  const auto refuses = [&](const char* key, const Json& value) {
    Json other = object;
    other[key] = value;
    EXPECT_FALSE(parse_statement(canonical_json(other))) << key << " = " << value;
  };
  refuses("format", "casebook-statement/2");
  refuses("verb", "Role");
  refuses("verb", "role..give");
  refuses("verb", "");
  refuses("body", "text");
  refuses("case", "00");
  refuses("id", nullptr);
  refuses("basis", {{"root", "00"}, {"size", 1}});
  refuses("basis", {{"root", std::string(64, '0')}, {"size", -1}});
  refuses("drill", 0);
  refuses("expires", "tomorrow");
  refuses("digests", {{"a b", std::string(64, '0')}});
  refuses("digests", {{"a", "0"}});
  refuses("more", 1);
  object.erase("drill");
  EXPECT_FALSE(parse_statement(canonical_json(object)));
  EXPECT_FALSE(parse_statement(format_statement(statement_) + "\n"));
  EXPECT_FALSE(parse_statement(""));
}

TEST_F(StatementTest, IsSignedByEachPersonOnce) {
  auto made = sign_statement(statement_, ada_);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_FALSE(cosign_statement(*made, ada_));
  ASSERT_TRUE(cosign_statement(*made, ben_));
  const auto signers = statement_signers(*made);
  ASSERT_TRUE(signers);
  EXPECT_EQ(*signers, (std::vector<SshPublicKey>{ada_.public_key(), ben_.public_key()}));
  EXPECT_FALSE(statement_signers({made->text, {}}));
  EXPECT_FALSE(statement_signers({made->text + " ", made->signatures}));
  auto by_ben_of_another = sign_statement({*StatementId::make(randomness_),
                                           statement_.case_id,
                                           false,
                                           "note",
                                           "{}",
                                           {},
                                           statement_.time,
                                           {},
                                           {}},
                                          ben_);
  auto other = sign_statement(statement_, ada_);
  EXPECT_FALSE(add_statement_signature(*other, by_ben_of_another->signatures.front()));
  EXPECT_EQ(other->signatures.size(), 1U);
}

// RT-5: a signature for one case, drill or moment is nothing in another.
TEST_F(StatementTest, Rt5CountsInItsOwnCaseOnceAndInTime) {
  EXPECT_TRUE(check_statement(statement_, place()).empty());
  using F = StatementFinding;
  const auto findings = [&](const StatementPlace& where) {
    return check_statement(statement_, where);
  };
  StatementPlace elsewhere{*CaseId::make(randomness_), false, statement_.time, false,
                           statement_.basis.root};
  EXPECT_EQ(findings(elsewhere), std::vector<F>{F::foreign_case});
  auto drill = place();
  drill.is_drill = true;
  EXPECT_EQ(findings(drill), std::vector<F>{F::other_drill});
  auto again = place();
  again.is_id_taken = true;
  EXPECT_EQ(findings(again), std::vector<F>{F::repeated});
  auto last_moment = place();
  last_moment.received_at = *statement_.expires;
  EXPECT_TRUE(findings(last_moment).empty());
  last_moment.received_at += 1s;
  EXPECT_EQ(findings(last_moment), std::vector<F>{F::expired});
  auto other_history = place();
  other_history.root_at_basis = *sha256(as_bytes("another"));
  EXPECT_EQ(findings(other_history), std::vector<F>{F::foreign_basis});
  other_history.root_at_basis = std::nullopt;
  EXPECT_EQ(findings(other_history), std::vector<F>{F::foreign_basis});
}

TEST_F(StatementTest, RefusesMoreThanItsLimits) {
  statement_.body = canonical_json(Json{{"text", std::string(kStatementBytesMax, 'x')}});
  EXPECT_FALSE(sign_statement(statement_, ada_));
  statement_.body = R"({"a":[[[[[[[[1]]]]]]]]})";
  EXPECT_FALSE(sign_statement(statement_, ada_));
}

TEST(StatementVerb, IsWordsJoinedByDots) {
  for (const char* good : {"note", "role.give", "key.replace", "a1_b.c"})
    EXPECT_TRUE(is_statement_verb(good)) << good;
  for (const char* bad : {"", ".", "a.", ".a", "A", "a b", "a-b", "\xc3\xa9"})
    EXPECT_FALSE(is_statement_verb(bad)) << bad;
  EXPECT_FALSE(is_statement_verb(std::string(65, 'a')));
}

}  // namespace
}  // namespace casebook
