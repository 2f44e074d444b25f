#pragma once
/// Timelines and charts as a list of plain shapes, which SVG and PDF draw alike.
/// Specification: docs/spec/document.md 2.

#include <string>
#include <variant>
#include <vector>

#include "reports/document/document.h"

namespace casebook::documents {

/// Hundredths of a point; whole numbers, so that text forms are the same everywhere.
using Length = int;

enum class Ink { text, faint, grid, lane, accent, anchor, paper };

struct Rgb {
  int red, green, blue;  ///< 0 to 255
};
Rgb color_of(Ink ink) noexcept;

struct DrawnLine {
  Length x1, y1, x2, y2;
  Length width = 75;
  Ink ink = Ink::grid;
  bool dashed = false;
};
struct DrawnBox {
  Length x, y, width, height;
  Ink ink = Ink::lane;
};
struct DrawnDisc {
  Length x, y, radius;
  Ink ink = Ink::accent;
};
enum class TextAnchor { start, middle, end };
struct DrawnText {
  Length x, y;  ///< Of the base line.
  Length size;
  TextAnchor anchor = TextAnchor::start;
  Ink ink = Ink::text;
  bool strong = false;
  std::string text;  ///< Visible already.
};
using Shape = std::variant<DrawnLine, DrawnBox, DrawnDisc, DrawnText>;

struct Drawing {
  Length width = 0;
  Length height = 0;
  std::vector<Shape> shapes;
};

/// As wide as the text of an A4 page. The height is bounded by the limits on lanes and events.
inline constexpr Length kDrawingWidth = 481'00;

/// Needs a timeline that keeps the rules of check_document.
Drawing draw_timeline(const Timeline& timeline);
Drawing draw_bars(const Bars& bars);

/// What stands in a drawing, once more as a table, so that nothing depends on seeing it.
Table table_of(const Timeline& timeline, Language language);
Table table_of(const Bars& bars, Language language);

}  // namespace casebook::documents
