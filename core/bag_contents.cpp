#include "core/bag_contents.h"

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/member_stream.h"
#include "core/merkle.h"
#include "core/name_set.h"
#include "core/random.h"

namespace casebook {
namespace {

constexpr std::size_t kPendingBytesMax = kCatalogSegmentBytesMax;
constexpr std::size_t kPendingOverheadBytes = 100;
constexpr std::size_t kBagInfoBytesMax = 4096;
constexpr std::size_t kIndexFrontBytes = 4096;
constexpr std::size_t kIndexSegmentBytes = 300;

/// A payload member that waits for its catalog line.
struct Pending {
  std::string name;
  Digest256 digest{};
  std::uint64_t size_bytes = 0;
};

/// Digest and size of a text of which only the lines pass by.
class RunningText {
 public:
  explicit RunningText(Sha256 hasher) : hasher_(std::move(hasher)) {}
  Status add_line(const Digest256& digest, std::string_view name) {
    line_.clear();
    append_manifest_line(line_, digest, name);
    size_bytes_ += line_.size();
    return hasher_.update(as_bytes(line_));
  }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  Result<Digest256> finish() { return std::move(hasher_).finish(); }

 private:
  Sha256 hasher_;
  std::string line_;
  std::uint64_t size_bytes_ = 0;
};

/// `value` of "Key: value" LF at the front of `text`.
std::optional<std::string> take_info_line(std::string_view& text, std::string_view key) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.starts_with(key)) return std::nullopt;
  std::string value(text.substr(key.size(), end - key.size()));
  text.remove_prefix(end + 1);
  return value;
}

class Checker {
 public:
  static Result<Checker> create(FrameReader& frames, const LineListener& listener) {
    auto tree = MerkleTree::create();
    auto hasher = Sha256::create();
    auto manifest = Sha256::create();
    auto tags = Sha256::create();
    SystemRandomness randomness;
    auto hash = KeyedHash::make(randomness);
    for (const auto* made : {&hasher, &manifest, &tags}) {
      if (!*made) return (*made).error();
    }
    if (!tree) return std::move(tree).error();
    if (!hash) return std::move(hash).error();
    return Checker(frames, listener, std::move(*tree), std::move(*hasher),
                   RunningText(std::move(*manifest)), RunningText(std::move(*tags)), *hash);
  }

  Status run();
  CheckedContents take() && { return {std::move(contents_), std::move(findings_)}; }

 private:
  Checker(FrameReader& frames, const LineListener& listener, MerkleTree tree, Sha256 hasher,
          RunningText manifest, RunningText tags, KeyedHash hash)
      : frames_(&frames),
        members_(frames),
        listener_(&listener),
        tree_(std::move(tree)),
        hasher_(std::move(hasher)),
        manifest_(std::move(manifest)),
        tags_(std::move(tags)),
        names_(hash) {}

  Status check_all();
  Result<TarMember> next_member();
  Result<std::string> read_text(const TarMember& member, std::size_t size_bytes_max);
  Status tag_line(std::string_view text, std::string_view name);
  Result<TarMember> expect_member(std::string_view name);
  Status check_front();
  Status check_payload(const TarMember& member);
  Status check_segment(const TarMember& member);
  Status check_line(std::string_view text);
  Status match(const CatalogLine& line);
  Status check_context(const TarMember& member);
  Status check_manifest();
  Status check_index();
  Status check_tag_manifest();
  Status check_frames();

  /// A finding after which the rest would mean nothing.
  Error stop(std::string code, std::string where, std::string what) {
    report(std::move(code), std::move(where), std::move(what));
    return {ErrorCode::corrupt, "refused"};
  }
  void report(std::string code, std::string where, std::string what) {
    constexpr std::size_t kFindingsMax = 1000;
    if (findings_.size() < kFindingsMax) {
      findings_.push_back({std::move(code), std::move(where), std::move(what)});
    }
  }

