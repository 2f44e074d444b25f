#pragma once
/// What people call an entry of a bag.

#include <string>

#include "core/bag_format.h"

namespace casebook::cli {

/// The path on the host; for readings, commands and added files, which have none, their own name
/// with the instance in brackets. Escaped for terminals.
std::string entry_name(const CatalogLine& line);

}  // namespace casebook::cli
