#pragma once
/// Zip files of strangers: the central directory counts, and a file that says two things is
/// refused. Specification: docs/spec/imports.md section 2, APPNOTE 6.3.10 for the bytes.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/random_access.h"

struct z_stream_s;  // zlib's z_stream: no zlib header leaves a .cpp file.

namespace casebook::imports {

struct ZipLimits {
  std::uint64_t member_bytes_max = std::uint64_t{2} << 30U;
  std::uint64_t total_bytes_max = std::uint64_t{50} << 30U;
  std::uint64_t members_max = 1'000'000;
  std::uint64_t directory_bytes_max = std::uint64_t{256} << 20U;
  std::uint64_t ratio_max = 250;  ///< For members above ratio_from_bytes.
  std::uint64_t ratio_from_bytes = std::uint64_t{16} << 20U;
};

struct ZipMember {
  std::uint64_t local_offset = 0;
  std::uint64_t data_offset = 0;
  std::uint64_t packed_bytes = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t name_offset = 0;  ///< In the names of the archive.
  std::uint32_t crc = 0;
  std::uint16_t name_bytes = 0;
  std::uint16_t flags = 0;
  bool is_deflated = false;
};

/// One member, decompressed from front to back. The read that would return 0 for the end returns
/// `corrupt` instead when length or checksum are not those of the directory.
class ZipMemberSource final : public ByteSource {
 public:
  ZipMemberSource(RandomAccess& file, const ZipMember& member, std::string shown_name);
  ZipMemberSource(ZipMemberSource&&) noexcept = default;
  Result<std::size_t> read(std::span<std::byte> buffer) override;

 private:
  struct Free {
    void operator()(z_stream_s* stream) const noexcept;
  };
  Result<std::size_t> read_stored(std::span<std::byte> buffer);
  Result<std::size_t> read_deflated(std::span<std::byte> buffer);
  Status refill();
  Status check_end();
  [[nodiscard]] Error corrupt(std::string_view why) const;

  RandomAccess* file_;
  ZipMember member_;
  std::string shown_name_;
  std::unique_ptr<z_stream_s, Free> stream_;
  Bytes packed_;
  std::uint64_t taken_bytes_ = 0;  // Of the packed data.
  std::uint64_t given_bytes_ = 0;
  std::uint32_t crc_ = 0;
  bool is_at_end_ = false;  // The deflate stream said so.
};

/// The members of a zip file, checked. Keeps no bytes of them.
class ZipArchive {
 public:
  /// @param file  outlives the archive.
  /// @return `invalid_input` or `limit_exceeded` naming the member, `corrupt` for a cut file.
  static Result<ZipArchive> open(RandomAccess& file, const ZipLimits& limits = {});

  /// In the order of the directory; folders are left out.
  [[nodiscard]] const std::vector<ZipMember>& members() const { return members_; }
  /// As stored: UTF-8, relative, without `..`. Good as long as the archive.
  [[nodiscard]] std::string_view name(const ZipMember& member) const;
  [[nodiscard]] ZipMemberSource source(const ZipMember& member) const;

 private:
  explicit ZipArchive(RandomAccess& file) : file_(&file) {}
  RandomAccess* file_;
  std::vector<ZipMember> members_;
  std::string names_;  // Joined; one allocation instead of a million.
};

}  // namespace casebook::imports
