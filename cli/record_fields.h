#pragma once
/// Fields of an entry of a register, as the type that the caller expects.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "workflow/case_state.h"

namespace casebook::cli {

/// The text of a field; empty when it is missing or no text.
std::string word_of(const workflow::Record& record, std::string_view field);
/// The moment of a field; nothing when it is missing or no moment.
std::optional<UtcSeconds> time_of(const workflow::Record& record, std::string_view field);

}  // namespace casebook::cli
