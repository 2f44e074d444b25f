#pragma once
/// Values that people type behind options: sizes and spans of time.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/command.h"

namespace casebook::cli {

/// "4096", "500K", "20M", "3G", "1T", each also with "iB" or "B" behind; binary units.
/// @return `invalid_input` with an example of what is meant.
Result<std::uint64_t> parse_size(std::string_view text);

/// "90s", "15m", "2h", "7d"; a unit is needed.
Result<std::chrono::seconds> parse_time_span(std::string_view text);

/// A whole number between the bounds, both included.
Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t min, std::uint64_t max);

/// Setters for Command::option() around these.
Setter size_setter(std::optional<std::uint64_t>& target);
Setter time_span_setter(std::optional<std::chrono::seconds>& target);

}  // namespace casebook::cli
