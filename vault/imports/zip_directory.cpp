#include "vault/imports/zip_directory.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/json_text.h"
#include "core/printable.h"

namespace casebook::imports {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint64_t kEndBytes = 22;
constexpr std::uint64_t kLocator64Bytes = 20;
constexpr std::uint64_t kEnd64Bytes = 56;
constexpr std::uint64_t kCentralBytes = 46;
constexpr std::uint64_t kCommentBytesMax = 65535;
constexpr std::uint16_t kSaturated16 = 0xFFFF;
constexpr std::uint32_t kSaturated32 = 0xFFFFFFFF;
constexpr std::uint16_t kExtraZip64 = 0x0001;
constexpr std::uint16_t kExtraUnicodePath = 0x7075;
constexpr std::size_t kNameBytesMax = 1024;
// Bits 0, 6 and 13: encrypted; bit 5: patch data.
constexpr std::uint16_t kRefusedFlags = 1U << 0U | 1U << 5U | 1U << 6U | 1U << 13U;

std::uint64_t little_endian(std::span<const std::byte> bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  }
  return value;
}
std::uint16_t u16(std::span<const std::byte> b, std::size_t at) {
  return static_cast<std::uint16_t>(little_endian(b, at, 2));
}
std::uint32_t u32(std::span<const std::byte> b, std::size_t at) {
  return static_cast<std::uint32_t>(little_endian(b, at, 4));
}
std::uint64_t u64(std::span<const std::byte> b, std::size_t at) { return little_endian(b, at, 8); }

Error refused(std::string why) { return Error{ErrorCode::invalid_input, "zip: " + why}; }
Error member_refused(std::string_view name, std::string_view why,
                     ErrorCode code = ErrorCode::invalid_input) {
  return Error{code, "zip member '" + printable(name.substr(0, 200)) + "': " + std::string(why)};
}

/// Where the one end record begins.
Result<std::uint64_t> find_end(RandomAccess& file) {
  const std::uint64_t size = file.size_bytes();
  if (size < kEndBytes) return refused("too short for a zip file");
  const std::uint64_t span = std::min(size, kEndBytes + kCommentBytesMax);
  Bytes tail(span);
  if (auto got = file.read_at(size - span, tail); !got) return std::move(got).error();
  std::optional<std::uint64_t> found;
  for (std::uint64_t at = span - kEndBytes + 1; at-- > 0;) {
    if (u32(tail, at) != kEndSignature) continue;
    if (at + kEndBytes + u16(tail, at + 20) != span) continue;
    if (found) return refused("two ends of directory; readers would choose differently");
    found = size - span + at;
  }
  if (!found) return refused("no end of directory: not a zip file, or cut short");
  return *found;
}

/// The zip64 record that ends where its locator begins, at `locator_at`.
Result<Bytes> read_end64(RandomAccess& file, std::uint64_t locator_at,
                         std::span<const std::byte> locator, std::uint64_t& offset) {
  offset = u64(locator, 8);
  if (u32(locator, 4) != 0 || u32(locator, 16) > 1) return refused("lies on several disks");
  if (offset > locator_at || locator_at - offset != kEnd64Bytes)
    return refused("bytes between the parts of the directory");
  Bytes record(kEnd64Bytes);
  if (auto got = file.read_at(offset, record); !got) return std::move(got).error();
  if (u32(record, 0) != kEnd64Signature || u64(record, 4) != kEnd64Bytes - 12)
    return refused("its zip64 end of directory is not one");
  if (u32(record, 16) != 0 || u32(record, 20) != 0 || u64(record, 24) != u64(record, 32))
    return refused("lies on several disks");
  return record;
}

Result<ZipDirectoryPlace> merge_ends(std::span<const std::byte> end,
                                     std::span<const std::byte> end64) {
  const ZipDirectoryPlace place{
      .offset = u64(end64, 48), .size_bytes = u64(end64, 40), .members = u64(end64, 32)};
  const auto agrees = [](std::uint64_t small, std::uint64_t saturated, std::uint64_t large) {
    return small == saturated || small == large;
  };
  if (!agrees(u16(end, 10), kSaturated16, place.members) ||
      !agrees(u32(end, 12), kSaturated32, place.size_bytes) ||
      !agrees(u32(end, 16), kSaturated32, place.offset)) {
    return refused("its two ends of directory disagree");
  }
  return place;
}

