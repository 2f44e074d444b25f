#pragma once
/// Makes small zip files by hand, honest ones and ones that lie. Stored members only.

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace casebook {

struct ZipPart {
  std::string name;
  std::string data;
  std::string local_name = {};  ///< Differs from `name` when not empty.
  std::uint16_t flags = 0;
  std::uint16_t method = 0;
  std::uint16_t made_by = 0;
  std::uint32_t external = 0;
  std::uint32_t claimed_bytes = 0;      ///< Unpacked size in both headers when not 0.
  std::uint32_t local_size_bytes = 0;   ///< Unpacked size in the local header when not 0.
  std::uint32_t crc = 0;                ///< In both headers when not 0.
  std::string junk_behind = {};         ///< Bytes after the data.
  std::string central_extra = {};       ///< Extra field of the directory.
  std::uint32_t offset_less_bytes = 0;  ///< Taken off the offset in the directory.
};

namespace zip_detail {

inline void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

inline std::uint32_t crc_of(std::string_view data) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(data.data()), static_cast<uInt>(data.size())));
}

inline void put_common(std::string& out, const ZipPart& part, std::uint32_t size_bytes) {
  put(out, part.flags, 2);
  put(out, part.method, 2);
  put(out, 0, 4);  // Time and date.
  put(out, part.crc != 0 ? part.crc : crc_of(part.data), 4);
  put(out, part.data.size(), 4);
  put(out, size_bytes, 4);
}

}  // namespace zip_detail

inline std::string make_zip(const std::vector<ZipPart>& parts, std::string_view comment = "") {
  using zip_detail::put;
  std::string out;
  std::string directory;
  for (const ZipPart& part : parts) {
    const auto size =
        part.claimed_bytes != 0 ? part.claimed_bytes : static_cast<std::uint32_t>(part.data.size());
    const std::string& local_name = part.local_name.empty() ? part.name : part.local_name;
    put(directory, 0x02014b50, 4);
    put(directory, part.made_by, 2);
    put(directory, 20, 2);
    zip_detail::put_common(directory, part, size);
    put(directory, part.name.size(), 2);
    put(directory, part.central_extra.size(), 2);
    put(directory, 0, 6);  // Comment, disk, internal attributes.
    put(directory, part.external, 4);
    put(directory, out.size() - part.offset_less_bytes, 4);
    directory += part.name + part.central_extra;
    put(out, 0x04034b50, 4);
    put(out, 20, 2);
    zip_detail::put_common(out, part, part.local_size_bytes != 0 ? part.local_size_bytes : size);
    put(out, local_name.size(), 2);
    put(out, 0, 2);
    out += local_name + part.data + part.junk_behind;
  }
  const std::size_t directory_at = out.size();
  out += directory;
  put(out, 0x06054b50, 4);
  put(out, 0, 4);
  put(out, parts.size(), 2);
  put(out, parts.size(), 2);
  put(out, directory.size(), 4);
  put(out, directory_at, 4);
  put(out, comment.size(), 2);
  out += comment;
  return out;
}

}  // namespace casebook
