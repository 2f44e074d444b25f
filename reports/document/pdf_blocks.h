#pragma once
/// The blocks of a document as strips of PDF pages.

#include <array>
#include <functional>

#include "reports/document/pdf_canvas.h"
#include "reports/document/pdf_flow.h"
#include "reports/document/pdf_page.h"

namespace casebook::documents {

/// What is known only when all pages are laid out: the first pass makes it, the second prints it.
struct PdfPlan {
  int pages = 0;
  std::vector<int> heading_pages;
  bool operator==(const PdfPlan&) const = default;
};

class PdfBlocks {
 public:
  /// @param plan  of the measuring pass; empty in that pass.
  PdfBlocks(PdfCanvas& canvas, PdfFlow& flow, const Document& document, const PdfPlan& plan)
      : canvas_(canvas), flow_(flow), document_(document), plan_(plan) {}

  void write_all();
  [[nodiscard]] PdfPlan made() && { return std::move(made_); }

 private:
  struct Box {
    TextStyle style = kBodyStyle;
    std::string tag = "P";
    double left = kLeft;
    double width = kTextWidth;
    double before = 6;
    double pad_above = 0;
    double pad_below = 0;
    bool keep_with_next = false;
    /// Drawn below each line: a background, a mark in front of the first.
    std::function<void(bool first, double y, double height)> backdrop = nullptr;
    std::string place = {};  ///< Of links and bookmarks.
    /// Called when the first line is drawn.
    std::function<void()> at_first_line = nullptr;
  };
  void text(const std::vector<Run>& runs, const Box& box);
  void strip_of(const LaidText& laid, std::size_t line, const Box& box, int leaf);
  void open(const std::string& tag);
  void close(const std::string& tag);
  void entries(const std::vector<Entry>& entries, double before);
  void title(const std::string& title);
  void figure(const Drawing& drawing, const std::string& caption, const std::string& alt,
              const Table& table);
  void contents_line(const Heading& heading, int number);

  void write(const TitlePage& page);
  void write(const Contents& contents);
  void write(const Heading& heading);
  void write(const Paragraph& paragraph);
  void write(const List& list);
  void write(const Table& table);
  void write(const KeyValues& values);
  void write(const Timeline& timeline);
  void write(const Bars& bars);
  void write(const Footnote& note);
  void write(const Notice& notice);
  void write(const CodeLines& code);
  void write(const PageBreak& page_break);

  PdfCanvas& canvas_;
  PdfFlow& flow_;
  const Document& document_;
  const PdfPlan& plan_;
  PdfPlan made_;
  std::array<int, 5> bookmarks_{};  ///< The last one of each level; 0 is the root.
  int headings_ = 0;
  int figures_ = 0;
};

}  // namespace casebook::documents