  FrameReader* frames_;
  MemberStream members_;
  const LineListener* listener_;
  MerkleTree tree_;
  Sha256 hasher_;
  RunningText manifest_;
  RunningText tags_;
  NameSet names_;
  std::vector<Pending> pending_;
  std::size_t pending_bytes_ = 0;
  std::size_t described_ = 0;  // Of pending_, by the segment that is being read.
  std::string present_ = "the archive";
  std::size_t closing_frame_ = 0;  // Index of the frame that begins with the index.
  std::uint64_t closing_offset_ = 0;
  BagContents contents_;
  std::vector<BagFinding> findings_;
};

Status Checker::run() {
  auto checked = check_all();
  if (!checked) {
    const Error& error = checked.error();
    if (error.code == ErrorCode::io || error.code == ErrorCode::crypto) return checked;
    if (findings_.empty() || error.message != "refused") {
      report("structure", present_, error.message);
    }
  }
  contents_.whole = findings_.empty();
  return ok();
}

Result<TarMember> Checker::next_member() {
  auto member = members_.next();
  if (!member) return std::move(member).error();
  if (!*member) return stop("member_order", present_, "the tar ends after this member");
  if (contents_.index.bag.empty()) contents_.index.bag = (*member)->bag;
  present_ = (*member)->name;
  if ((*member)->bag != contents_.index.bag) {
    return stop("tar_header", present_, "lies in the folder of another bag");
  }
  return std::move(**member);
}

Result<TarMember> Checker::expect_member(std::string_view name) {
  auto member = next_member();
  if (!member) return member;
  if (member->name != name) {
    return stop("member_order", present_, "stands where " + std::string(name) + " belongs");
  }
  return member;
}

Result<std::string> Checker::read_text(const TarMember& member, std::size_t size_bytes_max) {
  if (member.size_bytes > size_bytes_max)
    return stop("limit", member.name, "is longer than allowed");
  std::string text;
  text.reserve(static_cast<std::size_t>(member.size_bytes));
  for (;;) {
    auto piece = members_.content();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) return text;
    text.append(as_text(*piece));
  }
}

Status Checker::tag_line(std::string_view text, std::string_view name) {
  auto digest = sha256(as_bytes(text));
  if (!digest) return std::move(digest).error();
  return tags_.add_line(*digest, name);
}

Status Checker::check_front() {
  auto bagit = expect_member(kBagItName);
  if (!bagit) return std::move(bagit).error();
  auto text = read_text(*bagit, kBagInfoBytesMax);
  if (!text) return std::move(text).error();
  if (*text != bagit_text()) return stop("tag_file", present_, "is not as the rule makes it");
  if (auto added = tag_line(*text, kBagItName); !added) return added;
  auto info = expect_member(kBagInfoName);
  if (!info) return std::move(info).error();
  text = read_text(*info, kBagInfoBytesMax);
  if (!text) return std::move(text).error();
  std::string_view left = *text;
  contents_.index.software = take_info_line(left, "Bag-Software-Agent: ").value_or("");
  contents_.index.date = take_info_line(left, "Bagging-Date: ").value_or("");
  if (*text != bag_info_text(contents_.index)) {
    return stop("tag_file", present_, "is not as the rule makes it");
  }
  return tag_line(*text, kBagInfoName);
}

Status Checker::check_payload(const TarMember& member) {
  Pending pending{member.name, {}, member.size_bytes};
  pending_bytes_ += member.name.size() + kPendingOverheadBytes;
  if (pending_bytes_ > kPendingBytesMax) {
    return stop("limit", member.name, "too many members without a catalog segment");
  }
  if (!names_.claim(member.name)) {
    return stop("name_taken", member.name, "this name, but for case, was there before");
  }
  for (;;) {
    auto piece = members_.content();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) break;
    if (auto added = hasher_.update(*piece); !added) return added;
  }
  auto digest = hasher_.finish_and_restart();
  if (!digest) return std::move(digest).error();
  pending.digest = *digest;
  ++contents_.members;
  contents_.payload_bytes += member.size_bytes;
  if (auto added = manifest_.add_line(*digest, member.name); !added) return added;
  pending_.push_back(std::move(pending));
  return ok();
}

