#pragma once
/// Makes again what a bag keeps as catalog lines only: mode, owner, times, extended attributes of a
/// file that was taken out; links, folders and FIFOs themselves. Never a device, never set-id bits.

#include <filesystem>
#include <string>
#include <vector>

#include "core/bag_format.h"

namespace casebook::cli {

/// Whether an object without bytes can be made from its line alone.
bool can_be_made(const CatalogLine& line) noexcept;

/// Makes such an object. @return `invalid_input` when the name is taken or the type is never made.
Status make_object(const std::filesystem::path& path, const CatalogLine& line);

/// Gives `path`, which is there, back what the line says about it. @return what was refused, in
/// words; the rest is done.
std::vector<std::string> restore_metadata(const std::filesystem::path& path,
                                          const CatalogLine& line);

}  // namespace casebook::cli
