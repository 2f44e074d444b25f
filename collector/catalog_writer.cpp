#include "collector/catalog_writer.h"

#include <utility>

namespace casebook {
namespace {

constexpr std::size_t kSegmentBytes = std::size_t{8} << 20U;
constexpr std::chrono::seconds kSegmentTime{30};
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kSaltPoolBytes = 256 * kSaltBytes;
constexpr std::size_t kBatchLines = 32;
constexpr std::size_t kFixedBytes = 1280;  // Keys, numbers, digests.
constexpr std::size_t kEscaped = 6;        // "\u001b"

/// What the text of a line may take at most.
std::size_t text_bytes_max(const CatalogLine& line) {
  std::size_t texts = line.rule.size() + line.path.size() + line.reading.size() +
                      line.instance.size() + line.link_of.size();
  std::size_t more = kFixedBytes + line.stored.size() + 48 * line.extents.size();
  if (line.link_target) texts += line.link_target->size();
  if (line.error) texts += line.error->call.size() + line.error->errno_name.size();
  if (line.source) {
    texts += line.source->method.size() + line.source->person.size() +
             line.source->directed_by.size() + line.source->original_name.size();
  }
  for (const std::string& finding : line.findings) texts += finding.size() + 1;
  if (line.stat) {
    for (const std::string& attribute : line.stat->attributes) texts += attribute.size() + 1;
  }
  if (line.command) {
    for (const std::string& word : line.command->argv) texts += word.size() + 1;
  }
  for (const ExtendedAttribute& attribute : line.xattrs) {
    texts += attribute.name.size() + 8;
    more += 2 * attribute.value.size() + 8;
  }
  return more + kEscaped * texts;
}

}  // namespace

CatalogWriter::CatalogWriter(Randomness& randomness, std::unique_ptr<LineWriter> writer)
    : randomness_(&randomness), writer_(std::move(writer)) {}

Result<CatalogWriter> CatalogWriter::create(Randomness& randomness) {
  auto writer = LineWriter::create();
  if (!writer) return std::move(writer).error();
  return CatalogWriter(randomness, *std::move(writer));
}

Status CatalogWriter::give_salt(CatalogLine& line) {
  if (salts_used_ == salts_.size()) {
    salts_.resize(kSaltPoolBytes);
    if (auto filled = randomness_->fill(salts_); !filled) return filled;
    salts_used_ = 0;
  }
  const auto salt = std::span(salts_).subspan(salts_used_, kSaltBytes);
  salts_used_ += kSaltBytes;
  line.salt.clear();
  append_hex(line.salt, salt);
  return ok();
}

Status CatalogWriter::add(CatalogLine& line) {
  if (auto salted = give_salt(line); !salted) return salted;
  if (const auto wrong = contradiction_in(line); !wrong.empty()) {
    return Error{
        ErrorCode::invalid_input,
        "entry of rule '" + line.rule + "' contradicts itself in '" + std::string(wrong) + "'"};
  }
  last_at_ = line.monotonic;
  if (lines_++ == 0) first_at_ = last_at_;
  ++entries_;
  waiting_bytes_max_ += text_bytes_max(line);
  waiting_.push_back(std::move(line));
  // Where these lines might complete a segment, it must be known exactly whether they do.
  const bool is_near_end =
      writer_->text_bytes() + at_work_bytes_max_ + waiting_bytes_max_ >= kSegmentBytes;
  if (!is_near_end && waiting_.size() < kBatchLines) return ok();
  if (auto handed = write_waiting(); !handed) return handed;
  return is_near_end ? write_all() : ok();
}

Status CatalogWriter::write_waiting() {
  at_work_bytes_max_ = std::exchange(waiting_bytes_max_, 0);
  return writer_->submit(waiting_);
}

Status CatalogWriter::write_all() {
  if (!waiting_.empty()) {
    if (auto handed = write_waiting(); !handed) return handed;
  }
  at_work_bytes_max_ = 0;
  return writer_->wait();
}

bool CatalogWriter::segment_due() const {
  return writer_->text_bytes() >= kSegmentBytes ||
         (lines_ > 0 && last_at_ - first_at_ >= kSegmentTime);
}

Result<std::string_view> CatalogWriter::segment_text() {
  if (auto written = write_all(); !written) return std::move(written).error();
  return writer_->text();
}

Result<Digest256> CatalogWriter::segment_written(std::uint64_t offset) {
  const std::size_t size_bytes = writer_->text().size();
  auto digest = writer_->end_segment();
  if (!digest) return std::move(digest).error();
  segments_.push_back({offset, size_bytes, lines_, *digest});
  lines_ = 0;
  return *digest;
}

Result<MerkleHead> CatalogWriter::head() {
  if (auto written = write_all(); !written) return std::move(written).error();
  return writer_->head();
}

}  // namespace casebook
