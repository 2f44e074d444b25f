#include "collector/line_writer.h"

#include <algorithm>

namespace casebook {
namespace {

constexpr std::size_t kPathKeptBytes = std::size_t{256} << 10U;

/// Appends the line, shortened until it fits.
void append_fitting(std::string& text, CatalogLine& line) {
  const std::size_t begin = text.size();
  const auto fits = [&] {
    text.resize(begin);
    append_catalog_line(text, line);
    return text.size() - begin <= kCatalogLineBytesMax;
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

}  // namespace

Result<std::unique_ptr<LineWriter>> LineWriter::create() {
  auto tree = MerkleTree::create();
  if (!tree) return std::move(tree).error();
  auto hasher = Sha256::create();
  if (!hasher) return std::move(hasher).error();
  return std::unique_ptr<LineWriter>(new LineWriter(*std::move(tree), *std::move(hasher)));
}

LineWriter::LineWriter(MerkleTree tree, Sha256 hasher)
    : tree_(std::move(tree)), hasher_(std::move(hasher)) {
  text_.reserve(kCatalogSegmentBytesMax);
}

Status LineWriter::write_batch() {
  const std::size_t first = text_.size();
  for (CatalogLine& line : batch_) {
    const std::size_t begin = text_.size();
    append_fitting(text_, line);
    const std::string_view written = std::string_view(text_).substr(begin);
    if (auto added = tree_.add_line(kCatalogLeaf, as_bytes(written)); !added) return added;
    text_.push_back('\n');
  }
  return hasher_.update(as_bytes(std::string_view(text_).substr(first)));
}

Status LineWriter::wait() {
  auto waited = side_.wait();
  text_bytes_ = text_.size();
  return waited;
}

Status LineWriter::submit(std::vector<CatalogLine>& lines) {
  if (auto waited = wait(); !waited) return waited;
  batch_.swap(lines);
  side_.start();
  lines.clear();
  return ok();
}

Result<Digest256> LineWriter::end_segment() {
  text_.clear();
  text_bytes_ = 0;
  return hasher_.finish_and_restart();
}

}  // namespace casebook
