#pragma once
/// The structure of a zip file: end records, central directory, local headers. Used by ZipArchive.

#include <string>
#include <string_view>
#include <vector>

#include "vault/imports/zip_archive.h"

namespace casebook::imports {

/// Where the central directory lies and what it claims to hold.
struct ZipDirectoryPlace {
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
  std::uint64_t members = 0;
};

/// Finds the one end of directory. Everything from the directory to the end of the file is
/// accounted for, or the file is refused.
Result<ZipDirectoryPlace> find_zip_directory(RandomAccess& file);

struct ZipDirectory {
  std::vector<ZipMember> members;  ///< Folders too; data_offset is not known yet.
  std::string names;
};
Result<ZipDirectory> read_zip_directory(RandomAccess& file, const ZipDirectoryPlace& place,
                                        const ZipLimits& limits);

/// Compares each local header and data descriptor with the directory, fills in data_offset, and
/// refuses members that overlap or leave bytes between them.
Status check_zip_layout(RandomAccess& file, ZipDirectory& directory,
                        std::uint64_t directory_offset);

/// Why a name of a member cannot be accepted; empty when it can.
std::string_view zip_name_problem(std::string_view name) noexcept;

}  // namespace casebook::imports
