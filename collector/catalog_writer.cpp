#include "collector/catalog_writer.h"

namespace casebook {
namespace {
constexpr std::size_t kSegmentBytes = std::size_t{8} << 20U;
constexpr std::chrono::seconds kSegmentTime{30};
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kSaltPoolBytes = 256 * kSaltBytes;
constexpr std::size_t kPathKeptBytes = std::size_t{256} << 10U;
}  // namespace

CatalogWriter::CatalogWriter(Randomness& randomness, MerkleTree tree)
    : randomness_(&randomness), tree_(std::move(tree)) {
  text_.reserve(kCatalogSegmentBytesMax);
}

Result<CatalogWriter> CatalogWriter::create(Randomness& randomness) {
  auto tree = MerkleTree::create();
  if (!tree) return std::move(tree).error();
  return CatalogWriter(randomness, std::move(*tree));
}

Result<std::string> CatalogWriter::next_salt() {
  if (salts_used_ == salts_.size()) {
    salts_.resize(kSaltPoolBytes);
    if (auto filled = randomness_->fill(salts_); !filled) return std::move(filled).error();
    salts_used_ = 0;
  }
  const auto salt = std::span(salts_).subspan(salts_used_, kSaltBytes);
  salts_used_ += kSaltBytes;
  return to_hex(salt);
}

/// Appends the line, shortened until it fits.
void CatalogWriter::append_fitting(CatalogLine& line) {
  const std::size_t begin = text_.size();
  const auto fits = [&] {
    text_.resize(begin);
    append_catalog_line(text_, line);
    return text_.size() - begin <= kCatalogLineBytesMax;
  };
  if (fits()) return;
  if (!line.extents.empty()) {
    line.extents.clear();
    line.findings.emplace_back("extents_left_out");
    if (fits()) return;
  }
  if (!line.xattrs.empty()) {
    line.xattrs.clear();
    line.findings.emplace_back("xattrs_left_out");
    if (fits()) return;
  }
  line.path.resize(std::min(line.path.size(), kPathKeptBytes));
  line.findings.emplace_back("path_cut");
  check(fits(), "what is left of a line is short");
}

Status CatalogWriter::add(CatalogLine line) {
  auto salt = next_salt();
  if (!salt) return std::move(salt).error();
  line.salt = *std::move(salt);
  if (const auto wrong = contradiction_in(line); !wrong.empty()) {
    return Error{
        ErrorCode::invalid_input,
        "entry of rule '" + line.rule + "' contradicts itself in '" + std::string(wrong) + "'"};
  }
  const std::size_t begin = text_.size();
  append_fitting(line);
  const std::string_view written = std::string_view(text_).substr(begin);
  if (auto added = tree_.add_line(kCatalogLeaf, as_bytes(written)); !added) return added;
  text_.push_back('\n');
  last_at_ = line.monotonic;
  if (lines_++ == 0) first_at_ = last_at_;
  return ok();
}

bool CatalogWriter::segment_due() const {
  return text_.size() >= kSegmentBytes || (lines_ > 0 && last_at_ - first_at_ >= kSegmentTime);
}

Result<Digest256> CatalogWriter::segment_written(std::uint64_t offset) {
  auto digest = sha256(as_bytes(text_));
  if (!digest) return std::move(digest).error();
  segments_.push_back({offset, text_.size(), lines_, *digest});
  text_.clear();
  lines_ = 0;
  return *digest;
}

}  // namespace casebook
