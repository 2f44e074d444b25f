// Widths of the columns of a table.
#include <algorithm>
#include <array>
#include <numeric>

#include "core/text_width.h"
#include "reports/document/pdf_page.h"
#include "reports/document/pdf_table.h"
#include "reports/document/visible_text.h"

namespace casebook::documents {
namespace {

constexpr double kGap = 9;
constexpr double kMonoAdvance = 0.6021;  // Of DejaVu Sans Mono, in its size.
constexpr double kTextAdvance = 0.58;    // An ordinary mix in DejaVu Sans.
constexpr double kNarrowest = 20;
constexpr double kStretchFrom = 0.7;  // Of the width for text columns.

constexpr int kMeasuredMax = 90;  // Longer texts wrap anyway.

/// How a column of hashes may be set, best first.
struct HashSetting {
  double size;
  std::size_t characters;
};
constexpr std::array<HashSetting, 4> kHashSettings{{{7.2, 64}, {6.4, 64}, {7.2, 32}, {7.0, 16}}};

struct Need {
  double natural = 0;  ///< Everything on one line.
  double word = 0;     ///< The longest word on one line.
};

/// The cell of most characters stands for all: not exactly the widest, hence a little more.
Need need_of(const PdfCanvas& canvas, const Table& table, std::size_t column) {
  Need need;
  const Spans* longest = nullptr;
  int widest = 0;
  int longest_word = 0;
  for (const Row& row : table.rows) {
    const std::string text = visible_text(joined_text(row[column]));
    const int width = display_width(text);
    if (width > widest) {
      widest = width;
      longest = &row[column];
    }
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      longest_word =
          std::max(longest_word, display_width(std::string_view(text).substr(at, end - at)));
      at = end + 1;
    }
  }
  const PdfFonts& fonts = canvas.fonts();
  TextStyle bold = kTableStyle;
  bold.strong = true;
  need.natural =
      canvas.width_of(canvas.lay_out(runs_of(fonts, table.columns[column].name), bold, 0));
  if (widest > kMeasuredMax) {
    need.natural = std::max(need.natural, widest * kTextAdvance * kTableStyle.size);
  } else if (longest != nullptr) {
    const LaidText cell = canvas.lay_out(runs_of(fonts, *longest), kTableStyle, 0);
    need.natural = std::max(need.natural, canvas.width_of(cell));
  }
  need.natural = need.natural * 1.09 + 2;
  need.word = std::min(longest_word * kTextAdvance * kTableStyle.size + 4, 96.0);
  return need;
}

std::size_t longest_hash(const Table& table, std::size_t column) {
  std::size_t longest = 1;
  for (const Row& row : table.rows) longest = std::max(longest, joined_text(row[column]).size());
  return longest;
}

double hash_width(const HashSetting& setting, std::size_t longest) {
  return static_cast<double>(std::min(setting.characters, longest)) * kMonoAdvance * setting.size +
         1;
}

/// Gives each text column what it needs, the wide ones equal shares of what is left.
void share(std::vector<PdfColumn>& columns, const std::vector<Need>& needs, double width) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].kind == ColumnKind::text) open.push_back(i);
  }
  std::ranges::sort(open, {}, [&](std::size_t i) { return needs[i].natural; });
  // A table that is much narrower than the page is left so: eyes find the row more easily.
  double natural = 0;
  for (const std::size_t i : open) natural += needs[i].natural;
  if (natural < width * kStretchFrom) width = natural * 1.12;
  for (std::size_t n = 0; n < open.size(); ++n) {
    const double fair = width / static_cast<double>(open.size() - n);
    PdfColumn& column = columns[open[n]];
    const bool last = n + 1 == open.size();
    column.width = last ? width : std::min(needs[open[n]].natural, std::max(fair, 0.0));
    width -= column.width;
  }
}

}  // namespace

std::vector<PdfColumn> column_layout(const PdfCanvas& canvas, const Table& table, double left,
                                     double width) {
  std::vector<PdfColumn> columns;
  std::vector<Need> needs;
  double fixed = kGap * static_cast<double>(table.columns.size() - 1);
  double wanted = 0;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    PdfColumn column{0, 0, table.columns[i].kind, kTableStyle};
    needs.push_back(need_of(canvas, table, i));
    if (column.kind == ColumnKind::number || column.kind == ColumnKind::time) {
      column.width = std::min(needs[i].natural, 130.0);
      fixed += column.width;
    } else if (column.kind == ColumnKind::text) {
      wanted += std::max(std::min(needs[i].natural, 84.0), needs[i].word);
    }
    columns.push_back(column);
  }
  for (const HashSetting& setting : kHashSettings) {
    double hashes = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].kind != ColumnKind::hash) continue;
      columns[i].style = {setting.size, kTableStyle.line_height, false, true};
      columns[i].hash_characters = setting.characters;
      columns[i].width = hash_width(setting, longest_hash(table, i));
      hashes += columns[i].width;
    }
    if (fixed + hashes + wanted <= width || setting.characters == kHashSettings.back().characters) {
      fixed += hashes;
      break;
    }
  }
  share(columns, needs, width - fixed);
  double all = kGap * static_cast<double>(columns.size() - 1);
  for (PdfColumn& column : columns) all += column.width = std::max(column.width, kNarrowest);
  const double gaps = kGap * static_cast<double>(columns.size() - 1);
  const double scale = all > width + 0.01 ? (width - gaps) / (all - gaps) : 1.0;
  double x = left;
  for (PdfColumn& column : columns) {
    column.x = x;
    column.width *= scale;
    if (column.kind == ColumnKind::hash &&
        scale < 1.0) {  // A hash is never cut between lines of 16.
      column.hash_characters = 16;
      column.style.size = std::min(column.style.size, column.width / (16 * kMonoAdvance + 0.3));
    }
    x += column.width + kGap;
  }
  return columns;
}

}  // namespace casebook::documents
