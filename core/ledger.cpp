#include "core/ledger.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/json_text.h"

namespace casebook {
namespace {

constexpr std::size_t kLineBytesMax = 512;
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr std::string_view kCommitLabel("casebook-commit@v1\0", 19);
constexpr std::string_view kStartLabel = "casebook-ledger/1\n";

Error corrupt_line(std::uint64_t number, std::string_view why) {
  return Error{ErrorCode::corrupt,
               "ledger line " + std::to_string(number + 1) + ": " + std::string(why)};
}

Result<Digest256> digest_member(const Json& object, std::string_view key) {
  auto text = json_text_member(object, key);
  if (!text) return std::move(text).error();
  auto digest = digest_from_hex(*text);
  if (!digest) return std::move(digest).error().context(key);
  return digest;
}

/// The two digests and the number of a line as format_entry() writes it; nothing for any other.
std::optional<LedgerEntry> read_plain_entry(std::string_view line) {
  constexpr std::string_view kCommit = "{\"commit\":\"";
  constexpr std::string_view kPrev = "\",\"prev\":\"";
  constexpr std::string_view kSeq = "\",\"seq\":";
  constexpr std::size_t kHex = 64;
  constexpr std::size_t kPrevAt = kCommit.size() + kHex;
  constexpr std::size_t kSeqAt = kPrevAt + kPrev.size() + kHex;
  if (line.size() < kSeqAt + kSeq.size() + 2 || !line.starts_with(kCommit) ||
      line.substr(kPrevAt, kPrev.size()) != kPrev || line.substr(kSeqAt, kSeq.size()) != kSeq ||
      line.back() != '}') {
    return std::nullopt;
  }
  auto commit = digest_from_hex(line.substr(kCommit.size(), kHex));
  auto prev = digest_from_hex(line.substr(kPrevAt + kPrev.size(), kHex));
  const std::string_view number =
      line.substr(kSeqAt + kSeq.size(), line.size() - kSeqAt - kSeq.size() - 1);
  if (!commit || !prev || (number.size() > 1 && number.front() == '0')) return std::nullopt;
  std::uint64_t seq = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), seq);
  if (read.ec != std::errc() || read.ptr != number.data() + number.size() ||
      seq > static_cast<std::uint64_t>(kJsonIntegerMax)) {
    return std::nullopt;
  }
  return LedgerEntry{.seq = seq, .prev = *prev, .commit = *commit};
}

/// Cuts a stream into lines; what follows the last line feed is what is left at the end.
class LineReader {
 public:
  explicit LineReader(ByteSource& source) : source_(&source), buffer_(kReadBytes) {}

  /// @return nothing at the end; `corrupt` for a line longer than any entry.
  Result<std::optional<std::string_view>> next() {
    for (;;) {
      const auto left = as_text(std::span<const std::byte>(buffer_).subspan(at_, end_ - at_));
      const std::size_t length = left.find('\n');
      if (length != std::string_view::npos) {
        at_ += length + 1;
        return std::optional(left.substr(0, length));
      }
      if (left.size() > kLineBytesMax) return Error{ErrorCode::corrupt, "a line too long"};
      if (ended_) return std::optional<std::string_view>();
      if (auto filled = fill(); !filled) return std::move(filled).error();
    }
  }
  [[nodiscard]] std::uint64_t left_bytes() const { return end_ - at_; }

 private:
  Status fill() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(at_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= at_;
    at_ = 0;
    auto count = source_->read(std::span(buffer_).subspan(end_));
    if (!count) return std::move(count).error();
    ended_ = *count == 0;
    end_ += *count;
    return ok();
  }