/// The line's bytes are those of the next member that waits.
Status Checker::match(const CatalogLine& line) {
  if (described_ == pending_.size()) {
    return stop("line_without_member", line.stored, "the catalog names it, the archive has it not");
  }
  const Pending& member = pending_[described_++];
  if (member.name != line.stored) {
    return stop("member_without_line", member.name, "stands where the catalog has " + line.stored);
  }
  if (member.size_bytes != line.stored_size_bytes || to_hex(member.digest) != line.sha256) {
    report("content_digest", member.name, "its bytes are not those of its catalog line");
    return ok();
  }
  ++contents_.matched;
  return ok();
}

Status Checker::check_line(std::string_view text) {
  auto line = text.size() > kCatalogLineBytesMax
                  ? Result<CatalogLine>(Error{ErrorCode::limit_exceeded, "line too long"})
                  : parse_catalog_line(text);
  if (!line) return stop("catalog_line", present_, line.error().message);
  if (auto added = tree_.add_line(kCatalogLeaf, as_bytes(text)); !added) return added;
  ++contents_.outcomes[static_cast<std::size_t>(line->outcome)];
  if (!line->stored.empty()) {
    if (auto matched = match(*line); !matched) return matched;
  }
  if (*listener_) (*listener_)(*line);
  return ok();
}

Status Checker::check_segment(const TarMember& member) {
  auto& segments = contents_.index.segments;
  if (segments.size() == kCatalogSegmentsMax) return stop("limit", present_, "too many segments");
  if (member.name != segment_name(segments.size())) {
    return stop("member_order", present_, "is not the next member that the rule makes");
  }
  CatalogSegment segment{members_.content_offset(), member.size_bytes, 0, {}};
  auto text = read_text(member, kCatalogSegmentBytesMax);
  if (!text) return std::move(text).error();
  described_ = 0;
  for (std::size_t begin = 0; begin < text->size() || segment.lines == 0; ++segment.lines) {
    const std::size_t end = text->find('\n', begin);
    if (end == std::string::npos) return stop("catalog_line", present_, "has no line feed");
    if (auto checked = check_line(std::string_view(*text).substr(begin, end - begin)); !checked) {
      return checked;
    }
    begin = end + 1;
  }
  if (described_ != pending_.size()) {
    return stop("member_without_line", pending_[described_].name, "has no line in " + present_);
  }
  pending_.clear();
  pending_bytes_ = 0;
  auto digest = sha256(as_bytes(*text));
  if (!digest) return std::move(digest).error();
  segment.sha256 = *digest;
  segments.push_back(segment);
  return tags_.add_line(*digest, member.name);
}

Status Checker::check_context(const TarMember& member) {
  auto text = read_text(member, kContextBytesMax);
  if (!text) return std::move(text).error();
  if (auto value = parse_canonical_json(*text); !value) {
    return stop("context", present_, value.error().message);
  }
  if (auto added = tag_line(*text, kContextName); !added) return added;
  contents_.context_json = *std::move(text);
  return ok();
}

Status Checker::check_manifest() {
  auto member = expect_member(kManifestName);
  if (!member) return std::move(member).error();
  for (;;) {
    auto piece = members_.content();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) break;
    if (auto added = hasher_.update(*piece); !added) return added;
  }
  auto digest = hasher_.finish_and_restart();
  if (!digest) return std::move(digest).error();
  auto expected = manifest_.finish();
  if (!expected) return std::move(expected).error();
  if (member->size_bytes != manifest_.size_bytes() || *digest != *expected) {
    return stop("manifest", present_, "does not name the members as they are");
  }
  return tags_.add_line(*digest, kManifestName);
}

