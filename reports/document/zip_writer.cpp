#include "reports/document/zip_writer.h"

#include <zlib.h>

#include <cstdint>

namespace casebook::documents {
namespace {

constexpr std::size_t kBytesMax = std::size_t{1} << 30U;
constexpr std::size_t kMembersMax = 60'000;
constexpr std::uint32_t kFirstDay = 0x0021;  // 1980-01-01 in the low word of the date.

void append16(std::string& out, std::uint32_t value) {
  out += static_cast<char>(value & 0xFFU);
  out += static_cast<char>((value >> 8U) & 0xFFU);
}

void append32(std::string& out, std::uint32_t value) {
  append16(out, value & 0xFFFFU);
  append16(out, value >> 16U);
}

/// Raw deflate.
Result<std::string> packed(std::string_view content) {
  z_stream stream{};
  if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    return Error{ErrorCode::io, "zip: no memory"};
  std::string out(deflateBound(&stream, static_cast<uLong>(content.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int status = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (status != Z_STREAM_END) return Error{ErrorCode::io, "zip: packing failed"};
  return out;
}

}  // namespace

Status ZipWriter::add(std::string_view name, std::string_view content) {
  if (members_.size() >= kMembersMax || content.size() > kBytesMax ||
      bytes_.size() + content.size() > kBytesMax)
    return Error{ErrorCode::limit_exceeded, "zip: too much for one file"};
  const auto data = packed(content);
  if (!data) return Error(data.error());
  const auto crc = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size())));
  const Member member{std::string(name), crc, static_cast<std::uint32_t>(data->size()),
                      static_cast<std::uint32_t>(content.size()),
                      static_cast<std::uint32_t>(bytes_.size())};
  append32(bytes_, 0x04034b50);
  append16(bytes_, 20);  // Version needed: deflate.
  append16(bytes_, 0);
  append16(bytes_, 8);
  append16(bytes_, 0);
  append16(bytes_, kFirstDay);
  append32(bytes_, member.crc);
  append32(bytes_, member.packed_bytes);
  append32(bytes_, member.size_bytes);
  append16(bytes_, static_cast<std::uint32_t>(name.size()));
  append16(bytes_, 0);
  bytes_ += name;
  bytes_ += *data;
  members_.push_back(member);
  return ok();
}

std::string ZipWriter::finish() && {
  const auto directory = static_cast<std::uint32_t>(bytes_.size());
  for (const Member& member : members_) {
    append32(bytes_, 0x02014b50);
    append16(bytes_, 20);
    append16(bytes_, 20);
    append16(bytes_, 0);
    append16(bytes_, 8);
    append16(bytes_, 0);
    append16(bytes_, kFirstDay);
    append32(bytes_, member.crc);
    append32(bytes_, member.packed_bytes);
    append32(bytes_, member.size_bytes);
    append16(bytes_, static_cast<std::uint32_t>(member.name.size()));
    append16(bytes_, 0);
    append16(bytes_, 0);
    append16(bytes_, 0);
    append16(bytes_, 0);
    append32(bytes_, 0);
    append32(bytes_, member.offset);
    bytes_ += member.name;
  }
  const auto size = static_cast<std::uint32_t>(bytes_.size()) - directory;
  append32(bytes_, 0x06054b50);
  append16(bytes_, 0);
  append16(bytes_, 0);
  append16(bytes_, static_cast<std::uint32_t>(members_.size()));
  append16(bytes_, static_cast<std::uint32_t>(members_.size()));
  append32(bytes_, size);
  append32(bytes_, directory);
  append16(bytes_, 0);
  return std::move(bytes_);
}

}  // namespace casebook::documents
