#include "reports/document/pdf_blocks.h"

#include "reports/document/document_messages.h"
#include "reports/document/pdf_table.h"

namespace casebook::documents {
namespace {

constexpr std::array<TextStyle, 5> kHeadingStyles{{{22, 28, true},
                                                   {14.5, 19, true, false, Ink::accent},
                                                   {12, 16, true},
                                                   {10.5, 14.4, true},
                                                   {9.5, 13.4, true}}};
constexpr std::array<double, 5> kHeadingBefore{30, 20, 15, 12, 10};

}  // namespace

void PdfBlocks::write_all() {
  const bool own_title =
      !document_.blocks.empty() && std::holds_alternative<TitlePage>(document_.blocks.front());
  if (!own_title) title(document_.title);
  for (const Block& block : document_.blocks) {
    std::visit([this](const auto& each) { write(each); }, block);
  }
}

void PdfBlocks::strip_of(const LaidText& laid, std::size_t line, const Box& box, int leaf) {
  const bool first = line == 0;
  const bool last = line + 1 == laid.lines;
  Strip strip;
  strip.before = first ? box.before : 0;
  strip.height = box.style.line_height + (first ? box.pad_above : 0) + (last ? box.pad_below : 0);
  // Two lines at least on either side of a page break.
  strip.keep_with_next = (laid.lines > 1 && first) || line + 2 == laid.lines || box.keep_with_next;
  strip.tag = box.tag;
  strip.leaf = leaf;
  strip.draw = [this, laid, line, box, first, height = strip.height](double y) {
    if (first && box.at_first_line) box.at_first_line();
    if (box.backdrop) box.backdrop(first, y, height);
    if (first && !box.place.empty()) canvas_.begin_place(box.place);
    canvas_.draw_line(laid, line, box.style, box.left, y + (first ? box.pad_above : 0));
    if (first && !box.place.empty()) canvas_.end_place();
  };
  flow_.add(std::move(strip));
}

void PdfBlocks::text(const std::vector<Run>& runs, const Box& box) {
  const LaidText laid = canvas_.lay_out(runs, box.style, box.width);
  const int leaf = flow_.new_leaf();
  for (std::size_t line = 0; line < laid.lines; ++line) strip_of(laid, line, box, leaf);
}

void PdfBlocks::open(const std::string& tag) {
  Strip strip;
  strip.keep_with_next = true;
  strip.draw = [this, tag](double) { canvas_.begin_tag(tag); };
  flow_.add(std::move(strip));
}

void PdfBlocks::close(const std::string& tag) {
  Strip strip;
  strip.draw = [this, tag](double) { canvas_.end_tag(tag); };
  flow_.add(std::move(strip));
}

void PdfBlocks::title(const std::string& title) {
  text(runs_of(canvas_.fonts(), title),
       {.style = kHeadingStyles[0], .tag = "H1", .before = 0, .keep_with_next = true});
  Strip rule;
  rule.height = 8;
  rule.keep_with_next = true;
  rule.draw = [this](double y) { canvas_.fill(kLeft, y + 4, kTextWidth, 1.6, Ink::accent); };
  flow_.add(std::move(rule));
}

void PdfBlocks::write(const TitlePage& page) {
  title(page.title);
  if (!page.subtitle.empty())
    text(runs_of(canvas_.fonts(), page.subtitle),
         {.style = {12, 16.4, false, false, Ink::faint}, .before = 4});
  entries(page.facts, 8);
}

void PdfBlocks::contents_line(const Heading& heading, int number) {
  const double indent = heading.level == 1 ? 0 : 14;
  TextStyle style = kBodyStyle;
  style.strong = heading.level == 1;
  const std::string place = "h" + std::to_string(number);
  const auto index = static_cast<std::size_t>(number - 1);
  const std::string page =
      index < plan_.heading_pages.size() ? std::to_string(plan_.heading_pages[index]) : "";
  const LaidText page_text = canvas_.lay_out({{page, Look::normal}}, kBodyStyle, 0);
  const LaidText laid =
      canvas_.lay_out(runs_of(canvas_.fonts(), heading.text), style, kTextWidth - indent - 40);
  const int leaf = flow_.new_leaf();
  for (std::size_t line = 0; line < laid.lines; ++line) {
    Strip strip;
    strip.before = line == 0 ? (heading.level == 1 ? 4 : 1) : 0;
    strip.height = style.line_height;
    strip.keep_with_next = line + 1 < laid.lines;
    strip.tag = "TOCI";
    strip.leaf = leaf;
    const bool last = line + 1 == laid.lines;
    strip.draw = [=, this](double y) {
      canvas_.begin_tag("Link", "dest='" + place + "'");
      canvas_.draw_line(laid, line, style, kLeft + indent, y);
      if (last) canvas_.draw_line(page_text, 0, kBodyStyle, kRight, y, /*right=*/true);
      canvas_.end_tag("Link");
    };
    flow_.add(std::move(strip));
  }
}

void PdfBlocks::write(const Contents& /*contents*/) {
  const Messages& words = document_messages(document_.language);
  text(runs_of(canvas_.fonts(), words.text("contents")),
       {.style = kHeadingStyles[2], .before = 16, .keep_with_next = true});
  open("TOC");
  int number = 0;
  for (const Block& block : document_.blocks) {
    const auto* heading = std::get_if<Heading>(&block);
    if (heading == nullptr) continue;
    ++number;
    if (heading->level <= 2) contents_line(*heading, number);
  }
  close("TOC");
}

void PdfBlocks::write(const Heading& heading) {
  const auto level = static_cast<std::size_t>(heading.level);
  const std::string place = "h" + std::to_string(++headings_);
  text(runs_of(canvas_.fonts(), heading.text),
       {.style = kHeadingStyles[level],
        .tag = "H" + std::to_string(level + 1),
        .before = kHeadingBefore[level],
        .keep_with_next = true,
        .place = place,
        .at_first_line = [this, level, place, name = heading.text] {
          made_.heading_pages.push_back(flow_.page());
          bookmarks_[level] = canvas_.add_bookmark(bookmarks_[level - 1], name, place);
          for (std::size_t deeper = level + 1; deeper < bookmarks_.size(); ++deeper) {
            bookmarks_[deeper] = bookmarks_[level];
          }
        }});
}

void PdfBlocks::write(const Paragraph& paragraph) {
  text(runs_of(canvas_.fonts(), paragraph.spans), {});
}

void PdfBlocks::write(const List& list) {
  open("L");
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string mark = list.ordered ? std::to_string(i + 1) + "." : "•";
    const LaidText label = canvas_.lay_out({{mark, Look::normal}}, kBodyStyle, 0);
    open("LI");
    text(runs_of(canvas_.fonts(), list.items[i]),
         {.tag = "LBody",
          .left = kLeft + 22,
          .width = kTextWidth - 22,
          .before = i == 0 ? 4.0 : 2.0,
          .backdrop = [this, label](bool first, double y, double) {
            if (first) canvas_.draw_line(label, 0, kBodyStyle, kLeft + 16, y, /*right=*/true);
          }});
    close("LI");
  }
  close("L");
}

