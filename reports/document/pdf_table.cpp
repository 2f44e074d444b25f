#include "reports/document/pdf_table.h"

#include <algorithm>
#include <cmath>

#include "reports/document/document_messages.h"
#include "reports/document/pdf_page.h"

namespace casebook::documents {
namespace {

constexpr double kPadding = 2.2;        ///< Above and below the lines of a row.
constexpr double kKeptHeightMax = 120;  ///< Higher rows are not kept with their neighbours.

}  // namespace

std::vector<PdfRows::CellLine> PdfRows::lay_out_cell(const Spans& cell, const PdfColumn& column,
                                                     bool is_head) const {
  std::vector<CellLine> lines;
  if (cell.empty()) return lines;
  if (column.kind == ColumnKind::hash && !is_head) {
    const std::string& hash = cell.front().text;
    for (std::size_t at = 0; at < hash.size(); at += column.hash_characters) {
      // How many lines a hash takes is known; only the pass that draws needs their letters.
      LaidText line;
      if (canvas_.draws())
        line = canvas_.lay_out({{hash.substr(at, column.hash_characters), Look::normal}},
                               column.style, 0);
      lines.push_back({line, 0});
    }
    return lines;
  }
  TextStyle style = column.style;
  if (is_head) style = {kTableStyle.size, kTableStyle.line_height, true};
  const LaidText text = canvas_.lay_out(runs_of(canvas_.fonts(), cell), style, column.width);
  for (std::size_t line = 0; line < text.lines; ++line) lines.push_back({text, line});
  return lines;
}

PdfRows::LaidRow PdfRows::lay_out(const Row& row, bool is_head) const {
  LaidRow laid;
  for (std::size_t i = 0; i < row.size(); ++i) {
    laid.cells.push_back(lay_out_cell(row[i], columns_[i], is_head));
    laid.lines = std::max(laid.lines, laid.cells.back().size());
  }
  return laid;
}

void PdfRows::draw(const LaidRow& row, std::size_t from, std::size_t to, double y,
                   const Options& options, bool tagged) {
  if (!canvas_.draws()) return;
  if (tagged) canvas_.begin_tag("TR");
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    const PdfColumn& column = columns_[i];
    const CellTag tag = options.is_head              ? CellTag::column_head
                        : options.row_head && i == 0 ? CellTag::row_head
                                                     : CellTag::data;
    TextStyle style = column.style;
    if (options.is_head) style = {kTableStyle.size, kTableStyle.line_height, true};
    const bool right = column.kind == ColumnKind::number;
    if (tagged) canvas_.begin_cell(tag);
    for (std::size_t line = from; line < std::min(to, row.cells[i].size()); ++line) {
      canvas_.draw_line(row.cells[i][line].text, row.cells[i][line].line, style,
                        right ? column.x + column.width : column.x,
                        y + kPadding + static_cast<double>(line - from) * line_height(), right);
    }
    if (tagged) canvas_.end_cell(tag);
  }
  if (tagged) canvas_.end_tag("TR");
  if (!options.rule) return;
  const double bottom = y + 2 * kPadding + static_cast<double>(to - from) * line_height();
  canvas_.fill(columns_.front().x, bottom - 0.6,
               columns_.back().x + columns_.back().width - columns_.front().x,
               options.is_head ? 0.9 : 0.4, options.is_head ? Ink::text : Ink::grid);
}

void PdfRows::add(const Row& row, const Options& options) {
  const LaidRow laid = lay_out(row, options.is_head);
  const double top = options.top ? options.top->height : 0;
  const double room = flow_.height_max() - top - 2 * kPadding;
  const auto fitting = static_cast<std::size_t>(std::max(1.0, std::floor(room / line_height())));
  const auto shared = std::make_shared<const LaidRow>(laid);
  for (std::size_t from = 0; from < laid.lines; from += fitting) {
    const std::size_t to = std::min(laid.lines, from + fitting);
    Strip strip;
    strip.before = from == 0 ? options.before : 0;
    strip.height = 2 * kPadding + static_cast<double>(to - from) * line_height();
    strip.keep_with_next =
        options.is_head || (options.keep_with_next && strip.height <= kKeptHeightMax);
    strip.top = options.top;
    strip.draw = [this, shared, from, to, options](double y) {
      draw(*shared, from, to, y, options, /*tagged=*/true);
    };
    flow_.add(std::move(strip));
  }
}

std::shared_ptr<const RepeatedTop> PdfRows::repeated_head(const Row& names,
                                                          const std::string& remark) {
  const auto laid = std::make_shared<const LaidRow>(lay_out(names, /*is_head=*/true));
  const LaidText text = canvas_.lay_out(runs_of(canvas_.fonts(), remark, Look::source), kSmallStyle,
                                        kTextWidth, /*shorten=*/true);
  auto top = std::make_shared<RepeatedTop>();
  top->height =
      kSmallStyle.line_height + 2 * kPadding + static_cast<double>(laid->lines) * line_height();
  // A head that would fill the page is not worth repeating.
  if (top->height > flow_.height_max() / 4) return nullptr;
  top->draw = [this, laid, text](double y) {
    canvas_.draw_line(text, 0, kSmallStyle, columns_.front().x, y);
    draw(*laid, 0, laid->lines, y + kSmallStyle.line_height, {.is_head = true}, /*tagged=*/false);
  };
  return top;
}

void write_table(PdfCanvas& canvas, PdfFlow& flow, const Table& table, const Document& document) {
  const Messages& words = document_messages(document.language);
  // Strips that wait in the flow draw through it; the last of them is placed before it goes.
  const auto rows =
      std::make_shared<PdfRows>(canvas, flow, column_layout(canvas, table, kLeft, kTextWidth));
  Row names;
  for (const Column& column : table.columns) names.push_back(plain(column.name));
  const auto top = rows->repeated_head(
      names, table.caption.empty() ? words.text("continued_table")
                                   : words.text("continued", {{"caption", table.caption}}));
  Strip open;
  open.keep_with_next = true;
  open.draw = [&canvas](double) { canvas.begin_tag("Table"); };
  flow.add(std::move(open));
  rows->add(names, {.before = 3, .is_head = true});
  const std::size_t count = table.rows.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool keep = count > 1 && (i == 0 || i + 2 == count);
    rows->add(table.rows[i], {.keep_with_next = keep, .top = top});
  }
  if (count == 0) {
    Row none(table.columns.size());
    none.front() = plain(words.text("empty_table"));
    rows->add(none, {});
  }
  Strip close;
  close.draw = [&canvas, rows](double) { canvas.end_tag("Table"); };
  flow.add(std::move(close));
}

}  // namespace casebook::documents
