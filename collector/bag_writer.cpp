#include "collector/bag_writer.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "collector/catalog_writer.h"
#include "collector/frame_compressor.h"
#include "collector/twin_table.h"
#include "core/age_file.h"
#include "core/json_text.h"
#include "core/printable.h"
#include "core/sealed_spool.h"
#include "core/stored_name.h"
#include "core/tar_header.h"

namespace casebook {
namespace {

constexpr std::size_t kReadBytes = std::size_t{256}
                                   << 10U;  // Still in the cache when it is hashed.
constexpr std::size_t kMemoryBytes = std::size_t{1} << 20U;  // Of a source of unknown size.
constexpr std::uint64_t kMemorySpoolBytes = std::uint64_t{8} << 20U;  // Where no disk may be used.
constexpr std::uint64_t kMemoryManifestBytes = std::uint64_t{16} << 20U;  // The same.
constexpr std::uint64_t kMemoryEntriesMax = 150'000;
constexpr std::size_t kDigestHexBytes = 64;
constexpr std::uint64_t kSmallMemberBytes = std::uint64_t{8} << 10U;
constexpr std::uint64_t kLargeMemberBytes = std::uint64_t{64} << 20U;
constexpr std::array<std::byte, 2 * kTarBlockBytes> kZeros{};

/// Counts and hashes what goes into the archive file.
class FileSink final : public ByteSink {
 public:
  FileSink(BagOutput& output, Sha256 hasher) : output_(output), hasher_(std::move(hasher)) {}
  Status write(std::span<const std::byte> bytes) override {
    if (auto added = hasher_.update(bytes); !added) return added;
    size_bytes_ += bytes.size();
    return output_.write(bytes);
  }
  [[nodiscard]] std::uint64_t size_bytes() const { return size_bytes_; }
  Result<Digest256> finish() { return std::move(hasher_).finish(); }

 private:
  BagOutput& output_;
  Sha256 hasher_;
  std::uint64_t size_bytes_ = 0;
};

void make_utf8(std::string& text) {
  if (!is_utf8(text)) text = printable(text);
}

void add_finding(CatalogLine& line, std::string_view code) {
  if (std::find(line.findings.begin(), line.findings.end(), code) == line.findings.end()) {
    line.findings.emplace_back(code);
  }
}

/// What happened while a source was read.
struct Taken {
  std::uint64_t bytes = 0;
  std::optional<Error> error;
};

}  // namespace

struct BagWriter::State {
  State(BagWriterOptions given, const BagWriterServices& from, Sha256 file_hasher, Sha256 hasher_,
        TwinTable names, CatalogWriter lines, SealedSpool spool)
      : options(std::move(given)),
        services(from),
        bag(options.bag.text()),
        file(from.output, std::move(file_hasher)),
        hasher(std::move(hasher_)),
        twins(std::move(names)),
        catalog(std::move(lines)),
        manifest(std::move(spool)) {}

  BagWriterOptions options;
  BagWriterServices services;
  std::string bag;
  std::string date;
  FileSink file;
  std::optional<AgeWriter> age;
  std::unique_ptr<FrameCompressor> frames;
  Sha256 hasher;
  TwinTable twins;
  CatalogWriter catalog;
  SealedSpool manifest;  // Lines of manifest-sha256.txt.
  bool manifest_in_memory = false;
  std::string tag_lines;  // Of tagmanifest-sha256.txt.
  std::string scratch;
  bool failed = false;

