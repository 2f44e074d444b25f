#pragma once
/// What a profile with its opt-ins takes, as the one digest that tickets pin.

#include <string>
#include <vector>

#include "core/digest.h"

namespace casebook::cli {

/// @return `not_found` for a profile or an opt-in that the built-in definitions do not know.
Result<Digest256> profile_digest(const std::string& profile,
                                 const std::vector<std::string>& opt_ins);

}  // namespace casebook::cli
