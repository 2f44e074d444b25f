#include "core/bag_reader.h"

#include <algorithm>
#include <charconv>

#include "core/age_file.h"
#include "core/frame_table.h"
#include "core/json_text.h"
#include "core/printable.h"
#include "core/sparse_file.h"
#include "core/tar_header.h"

namespace casebook {
namespace {

constexpr std::size_t kClosingBytesMax = 3 * kCatalogIndexBytesMax;

Error damaged(std::string what) { return {ErrorCode::corrupt, std::move(what)}; }

std::string header_of(std::string_view bag, std::string_view name, std::uint64_t size_bytes) {
  std::string header;
  append_tar_header(header, bag, name, size_bytes);
  return header;
}

/// How much of the tar stream a member takes.
std::uint64_t member_bytes(std::string_view bag, std::string_view name, std::uint64_t size_bytes) {
  return header_of(bag, name, size_bytes).size() + size_bytes + tar_padding(size_bytes);
}

/// The text between `key` and the next quote, or nothing. Keys are looked for with the comma and
/// the quotes around them: inside a JSON string no quote stands unescaped.
std::optional<std::string_view> value_after(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(at + key.size());
  return rest.substr(0, rest.find('"'));
}

/// What a line of a segment says about its member: stored name and size, without parsing the rest.
struct MemberOfLine {
  std::string_view name;
  std::uint64_t size_bytes = 0;
};

std::optional<MemberOfLine> member_of(std::string_view line) {
  const auto name = value_after(line, ",\"stored\":\"");
  if (!name) return std::nullopt;
  MemberOfLine member{*name, 0};
  constexpr std::string_view kDigest = ",\"sha256\":\"";
  constexpr std::size_t kDigestHexBytes = 64;
  const std::size_t at = line.find(kDigest);
  if (at == std::string_view::npos) return std::nullopt;
  const auto size = value_after(
      line.substr(std::min(line.size(), at + kDigest.size() + kDigestHexBytes)), ",\"size\":\"");
  if (!size) return std::nullopt;
  std::from_chars(size->data(), size->data() + size->size(), member.size_bytes);
  return member;
}

/// What a line must hold to be the one that is looked for.
std::vector<std::string> search_texts(std::string_view name) {
  if (!name.starts_with('/')) {
    const std::string stored =
        name.starts_with("data/") ? std::string(name) : "data/" + std::string(name);
    std::string text = ",\"stored\":";
    append_json_string(text, is_utf8(stored) ? stored : printable(stored));
    return {text + ","};
  }
  if (!is_utf8(name)) return {",\"path_base64\":\"" + to_base64(as_bytes(name)) + "\","};
  std::string text = ",\"path\":";
  append_json_string(text, name);
  return {text + ","};
}

}  // namespace

struct BagReader::State {
  BagPapers papers;
  Seal seal;
  CatalogIndex index;
  std::unique_ptr<RandomAccess> archive;
  std::optional<FrameTable> table;
  std::string tag_manifest;

