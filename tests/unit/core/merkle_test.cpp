#include "core/merkle.h"

#include <gtest/gtest.h>

#include <sstream>

#include "core/line_proof.h"
#include "tests/support/program.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/vectors.h"

namespace casebook {
namespace {

std::vector<Digest256> leaves_of(std::string_view format, std::size_t count) {
  auto hasher = MerkleHasher::create();
  check(bool(hasher), "hasher");
  std::vector<Digest256> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(*hasher->leaf(format, as_bytes("{\"n\":" + std::to_string(i) + "}")));
  }
  return leaves;
}

MerkleHead head_of(std::span<const Digest256> leaves) {
  auto tree = MerkleTree::create();
  check(bool(tree), "tree");
  for (const Digest256& leaf : leaves) check(bool(tree->add(leaf)), "add");
  return *tree->head();
}

MerkleProof proof_of(std::span<const Digest256> leaves, std::uint64_t index) {
  auto builder = MerkleProofBuilder::create(index, leaves.size());
  check(bool(builder), "builder");
  for (const Digest256& leaf : leaves) check(bool(builder->add(leaf)), "add");
  return *std::move(*builder).finish();
}

TEST(MerkleTree, HasTheRootsThatOpensslComputed) {
  const std::vector<std::string> lines = {"",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f",
                                          "7b7d"};
  std::istringstream vectors(std::string(as_text(read_vector("merkle/roots.txt"))));
  std::string name;
  std::string root;
  std::size_t count = 0;
  std::size_t seen = 0;
  while (vectors >> name >> count >> root) {
    const std::string format = name == "-" ? "" : name + "\n";
    auto tree = MerkleTree::create();
    ASSERT_TRUE(tree);
    for (std::size_t i = 0; i < count; ++i)
      ASSERT_TRUE(tree->add_line(format, *from_hex(lines[i])));
    EXPECT_EQ(to_hex(tree->head()->root), root) << name << " " << count;
    ++seen;
  }
  EXPECT_EQ(seen, 30U);
}

TEST(MerkleProof, HoldsForEveryLeafOfEveryTreeAndForNoOther) {
  for (std::size_t count = 1; count <= 40; ++count) {
    const auto leaves = leaves_of(kCatalogLeaf, count);
    const MerkleHead head = head_of(leaves);
    for (std::size_t index = 0; index < count; ++index) {
      const MerkleProof proof = proof_of(leaves, index);
      EXPECT_TRUE(verify_inclusion(leaves[index], proof, head));
      EXPECT_FALSE(verify_inclusion(leaves[(index + 1) % count], proof, head) && count > 1);
      for (std::uint64_t other = 0; other < count + 2; ++other) {
        if (other == index) continue;
        EXPECT_FALSE(verify_inclusion(leaves[index], {other, proof.path}, head))
            << index << " as " << other << " of " << count;
      }
    }
  }
}

// RT-32: one leaf, path and root fit index 1 of 2, 2 of 3, 4 of 5 and so on. Only the count that
// was signed together with the root says which of them is meant.
TEST(MerkleProof, RT32_IsHeldAgainstTheSignedCountOnly) {
  const auto leaves = leaves_of(kCatalogLeaf, 2);
  const MerkleHead signed_head = head_of(leaves);
  const MerkleProof proof = proof_of(leaves, 1);
  ASSERT_TRUE(verify_inclusion(leaves[1], proof, signed_head));
  for (const std::uint64_t claimed : {2U, 4U, 8U, 16U}) {
    const MerkleProof moved{claimed, proof.path};
    // An unsigned count would let it pass:
    EXPECT_TRUE(verify_inclusion(leaves[1], moved, {claimed + 1, signed_head.root}));
    EXPECT_FALSE(verify_inclusion(leaves[1], moved, signed_head));
  }
  EXPECT_FALSE(verify_inclusion(leaves[1], {1, {}}, signed_head));
  MerkleProof longer = proof;
  longer.path.push_back(leaves[0]);
  EXPECT_FALSE(verify_inclusion(leaves[1], longer, signed_head));
}

TEST(MerkleProof, KeepsFormatsApart) {
  EXPECT_NE(leaves_of(kCatalogLeaf, 1), leaves_of(kEntryLeaf, 1));
}

TEST(MerkleProofBuilder, WantsExactlyTheLeavesThatWereAnnounced) {
  const auto leaves = leaves_of(kCatalogLeaf, 3);
  EXPECT_FALSE(MerkleProofBuilder::create(3, 3));
  auto builder = MerkleProofBuilder::create(0, 2);
  ASSERT_TRUE(builder);
  EXPECT_TRUE(builder->add(leaves[0]));
  EXPECT_TRUE(builder->add(leaves[1]));
  EXPECT_FALSE(builder->add(leaves[2]));
  auto early = MerkleProofBuilder::create(0, 2);
  ASSERT_TRUE(early->add(leaves[0]));
  EXPECT_FALSE(std::move(*early).finish());
}

class LineProofs : public testing::Test {
 protected:
  LineProofs() {
    const auto leaves = leaves_of(kEntryLeaf, 11);
    head_ = head_of(leaves);
    for (std::uint64_t i = 0; i < leaves.size(); ++i) {
      proofs_.push_back(
          {std::string(kEntryLeaf), "{\"n\":" + std::to_string(i) + "}", proof_of(leaves, i)});
    }
  }
  MerkleHead head_;
  std::vector<LineProof> proofs_;
};

TEST_F(LineProofs, AreReadAsTheyAreWritten) {
  for (const LineProof& proof : proofs_) {
    auto read = parse_line_proof(format_line_proof(proof));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->line, proof.line);
    EXPECT_EQ(read->proof, proof.proof);
    EXPECT_TRUE(verify_line(*read, head_));
    read->line += " ";
    EXPECT_FALSE(verify_line(*read, head_));
  }
}

