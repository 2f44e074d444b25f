#pragma once
/// Folders of a vault: listed and made. For use inside vault/*.cpp.

#include <filesystem>
#include <vector>

#include "core/result.h"

namespace casebook::vault {

/// The names in a folder in ascending order, as paths below it. None when there is no such folder.
Result<std::vector<std::filesystem::path>> list_folder(const std::filesystem::path& folder);
/// With all that are missing above it; each can be entered by its owner only.
Status make_folders(const std::filesystem::path& folder);
bool is_there(const std::filesystem::path& path);

}  // namespace casebook::vault
