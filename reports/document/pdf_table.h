#pragma once
/// Tables and lists of keys and values in the PDF: widths, rows that stay whole, repeated heads.

#include <string>
#include <vector>

#include "reports/document/pdf_canvas.h"
#include "reports/document/pdf_flow.h"

namespace casebook::documents {

struct PdfColumn {
  double x = 0;
  double width = 0;
  ColumnKind kind = ColumnKind::text;
  TextStyle style = {};
  std::size_t hash_characters = 64;  ///< On one line.
};

/// Writes rows one by one; a row that is not yet placed is all that is held.
class PdfRows {
 public:
  PdfRows(PdfCanvas& canvas, PdfFlow& flow, std::vector<PdfColumn> columns)
      : canvas_(canvas), flow_(flow), columns_(std::move(columns)) {}

  struct Options {
    double before = 0;
    bool keep_with_next = false;
    bool is_head = false;   ///< All cells head their columns.
    bool row_head = false;  ///< The first cell heads the row.
    bool rule = true;       ///< A line below.
    std::shared_ptr<const RepeatedTop> top = nullptr;
  };
  void add(const Row& row, const Options& options);
  /// The head of the table, to be drawn again by the flow; not part of the structure then.
  /// Null when it is higher than a quarter of a page.
  std::shared_ptr<const RepeatedTop> repeated_head(const Row& names, const std::string& remark);

 private:
  struct CellLine {
    LaidText text;
    std::size_t line;
  };
  struct LaidRow {
    std::vector<std::vector<CellLine>> cells;
    std::size_t lines = 1;
  };
  LaidRow lay_out(const Row& row, bool is_head) const;
  std::vector<CellLine> lay_out_cell(const Spans& cell, const PdfColumn& column,
                                     bool is_head) const;
  void draw(const LaidRow& row, std::size_t from, std::size_t to, double y, const Options& options,
            bool tagged);
  double line_height() const { return columns_.front().style.line_height; }

  PdfCanvas& canvas_;
  PdfFlow& flow_;
  std::vector<PdfColumn> columns_;
};

/// Divides `width` among the columns of a table by what they hold.
std::vector<PdfColumn> column_layout(const PdfCanvas& canvas, const Table& table, double left,
                                     double width);

/// Writes head and rows of a table that has columns.
void write_table(PdfCanvas& canvas, PdfFlow& flow, const Table& table, const Document& document);

}  // namespace casebook::documents
