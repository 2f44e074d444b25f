#pragma once
/// Values of typed fields (DORA). Specification: docs/spec/filing.md 8.

#include <string>
#include <string_view>
#include <vector>

namespace casebook::filing {

/// What is expected, in words, when `text` is no value of that type; empty when it fits.
std::string typed_misfit(std::string_view text, std::string_view type,
                         const std::vector<std::string>& choices);

/// ISO 17442: 18 letters and digits and two check digits (ISO 7064 MOD 97-10).
bool is_lei(std::string_view text);

}  // namespace casebook::filing
