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
  std::unique_ptr<LineWriter> writer(new LineWriter(*std::move(tree), *std::move(hasher)));
  writer->thread_ = std::thread([self = writer.get()] { self->work(); });
  return writer;
}

LineWriter::LineWriter(MerkleTree tree, Sha256 hasher)
    : tree_(std::move(tree)), hasher_(std::move(hasher)) {
  text_.reserve(kCatalogSegmentBytesMax);
}

LineWriter::~LineWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_or_stop_.notify_one();
  thread_.join();
}

void LineWriter::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_or_stop_.wait(lock, [&] { return stop_ || busy_; });
    if (stop_) return;
    lock.unlock();
    auto written = write_batch();
    lock.lock();
    if (!written && !error_) error_ = std::move(written).error();
    busy_ = false;
    done_.notify_one();
  }
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
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return !busy_; });
  text_bytes_ = text_.size();
  if (error_) return *error_;
  return ok();
}

Status LineWriter::submit(std::vector<CatalogLine>& lines) {
  if (auto waited = wait(); !waited) return waited;
  batch_.swap(lines);
  {
    const std::lock_guard lock(mutex_);
    busy_ = true;
  }
  work_or_stop_.notify_one();
  lines.clear();
  return ok();
}

Result<Digest256> LineWriter::end_segment() {
  text_.clear();
  text_bytes_ = 0;
  return hasher_.finish_and_restart();
}

}  // namespace casebook
