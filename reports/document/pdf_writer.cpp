#include "reports/document/pdf_writer.h"

#include "reports/document/document_messages.h"
#include "reports/document/pdf_blocks.h"

namespace casebook::documents {
namespace {

/// What stands above and below the text of every page. Not part of the structure.
class Furniture {
 public:
  Furniture(PdfCanvas& canvas, const Document& document, int pages)
      : canvas_(canvas), document_(document), pages_(pages) {}

  void draw(int page) const {
    if (!canvas_.draws()) return;
    const Messages& words = document_messages(document_.language);
    constexpr TextStyle bold{8.0, 10.6, true};
    constexpr TextStyle faint{7.6, 10.4, false, false, Ink::faint};
    constexpr TextStyle loud{8.0, 10.6, true, false, Ink::anchor};
    const std::string name = document_.code_name.empty()
                                 ? std::string()
                                 : words.text("case", {{"code_name", document_.code_name}});
    line(document_.classification, bold, kLeft, 32, 190, false);
    line(name, faint, kRight, 32, 150, true);
    line(document_.title, faint, kLeft, 43, kTextWidth, false);
    if (document_.draft) {
      const LaidText draft = laid(words.text("draft"), loud, 120);
      canvas_.draw_line(draft, 0, loud, (kPageWidth - canvas_.width_of(draft)) / 2, 32);
    }
    canvas_.fill(kLeft, 56, kTextWidth, 0.5, Ink::grid);
    canvas_.fill(kLeft, 790, kTextWidth, 0.5, Ink::grid);
    line(words.text("made", {{"time", format_utc(document_.made_at)}, {"tool", document_.tool}}),
         faint, kLeft, 794, 350, false);
    line(words.text("page_of", {{"page", std::to_string(page)}, {"pages", std::to_string(pages_)}}),
         faint, kRight, 794, 120, true);
  }

 private:
  [[nodiscard]] LaidText laid(const std::string& text, const TextStyle& style, double width) const {
    return canvas_.lay_out(runs_of(canvas_.fonts(), text), style, width, /*shorten=*/true);
  }
  void line(const std::string& text, const TextStyle& style, double x, double y, double width,
            bool right) const {
    if (!text.empty()) canvas_.draw_line(laid(text, style, width), 0, style, x, y, right);
  }

  PdfCanvas& canvas_;
  const Document& document_;
  int pages_;
};

/// Lays out the whole document once. @return what the layout came to.
PdfPlan run_pass(PdfCanvas& canvas, const Document& document, const PdfPlan& plan) {
  const Furniture furniture(canvas, document, plan.pages);
  PdfFlow flow(canvas, {kBodyTop, kBodyBottom}, [&](int page) { furniture.draw(page); });
  PdfBlocks blocks(canvas, flow, document, plan);
  canvas.begin_tag("Document");
  blocks.write_all();
  const int pages = flow.finish([&] { canvas.end_tag("Document"); });
  PdfPlan made = std::move(blocks).made();
  made.pages = pages;
  return made;
}

}  // namespace

Result<PdfFile> document_pdf(const Document& document, const PdfOptions& options) {
  if (auto checked = check_document(document, options.limits); !checked)
    return std::move(checked).error();
  const auto fonts = PdfFonts::open(options.font_folder);
  if (!fonts) return Error(fonts.error());
  if (!document.fonts.empty() && document.fonts != fonts->digests())
    return Error{ErrorCode::invalid_input,
                 "PDF: the font files are not those that the document names",
                 "use the font package with which the report was released"};
  PdfPlan plan;
  {
    PdfCanvas measuring(*fonts, document, PdfCanvas::Mode::measure);
    plan = run_pass(measuring, document, {});
  }
  if (plan.pages > static_cast<int>(options.limits.pages_max))
    return Error{ErrorCode::limit_exceeded, "PDF: " + std::to_string(plan.pages) +
                                                " pages, at most " +
                                                std::to_string(options.limits.pages_max)};
  PdfCanvas canvas(*fonts, document, PdfCanvas::Mode::draw);
  const PdfPlan drawn = run_pass(canvas, document, plan);
  check(drawn == plan, "both passes lay out alike");
  auto bytes = std::move(canvas).finish();
  if (!bytes) return std::move(bytes).error();
  return PdfFile{*std::move(bytes), plan.pages, fonts->digests()};
}

}  // namespace casebook::documents
