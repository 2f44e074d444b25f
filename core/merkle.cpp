#include "core/merkle.h"

#include <algorithm>
#include <bit>

namespace casebook {
namespace {

constexpr std::array<std::byte, 1> kLeafMark = {std::byte{0}};
constexpr std::array<std::byte, 1> kNodeMark = {std::byte{1}};

Error not_in_tree(const char* why) {
  return Error{ErrorCode::corrupt, std::string("proof of inclusion: ") + why};
}

}  // namespace

Result<MerkleHasher> MerkleHasher::create() {
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  return MerkleHasher(*std::move(hasher));
}

Result<Digest256> MerkleHasher::leaf(std::string_view format, std::span<const std::byte> line) {
  for (const auto part : {std::span<const std::byte>(kLeafMark), as_bytes(format), line}) {
    if (auto added = hasher_.update(part); !added) return std::move(added).error();
  }
  return hasher_.finish_and_restart();
}

Result<Digest256> MerkleHasher::node(const Digest256& left, const Digest256& right) {
  for (const auto part : {std::span<const std::byte>(kNodeMark), std::span<const std::byte>(left),
                          std::span<const std::byte>(right)}) {
    if (auto added = hasher_.update(part); !added) return std::move(added).error();
  }
  return hasher_.finish_and_restart();
}

Result<MerkleTree> MerkleTree::create() {
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  return MerkleTree(*std::move(hasher));
}

Status MerkleTree::add(const Digest256& leaf) {
  Digest256 hash = leaf;
  std::size_t level = 0;
  for (; ((count_ >> level) & 1U) != 0; ++level) {
    auto joined = hasher_.node(full_[level], hash);
    if (!joined) return std::move(joined).error();
    hash = *joined;
  }
  full_[level] = hash;
  ++count_;
  return ok();
}

Status MerkleTree::add_line(std::string_view format, std::span<const std::byte> line) {
  auto hash = hasher_.leaf(format, line);
  if (!hash) return std::move(hash).error();
  return add(*hash);
}

Result<MerkleHead> MerkleTree::head() {
  if (count_ == 0) {
    auto nothing = sha256({});
    if (!nothing) return std::move(nothing).error();
    return MerkleHead{.count = 0, .root = *nothing};
  }
  // The right edge of the tree: from the smallest full part to the largest.
  auto level = static_cast<std::size_t>(std::countr_zero(count_));
  Digest256 root = full_[level];
  for (++level; level < full_.size(); ++level) {
    if (((count_ >> level) & 1U) == 0) continue;
    auto joined = hasher_.node(full_[level], root);
    if (!joined) return std::move(joined).error();
    root = *joined;
  }
  return MerkleHead{.count = count_, .root = root};
}

Result<MerkleProofBuilder> MerkleProofBuilder::create(std::uint64_t index, std::uint64_t count) {
  if (index >= count) return Error{ErrorCode::invalid_input, "proof of a leaf beyond the last"};
  auto tree = MerkleTree::create();
  if (!tree) return std::move(tree).error();
  return MerkleProofBuilder(*std::move(tree), index, count);
}

MerkleProofBuilder::MerkleProofBuilder(MerkleTree tree, std::uint64_t index, std::uint64_t count)
    : tree_(std::move(tree)), count_(count) {
  proof_.index = index;
  std::uint64_t begin = 0;
  std::uint64_t end = count;
  while (end - begin > 1) {
    // The left part is the largest power of two below the whole (RFC 6962).
    const std::uint64_t middle = begin + std::bit_floor(end - begin - 1);
    const std::size_t height = siblings_.size();
    if (index < middle) {
      siblings_.push_back({middle, end, height});
      end = middle;
    } else {
      siblings_.push_back({begin, middle, height});
      begin = middle;
    }
  }
  proof_.path.resize(siblings_.size());
  std::ranges::sort(siblings_, {}, &Sibling::begin);
}

Status MerkleProofBuilder::add(const Digest256& leaf) {
  const std::uint64_t place = next_++;
  if (place >= count_) return Error{ErrorCode::invalid_input, "more leaves than were announced"};
  if (place == proof_.index) return ok();
  const Sibling& sibling = siblings_[current_];
  if (auto added = tree_.add(leaf); !added) return added;
  if (next_ < sibling.end) return ok();
  auto head = tree_.head();
  if (!head) return std::move(head).error();
  proof_.path[proof_.path.size() - 1 - sibling.height] = head->root;
  auto fresh = MerkleTree::create();
  if (!fresh) return std::move(fresh).error();
  tree_ = *std::move(fresh);
  ++current_;
  return ok();
}

Result<MerkleProof> MerkleProofBuilder::finish() && {
  if (next_ != count_) return Error{ErrorCode::invalid_input, "fewer leaves than were announced"};
  return std::move(proof_);
}

Status verify_inclusion(const Digest256& leaf, const MerkleProof& proof,
                        const MerkleHead& signed_head) {
  if (proof.index >= signed_head.count) return not_in_tree("index beyond the signed count");
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  // RFC 9162 section 2.1.3.2: walk up while following the leaf and the last leaf of the tree.
  std::uint64_t place = proof.index;
  std::uint64_t last = signed_head.count - 1;
  Digest256 hash = leaf;
  for (const Digest256& sibling : proof.path) {
    if (last == 0) return not_in_tree("path longer than the tree is high");
    const bool sibling_is_left = (place & 1U) != 0 || place == last;
    auto joined = sibling_is_left ? hasher->node(sibling, hash) : hasher->node(hash, sibling);
    if (!joined) return std::move(joined).error();
    hash = *joined;
    while (sibling_is_left && (place & 1U) == 0 && place != 0) {
      place >>= 1U;
      last >>= 1U;
    }
    place >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return not_in_tree("path shorter than the tree is high");
  if (!equal_in_constant_time(hash, signed_head.root)) return not_in_tree("another root");
  return ok();
}

}  // namespace casebook