/// Bytes of the directory in order, read in blocks.
class Cursor {
 public:
  Cursor(RandomAccess& file, std::uint64_t begin, std::uint64_t end)
      : file_(&file), next_(begin), end_(end) {}
  [[nodiscard]] std::uint64_t left() const { return end_ - next_ + (block_.size() - at_); }
  /// Good until the next call. `count` is small.
  Result<std::span<const std::byte>> take(std::size_t count) {
    if (count > left()) return Error{ErrorCode::corrupt, "zip: the directory is cut short"};
    if (block_.size() - at_ < count) {
      const auto rest = std::span<const std::byte>(block_).subspan(at_);
      const std::size_t kept = rest.size();
      const std::uint64_t more = std::min<std::uint64_t>(end_ - next_, kBlockBytes);
      Bytes next(kept + more);
      std::ranges::copy(rest, next.begin());
      if (auto got = file_->read_at(next_, std::span(next).subspan(kept)); !got)
        return std::move(got).error();
      next_ += more;
      block_ = std::move(next);
      at_ = 0;
    }
    const auto taken = std::span<const std::byte>(block_).subspan(at_, count);
    at_ += count;
    return taken;
  }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t{256} << 10U;  // Above any one record.
  RandomAccess* file_;
  std::uint64_t next_;
  std::uint64_t end_;
  Bytes block_;
  std::size_t at_ = 0;
};

struct ExtraFields {
  std::span<const std::byte> zip64;
  bool has_zip64 = false;
  std::string_view problem;
};

ExtraFields read_extra(std::span<const std::byte> extra, std::string_view name) {
  ExtraFields found;
  while (extra.size() >= 4) {
    const std::uint16_t id = u16(extra, 0);
    const std::size_t size = u16(extra, 2);
    if (size > extra.size() - 4) {
      found.problem = "an extra field is longer than the header says";
      return found;
    }
    const auto body = extra.subspan(4, size);
    if (id == kExtraZip64) {
      if (found.has_zip64) found.problem = "two zip64 fields";
      found.zip64 = body;
      found.has_zip64 = true;
    } else if (id == kExtraUnicodePath) {
      if (size < 5 || as_text(body.subspan(5)) != name) found.problem = "a second, other name";
    }
    extra = extra.subspan(4 + size);
  }
  return found;
}

/// Takes the next 8 bytes of a zip64 field for a value that its 32-bit place could not hold.
bool widen(std::uint64_t& value, std::span<const std::byte>& zip64) {
  if (value != kSaturated32) return true;
  if (zip64.size() < 8) return false;
  value = u64(zip64, 0);
  zip64 = zip64.subspan(8);
  return true;
}

std::string_view kind_problem(std::span<const std::byte> header) {
  const auto flags = u16(header, 8);
  if ((flags & kRefusedFlags) != 0) return "is encrypted or a patch";
  const auto method = u16(header, 10);
  if (method != 0 && method != 8) return "is packed by a method other than deflate";
  if (u16(header, 34) != 0) return "lies on another disk";
  constexpr unsigned kMadeOnUnix = 3;
  constexpr unsigned kFormatMask = 0xF000;
  if (u16(header, 4) >> 8U == kMadeOnUnix) {
    const unsigned format = u32(header, 38) >> 16U & kFormatMask;
    if (format != 0 && format != 0x8000 && format != 0x4000)
      return "is a link or device, not a file";
  }
  return {};
}

Result<ZipMember> central_member(std::span<const std::byte> header, std::string_view name,
                                 std::span<const std::byte> extra) {
  if (const auto problem = kind_problem(header); !problem.empty())
    return member_refused(name, problem);
  if (const auto problem = zip_name_problem(name); !problem.empty())
    return member_refused(name, problem);
  const ExtraFields fields = read_extra(extra, name);
  if (!fields.problem.empty()) return member_refused(name, fields.problem);
  ZipMember member{.local_offset = u32(header, 42),
                   .packed_bytes = u32(header, 20),
                   .size_bytes = u32(header, 24),
                   .crc = u32(header, 16),
                   .flags = u16(header, 8),
                   .is_deflated = u16(header, 10) == 8};
  auto zip64 = fields.zip64;
  if (!widen(member.size_bytes, zip64) || !widen(member.packed_bytes, zip64) ||
      !widen(member.local_offset, zip64)) {
    return member_refused(name, "its zip64 field is too short");
  }
  if (!member.is_deflated && member.packed_bytes != member.size_bytes)
    return member_refused(name, "is stored, but its two sizes differ");
  if (name.ends_with('/') && member.size_bytes != 0)
    return member_refused(name, "is a folder with content");
  return member;
}

Status check_size(const ZipMember& member, std::string_view name, std::uint64_t& total,
                  const ZipLimits& limits) {
  const auto too_much = [&](std::string_view why) {
    return member_refused(name, why, ErrorCode::limit_exceeded);
  };
  if (member.size_bytes > limits.member_bytes_max) return too_much("is larger than 2 GiB");
  total += member.size_bytes;
  if (total > limits.total_bytes_max) return too_much("with it the files pass 50 GiB");
  if (member.size_bytes > limits.ratio_from_bytes &&
      member.size_bytes / limits.ratio_max > member.packed_bytes) {
    return too_much("unpacks to more than 250 times its size");
  }
  return ok();
}

