#include "collector/match_spool.h"

#include <algorithm>

namespace casebook::collector {
namespace {

// A row is a sequence of records. `F`: a new folder, as the number of bytes it shares with the last
// one, the number of further bytes, and these. `M`: a match, as deciding rule, asking rule, take,
// limit in bytes, length of the name, and the name. Numbers are base 128, low part first.
constexpr char kFolderMark = 'F';
constexpr char kMatchMark = 'M';
constexpr std::size_t kReadBytes = std::size_t{64} << 10U;
constexpr std::uint64_t kPathBytesMax = std::uint64_t{64} << 20U;

void add_number(std::string& record, std::uint64_t value) {
  for (; value >= 0x80U; value >>= 7U) record += static_cast<char>((value & 0x7FU) | 0x80U);
  record += static_cast<char>(value);
}

Error damaged() { return Error{ErrorCode::corrupt, "the list of matches was changed"}; }

}  // namespace

Status MatchSpool::match(const Match& match) {
  Row& to = rows_[static_cast<std::size_t>(match.decision.stage)];
  if (!to.spool) {
    auto made = folder_ ? SealedSpool::create(*folder_, randomness_)
                        : Result<SealedSpool>(SealedSpool::in_memory(memory_bytes_max_));
    if (!made) return std::move(made).error().context("list of matches");
    to.spool.emplace(*std::move(made));
  }
  record_.clear();
  if (to.folder_number != match.folder_number) {
    const auto shared = static_cast<std::size_t>(
        std::ranges::mismatch(to.folder, match.folder).in1 - to.folder.begin());
    record_ += kFolderMark;
    add_number(record_, shared);
    add_number(record_, match.folder.size() - shared);
    record_ += match.folder.substr(shared);
    to.folder_number = match.folder_number;
    to.folder = match.folder;
  }
  record_ += kMatchMark;
  add_number(record_, match.decision.rule);
  add_number(record_, match.decision.asked_by);
  record_ += static_cast<char>(match.decision.take);
  add_number(record_, match.decision.bytes_max);
  add_number(record_, match.name.size());
  record_ += match.name;
  ++to.count;
  return to.spool->append(as_bytes(record_));
}

MatchSpool::Reader MatchSpool::read(int stage) const {
  const Row& from = row(stage);
  return Reader(from.spool ? from.spool->read_back() : nullptr, stage, from.count);
}

/// Sees to it that at least one byte is there.
Status MatchSpool::Reader::fill() {
  if (at_ < buffer_.size()) return ok();
  buffer_.resize(kReadBytes);
  at_ = 0;
  auto count = source_->read(buffer_);
  if (!count) return std::move(count).error();
  buffer_.resize(*count);
  return *count == 0 ? Status(damaged()) : ok();
}

Result<unsigned char> MatchSpool::Reader::byte() {
  if (auto filled = fill(); !filled) return std::move(filled).error();
  return static_cast<unsigned char>(buffer_[at_++]);
}

Status MatchSpool::Reader::bytes(std::string& into, std::size_t size) {
  while (size > 0) {
    if (auto filled = fill(); !filled) return filled;
    const std::size_t step = std::min(size, buffer_.size() - at_);
    into += as_text(std::span(buffer_).subspan(at_, step));
    at_ += step;
    size -= step;
  }
  return ok();
}

Result<std::uint64_t> MatchSpool::Reader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto part = byte();
    if (!part) return part.error();
    value |= std::uint64_t{*part & 0x7FU} << shift;
    if ((*part & 0x80U) == 0) return value;
  }
  return damaged();
}

Status MatchSpool::Reader::folder() {
  auto shared = number();
  if (!shared) return std::move(shared).error();
  auto further = number();
  if (!further) return std::move(further).error();
  if (*shared > folder_.size() || *further > kPathBytesMax) return damaged();
  folder_.resize(*shared);
  ++folder_number_;
  return bytes(folder_, *further);
}

Result<std::optional<Match>> MatchSpool::Reader::next() {
  if (left_ == 0) return std::optional<Match>();
  --left_;
  auto mark = byte();
  if (mark && *mark == kFolderMark) {
    if (auto read = folder(); !read) return std::move(read).error();
    mark = byte();
  }
  if (!mark) return std::move(mark).error();
  if (*mark != kMatchMark) return damaged();
  std::array<std::uint64_t, 2> rules{};
  for (std::uint64_t& rule : rules) {
    auto value = number();
    if (!value) return std::move(value).error();
    rule = *value;
  }
  const auto take = byte();
  if (!take) return take.error();
  auto bytes_max = number();
  if (!bytes_max) return std::move(bytes_max).error();
  auto length = number();
  if (!length) return std::move(length).error();
  if (*length > kPathBytesMax) return damaged();
  name_.clear();
  if (auto read = bytes(name_, *length); !read) return std::move(read).error();
  Match match{};
  match.decision.taken = true;
  match.decision.rule = static_cast<std::uint32_t>(rules[0]);
  match.decision.asked_by = static_cast<std::uint32_t>(rules[1]);
  match.decision.take = static_cast<Take>(*take);
  match.decision.stage = stage_;
  match.decision.bytes_max = *bytes_max;
  match.folder_number = folder_number_;
  match.folder = folder_;
  match.name = name_;
  return std::optional<Match>(match);
}

}  // namespace casebook::collector
