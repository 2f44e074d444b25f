#pragma once
/// Merkle trees over lines of text: root, and proof that one line is among them.
/// Specification: docs/spec/merkle.md; RFC 6962 section 2.1 with a format name in each leaf.

#include <array>
#include <vector>

#include "core/digest.h"

namespace casebook {

/// Goes in front of a line before it is hashed, so that a line of one format is never a leaf of
/// another.
inline constexpr std::string_view kCatalogLeaf = "casebook-catalog/1\n";
inline constexpr std::string_view kEntryLeaf = "casebook-entry/1\n";

/// Hashes leaves and nodes with one context. Movable, not shared between threads.
class MerkleHasher {
 public:
  static Result<MerkleHasher> create();
  /// SHA-256(0x00 ‖ format ‖ line); `line` is without its line feed.
  Result<Digest256> leaf(std::string_view format, std::span<const std::byte> line);
  /// SHA-256(0x01 ‖ left ‖ right).
  Result<Digest256> node(const Digest256& left, const Digest256& right);

 private:
  explicit MerkleHasher(Sha256 hasher) : hasher_(std::move(hasher)) {}
  Sha256 hasher_;
};

/// What is signed about a tree. The root alone says nothing about how many leaves there are.
struct MerkleHead {
  std::uint64_t count = 0;
  Digest256 root{};
  bool operator==(const MerkleHead&) const = default;
};

/// A tree that grows leaf by leaf and keeps one digest for each of its 64 levels.
class MerkleTree {
 public:
  static Result<MerkleTree> create();
  Status add(const Digest256& leaf);
  Status add_line(std::string_view format, std::span<const std::byte> line);
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The head so far; the tree may grow on. Without leaves the root is SHA-256 of nothing.
  Result<MerkleHead> head();

 private:
  explicit MerkleTree(MerkleHasher hasher) : hasher_(std::move(hasher)) {}
  MerkleHasher hasher_;
  std::uint64_t count_ = 0;
  std::array<Digest256, 64> full_{};  // full_[k]: root of 2^k leaves, where bit k of count_ is set.
};

/// Where a leaf stands, and the siblings from it up to the root. It names no count on purpose: that
/// one comes from a signed head.
struct MerkleProof {
  std::uint64_t index = 0;
  std::vector<Digest256> path;
  bool operator==(const MerkleProof&) const = default;
};

/// Makes the proof of one leaf while all leaves pass by once, in order.
class MerkleProofBuilder {
 public:
  /// @return `invalid_input` unless `index < count`.
  static Result<MerkleProofBuilder> create(std::uint64_t index, std::uint64_t count);
  Status add(const Digest256& leaf);
  /// @return `invalid_input` when not exactly `count` leaves were added.
  Result<MerkleProof> finish() &&;

 private:
  struct Sibling {
    std::uint64_t begin;
    std::uint64_t end;
    std::size_t height;  // Its place in the path, counted from the root.
  };
  MerkleProofBuilder(MerkleTree tree, std::uint64_t index, std::uint64_t count);
  std::vector<Sibling> siblings_;  // Sorted by place; together with the leaf they are all leaves.
  MerkleProof proof_;
  MerkleTree tree_;  // Over the sibling that is passing by.
  std::size_t current_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t count_;
};

/// Checks that `leaf` stands at `proof.index` in the tree of `signed_head`, whose count and root
/// were signed together. @return `corrupt` when it does not.
Status verify_inclusion(const Digest256& leaf, const MerkleProof& proof,
                        const MerkleHead& signed_head);

}  // namespace casebook
