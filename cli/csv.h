#pragma once
/// Comma separated values as spreadsheets write them (RFC 4180).

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace casebook::cli {

inline constexpr std::size_t kCsvBytesMax = std::size_t{8} << 20U;
inline constexpr std::size_t kCsvRowsMax = 20000;

using CsvRow = std::vector<std::string>;
/// Takes CRLF and LF, quotes with doubled quotes inside, a byte order mark in front; refuses text
/// that is not UTF-8 and rows with another number of cells than the first (`invalid_input`, with
/// the line). Empty lines are passed over.
Result<std::vector<CsvRow>> parse_csv(std::string_view text);

/// One line with CRLF; what a spreadsheet would take for a formula stays text.
std::string csv_line(const CsvRow& cells);

}  // namespace casebook::cli
