#pragma once
/// Pages to draw on: the only code that calls Pango and cairo for a PDF. Lengths are points (1/72
/// inch) from the upper left corner. A canvas that only measures lays text out in the same way and
/// draws nothing, so that the number of pages is known before the first is written.

#include <memory>
#include <string>
#include <vector>

#include "reports/document/drawing.h"
#include "reports/document/pdf_extras.h"
#include "reports/document/pdf_fonts.h"

struct _PangoLayout;
struct _PangoContext;
struct _cairo;
struct _cairo_surface;

namespace casebook::documents {

enum class Look { normal, strong, code, source, mark, hidden };

struct Run {
  std::string text;  ///< Visible, and only characters that the fonts have.
  Look look = Look::normal;
};

struct TextStyle {
  double size = 9.5;
  double line_height = 13.4;
  bool strong = false;
  bool mono = false;
  Ink ink = Ink::text;
};

/// Text in lines. Copies share the lines.
struct LaidText {
  std::shared_ptr<_PangoLayout> layout;
  std::size_t lines = 0;
};

enum class CellTag { data, column_head, row_head };

inline constexpr double kPageWidth = 595.276;  // A4
inline constexpr double kPageHeight = 841.89;

class PdfCanvas {
 public:
  enum class Mode { measure, draw };
  PdfCanvas(const PdfFonts& fonts, const Document& document, Mode mode);
  PdfCanvas(const PdfCanvas&) = delete;
  PdfCanvas& operator=(const PdfCanvas&) = delete;
  ~PdfCanvas();

  [[nodiscard]] bool draws() const { return mode_ == Mode::draw; }
  [[nodiscard]] const PdfFonts& fonts() const { return fonts_; }

  /// Breaks at blanks and, where a word is wider than the line, between characters; no hyphens.
  /// @param width  of the lines; 0 = one line, however long.
  /// @param shorten  one line that ends with dots when it does not fit.
  LaidText lay_out(const std::vector<Run>& runs, const TextStyle& style, double width,
                   bool shorten = false) const;
  /// The widest line.
  [[nodiscard]] double width_of(const LaidText& text) const;
  /// Draws one line whose box begins at `y`. @param right  ends at `x` instead of beginning there.
  void draw_line(const LaidText& text, std::size_t line, const TextStyle& style, double x, double y,
                 bool right = false);
  void fill(double x, double y, double width, double height, Ink ink);
  void draw(const Drawing& drawing, double x, double y);

  void begin_tag(const std::string& name, const std::string& attributes = {});
  void end_tag(const std::string& name);
  /// A heading cell (TH) of a column or of a row, or an ordinary one (TD); end_cell closes it.
  void begin_cell(CellTag tag);
  void end_cell(CellTag tag);
  /// A drawing (Figure) that `alt` describes.
  void begin_figure(const std::string& alt);
  /// What is drawn in between is where links and bookmarks of that name lead to.
  void begin_place(const std::string& name);
  void end_place();
  /// @param parent  what an earlier call returned, or 0. @return the number of the bookmark.
  int add_bookmark(int parent, const std::string& text, const std::string& place);
  void next_page();

  /// The whole file. @return `io` when cairo failed.
  Result<std::string> finish() &&;

 private:
  void set_ink(Ink ink);
  /// @param right  edge of the drawing.
  void draw_text(const DrawnText& text, double x, double y, double right);

  const PdfFonts& fonts_;
  Mode mode_;
  PdfExtras extras_;
  std::string bytes_;
  std::shared_ptr<_cairo_surface> surface_;
  std::shared_ptr<_cairo> cairo_;
  std::shared_ptr<_PangoContext> context_;
};

/// `text` as runs: hidden characters, and those that no font has, become their names.
void append_runs(std::vector<Run>& runs, const PdfFonts& fonts, std::string_view text, Look look);
std::vector<Run> runs_of(const PdfFonts& fonts, const Spans& spans);
std::vector<Run> runs_of(const PdfFonts& fonts, std::string_view text, Look look = Look::normal);

}  // namespace casebook::documents