void PdfBlocks::write(const Table& table) {
  if (!table.caption.empty()) {
    TextStyle style = kTableStyle;
    style.size = 8.6;
    style.strong = true;
    text(runs_of(canvas_.fonts(), table.caption),
         {.style = style, .tag = "Caption", .before = 10, .keep_with_next = true});
  }
  write_table(canvas_, flow_, table, document_);
}

void PdfBlocks::entries(const std::vector<Entry>& entries, double before) {
  if (entries.empty()) return;
  const TextStyle style{9.0, 12.6};
  TextStyle bold = style;
  bold.strong = true;
  const auto rows = std::make_shared<PdfRows>(
      canvas_, flow_,
      std::vector<PdfColumn>{{kLeft, 140, ColumnKind::text, bold},
                             {kLeft + 150, kTextWidth - 150, ColumnKind::text, style}});
  open("Table");
  const std::size_t count = entries.size();
  for (std::size_t i = 0; i < count; ++i) {
    rows->add({plain(entries[i].key), entries[i].value},
              {.before = i == 0 ? before : 0,
               .keep_with_next = count > 1 && (i == 0 || i + 2 == count),
               .row_head = true});
  }
  Strip strip;
  strip.draw = [this, rows](double) { canvas_.end_tag("Table"); };
  flow_.add(std::move(strip));
}