  ByteSource* source_;
  Bytes buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<Salt> make_salt(Randomness& randomness) {
  Salt salt{};
  if (auto filled = randomness.fill(salt); !filled) return std::move(filled).error();
  return salt;
}

Result<Digest256> commit_to(const Salt& salt, std::span<const std::byte> record) {
  const std::array<std::span<const std::byte>, 3> parts = {as_bytes(kCommitLabel), salt, record};
  return sha256_of_parts(parts);
}

std::string format_entry(const LedgerEntry& entry) {
  // Fixed keys and hexadecimal need no JSON tree.
  return "{\"commit\":\"" + to_hex(entry.commit) + "\",\"prev\":\"" + to_hex(entry.prev) +
         "\",\"seq\":" + std::to_string(entry.seq) + "}";
}

Result<LedgerEntry> parse_entry(std::string_view line) {
  if (auto entry = read_plain_entry(line)) return *entry;
  // Whatever is wrong with it, the strict parser says it best.
  auto object = parse_canonical_json(line, {.size_bytes_max = kLineBytesMax, .depth_max = 2});
  if (!object) return std::move(object).error();
  if (auto known = json_only_members(*object, {"commit", "prev", "seq"}); !known) {
    return std::move(known).error();
  }
  LedgerEntry entry;
  auto commit = digest_member(*object, "commit");
  if (!commit) return std::move(commit).error();
  entry.commit = *commit;
  auto prev = digest_member(*object, "prev");
  if (!prev) return std::move(prev).error();
  entry.prev = *prev;
  auto seq = json_integer_member(*object, "seq");
  if (!seq) return std::move(seq).error();
  if (*seq < 0) return Error{ErrorCode::invalid_input, "\"seq\" is negative"};
  entry.seq = static_cast<std::uint64_t>(*seq);
  return entry;
}

Result<Digest256> entry_leaf(const LedgerEntry& entry) {
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  return hasher->leaf(kEntryLeaf, as_bytes(format_entry(entry)));
}

Result<Digest256> ledger_start(const LedgerId& id) {
  return sha256(as_bytes(std::string(kStartLabel) + id.text()));
}

Result<LedgerChain> LedgerChain::start(const LedgerId& id) {
  auto tree = MerkleTree::create();
  if (!tree) return std::move(tree).error();
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  auto prev = ledger_start(id);
  if (!prev) return std::move(prev).error();
  return LedgerChain(*std::move(tree), *std::move(hasher), *prev);
}

LedgerEntry LedgerChain::next(const Digest256& commit) const {
  return {.seq = tree_.count(), .prev = prev_, .commit = commit};
}

Status LedgerChain::accept(const LedgerEntry& entry) {
  if (entry.seq != tree_.count()) return corrupt_line(tree_.count(), "another sequence number");
  if (entry.prev != prev_) return corrupt_line(tree_.count(), "does not follow the line before");
  auto leaf = hasher_.leaf(kEntryLeaf, as_bytes(format_entry(entry)));
  if (!leaf) return std::move(leaf).error();
  if (auto added = tree_.add(*leaf); !added) return added;
  prev_ = *leaf;
  return ok();
}

Result<ReplayedLedger> replay_ledger(
    ByteSource& source, const LedgerId& id,
    const std::function<Status(const LedgerEntry&, LedgerChain&)>& visit) {
  auto chain = LedgerChain::start(id);
  if (!chain) return std::move(chain).error();
  LineReader lines(source);
  LedgerReport report;
  for (;;) {
    auto line = lines.next();
    if (!line && line.error().code == ErrorCode::corrupt) {
      return corrupt_line(chain->count(), line.error().message);
    }
    if (!line) return std::move(line).error();
    if (!*line) break;
    auto entry = parse_entry(**line);
    if (!entry) return corrupt_line(chain->count(), entry.error().message);
    if (auto accepted = chain->accept(*entry); !accepted) return std::move(accepted).error();
    report.whole_bytes += (*line)->size() + 1;
    if (!visit) continue;
    if (auto visited = visit(*entry, *chain); !visited) return std::move(visited).error();
  }
  report.torn_bytes = lines.left_bytes();
  auto head = chain->head();
  if (!head) return std::move(head).error();
  report.tree = *head;
  return ReplayedLedger{*std::move(chain), report};
}

Result<LedgerReport> read_ledger(ByteSource& source, const LedgerId& id,
                                 const std::function<Status(const LedgerEntry&)>& visit) {
  auto replayed = replay_ledger(source, id, [&](const LedgerEntry& entry, LedgerChain& /*after*/) {
    return visit ? visit(entry) : ok();
  });
  if (!replayed) return std::move(replayed).error();
  return replayed->report;
}

Result<HeadRelation> relate_to_head(ByteSource& source, const LedgerId& id,
                                    const MerkleHead& earlier) {
  auto start = LedgerChain::start(id);
  if (!start) return std::move(start).error();
  auto at_head = start->head();  // Of no entries.
  if (!at_head) return std::move(at_head).error();
  auto replayed =
      replay_ledger(source, id, [&](const LedgerEntry& /*entry*/, LedgerChain& chain) -> Status {
        if (chain.count() != earlier.count) return ok();
        at_head = chain.head();
        if (!at_head) return std::move(at_head).error();
        return ok();
      });
  if (!replayed) return std::move(replayed).error();
  if (replayed->report.tree.count < earlier.count) return HeadRelation::rolled_back;
  return at_head->root == earlier.root ? HeadRelation::extends : HeadRelation::forked;
}

}  // namespace casebook
