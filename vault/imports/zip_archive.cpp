#include "vault/imports/zip_archive.h"

#include <zlib.h>

#include <algorithm>

#include "core/printable.h"
#include "vault/imports/zip_directory.h"

namespace casebook::imports {
namespace {

constexpr std::size_t kPackedBlockBytes = std::size_t{64} << 10U;
constexpr std::size_t kReadBytesMax = std::size_t{1} << 30U;  // zlib counts in 32 bits.

}  // namespace

void ZipMemberSource::Free::operator()(z_stream_s* stream) const noexcept {
  inflateEnd(stream);
  delete stream;
}

ZipMemberSource::ZipMemberSource(RandomAccess& file, const ZipMember& member,
                                 std::string shown_name)
    : file_(&file), member_(member), shown_name_(std::move(shown_name)) {
  if (!member_.is_deflated) return;
  auto stream = std::make_unique<z_stream>();
  // Raw deflate: the zip headers were read by us.
  const int made = inflateInit2(stream.get(), -MAX_WBITS);
  check(made == Z_OK, "inflateInit2");
  stream_.reset(stream.release());
}

Error ZipMemberSource::corrupt(std::string_view why) const {
  return Error{ErrorCode::corrupt, "zip member '" + shown_name_ + "': " + std::string(why)};
}

Status ZipMemberSource::refill() {
  const std::uint64_t left = member_.packed_bytes - taken_bytes_;
  packed_.resize(std::min<std::uint64_t>(left, kPackedBlockBytes));
  if (auto got = file_->read_at(member_.data_offset + taken_bytes_, packed_); !got) return got;
  taken_bytes_ += packed_.size();
  stream_->next_in = reinterpret_cast<Bytef*>(packed_.data());
  stream_->avail_in = static_cast<uInt>(packed_.size());
  return ok();
}

Result<std::size_t> ZipMemberSource::read_deflated(std::span<std::byte> buffer) {
  if (is_at_end_) return std::size_t{0};
  stream_->next_out = reinterpret_cast<Bytef*>(buffer.data());
  stream_->avail_out = static_cast<uInt>(buffer.size());
  while (stream_->avail_out == buffer.size() && !is_at_end_) {
    if (stream_->avail_in == 0) {
      if (taken_bytes_ == member_.packed_bytes) return corrupt("its packed data are cut short");
      if (auto filled = refill(); !filled) return std::move(filled).error();
    }
    const int status = inflate(stream_.get(), Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      is_at_end_ = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return corrupt("its packed data are damaged");
    }
  }
  return buffer.size() - stream_->avail_out;
}

Result<std::size_t> ZipMemberSource::read_stored(std::span<std::byte> buffer) {
  const auto count = std::min<std::uint64_t>(buffer.size(), member_.packed_bytes - taken_bytes_);
  if (count == 0) return std::size_t{0};
  if (auto got = file_->read_at(member_.data_offset + taken_bytes_, buffer.first(count)); !got)
    return std::move(got).error();
  taken_bytes_ += count;
  return static_cast<std::size_t>(count);
}

Status ZipMemberSource::check_end() {
  const bool is_all_used =
      taken_bytes_ == member_.packed_bytes && (!stream_ || stream_->avail_in == 0);
  if (given_bytes_ != member_.size_bytes || !is_all_used)
    return corrupt("its length is not that of the directory");
  if (crc_ != member_.crc) return corrupt("its checksum is not that of the directory");
  return ok();
}

Result<std::size_t> ZipMemberSource::read(std::span<std::byte> buffer) {
  buffer = buffer.first(std::min(buffer.size(), kReadBytesMax));
  auto count = stream_ ? read_deflated(buffer) : read_stored(buffer);
  if (!count) return count;
  if (*count == 0) {
    if (auto good = check_end(); !good) return std::move(good).error();
    return std::size_t{0};
  }
  given_bytes_ += *count;
  if (given_bytes_ > member_.size_bytes) return corrupt("it is longer than the directory says");
  crc_ = static_cast<std::uint32_t>(
      crc32(crc_, reinterpret_cast<const Bytef*>(buffer.data()), static_cast<uInt>(*count)));
  return count;
}

Result<ZipArchive> ZipArchive::open(RandomAccess& file, const ZipLimits& limits) {
  const auto place = find_zip_directory(file);
  if (!place) return place.error();
  auto directory = read_zip_directory(file, *place, limits);
  if (!directory) return std::move(directory).error();
  if (auto good = check_zip_layout(file, *directory, place->offset); !good)
    return std::move(good).error();
  ZipArchive archive(file);
  archive.names_ = std::move(directory->names);
  archive.members_ = std::move(directory->members);
  std::erase_if(archive.members_,
                [&](const ZipMember& member) { return archive.name(member).ends_with('/'); });
  return archive;
}

std::string_view ZipArchive::name(const ZipMember& member) const {
  return std::string_view(names_).substr(member.name_offset, member.name_bytes);
}

ZipMemberSource ZipArchive::source(const ZipMember& member) const {
  return {*file_, member, printable(name(member))};
}

}  // namespace casebook::imports