TEST_F(LineProofs, AreRefusedInAnyOtherForm) {
  const std::string text = format_line_proof(proofs_[3]);
  EXPECT_FALSE(parse_line_proof(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(parse_line_proof(" " + text));
  EXPECT_FALSE(parse_line_proof(text + text));
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"casebook-proof/1", "casebook-proof/2"},
                                                        {"casebook-entry/1", "casebook-other/1"},
                                                        {"\"3\"", "3"},
                                                        {"\"3\"", "\"03\""},
                                                        {"\"index\"", "\"indey\""},
                                                        {"\"path\":[\"", "\"path\":[\"g"}}) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    EXPECT_FALSE(parse_line_proof(changed)) << changed;
  }
}

// The shell text of docs/spec/merkle.md is what a stranger checks with.
TEST_F(LineProofs, AreCheckedByTheShellTextOfTheSpecification) {
  const TemporaryFolder folder;
  const auto spec =
      read_file(std::filesystem::path(CASEBOOK_SOURCE_DIR) / "docs/spec/merkle.md", 100000);
  ASSERT_TRUE(spec);
  const std::string page(as_text(*spec));
  const std::size_t begin = page.find("#!/bin/bash");
  const std::string script = page.substr(begin, page.find("```", begin) - begin);
  ASSERT_TRUE(write_file(folder.path() / "check-line", as_bytes(script), 0700));
  const auto status = [&](const LineProof& proof, std::uint64_t count) {
    check(bool(write_file(folder.path() / "proof", as_bytes(format_line_proof(proof)), 0600,
                          IfExists::replace)),
          "write proof");
    return run_program({.arguments = {"bash", folder.path() / "check-line", folder.path() / "proof",
                                      std::to_string(count), to_hex(head_.root)}});
  };
  for (const std::size_t index : {0U, 7U, 10U}) EXPECT_EQ(status(proofs_[index], 11), 0) << index;
  EXPECT_NE(status(proofs_[10], 9), 0);
  EXPECT_NE(status(proofs_[4], 4), 0);
  LineProof changed = proofs_[4];
  changed.line = "{\"n\":5}";
  EXPECT_NE(status(changed, 11), 0);
}

}  // namespace
}  // namespace casebook