void PdfBlocks::write(const KeyValues& values) { entries(values.entries, 6); }

void PdfBlocks::figure(const Drawing& drawing, const std::string& caption, const std::string& alt,
                       const Table& table) {
  ++figures_;
  TextStyle style = kBodyStyle;
  style.strong = true;
  const std::string name = caption.empty() ? document_messages(document_.language).text("figure") +
                                                 " " + std::to_string(figures_)
                                           : caption;
  text(runs_of(canvas_.fonts(), name),
       {.style = style, .tag = "Caption", .before = 10, .keep_with_next = true});
  Strip strip;
  strip.before = 4;
  strip.height = drawing.height / 100.0;
  strip.keep_with_next = strip.height < 300;
  strip.draw = [this, drawing, alt](double y) {
    canvas_.begin_figure(alt);
    canvas_.draw(drawing, kLeft, y);
    canvas_.end_tag("Figure");
  };
  flow_.add(std::move(strip));
  write_table(canvas_, flow_, table, document_);
}

void PdfBlocks::write(const Timeline& timeline) {
  figure(draw_timeline(timeline), timeline.caption, timeline.alt,
         table_of(timeline, document_.language));
}

void PdfBlocks::write(const Bars& bars) {
  figure(draw_bars(bars), bars.caption, bars.alt, table_of(bars, document_.language));
}

void PdfBlocks::write(const Footnote& note) {
  std::vector<Run> runs;
  append_runs(runs, canvas_.fonts(), std::to_string(note.number), Look::mark);
  append_runs(runs, canvas_.fonts(), " ", Look::normal);
  for (Run& run : runs_of(canvas_.fonts(), note.spans)) runs.push_back(std::move(run));
  text(runs, {.style = kSmallStyle, .tag = "Note", .before = 3});
}

void PdfBlocks::write(const Notice& notice) {
  const Ink ink = notice.tone == NoticeTone::info ? Ink::accent : Ink::anchor;
  const auto backdrop = [this, ink](bool, double y, double height) {
    canvas_.fill(kLeft, y, kTextWidth, height + 0.2, Ink::lane);
    canvas_.fill(kLeft, y, 3, height + 0.2, ink);
  };
  std::string head =
      document_messages(document_.language).text("tone_" + std::string(to_string(notice.tone)));
  if (!notice.title.empty()) head += ": " + notice.title;
  Box box{.style = {9.2, 13.0},
          .left = kLeft + 14,
          .width = kTextWidth - 26,
          .before = 8,
          .pad_above = 6,
          .keep_with_next = !notice.paragraphs.empty(),
          .backdrop = backdrop};
  if (notice.paragraphs.empty()) box.pad_below = 6;
  box.style.strong = true;
  text(runs_of(canvas_.fonts(), head), box);
  box.style.strong = false;
  box.before = 0;
  box.pad_above = 3;
  box.keep_with_next = false;
  for (std::size_t i = 0; i < notice.paragraphs.size(); ++i) {
    if (i + 1 == notice.paragraphs.size()) box.pad_below = 7;
    text(runs_of(canvas_.fonts(), notice.paragraphs[i]), box);
  }
}

void PdfBlocks::write(const CodeLines& code) {
  constexpr std::size_t kKeptLines = 24;
  const std::size_t count = code.lines.size();
  for (std::size_t i = 0; i < count; ++i) {
    text(runs_of(canvas_.fonts(), code.lines[i]),
         {.style = {8.2, 11.4, false, true},
          .left = kLeft + 10,
          .width = kTextWidth - 18,
          .before = i == 0 ? 6.0 : 0.0,
          .pad_above = i == 0 ? 5.0 : 0.0,
          .pad_below = i + 1 == count ? 5.0 : 0.0,
          .keep_with_next = i + 1 < count && (count <= kKeptLines || i == 0 || i + 2 == count),
          .backdrop = [this](bool, double y, double height) {
            canvas_.fill(kLeft, y, kTextWidth, height + 0.2, Ink::lane);
          }});
  }
}

void PdfBlocks::write(const PageBreak& /*page_break*/) { flow_.break_page(); }

}  // namespace casebook::documents
