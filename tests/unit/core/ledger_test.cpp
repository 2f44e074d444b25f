#include "core/ledger.h"

#include <gtest/gtest.h>

#include <sstream>

#include "core/ledger_head.h"
#include "tests/support/program.h"
#include "tests/support/seeded_randomness.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

LedgerId vector_id() { return *LedgerId::parse("000102030405060708090a0b0c0d0e0f"); }

Salt salt_of(std::size_t number) {
  Salt salt{};
  salt.fill(static_cast<std::byte>(number));
  return salt;
}

/// The ledger of the vectors, as far as `count` entries.
std::string ledger_text(std::size_t count, std::string_view word = "record ") {
  auto chain = LedgerChain::start(vector_id());
  check(bool(chain), "chain");
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    auto commit = commit_to(salt_of(i), as_bytes(std::string(word) + std::to_string(i)));
    const LedgerEntry entry = chain->next(*commit);
    check(bool(chain->accept(entry)), "accept");
    text += format_entry(entry) + "\n";
  }
  return text;
}

Result<LedgerReport> read_text(std::string_view text) {
  MemorySource source(as_bytes(text));
  return read_ledger(source, vector_id());
}

Result<HeadRelation> relate_text(std::string_view text, const MerkleHead& earlier) {
  MemorySource source(as_bytes(text));
  return relate_to_head(source, vector_id(), earlier);
}

TEST(Ledger, WritesWhatOpensslComputed) {
  EXPECT_EQ(ledger_text(4), as_text(read_vector("ledger/ledger")));
  std::istringstream roots(std::string(as_text(read_vector("ledger/roots.txt"))));
  std::string root;
  for (std::size_t count = 0; count <= 4; ++count) {
    ASSERT_TRUE(roots >> root);
    auto report = read_text(ledger_text(count));
    ASSERT_TRUE(report);
    EXPECT_EQ(report->tree.count, count);
    EXPECT_EQ(to_hex(report->tree.root), root);
  }
}

TEST(Ledger, IsNothingUnderAnotherId) {
  const std::string text = ledger_text(2);
  MemorySource source(as_bytes(text));
  auto other = read_ledger(source, *LedgerId::parse("100102030405060708090a0b0c0d0e0f"));
  EXPECT_EQ(other.error().code, ErrorCode::corrupt);
}

TEST(Ledger, RefusesEveryChangedByteOrSeesAnotherRoot) {
  const std::string text = ledger_text(3);
  const MerkleHead head = read_text(text)->tree;
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const int flip : {0x01, 0x20, 0x80}) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      auto report = read_text(changed);
      // Only the commitment of the last entry and the last line feed bind nothing after them.
      EXPECT_TRUE(!report || report->tree != head) << at;
      if (report) {
        EXPECT_NE(*relate_text(changed, head), HeadRelation::extends) << at;
      }
    }
  }
}

TEST(Ledger, ReportsATornLineAndGoesOn) {
  const std::string text = ledger_text(3);
  const std::size_t two_lines = ledger_text(2).size();
  for (std::size_t size = two_lines; size < text.size(); ++size) {
    auto report = read_text(text.substr(0, size));
    ASSERT_TRUE(report) << size;
    EXPECT_EQ(report->tree.count, 2U);
    EXPECT_EQ(report->torn_bytes, size - two_lines);
    EXPECT_EQ(report->whole_bytes, two_lines);
  }
}

TEST(Ledger, RefusesLinesThatAreMissingDoubledOrTooLong) {
  const std::string first = ledger_text(1);
  const std::string both = ledger_text(2);
  EXPECT_FALSE(read_text(both.substr(first.size())));
  EXPECT_FALSE(read_text(first + first));
  EXPECT_FALSE(read_text("\n" + first));
  EXPECT_FALSE(read_text(first + std::string(600, ' ')));
  EXPECT_FALSE(read_text(first + std::string(200000, 'x') + "\n"));
  EXPECT_FALSE(read_text("{\"commit\":1}\n"));
}

// A restored old folder and a rewritten history are both found by a head kept elsewhere (RT-14).
TEST(Ledger, RT14_IsComparedWithAnEarlierHead) {
  const MerkleHead two = read_text(ledger_text(2))->tree;
  EXPECT_EQ(*relate_text(ledger_text(2), two), HeadRelation::extends);
  EXPECT_EQ(*relate_text(ledger_text(9), two), HeadRelation::extends);
  EXPECT_EQ(*relate_text(ledger_text(1), two), HeadRelation::rolled_back);
  EXPECT_EQ(*relate_text(ledger_text(0), two), HeadRelation::rolled_back);
  EXPECT_EQ(*relate_text(ledger_text(9, "other "), two), HeadRelation::forked);
  EXPECT_EQ(*relate_text(ledger_text(3), read_text("")->tree), HeadRelation::extends);
}

TEST(Ledger, CommitmentsHideTheirRecord) {
  SystemRandomness randomness;
  auto first = commit_to(*make_salt(randomness), as_bytes("suspected"));
  auto second = commit_to(*make_salt(randomness), as_bytes("suspected"));
  ASSERT_TRUE(first && second);
  EXPECT_NE(*first, *second);
}

class LedgerHeads : public testing::Test {
 protected:
  LedgerHeads() : log_key_(*Ed25519Signer::generate(randomness_)) {}
  SystemRandomness randomness_;
  Ed25519Signer log_key_;
  const LedgerHead head_{vector_id(), read_text(ledger_text(4))->tree,
                         *parse_utc("2026-11-21T02:11:26Z")};
};

TEST_F(LedgerHeads, AreReadAsTheyAreSigned) {
  auto made = sign_head(head_, log_key_);
  ASSERT_TRUE(made);
  auto read = parse_signed_head(format_signed_head(*made));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->head.tree, head_.tree);
  EXPECT_EQ(read->head.ledger, head_.ledger);
  EXPECT_EQ(read->head.time, head_.time);
  EXPECT_TRUE(verify_head(*read, std::vector{log_key_.public_key()})->good());
  auto stranger = Ed25519Signer::generate(randomness_);
  EXPECT_FALSE(verify_head(*read, std::vector{stranger->public_key()})->good());
}

TEST_F(LedgerHeads, AreRefusedWithAnyByteChanged) {
  auto made = sign_head(head_, log_key_);
  ASSERT_TRUE(made);
  const std::string text = format_signed_head(*made);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    auto read = parse_signed_head(changed);
    EXPECT_TRUE(!read || !verify_head(*read, std::vector{log_key_.public_key()})->good()) << at;
  }
}

TEST_F(LedgerHeads, AreVerifiedByStockSshKeygen) {
  auto made = sign_head(head_, log_key_);
  ASSERT_TRUE(made);
  const TemporaryFolder folder;
  const auto signers = "log namespaces=\"casebook-head@v1\" " + log_key_.public_key().line() + "\n";
  ASSERT_TRUE(write_file(folder.path() / "signers", as_bytes(signers), 0600));
  ASSERT_TRUE(write_file(folder.path() / "line", as_bytes(made->line), 0600));
  ASSERT_TRUE(write_file(folder.path() / "sig", as_bytes(made->signature), 0600));
  EXPECT_EQ(run_program(
                {.arguments = {"ssh-keygen", "-Y", "verify", "-f", folder.path() / "signers", "-I",
                               "log", "-n", "casebook-head@v1", "-s", folder.path() / "sig"},
                 .input = folder.path() / "line"}),
            0);
}

}  // namespace
}  // namespace casebook
