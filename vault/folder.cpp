#include "vault/folder.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/c_handle.h"
#include "core/printable.h"

namespace casebook::vault {

Result<std::vector<std::filesystem::path>> list_folder(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code failure;
  std::filesystem::directory_iterator at(folder, failure);
  if (failure == std::errc::no_such_file_or_directory) return paths;
  for (const std::filesystem::directory_iterator end; !failure && at != end;
       at.increment(failure)) {
    paths.push_back(at->path());
  }
  if (failure) return system_error("read " + printable(folder.native()), failure.value());
  std::ranges::sort(paths);
  return paths;
}

Status make_folders(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return ok();
  if (errno == ENOENT && folder.has_parent_path() && folder.parent_path() != folder) {
    if (auto made = make_folders(folder.parent_path()); !made) return made;
    if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return ok();
  }
  return system_error("make " + printable(folder.native()), errno);
}

bool is_there(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

}  // namespace casebook::vault