  [[nodiscard]] CatalogIndex index() const;
  Status open_archive();
  Result<std::string> claim_name(const CatalogLine& line);
  Status add(CatalogLine& line);
  Status store(CatalogLine& line, const Content& content);
  Status store_unsized(CatalogLine& line, const Content& content);
  Status store_sized(CatalogLine& line, ByteSource& source, std::uint64_t size_bytes,
                     const AmendLine& amend);
  Result<Taken> copy(ByteSource& source, std::uint64_t size_bytes);
  Status fill_with_zeros(std::uint64_t count);
  Status write_header(std::string_view name, std::uint64_t size_bytes);
  Status write_segment();
  Status write_tag_file(std::string_view name, std::string_view text);
  Status write_manifest();
  Result<Digest256> close_archive(const std::string& context_json, MerkleHead& head);
  Result<WrittenBag> seal(SealRequest request);
  /// Remembers a failure: what cannot be completed must not be sealed.
  Status keep(Status status) {
    if (!status) failed = true;
    return status;
  }
};

BagWriter::BagWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
BagWriter::BagWriter(BagWriter&& other) noexcept = default;
BagWriter::~BagWriter() = default;

namespace {

Result<SealedSpool> manifest_spool(const BagWriterServices& services, bool& in_memory) {
  if (const auto folder = services.output.spool_folder()) {
    auto spool = SealedSpool::create(*folder, services.randomness, services.calls);
    if (spool) return spool;
  }
  in_memory = true;
  return SealedSpool::in_memory(kMemoryManifestBytes);
}

}  // namespace

Result<BagWriter> BagWriter::create(BagWriterOptions options, const BagWriterServices& services) {
  const std::string archive = options.recipient ? "bag.tar.zst.age" : "bag.tar.zst";
  if (auto begun = services.output.begin(options.bag.text(), archive); !begun) {
    return std::move(begun).error();
  }
  auto file_hasher = Sha256::create();
  if (!file_hasher) return std::move(file_hasher).error();
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  auto twins = TwinTable::create(services.randomness);
  if (!twins) return std::move(twins).error();
  auto catalog = CatalogWriter::create(services.randomness);
  if (!catalog) return std::move(catalog).error();
  bool in_memory = false;
  auto spool = manifest_spool(services, in_memory);
  if (!spool) return std::move(spool).error();
  auto state = std::make_unique<State>(std::move(options), services, std::move(*file_hasher),
                                       std::move(*hasher), std::move(*twins), std::move(*catalog),
                                       std::move(*spool));
  state->manifest_in_memory = in_memory;
  if (auto opened = state->open_archive(); !opened) return std::move(opened).error();
  return BagWriter(std::move(state));
}

CatalogIndex BagWriter::State::index() const {
  CatalogIndex index;
  index.bag = bag;
  index.run = options.run.text();
  index.date = date;
  index.software = options.software;
  index.frame_bytes = options.frame_bytes;
  return index;
}

/// Everything up to the first payload member.
Status BagWriter::State::open_archive() {
  ByteSink* sink = &file;
  if (options.recipient) {
    auto writer = AgeWriter::create(file, std::span(&*options.recipient, 1), services.randomness);
    if (!writer) return std::move(writer).error();
    age.emplace(std::move(*writer));
    sink = &*age;
  }
  auto compressor = FrameCompressor::create(
      *sink,
      {.frame_bytes = options.frame_bytes, .workers = options.workers, .level = options.level});
  if (!compressor) return std::move(compressor).error();
  frames = std::move(*compressor);
  date = format_utc(services.clock.now_seconds()).substr(0, 10);
  if (auto written = write_tag_file(kBagItName, bagit_text()); !written) return written;
  return write_tag_file(kBagInfoName, bag_info_text(index()));
}

Status BagWriter::State::write_header(std::string_view name, std::uint64_t size_bytes) {
  scratch.clear();
  append_tar_header(scratch, bag, name, size_bytes);
  return frames->write(as_bytes(scratch));
}

Status BagWriter::State::fill_with_zeros(std::uint64_t count) {
  while (count > 0) {
    const auto free = frames->space();
    const auto part = free.first(
        static_cast<std::size_t>(std::min<std::uint64_t>({count, free.size(), kReadBytes})));
    std::fill(part.begin(), part.end(), std::byte{0});
    if (auto added = hasher.update(part); !added) return added;
    if (auto advanced = frames->advance(part.size()); !advanced) return advanced;
    count -= part.size();
  }
  return ok();
}

/// Reads at most `size_bytes` from `source` straight into the frames, hashing on the way.
Result<Taken> BagWriter::State::copy(ByteSource& source, std::uint64_t size_bytes) {
  Taken taken;
  while (taken.bytes < size_bytes) {
    const auto free = frames->space();
    const std::uint64_t wanted =
        std::min<std::uint64_t>({size_bytes - taken.bytes, free.size(), kReadBytes});
    auto count = source.read(free.first(static_cast<std::size_t>(wanted)));
    if (!count) {
      taken.error = std::move(count).error();
      break;
    }
    if (*count == 0) break;
    if (auto added = hasher.update(free.first(*count)); !added) return std::move(added).error();
    if (auto advanced = frames->advance(*count); !advanced) return std::move(advanced).error();
    taken.bytes += *count;
  }
  return taken;
}

Result<std::string> BagWriter::State::claim_name(const CatalogLine& line) {
  std::string name = plain_stored_name(line);
  if (!needs_digest_name(name) && twins.claim(name)) return name;
  constexpr unsigned kCopiesMax = 10000;
  for (unsigned copy = 1; copy <= kCopiesMax; ++copy) {
    auto by_digest = digest_stored_name(line, copy);
    if (!by_digest || twins.claim(*by_digest)) return by_digest;
  }
  return Error{ErrorCode::limit_exceeded, "the same path came too often"};
}

Status BagWriter::State::add(CatalogLine& line) {
  if (auto added = catalog.add(line); !added) return added;
  return catalog.segment_due() ? write_segment() : ok();
}

Status BagWriter::State::store(CatalogLine& line, const Content& content) {
  make_utf8(line.instance);
  if (line.source) make_utf8(line.source->original_name);
  if (line.outcome != Outcome::redacted) line.outcome = Outcome::stored;
  if (!content.size_bytes) return store_unsized(line, content);
  return store_sized(line, content.bytes, *content.size_bytes, content.amend);
}

namespace {

/// Gives at most a number of bytes, and knows afterwards whether there were more and what failed.
class LimitedSource final : public ByteSource {
 public:
  LimitedSource(ByteSource& from, std::uint64_t size_bytes_max)
      : from_(from), left_(size_bytes_max) {}
  Result<std::size_t> read(std::span<std::byte> buffer) override {
    if (ended_) return std::size_t{0};
    std::byte probe{};
    const auto count = left_ == 0 ? from_.read(std::span(&probe, 1))
                                  : from_.read(buffer.first(static_cast<std::size_t>(
                                        std::min<std::uint64_t>(buffer.size(), left_))));
    if (!count) error_ = count.error();
    cut_ = count && *count > 0 && left_ == 0;
    ended_ = !count || *count == 0 || left_ == 0;
    if (ended_) return std::size_t{0};
    left_ -= *count;
    return *count;
  }
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  ByteSource& from_;
  std::uint64_t left_;
  bool cut_ = false;
  bool ended_ = false;
  std::optional<Error> error_;
};

/// Reads until `memory` is full or the source ends. @return bytes read.
Result<std::size_t> read_some(ByteSource& source, std::span<std::byte> memory) {
  std::size_t filled = 0;
  while (filled < memory.size()) {
    auto count = source.read(memory.subspan(filled));
    if (!count) return std::move(count).error();
    if (*count == 0) break;
    filled += *count;
  }
  return filled;
}

Status spool_all(ByteSource& source, std::span<std::byte> memory, SealedSpool& spool) {
  for (;;) {
    auto count = source.read(memory);
    if (!count) return std::move(count).error();
    if (*count == 0) return ok();
    if (auto added = spool.append(memory.first(*count)); !added) return added;
  }
}

void note_source(CatalogLine& line, const std::optional<Error>& error) {
  if (!error) return;
  add_finding(line, "read_error");
  if (!line.error) line.error = EntryError{"read", "unknown"};
}

}  // namespace

/// The tar header needs the size, so the source is read to its end first: into memory, and from
/// 1 MiB on into a spool.
Status BagWriter::State::store_unsized(CatalogLine& line, const Content& content) {
  const auto folder = services.output.spool_folder();
  const std::uint64_t limit =
      folder ? content.size_bytes_max : std::min(content.size_bytes_max, kMemorySpoolBytes);
  LimitedSource source(content.bytes, limit);
  Bytes memory(static_cast<std::size_t>(std::min<std::uint64_t>(kMemoryBytes, limit + 1)));
  auto filled = read_some(source, memory);
  if (!filled) return std::move(filled).error();
  const auto first = std::span(memory).first(*filled);
  std::optional<SealedSpool> spool;
  if (*filled == memory.size()) {
    auto made = folder ? SealedSpool::create(*folder, services.randomness, services.calls)
                       : Result<SealedSpool>(SealedSpool::in_memory(kMemorySpoolBytes));
    if (!made) return std::move(made).error();
    spool.emplace(std::move(*made));
    if (auto added = spool->append(first); !added) return added;
    if (auto added = spool_all(source, memory, *spool); !added) return added;
  }
  const auto amend = [&](CatalogLine& amended, std::uint64_t bytes) {
    if (source.cut()) add_finding(amended, "cut_at_limit");
    note_source(amended, source.error());
    if (content.amend) content.amend(amended, bytes);
  };
  if (spool) {
    return store_sized(line, *spool->read_back(), spool->size_bytes(), amend);
  }
  MemorySource read_back(first);
  return store_sized(line, read_back, first.size(), amend);
}

Status BagWriter::State::store_sized(CatalogLine& line, ByteSource& source,
                                     std::uint64_t size_bytes, const AmendLine& amend) {
  // A cut archive shall explain what lies before a member that takes long.
  if (size_bytes >= kLargeMemberBytes && catalog.has_lines()) {
    if (auto written = write_segment(); !written) return written;
  }
  auto name = claim_name(line);
  if (!name) return std::move(name).error();
  if (size_bytes <= kSmallMemberBytes) frames->expect_easy(size_bytes + kTarBlockBytes);
  if (auto written = write_header(*name, size_bytes); !written) return written;
  auto taken = copy(source, size_bytes);
  if (!taken) return std::move(taken).error();
  if (taken->bytes < size_bytes) {
    line.filled_from = taken->bytes;
    if (!taken->error) add_finding(line, "shrank");
    if (auto filled = fill_with_zeros(size_bytes - taken->bytes); !filled) return filled;
  }
  auto digest = hasher.finish_and_restart();
  if (!digest) return std::move(digest).error();
  const auto padding = std::span(kZeros).first(tar_padding(size_bytes));
  if (auto padded = frames->write(padding); !padded) return padded;
  line.stored = *std::move(name);
  line.sha256 = to_hex(*digest);
  line.stored_size_bytes = size_bytes;
  scratch.clear();
  append_manifest_line(scratch, *digest, line.stored);
  if (auto spooled = manifest.append(as_bytes(scratch)); !spooled) return spooled;
  note_source(line, taken->error);
  if (amend) amend(line, taken->bytes);
  return add(line);
}

Status BagWriter::State::write_segment() {
  const std::string name = segment_name(catalog.segments().size());
  const auto text = catalog.segment_text();
  if (!text) return text.error();
  frames->expect_easy(text->size());
  if (auto written = write_header(name, text->size()); !written) return written;
  const std::uint64_t offset = frames->content_bytes();
  if (auto written = frames->write(as_bytes(*text)); !written) return written;
  const auto padding = std::span(kZeros).first(tar_padding(text->size()));
  if (auto padded = frames->write(padding); !padded) return padded;
  auto digest = catalog.segment_written(offset);
  if (!digest) return std::move(digest).error();
  append_manifest_line(tag_lines, *digest, name);
  return ok();
}

Status BagWriter::State::write_tag_file(std::string_view name, std::string_view text) {
  auto digest = sha256(as_bytes(text));
  if (!digest) return std::move(digest).error();
  append_manifest_line(tag_lines, *digest, name);
  if (auto written = write_header(name, text.size()); !written) return written;
  if (auto written = frames->write(as_bytes(text)); !written) return written;
  return frames->write(std::span(kZeros).first(tar_padding(text.size())));
}

Status BagWriter::State::write_manifest() {
  const std::uint64_t size_bytes = manifest.size_bytes();
  frames->expect_easy(size_bytes);
  if (auto written = write_header(kManifestName, size_bytes); !written) return written;
  auto taken = copy(*manifest.read_back(), size_bytes);
  if (!taken) return std::move(taken).error();
  if (taken->error) return *taken->error;
  auto digest = hasher.finish_and_restart();
  if (!digest) return std::move(digest).error();
  append_manifest_line(tag_lines, *digest, kManifestName);
  return frames->write(std::span(kZeros).first(tar_padding(size_bytes)));
}

/// Writes all that follows the payload. @return the digest of the tag manifest.
Result<Digest256> BagWriter::State::close_archive(const std::string& context_json,
                                                  MerkleHead& head) {
  if (catalog.has_lines()) {
    if (auto written = write_segment(); !written) return std::move(written).error();
  }
  if (auto written = write_tag_file(kContextName, context_json); !written) {
    return std::move(written).error();
  }
  if (auto written = write_manifest(); !written) return std::move(written).error();
  auto counted = catalog.head();
  if (!counted) return std::move(counted).error();
  head = *counted;
  CatalogIndex closing = index();
  closing.entries = head.count;
  closing.root = head.root;
  closing.segments = catalog.segments();
  if (auto ended = frames->end_frame(); !ended) return std::move(ended).error();
  if (auto written = write_tag_file(kCatalogIndexName, catalog_index_text(closing)); !written) {
    return std::move(written).error();
  }
  const std::string tag_manifest = std::move(tag_lines);
  auto digest = sha256(as_bytes(tag_manifest));
  if (!digest) return std::move(digest).error();
  if (auto written = write_tag_file(kTagManifestName, tag_manifest); !written) {
    return std::move(written).error();
  }
  if (auto ended = frames->write(kZeros); !ended) return std::move(ended).error();
  if (auto finished = frames->finish(); !finished) return std::move(finished).error();
  if (age) {
    if (auto closed = std::move(*age).close(); !closed) return std::move(closed).error();
  }
  if (auto finished = services.output.finish_archive(); !finished)
    return std::move(finished).error();
  return *digest;
}

Result<WrittenBag> BagWriter::State::seal(SealRequest request) {
  if (failed) return Error{ErrorCode::io, "the bag was not written to its end"};
  if (request.context_json.size() > kContextBytesMax ||
      !parse_canonical_json(request.context_json)) {
    return Error{ErrorCode::invalid_input, "the context is not canonical JSON"};
  }
  MerkleHead head;
  auto tag_manifest = close_archive(request.context_json, head);
  if (!tag_manifest) return std::move(tag_manifest).error().context("close the bag");
  WrittenBag written;
  Seal& seal = written.seal;
  seal.bag = bag;
  seal.run = options.run.text();
  seal.sequence = options.sequence;
  seal.entries = head.count;
  seal.root = head.root;
  seal.file_name = options.recipient ? "bag.tar.zst.age" : "bag.tar.zst";
  auto file_digest = file.finish();
  if (!file_digest) return std::move(file_digest).error();
  seal.file_sha256 = *file_digest;
  seal.file_size_bytes = file.size_bytes();
  seal.started_at = options.started_at;
  seal.sealed_at = services.clock.now_seconds();
  seal.seal_key = request.seal_key;
  if (options.recipient) seal.recipient = options.recipient->text();
  seal.tagmanifest_sha256 = *tag_manifest;
  if (!request.ticket.empty()) {
    auto ticket = sha256(as_bytes(request.ticket));
    if (!ticket) return std::move(ticket).error();
    seal.ticket_sha256 = *ticket;
  }
  written.seal_json = seal_text(seal);
  if (auto readable = parse_seal(written.seal_json); !readable) return std::move(readable).error();
  auto signature = request.sign(as_bytes(written.seal_json));
  if (!signature) return std::move(signature).error().context("sign the seal");
  written.seal_signature = *std::move(signature);
  // The seal itself comes last: a bag that has one has everything else.
  const std::pair<std::string_view, const std::string*> files[] = {
      {"ticket.json", &request.ticket},
      {"ticket.json.sig", &request.ticket_signature},
      {"seal.json.sig", &written.seal_signature},
      {"seal.json", &written.seal_json}};
  for (const auto& [name, text] : files) {
    if (text->empty()) continue;
    if (auto put = services.output.put(name, as_bytes(*text)); !put) return std::move(put).error();
  }
  return written;
}

Status BagWriter::list(CatalogLine&& line) {
  check(line.outcome != Outcome::stored && line.outcome != Outcome::redacted,
        "an entry with bytes is stored");
  make_utf8(line.instance);
  if (state_->failed) return Error{ErrorCode::io, "the bag failed before"};
  return state_->keep(state_->add(line));
}

Status BagWriter::store(CatalogLine&& line, Content content) {
  if (state_->failed) return Error{ErrorCode::io, "the bag failed before"};
  return state_->keep(state_->store(line, content));
}

bool BagWriter::must_close_within(std::uint64_t entries) const {
  const State& state = *state_;
  // Each entry may end a segment, and add a line of the manifest with the longest name.
  if (state.catalog.segments().size() + 2 + entries >= kCatalogSegmentsMax) return true;
  const std::uint64_t manifest_bytes =
      state.manifest.size_bytes() + entries * (kStoredNameBytesMax + kDigestHexBytes + 3);
  return state.manifest_in_memory && (state.catalog.entries() + entries >= kMemoryEntriesMax ||
                                      manifest_bytes > kMemoryManifestBytes * 3 / 4);
}

std::uint64_t BagWriter::entries() const { return state_->catalog.entries(); }
std::uint64_t BagWriter::content_bytes() const { return state_->frames->content_bytes(); }
std::uint64_t BagWriter::archive_bytes() const { return state_->file.size_bytes(); }
void BagWriter::set_level(int level) { state_->frames->set_level(level); }

Result<WrittenBag> BagWriter::seal(SealRequest request) && {
  auto written = state_->seal(std::move(request));
  state_->failed = true;  // Spent.
  return written;
}

}  // namespace casebook
