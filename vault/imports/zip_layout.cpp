// Local headers and data descriptors against the directory.
#include <algorithm>
#include <array>

#include "core/printable.h"
#include "vault/imports/zip_directory.h"

namespace casebook::imports {
namespace {

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kDescriptorSignature = 0x08074b50;
constexpr std::size_t kLocalBytes = 30;
constexpr std::uint16_t kHasDescriptor = 1U << 3U;
constexpr std::uint32_t kSaturated32 = 0xFFFFFFFF;

std::uint64_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  }
  return value;
}

Error refused(std::string_view name, std::string_view why) {
  return Error{ErrorCode::invalid_input,
               "zip member '" + printable(name.substr(0, 200)) + "': " + std::string(why)};
}

/// The sizes of a local header: unpacked, packed; from its zip64 field where they are saturated.
struct LocalSizes {
  std::uint64_t size_bytes;
  std::uint64_t packed_bytes;
};
LocalSizes local_sizes(std::span<const std::byte> header, std::span<const std::byte> extra) {
  LocalSizes sizes{number(header, 22, 4), number(header, 18, 4)};
  while (extra.size() >= 4) {
    const std::size_t size = number(extra, 2, 2);
    if (size > extra.size() - 4) break;
    auto body = extra.subspan(4, size);
    if (number(extra, 0, 2) == 1) {
      for (std::uint64_t* value : {&sizes.size_bytes, &sizes.packed_bytes}) {
        if (*value != kSaturated32 || body.size() < 8) continue;
        *value = number(body, 0, 8);
        body = body.subspan(8);
      }
    }
    extra = extra.subspan(4 + size);
  }
  return sizes;
}

/// A value of a local header is that of the directory; with a descriptor behind the data it may
/// also be left open as 0.
bool agrees(std::uint64_t local, std::uint64_t central, bool has_descriptor) {
  return local == central || (has_descriptor && local == 0);
}

Status check_header(std::span<const std::byte> header, std::span<const std::byte> rest,
                    const ZipMember& member, std::string_view name) {
  const bool has_descriptor = (member.flags & kHasDescriptor) != 0;
  const std::size_t name_bytes = number(header, 26, 2);
  if (as_text(rest.first(name_bytes)) != name)
    return refused(name, "its local header has another name");
  const LocalSizes sizes = local_sizes(header, rest.subspan(name_bytes));
  if (number(header, 6, 2) != member.flags || (number(header, 8, 2) == 8) != member.is_deflated ||
      !agrees(number(header, 14, 4), member.crc, has_descriptor) ||
      !agrees(sizes.size_bytes, member.size_bytes, has_descriptor) ||
      !agrees(sizes.packed_bytes, member.packed_bytes, has_descriptor)) {
    return refused(name, "its local header and the directory disagree");
  }
  return ok();
}

/// What lies between the data of a member and the next: nothing, or its descriptor.
Status check_gap(RandomAccess& file, const ZipMember& member, std::string_view name,
                 std::uint64_t gap_at, std::uint64_t gap_bytes) {
  if ((member.flags & kHasDescriptor) == 0) {
    if (gap_bytes != 0) return refused(name, "is followed by bytes that belong to no member");
    return ok();
  }
  std::array<std::byte, 24> bytes{};
  if (gap_bytes != 12 && gap_bytes != 16 && gap_bytes != 20 && gap_bytes != 24)
    return refused(name, "is followed by bytes that belong to no member");
  const auto gap = std::span(bytes).first(gap_bytes);
  if (auto got = file.read_at(gap_at, gap); !got) return std::move(got).error();
  std::span<const std::byte> fields = gap;
  if (gap_bytes % 8 == 0) {  // 16 and 24 begin with the signature.
    if (number(fields, 0, 4) != kDescriptorSignature)
      return refused(name, "its data descriptor is not one");
    fields = fields.subspan(4);
  }
  const std::size_t width = (fields.size() - 4) / 2;
  if (number(fields, 0, 4) != member.crc || number(fields, 4, width) != member.packed_bytes ||
      number(fields, 4 + width, width) != member.size_bytes) {
    return refused(name, "its data descriptor and the directory disagree");
  }
  return ok();
}

}  // namespace

Status check_zip_layout(RandomAccess& file, ZipDirectory& directory,
                        std::uint64_t directory_offset) {
  std::vector<std::uint32_t> order(directory.members.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::uint32_t i) { return directory.members[i].local_offset; });
  if (!order.empty() && directory.members[order.front()].local_offset != 0)
    return Error{ErrorCode::invalid_input, "zip: bytes before the first member"};
  if (order.empty() && directory_offset != 0)
    return Error{ErrorCode::invalid_input, "zip: bytes that belong to no member"};
  Bytes rest;
  for (std::size_t i = 0; i < order.size(); ++i) {
    ZipMember& member = directory.members[order[i]];
    const auto name =
        std::string_view(directory.names).substr(member.name_offset, member.name_bytes);
    const std::uint64_t limit =
        i + 1 < order.size() ? directory.members[order[i + 1]].local_offset : directory_offset;
    std::array<std::byte, kLocalBytes> header{};
    if (limit < member.local_offset || limit - member.local_offset < kLocalBytes)
      return refused(name, "overlaps what follows");
    if (auto got = file.read_at(member.local_offset, header); !got) return got;
    if (number(header, 0, 4) != kLocalSignature) return refused(name, "has no local header");
    rest.resize(number(header, 26, 2) + number(header, 28, 2));
    const std::uint64_t room = limit - member.local_offset - kLocalBytes;
    if (room < rest.size() || room - rest.size() < member.packed_bytes)
      return refused(name, "overlaps what follows");
    if (auto got = file.read_at(member.local_offset + kLocalBytes, rest); !got) return got;
    if (auto same = check_header(header, rest, member, name); !same) return same;
    member.data_offset = member.local_offset + kLocalBytes + rest.size();
    const std::uint64_t end = member.data_offset + member.packed_bytes;
    if (auto clean = check_gap(file, member, name, end, limit - end); !clean) return clean;
  }
  return ok();
}

}  // namespace casebook::imports
