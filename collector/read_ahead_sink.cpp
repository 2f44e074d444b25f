#include "collector/read_ahead_sink.h"

#include <utility>

#include "collector/file_source.h"

namespace casebook {
namespace {

constexpr std::size_t kSmallBytes = std::size_t{32} << 10U;
constexpr std::size_t kBatchBytes = std::size_t{256} << 10U;

bool has_several_names(const CatalogLine& line) { return line.stat && line.stat->nlink > 1; }

/// Reads until `memory` is full, the source ends or fails. @return bytes read.
std::size_t read_what_there_is(ByteSource& source, std::span<std::byte> memory) {
  std::size_t filled = 0;
  while (filled < memory.size()) {
    const auto count = source.read(memory.subspan(filled));
    if (!count || *count == 0) break;
    filled += *count;
  }
  return filled;
}

}  // namespace

ReadAheadSink::ReadAheadSink(EntrySink& next, std::function<bool()> is_alone)
    : next_(next), is_alone_(std::move(is_alone)) {}

Status ReadAheadSink::give_on(Batch& batch) {
  std::span<const std::byte> left = batch.bytes;
  for (Entry& entry : batch.entries) {
    if (!entry.size_bytes) {
      if (auto listed = next_.list(std::move(entry.line)); !listed) return listed;
      continue;
    }
    MemorySource bytes(left.first(*entry.size_bytes));
    left = left.subspan(*entry.size_bytes);
    auto stored = next_.store(std::move(entry.line),
                              {.bytes = bytes, .size_bytes = *entry.size_bytes, .amend = {}});
    if (!stored) return stored;
  }
  return ok();
}

Status ReadAheadSink::submit() {
  if (auto waited = side_.wait(); !waited) return waited;
  // The memory of spent lines is freed here, where it was taken.
  at_work_.entries.clear();
  at_work_.bytes.clear();
  std::swap(at_work_, waiting_);
  if (is_alone_()) {
    auto given = give_on(at_work_);
    if (!given) side_.fail(given.error());
    return given;
  }
  side_.start();
  return ok();
}

Status ReadAheadSink::submit_if_full() {
  const bool full =
      waiting_.entries.size() >= kEntriesAheadMax || waiting_.bytes.size() >= kBatchBytes;
  return full ? submit() : ok();
}

Status ReadAheadSink::drain() {
  if (!waiting_.entries.empty()) {
    if (auto submitted = submit(); !submitted) return submitted;
  }
  return side_.wait();
}

Status ReadAheadSink::list(CatalogLine&& line) {
  waiting_.entries.push_back({std::move(line), std::nullopt});
  return submit_if_full();
}

Status ReadAheadSink::store(CatalogLine&& line, Content content) {
  const std::uint64_t size_bytes = content.size_bytes.value_or(kSmallBytes + 1);
  if (size_bytes > kSmallBytes || has_several_names(line)) {
    if (auto drained = drain(); !drained) return drained;
    return next_.store(std::move(line), std::move(content));
  }
  const std::size_t begin = waiting_.bytes.size();
  waiting_.bytes.resize(begin + static_cast<std::size_t>(size_bytes));
  const auto memory = std::span(waiting_.bytes).subspan(begin);
  const std::size_t filled = read_what_there_is(content.bytes, memory);
  if (filled < size_bytes) {
    // It shrank or failed: the sink itself has to see that.
    const Bytes ahead(memory.begin(), memory.begin() + static_cast<std::ptrdiff_t>(filled));
    waiting_.bytes.resize(begin);
    if (auto drained = drain(); !drained) return drained;
    collector::AheadSource source(ahead, content.bytes);
    return next_.store(std::move(line), {.bytes = source,
                                         .size_bytes = content.size_bytes,
                                         .size_bytes_max = content.size_bytes_max,
                                         .amend = std::move(content.amend)});
  }
  if (line.outcome != Outcome::redacted) line.outcome = Outcome::stored;
  if (content.amend) content.amend(line, size_bytes);
  waiting_.entries.push_back({std::move(line), static_cast<std::size_t>(size_bytes)});
  return submit_if_full();
}

}  // namespace casebook
