#pragma once
/// Harmless names for cases, drawn from our own list of words: they tell nothing of the incident.

#include <string>

#include "core/random.h"

namespace casebook::cli {

/// "amber-heron".
Result<std::string> make_code_name(Randomness& randomness);

}  // namespace casebook::cli
