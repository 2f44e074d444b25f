#include "cli/text.h"

#include <algorithm>
#include <array>

#include "core/text_width.h"

namespace casebook::cli {
namespace {

std::string padded(const std::string& cell, int width, Align align) {
  const auto blanks = static_cast<std::size_t>(std::max(0, width - display_width(cell)));
  return align == Align::left ? cell + std::string(blanks, ' ') : std::string(blanks, ' ') + cell;
}

void trim_end(std::string& line) {
  while (!line.empty() && line.back() == ' ') line.pop_back();
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

int display_width(std::string_view text) { return casebook::display_width(text); }

std::vector<std::string> wrap(std::string_view text, int width_columns) {
  std::vector<std::string> lines;
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width_columns) {
      trim_end(line);
      lines.push_back(std::move(line));
      line.clear();
    } else if (!line.empty()) {
      line += ' ';
    }
    line += word;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string wrap_behind(std::string_view first, std::string_view text, int width_columns) {
  const int indent = display_width(first);
  std::string joined(first);
  bool is_first = true;
  for (const std::string& line : wrap(text, std::max(1, width_columns - indent))) {
    if (!is_first) joined.append(static_cast<std::size_t>(indent), ' ');
    joined += line;
    trim_end(joined);
    joined += '\n';
    is_first = false;
  }
  return joined;
}

void Table::row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::text(int width_columns, int indent) const {
  if (width_columns < kTableColumnsMin) return list_text(width_columns, indent);
  const int limit = std::min(width_columns, kTextColumnsMax);
  std::vector<int> widths(columns_.size(), 0);
  for (const auto& cells : rows_) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(cells[i]));
    }
  }
  std::string text;
  for (const auto& cells : rows_) {
    std::string line(static_cast<std::size_t>(indent), ' ');
    for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
      if (widths[i] == 0) continue;
      line += padded(cells[i], widths[i], columns_[i].align) + "  ";
    }
    if (display_width(line) > limit - 20) {  // Too little room beside it: the last cell goes below.
      trim_end(line);
      text += line + '\n';
      line.assign(static_cast<std::size_t>(indent) + 4, ' ');
      if (cells.back().empty()) continue;
    }
    text += wrap_behind(line, cells.back(), limit);
  }
  return text;
}

std::string Table::list_text(int width_columns, int indent) const {
  const int limit = std::max(width_columns, 20);
  std::string text;
  for (const auto& cells : rows_) {
    const std::string blanks(static_cast<std::size_t>(indent), ' ');
    text += wrap_behind(blanks, cells.front(), limit);
    for (std::size_t i = 1; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      const std::string& label = columns_[i].label;
      text += wrap_behind(blanks + "  " + (label.empty() ? "" : label + ' '), cells[i], limit);
    }
  }
  return text;
}

std::string with_thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string human_size(std::uint64_t size_bytes) {
  constexpr std::array<const char*, 7> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  std::size_t unit = 0;
  std::uint64_t whole = size_bytes;
  std::uint64_t rest = 0;  // In 1024ths of the unit.
  while (whole >= 1000 && unit + 1 < kUnits.size()) {
    rest = whole % 1024;
    whole /= 1024;
    ++unit;
  }
  const std::uint64_t tenths = (rest * 10 + 512) / 1024;
  std::string text;
  if (unit == 0 || whole >= 10) {
    text = std::to_string(whole + (unit > 0 && rest >= 512 ? 1 : 0));
  } else {
    text = std::to_string(whole + tenths / 10) + '.' + std::to_string(tenths % 10);
  }
  return text + ' ' + kUnits[unit];
}

std::string human_duration(std::chrono::milliseconds duration) {
  const std::int64_t milliseconds = std::max<std::int64_t>(0, duration.count());
  if (milliseconds < 9'950) {
    const std::int64_t tenths = (milliseconds + 50) / 100;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
  }
  const std::int64_t seconds = (milliseconds + 500) / 1000;
  if (seconds < 60) return std::to_string(seconds) + " s";
  const std::int64_t minutes = seconds / 60;
  if (minutes < 60) return std::to_string(minutes) + " min " + two_digits(seconds % 60) + " s";
  const std::int64_t hours = minutes / 60;
  if (hours < 48) return std::to_string(hours) + " h " + two_digits(minutes % 60) + " min";
  return std::to_string(hours / 24) + " d " + two_digits(hours % 24) + " h";
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return with_thousands(number) + ' ' + std::string(number == 1 ? one : many);
}

}  // namespace casebook::cli