Status Checker::check_index() {
  auto member = expect_member(kCatalogIndexName);
  if (!member) return std::move(member).error();
  closing_frame_ = members_.frames_begun() - 1;
  closing_offset_ = members_.header_offset();
  // What these segments make is far shorter; a longer text is not even parsed.
  const std::size_t longest =
      kIndexFrontBytes + kIndexSegmentBytes * contents_.index.segments.size();
  auto text = read_text(*member, std::min(longest, kCatalogIndexBytesMax));
  if (!text) return std::move(text).error();
  auto stated = parse_catalog_index(*text);
  if (!stated) return stop("index", present_, stated.error().message);
  auto head = tree_.head();
  if (!head) return std::move(head).error();
  contents_.index.run = stated->run;
  contents_.index.frame_bytes = stated->frame_bytes;
  contents_.index.entries = head->count;
  contents_.index.root = head->root;
  if (*text != catalog_index_text(contents_.index)) {
    return stop("index", present_, "does not name the catalog as it is");
  }
  return tag_line(*text, kCatalogIndexName);
}

Status Checker::check_tag_manifest() {
  auto expected = tags_.finish();
  if (!expected) return std::move(expected).error();
  contents_.tagmanifest_sha256 = *expected;
  auto member = expect_member(kTagManifestName);
  if (!member) return std::move(member).error();
  auto text = read_text(*member, kCatalogIndexBytesMax * 2);
  if (!text) return std::move(text).error();
  auto digest = sha256(as_bytes(*text));
  if (!digest) return std::move(digest).error();
  if (member->size_bytes != tags_.size_bytes() || *digest != *expected) {
    return stop("tagmanifest", present_, "does not name the tag files as they are");
  }
  return ok();
}

/// Every frame has its full length but the one before the closing frame and the last one; then
/// comes the table that these frames make.
Status Checker::check_frames() {
  present_ = "the seek table";
  const auto& frames = frames_->frames();
  const std::uint64_t full = contents_.index.frame_bytes;
  if (full < kFrameBytesMin || full > kFrameBytesMax) {
    return stop("frames", present_, "the frames have a length that is not allowed");
  }
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (i == closing_frame_ && offset != closing_offset_) {
      return stop("frames", present_, "the closing frame does not begin with the index");
    }
    const bool may_be_short = i + 1 == closing_frame_ || i + 1 == frames.size();
    if (frames[i].content > full || (frames[i].content < full && !may_be_short)) {
      return stop("frames", present_, "a frame has a wrong length");
    }
    offset += frames[i].content;
  }
  auto table = frames_->rest();
  if (!table) return std::move(table).error();
  if (*table != seek_table(frames))
    return stop("seek_table", present_, "does not name the frames as they are");
  return ok();
}

Status Checker::check_all() {
  if (auto checked = check_front(); !checked) return checked;
  for (;;) {
    auto member = next_member();
    if (!member) return std::move(member).error();
    if (member->name == kContextName) {
      if (!pending_.empty()) {
        return stop("member_without_line", pending_.front().name, "no catalog segment follows it");
      }
      if (auto checked = check_context(*member); !checked) return checked;
      break;
    }
    auto checked =
        member->name.starts_with("data/") ? check_payload(*member) : check_segment(*member);
    if (!checked) return checked;
  }
  if (auto checked = check_manifest(); !checked) return checked;
  if (auto checked = check_index(); !checked) return checked;
  if (auto checked = check_tag_manifest(); !checked) return checked;
  auto end = members_.next();
  if (!end) return std::move(end).error();
  if (*end) return stop("member_order", (*end)->name, "stands behind the last member");
  return check_frames();
}

}  // namespace

Result<CheckedContents> check_contents(ByteSource& archive, const LineListener& listener) {
  auto frames = FrameReader::create(archive);
  if (!frames) return std::move(frames).error();
  auto checker = Checker::create(**frames, listener);
  if (!checker) return std::move(checker).error();
  if (auto run = checker->run(); !run) return std::move(run).error();
  return std::move(*checker).take();
}

}  // namespace casebook
