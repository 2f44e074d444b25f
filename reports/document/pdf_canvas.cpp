#include "reports/document/pdf_canvas.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <cmath>
#include <optional>

#include "core/text_width.h"
#include "reports/document/visible_text.h"

namespace casebook::documents {
namespace {

constexpr double kPi = 3.14159265358979323846;

cairo_status_t append_bytes(void* closure, const unsigned char* data, unsigned length) {
  static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

int pango_units(double points) { return static_cast<int>(std::lround(points * PANGO_SCALE)); }

struct LookValues {
  double scale;
  bool mono;
  bool strong;
  std::optional<Ink> ink;
};
LookValues values_of(Look look) {
  switch (look) {
    case Look::normal:
      return {1.0, false, false, std::nullopt};
    case Look::strong:
      return {1.0, false, true, std::nullopt};
    case Look::code:
      return {0.9, true, false, std::nullopt};
    case Look::source:
      return {0.85, false, false, Ink::faint};
    case Look::mark:
      return {0.7, false, true, Ink::accent};
    case Look::hidden:
      return {0.8, true, false, Ink::anchor};
  }
  return {1.0, false, false, std::nullopt};
}

guint16 channel(int value) { return static_cast<guint16>(value * 257); }

void add(PangoAttrList* list, PangoAttribute* attribute, std::size_t from, std::size_t to) {
  attribute->start_index = static_cast<guint>(from);
  attribute->end_index = static_cast<guint>(to);
  pango_attr_list_insert(list, attribute);
}

void add_look(PangoAttrList* list, const Run& run, std::size_t from, const TextStyle& style) {
  const std::size_t to = from + run.text.size();
  const LookValues look = values_of(run.look);
  if (look.scale < 1.0)
    add(list, pango_attr_size_new_absolute(pango_units(style.size * look.scale)), from, to);
  if (look.mono) add(list, pango_attr_family_new("DejaVu Sans Mono"), from, to);
  if (look.strong) add(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from, to);
  if (look.ink) {
    const Rgb rgb = color_of(*look.ink);
    add(list, pango_attr_foreground_new(channel(rgb.red), channel(rgb.green), channel(rgb.blue)),
        from, to);
  }
  if (run.look == Look::mark)
    add(list, pango_attr_rise_new(pango_units(style.size * 0.35)), from, to);
}

PangoAttrList* attributes_of(const std::vector<Run>& runs, const TextStyle& style) {
  PangoAttrList* list = pango_attr_list_new();
  pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
  // Ligatures would make "fi" one character for those who copy or search.
  pango_attr_list_insert(list, pango_attr_font_features_new("liga=0, clig=0, dlig=0"));
  std::size_t from = 0;
  for (const Run& run : runs) {
    if (run.look != Look::normal) add_look(list, run, from, style);
    from += run.text.size();
  }
  return list;
}

}  // namespace

PdfCanvas::PdfCanvas(const PdfFonts& fonts, const Document& document, Mode mode)
    : fonts_(fonts), mode_(mode) {
  context_ = std::shared_ptr<PangoContext>(pango_font_map_create_context(fonts.map()),
                                           [](PangoContext* held) { g_object_unref(held); });
  cairo_font_options_t* options = cairo_font_options_create();
  cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options(context_.get(), options);
  cairo_font_options_destroy(options);
  pango_context_set_language(
      context_.get(),
      pango_language_from_string(std::string(to_string(document.language)).c_str()));
  pango_context_set_base_dir(context_.get(), PANGO_DIRECTION_LTR);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
  extras_.language = to_string(document.language);
  if (mode == Mode::measure) return;
  surface_ = std::shared_ptr<cairo_surface_t>(
      cairo_pdf_surface_create_for_stream(append_bytes, &bytes_, kPageWidth, kPageHeight),
      cairo_surface_destroy);
  // Version 1.4 has tags, and the plain cross-reference table that finish_pdf() extends.
  cairo_pdf_surface_restrict_to_version(surface_.get(), CAIRO_PDF_VERSION_1_4);
  const std::string made_at = format_utc(document.made_at);
  const auto set = [&](cairo_pdf_metadata_t what, const std::string& text) {
    cairo_pdf_surface_set_metadata(surface_.get(), what, text.c_str());
  };
  set(CAIRO_PDF_METADATA_TITLE, visible_text(document.title));
  set(CAIRO_PDF_METADATA_CREATOR, visible_text(document.tool));
  set(CAIRO_PDF_METADATA_CREATE_DATE, made_at);
  set(CAIRO_PDF_METADATA_MOD_DATE, made_at);
  cairo_ = std::shared_ptr<cairo_t>(cairo_create(surface_.get()), cairo_destroy);
}

PdfCanvas::~PdfCanvas() {
  if (surface_) cairo_surface_finish(surface_.get());  // Writes into bytes_ while that exists.
}

LaidText PdfCanvas::lay_out(const std::vector<Run>& runs, const TextStyle& style, double width,
                            bool shorten) const {
  std::string text;
  for (const Run& run : runs) text += run.text;
  PangoLayout* layout = pango_layout_new(context_.get());
  LaidText laid{
      std::shared_ptr<PangoLayout>(layout, [](PangoLayout* held) { g_object_unref(held); })};
  PangoFontDescription* font = pango_font_description_new();
  pango_font_description_set_family_static(font, style.mono ? "DejaVu Sans Mono" : "DejaVu Sans");
  pango_font_description_set_absolute_size(font, pango_units(style.size));
  if (style.strong) pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description(layout, font);
  pango_font_description_free(font);
  pango_layout_set_auto_dir(layout, FALSE);
  pango_layout_set_single_paragraph_mode(layout, TRUE);
  if (width > 0) {
    pango_layout_set_width(layout, pango_units(width));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    if (shorten) pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
  }
  PangoAttrList* attributes = attributes_of(runs, style);
  pango_layout_set_attributes(layout, attributes);
  pango_attr_list_unref(attributes);
  pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
  laid.lines = static_cast<std::size_t>(pango_layout_get_line_count(layout));
  return laid;
}

double PdfCanvas::width_of(const LaidText& text) const {
  PangoRectangle logical;
  pango_layout_get_extents(text.layout.get(), nullptr, &logical);
  return static_cast<double>(logical.width) / PANGO_SCALE;
}

void PdfCanvas::draw_line(const LaidText& text, std::size_t line, const TextStyle& style, double x,
                          double y, bool right) {
  if (!draws()) return;
  PangoLayoutLine* drawn =
      pango_layout_get_line_readonly(text.layout.get(), static_cast<int>(line));
  if (right) {
    PangoRectangle logical;
    pango_layout_line_get_extents(drawn, nullptr, &logical);
    x -= static_cast<double>(logical.width) / PANGO_SCALE;
  }
  set_ink(style.ink);
  cairo_move_to(cairo_.get(), x, y + style.line_height / 2 + style.size * 0.35);
  pango_cairo_show_layout_line(cairo_.get(), drawn);
}

void PdfCanvas::set_ink(Ink ink) {
  const Rgb rgb = color_of(ink);
  cairo_set_source_rgb(cairo_.get(), rgb.red / 255.0, rgb.green / 255.0, rgb.blue / 255.0);
}

void PdfCanvas::fill(double x, double y, double width, double height, Ink ink) {
  if (!draws()) return;
  set_ink(ink);
  cairo_rectangle(cairo_.get(), x, y, width, height);
  cairo_fill(cairo_.get());
}

void PdfCanvas::draw_text(const DrawnText& text, double x, double y, double right) {
  const double size = text.size / 100.0;
  const TextStyle style{size, size, text.strong, false, text.ink};
  const LaidText laid = lay_out(runs_of(fonts_, text.text), style, 0);
  const double width = width_of(laid);
  double left = x + text.x / 100.0;
  if (text.anchor == TextAnchor::middle) left -= width / 2;
  if (text.anchor == TextAnchor::end) left -= width;
  left = std::max(std::min(left, right - width), x);  // A label at the edge stays inside.
  // draw_line takes the box of a line; the base line is where it puts it.
  draw_line(laid, 0, style, left, y + text.y / 100.0 - size * 0.85);
}

void PdfCanvas::draw(const Drawing& drawing, double x, double y) {
  if (!draws()) return;
  cairo_t* cairo = cairo_.get();
  for (const Shape& shape : drawing.shapes) {
    std::visit(
        Match{[&](const DrawnLine& line) {
                const double dashes[] = {4.0, 3.0};
                set_ink(line.ink);
                cairo_set_line_width(cairo, line.width / 100.0);
                cairo_set_dash(cairo, dashes, line.dashed ? 2 : 0, 0);
                cairo_move_to(cairo, x + line.x1 / 100.0, y + line.y1 / 100.0);
                cairo_line_to(cairo, x + line.x2 / 100.0, y + line.y2 / 100.0);
                cairo_stroke(cairo);
              },
              [&](const DrawnBox& box) {
                fill(x + box.x / 100.0, y + box.y / 100.0, box.width / 100.0, box.height / 100.0,
                     box.ink);
              },
              [&](const DrawnDisc& disc) {
                set_ink(disc.ink);
                cairo_new_path(cairo);
                cairo_arc(cairo, x + disc.x / 100.0, y + disc.y / 100.0, disc.radius / 100.0, 0,
                          2 * kPi);
                cairo_fill(cairo);
              },
              [&](const DrawnText& text) { draw_text(text, x, y, x + drawing.width / 100.0); }},
        shape);
  }
}

void PdfCanvas::begin_tag(const std::string& name, const std::string& attributes) {
  if (draws()) cairo_tag_begin(cairo_.get(), name.c_str(), attributes.c_str());
}

void PdfCanvas::end_tag(const std::string& name) {
  if (draws()) cairo_tag_end(cairo_.get(), name.c_str());
}

void PdfCanvas::begin_cell(CellTag tag) {
  if (!draws()) return;
  if (tag != CellTag::data)
    extras_.heads.push_back(tag == CellTag::row_head ? HeadScope::row : HeadScope::column);
  begin_tag(tag == CellTag::data ? "TD" : "TH");
}

void PdfCanvas::end_cell(CellTag tag) { end_tag(tag == CellTag::data ? "TD" : "TH"); }

void PdfCanvas::begin_figure(const std::string& alt) {
  if (!draws()) return;
  extras_.figures.push_back(visible_text(alt));
  begin_tag("Figure");
}

void PdfCanvas::begin_place(const std::string& name) {
  begin_tag(CAIRO_TAG_DEST, "name='" + name + "'");
}

void PdfCanvas::end_place() { end_tag(CAIRO_TAG_DEST); }

int PdfCanvas::add_bookmark(int parent, const std::string& text, const std::string& place) {
  if (!draws()) return 0;
  return cairo_pdf_surface_add_outline(surface_.get(), parent, visible_text(text).c_str(),
                                       ("dest='" + place + "'").c_str(),
                                       CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

void PdfCanvas::next_page() {
  if (draws()) cairo_show_page(cairo_.get());
}

Result<std::string> PdfCanvas::finish() && {
  check(draws(), "finish a canvas that draws");
  const cairo_status_t drawn = cairo_status(cairo_.get());
  cairo_.reset();
  cairo_surface_finish(surface_.get());
  const cairo_status_t written = cairo_surface_status(surface_.get());
  surface_.reset();
  for (const cairo_status_t status : {drawn, written}) {
    if (status != CAIRO_STATUS_SUCCESS)
      return Error{ErrorCode::io, std::string("write PDF: ") + cairo_status_to_string(status)};
  }
  return with_extras(std::move(bytes_), extras_);
}

void append_runs(std::vector<Run>& runs, const PdfFonts& fonts, std::string_view text, Look look) {
  const auto append = [&](std::string_view part, Look part_look) {
    if (part.empty()) return;
    if (!runs.empty() && runs.back().look == part_look) {
      runs.back().text += part;
    } else {
      runs.push_back({std::string(part), part_look});
    }
  };
  for_visible_parts(text, [&](std::string_view part, bool hidden) {
    if (hidden) return append(part, Look::hidden);
    std::size_t shown_from = 0;
    for (std::size_t at = 0; at < part.size();) {
      const std::size_t begin = at;
      if (static_cast<unsigned char>(part[at]) < 0x80) {
        ++at;
        continue;
      }
      const char32_t character = next_character(part, at);
      if (fonts.has(character)) continue;
      append(part.substr(shown_from, begin - shown_from), look);
      append(character_name(character), Look::hidden);
      shown_from = at;
    }
    append(part.substr(shown_from), look);
  });
}

std::vector<Run> runs_of(const PdfFonts& fonts, std::string_view text, Look look) {
  std::vector<Run> runs;
  append_runs(runs, fonts, text, look);
  return runs;
}

std::vector<Run> runs_of(const PdfFonts& fonts, const Spans& spans) {
  std::vector<Run> runs;
  for (const Span& span : spans) {
    switch (span.kind) {
      case SpanKind::plain:
        append_runs(runs, fonts, span.text, Look::normal);
        break;
      case SpanKind::strong:
        append_runs(runs, fonts, span.text, Look::strong);
        break;
      case SpanKind::code:
        append_runs(runs, fonts, span.text, Look::code);
        break;
      case SpanKind::source:
        append_runs(runs, fonts, " [", Look::source);
        append_runs(runs, fonts, span.text, Look::source);
        append_runs(runs, fonts, "]", Look::source);
        break;
      case SpanKind::note:
        append_runs(runs, fonts, span.text, Look::mark);
        break;
    }
  }
  return runs;
}

}  // namespace casebook::documents