  Status open_archive(const std::filesystem::path& folder, const AgeUnlock& unlock);
  Result<std::string> closing_text() const;
  Status read_closing();
  Result<std::string> segment(std::size_t number) const;
  [[nodiscard]] std::uint64_t group_offset(std::size_t segment) const;
  Result<BagEntry> entry_at(std::size_t segment, std::string_view text, std::size_t at) const;
};

BagReader::BagReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
BagReader::BagReader(BagReader&& other) noexcept = default;
BagReader::~BagReader() = default;
const Seal& BagReader::seal() const { return state_->seal; }
const BagPapers& BagReader::papers() const { return state_->papers; }
const CatalogIndex& BagReader::index() const { return state_->index; }

Status BagReader::State::open_archive(const std::filesystem::path& folder,
                                      const AgeUnlock& unlock) {
  auto file = FileAccess::open(folder / seal.file_name);
  if (!file) return std::move(file).error();
  if (file->size_bytes() != seal.file_size_bytes) {
    return damaged(seal.file_name + ": has another size than was sealed");
  }
  archive = std::make_unique<FileAccess>(std::move(*file));
  if (seal.recipient) {
    auto opened = AgeFileReader::open(std::move(archive), unlock);
    if (!opened) return std::move(opened).error();
    archive = std::make_unique<AgeFileReader>(std::move(*opened));
  }
  auto opened = FrameTable::open(*archive);
  if (!opened) return std::move(opened).error();
  table.emplace(std::move(*opened));
  return read_closing();
}

/// The tar stream from the header of the index on: it begins with a frame, near the end.
Result<std::string> BagReader::State::closing_text() const {
  const std::uint64_t end = table->content_offset(table->frames());
  for (std::size_t frame = table->frames(); frame-- > 0;) {
    const std::uint64_t begin = table->content_offset(frame);
    if (end - begin > kClosingBytesMax) break;
    if (end - begin < kTarBlockBytes) continue;
    auto header = table->text(begin, kTarBlockBytes);
    if (!header) return header;
    const auto member = parse_tar_header(as_bytes(*header));
    if (!member || member->name != kCatalogIndexName) continue;
    return table->text(begin, end - begin);
  }
  return damaged("the archive has no closing frame");
}

/// Index and tag manifest, checked against the signed digest.
Status BagReader::State::read_closing() {
  auto closing = closing_text();
  if (!closing) return std::move(closing).error();
  const auto member = parse_tar_header(as_bytes(*closing).first(kTarBlockBytes));
  if (!member || member->size_bytes > closing->size() - kTarBlockBytes) {
    return damaged("catalog/index.json: is cut");
  }
  const auto index_bytes = static_cast<std::size_t>(member->size_bytes);
  const std::string_view index_text =
      std::string_view(*closing).substr(kTarBlockBytes, index_bytes);
  const std::size_t tag_at = kTarBlockBytes + index_bytes + tar_padding(index_bytes);
  if (closing->size() < tag_at + kTarBlockBytes)
    return damaged("tagmanifest-sha256.txt: is missing");
  const auto tags = parse_tar_header(as_bytes(*closing).subspan(tag_at, kTarBlockBytes));
  if (!tags || tags->name != kTagManifestName ||
      tags->size_bytes > closing->size() - tag_at - kTarBlockBytes) {
    return damaged("tagmanifest-sha256.txt: is missing");
  }
  tag_manifest =
      closing->substr(tag_at + kTarBlockBytes, static_cast<std::size_t>(tags->size_bytes));
  auto digest = sha256(as_bytes(tag_manifest));
  if (!digest) return std::move(digest).error();
  if (*digest != seal.tagmanifest_sha256) return damaged("the tag manifest is not the sealed one");
  auto index_digest = sha256(as_bytes(index_text));
  if (!index_digest) return std::move(index_digest).error();
  std::string line;
  append_manifest_line(line, *index_digest, kCatalogIndexName);
  if (!tag_manifest.ends_with(line)) return damaged("the index is not the sealed one");
  auto parsed = parse_catalog_index(index_text);
  if (!parsed) return std::move(parsed).error();
  index = *std::move(parsed);
  if (index.bag != seal.bag || index.run != seal.run || index.entries != seal.entries ||
      index.root != seal.root) {
    return damaged("the index names another catalog than the seal");
  }
  return ok();
}

Result<BagReader> BagReader::open(const std::filesystem::path& folder, const AgeUnlock& unlock) {
  auto papers = read_bag_papers(folder);
  if (!papers) return std::move(papers).error();
  if (papers->seal_json.empty()) {
    return Error{ErrorCode::not_found,
                 printable(folder.native()) + ": no seal.json, so no sealed bag"};
  }
  auto checked = check_seal(*papers);
  if (!checked) return std::move(checked).error();
  if (!checked->findings.empty()) {
    const BagFinding& first = checked->findings.front();
    return damaged(first.where + ": " + first.what);
  }
  auto state = std::make_unique<State>();
  state->papers = *std::move(papers);
  state->seal = *std::move(checked->seal);
  if (auto opened = state->open_archive(folder, unlock); !opened) return std::move(opened).error();
  return BagReader(std::move(state));
}

Result<std::string> BagReader::State::segment(std::size_t number) const {
  const CatalogSegment& segment = index.segments[number];
  if (segment.size_bytes > kCatalogSegmentBytesMax) return damaged("a catalog segment is too long");
  auto text = table->text(segment.offset, segment.size_bytes);
  if (!text) return text;
  auto digest = sha256(as_bytes(*text));
  if (!digest) return std::move(digest).error();
  if (*digest != segment.sha256 || text->empty() || text->back() != '\n') {
    return damaged(segment_name(number) + ": is not the sealed one");
  }
  return text;
}

/// Where the header of the first member lies that this segment describes.
std::uint64_t BagReader::State::group_offset(std::size_t segment) const {
  if (segment > 0) {
    const CatalogSegment& before = index.segments[segment - 1];
    return before.offset + before.size_bytes + tar_padding(before.size_bytes);
  }
  return member_bytes(index.bag, kBagItName, bagit_text().size()) +
         member_bytes(index.bag, kBagInfoName, bag_info_text(index).size());
}

/// The entry whose line holds the byte at `at` of a segment.
Result<BagEntry> BagReader::State::entry_at(std::size_t segment, std::string_view text,
                                            std::size_t at) const {
  BagEntry entry;
  for (std::size_t i = 0; i < segment; ++i) entry.number += index.segments[i].lines;
  entry.header_offset = group_offset(segment);
  for (std::size_t begin = 0;;) {
    const std::size_t end = text.find('\n', begin);
    const std::string_view line = text.substr(begin, end - begin);
    if (at < end) {
      auto parsed = parse_catalog_line(line);
      if (!parsed) return std::move(parsed).error();
      entry.line = *std::move(parsed);
      entry.text = line;
      return entry;
    }
    if (const auto member = member_of(line)) {
      entry.header_offset += member_bytes(index.bag, member->name, member->size_bytes);
    }
    ++entry.number;
    begin = end + 1;
  }
}

Status BagReader::for_each_line(const std::function<bool(const CatalogLine& line)>& take) {
  for (std::size_t i = 0; i < state_->index.segments.size(); ++i) {
    auto text = state_->segment(i);
    if (!text) return std::move(text).error();
    for (std::size_t begin = 0; begin < text->size();) {
      const std::size_t end = text->find('\n', begin);
      auto line = parse_catalog_line(std::string_view(*text).substr(begin, end - begin));
      if (!line) return std::move(line).error();
      if (!take(*line)) return ok();
      begin = end + 1;
    }
  }
  return ok();
}

Result<BagEntry> BagReader::find(std::string_view name) {
  std::optional<BagEntry> without_bytes;
  for (std::size_t i = 0; i < state_->index.segments.size(); ++i) {
    auto text = state_->segment(i);
    if (!text) return std::move(text).error();
    for (const std::string& wanted : search_texts(name)) {
      for (std::size_t at = text->find(wanted); at != std::string::npos;
           at = text->find(wanted, at + 1)) {
        auto entry = state_->entry_at(i, *text, at);
        if (!entry || !entry->line.stored.empty()) return entry;
        if (!without_bytes) without_bytes = *std::move(entry);
      }
    }
  }
  if (without_bytes) return *std::move(without_bytes);
  return Error{ErrorCode::not_found, printable(name) + ": not in this bag"};
}

Status BagReader::extract(const BagEntry& entry, ByteSink& out) {
  if (entry.line.stored.empty()) {
    return Error{ErrorCode::invalid_input, "the bag holds no bytes of this entry"};
  }
  const std::string header =
      header_of(state_->index.bag, entry.line.stored, entry.line.stored_size_bytes);
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  auto range =
      state_->table->range(entry.header_offset, header.size() + entry.line.stored_size_bytes);
  if (!range) return std::move(range).error();
  std::string_view left = header;
  for (;;) {
    auto piece = range->next();
    if (!piece) return std::move(piece).error();
    if (piece->empty()) break;
    const std::size_t count = std::min(left.size(), piece->size());
    if (as_text(piece->first(count)) != left.substr(0, count)) {
      return damaged(entry.line.stored + ": is not where the catalog has it");
    }
    left.remove_prefix(count);
    const auto content = piece->subspan(count);
    if (auto added = hasher->update(content); !added) return added;
    if (auto written = out.write(content); !written) return written;
  }
  auto digest = std::move(*hasher).finish();
  if (!digest) return std::move(digest).error();
  if (to_hex(*digest) != entry.line.sha256) {
    return damaged(entry.line.stored + ": its bytes are not those of its catalog line");
  }
  return ok();
}

Status BagReader::extract_to_file(const BagEntry& entry, const std::filesystem::path& path,
                                  mode_t mode, IfExists if_exists) {
  if (!entry.line.extents.empty() && entry.line.stat) {
    auto file = SparseFile::create(path, mode, {entry.line.extents, entry.line.stat->size_bytes});
    if (!file) return std::move(file).error();
    if (auto done = extract(entry, *file); !done) return done;
    return std::move(*file).commit();
  }
  auto file = DurableFile::create(path, mode, if_exists);
  if (!file) return std::move(file).error();
  if (auto done = extract(entry, *file); !done) return done;
  return std::move(*file).commit();
}

Result<LineProof> BagReader::prove(const BagEntry& entry) {
  auto hasher = MerkleHasher::create();
  if (!hasher) return std::move(hasher).error();
  auto builder = MerkleProofBuilder::create(entry.number, state_->index.entries);
  if (!builder) return std::move(builder).error();
  for (std::size_t i = 0; i < state_->index.segments.size(); ++i) {
    auto text = state_->segment(i);
    if (!text) return std::move(text).error();
    for (std::size_t begin = 0; begin < text->size();) {
      const std::size_t end = text->find('\n', begin);
      auto leaf =
          hasher->leaf(kCatalogLeaf, as_bytes(std::string_view(*text).substr(begin, end - begin)));
      if (!leaf) return std::move(leaf).error();
      if (auto added = builder->add(*leaf); !added) return std::move(added).error();
      begin = end + 1;
    }
  }
  auto proof = std::move(*builder).finish();
  if (!proof) return std::move(proof).error();
  LineProof made{std::string(kCatalogLeaf), entry.text, *std::move(proof)};
  if (auto good = verify_line(made, {state_->seal.entries, state_->seal.root}); !good) {
    return std::move(good).error().context("the line is not in the sealed catalog");
  }
  return made;
}

Result<std::string> BagReader::context_json() {
  const std::uint64_t at = state_->group_offset(state_->index.segments.size());
  auto front = state_->table->text(at, kTarBlockBytes);
  if (!front) return front;
  const auto member = parse_tar_header(as_bytes(*front));
  if (!member || member->name != kContextName || member->size_bytes > kContextBytesMax) {
    return damaged("context.json: is not where the index has it");
  }
  auto text = state_->table->text(at + kTarBlockBytes, member->size_bytes);
  if (!text) return text;
  auto digest = sha256(as_bytes(*text));
  if (!digest) return std::move(digest).error();
  std::string line = "\n";
  append_manifest_line(line, *digest, kContextName);
  if (state_->tag_manifest.find(line) == std::string::npos) {
    return damaged("context.json: is not the sealed one");
  }
  return text;
}

Result<CheckedExhibit> check_exhibit(std::string_view proof, const BagPapers& papers,
                                     ByteSource* content) {
  auto parsed = parse_line_proof(proof);
  if (!parsed) return std::move(parsed).error();
  auto sealed = check_seal(papers);
  if (!sealed) return std::move(sealed).error();
  if (!sealed->seal) return Error{ErrorCode::invalid_input, "seal.json: is missing or not a seal"};
  CheckedExhibit exhibit{*std::move(sealed->seal), {}, std::move(sealed->findings)};
  const auto report = [&](std::string code, std::string what) {
    exhibit.findings.push_back({std::move(code), "the exhibit", std::move(what)});
  };
  if (parsed->leaf_format != kCatalogLeaf) report("proof", "is not a line of a catalog");
  if (auto good = verify_line(*parsed, {exhibit.seal.entries, exhibit.seal.root}); !good) {
    report("proof", "its line is not in the sealed catalog");
  }
  auto line = parse_catalog_line(parsed->line);
  if (!line) {
    report("catalog_line", line.error().message);
    return exhibit;
  }
  exhibit.line = *std::move(line);
  if (content == nullptr) return exhibit;
  auto digest = hash_stream(*content, exhibit.line.stored_size_bytes);
  if (!digest && digest.error().code != ErrorCode::limit_exceeded) return std::move(digest).error();
  if (!digest || to_hex(*digest) != exhibit.line.sha256) {
    report("content_digest", "its bytes are not those of its catalog line");
  }
  return exhibit;
}

}  // namespace casebook