Status check_names(const ZipDirectory& directory) {
  std::vector<std::string_view> sorted;
  sorted.reserve(directory.members.size());
  for (const ZipMember& member : directory.members) {
    sorted.push_back(
        std::string_view(directory.names).substr(member.name_offset, member.name_bytes));
  }
  std::ranges::sort(sorted);
  const auto twin = std::ranges::adjacent_find(sorted);
  if (twin != sorted.end()) return member_refused(*twin, "is there twice");
  return ok();
}

}  // namespace

std::string_view zip_name_problem(std::string_view name) noexcept {
  if (name.empty()) return "has no name";
  if (name.size() > kNameBytesMax) return "its name is longer than 1,024 bytes";
  if (!is_utf8(name)) return "its name is not UTF-8";
  if (name.front() == '/') return "its name begins at the root";
  for (const char c : name) {
    if (c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      return "its name holds a backslash, colon or control character";
  }
  std::string_view left = name.ends_with('/') ? name.substr(0, name.size() - 1) : name;
  while (true) {
    const auto slash = left.find('/');
    const auto part = left.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return "its name leads out of the archive";
    if (slash == std::string_view::npos) return {};
    left.remove_prefix(slash + 1);
  }
}

Result<ZipDirectoryPlace> find_zip_directory(RandomAccess& file) {
  const auto end_at = find_end(file);
  if (!end_at) return end_at.error();
  std::array<std::byte, kEndBytes> end{};
  if (auto got = file.read_at(*end_at, end); !got) return std::move(got).error();
  ZipDirectoryPlace place{
      .offset = u32(end, 16), .size_bytes = u32(end, 12), .members = u16(end, 10)};
  std::uint64_t directory_end = *end_at;
  std::array<std::byte, kLocator64Bytes> locator{};
  if (*end_at >= kLocator64Bytes) {
    if (auto got = file.read_at(*end_at - kLocator64Bytes, locator); !got)
      return std::move(got).error();
  }
  if (u32(locator, 0) == kLocator64Signature) {
    const auto end64 = read_end64(file, *end_at - kLocator64Bytes, locator, directory_end);
    if (!end64) return end64.error();
    const auto merged = merge_ends(end, *end64);
    if (!merged) return merged.error();
    place = *merged;
  }
  const bool on_one_disk = (u16(end, 4) == 0 || u16(end, 4) == kSaturated16) &&
                           (u16(end, 6) == 0 || u16(end, 6) == kSaturated16) &&
                           u16(end, 8) == u16(end, 10);
  if (!on_one_disk) return refused("lies on several disks");
  if (place.offset > directory_end || directory_end - place.offset != place.size_bytes)
    return refused("the directory is not where its end says");
  return place;
}

Result<ZipDirectory> read_zip_directory(RandomAccess& file, const ZipDirectoryPlace& place,
                                        const ZipLimits& limits) {
  if (place.members > limits.members_max)
    return Error{ErrorCode::limit_exceeded, "zip: more than 1,000,000 members"};
  if (place.size_bytes > limits.directory_bytes_max)
    return Error{ErrorCode::limit_exceeded, "zip: the directory is larger than 256 MiB"};
  if (place.members > place.size_bytes / kCentralBytes)
    return refused("the directory is too short for its members");
  ZipDirectory directory;
  directory.members.reserve(place.members);
  std::uint64_t total = 0;
  Cursor cursor(file, place.offset, place.offset + place.size_bytes);
  std::array<std::byte, kCentralBytes> header{};
  for (std::uint64_t i = 0; i < place.members; ++i) {
    const auto head = cursor.take(kCentralBytes);
    if (!head) return head.error();
    std::ranges::copy(*head, header.begin());
    if (u32(header, 0) != kCentralSignature) return refused("the directory is damaged");
    const std::size_t name_bytes = u16(header, 28);
    const std::size_t extra_bytes = u16(header, 30);
    const auto rest = cursor.take(name_bytes + extra_bytes + u16(header, 32));
    if (!rest) return rest.error();
    const auto name = as_text(rest->first(name_bytes));
    auto member = central_member(header, name, rest->subspan(name_bytes, extra_bytes));
    if (!member) return std::move(member).error();
    if (auto fits = check_size(*member, name, total, limits); !fits) return std::move(fits).error();
    member->name_offset = directory.names.size();
    member->name_bytes = static_cast<std::uint16_t>(name_bytes);
    directory.names += name;
    directory.members.push_back(*member);
  }
  if (cursor.left() != 0) return refused("bytes behind the last member of the directory");
  if (auto unique = check_names(directory); !unique) return std::move(unique).error();
  return directory;
}

}  // namespace casebook::imports
