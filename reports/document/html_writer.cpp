#include "reports/document/html_writer.h"

#include <set>

#include "core/digest.h"
#include "reports/document/document_check.h"
#include "reports/document/document_messages.h"
#include "reports/document/html_style.h"
#include "reports/document/html_text.h"
#include "reports/document/visible_text.h"

namespace casebook::documents {
namespace {

constexpr std::size_t kHashGroup = 16;

class HtmlWriter {
 public:
  explicit HtmlWriter(const Document& document)
      : document_(document), words_(document_messages(document.language)) {}

  Result<std::string> run() {
    if (auto done = head(); !done) return std::move(done).error();
    marking();
    const bool own_title =
        !document_.blocks.empty() && std::holds_alternative<TitlePage>(document_.blocks.front());
    out_ += "<main>\n";
    if (!own_title) out_ += "<h1>" + escaped(document_.title) + "</h1>\n";
    for (const Block& block : document_.blocks) {
      std::visit([this](const auto& each) { write(each); }, block);
    }
    out_ += "</main>\n<footer><p>";
    append_escaped(out_, words_.text("made", {{"time", format_utc(document_.made_at)},
                                              {"tool", document_.tool}}));
    out_ += "</p></footer>\n</body>\n</html>\n";
    return std::move(out_);
  }

 private:
  Status head() {
    const auto digest = sha256(as_bytes(kHtmlStyle));
    if (!digest) return Error(digest.error());
    out_ +=
        "<!DOCTYPE html>\n<html lang=\"" + std::string(to_string(document_.language)) +
        "\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
        "style-src 'sha256-" +
        to_base64(*digest) +
        "'; base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"generator\" content=\"" +
        escaped(document_.tool) + "\">\n<title>" + escaped(document_.title) + "</title>\n<style>" +
        std::string(kHtmlStyle) + "</style>\n</head>\n<body>\n";
    return ok();
  }

  void marking() {
    out_ += "<header class=\"marking\">";
    if (document_.draft)
      out_ += "<span class=\"draft\">" + escaped(words_.text("draft_line")) + "</span>";
    if (!document_.classification.empty())
      out_ += "<span>" + escaped(document_.classification) + "</span>";
    if (!document_.code_name.empty())
      out_ +=
          "<span>" + escaped(words_.text("case", {{"code_name", document_.code_name}})) + "</span>";
    out_ += "</header>\n";
  }

  void spans(const Spans& all) {
    for (const Span& span : all) {
      switch (span.kind) {
        case SpanKind::plain:
          append_escaped(out_, span.text, true);
          break;
        case SpanKind::strong:
          wrapped("<strong>", span.text, "</strong>");
          break;
        case SpanKind::code:
          wrapped("<code>", span.text, "</code>");
          break;
        case SpanKind::source:
          wrapped(" <span class=\"source\">[", span.text, "]</span>");
          break;
        case SpanKind::note: {
          const bool first = marked_.insert(span.text).second;
          out_ += "<sup><a href=\"#n" + span.text + "\"" +
                  (first ? " id=\"m" + span.text + "\"" : std::string()) + ">" + span.text +
                  "</a></sup>";
          break;
        }
      }
    }
  }
  void wrapped(std::string_view open, std::string_view text, std::string_view close) {
    out_ += open;
    append_escaped(out_, text, true);
    out_ += close;
  }
  void entries(const std::vector<Entry>& all) {
    if (all.empty()) return;
    out_ += "<dl>\n";
    for (const Entry& entry : all) {
      wrapped("<dt>", entry.key, "</dt><dd>");
      spans(entry.value);
      out_ += "</dd>\n";
    }
    out_ += "</dl>\n";
  }

  void write(const TitlePage& page) {
    wrapped("<header class=\"title\">\n<h1>", page.title, "</h1>\n");
    if (!page.subtitle.empty()) wrapped("<p class=\"subtitle\">", page.subtitle, "</p>\n");
    entries(page.facts);
    out_ += "</header>\n";
  }
  void write(const Contents& /*contents*/) {
    const std::string name = escaped(words_.text("contents"));
    out_ += "<nav aria-label=\"" + name + "\">\n<p><strong>" + name + "</strong></p>\n<ol>\n";
    int number = 0;
    for (const Block& block : document_.blocks) {
      const auto* heading = std::get_if<Heading>(&block);
      if (heading == nullptr) continue;
      ++number;
      if (heading->level > 2) continue;
      out_ += "<li class=\"l" + std::to_string(heading->level) + "\"><a href=\"#h" +
              std::to_string(number) + "\">";
      append_escaped(out_, heading->text, true);
      out_ += "</a></li>\n";
    }
    out_ += "</ol>\n</nav>\n";
  }
  void write(const Heading& heading) {
    // The title is h1; the headings of the document follow it.
    const std::string tag = "h" + std::to_string(heading.level + 1);
    out_ += "<" + tag + " id=\"h" + std::to_string(++headings_) + "\">";
    append_escaped(out_, heading.text, true);
    out_ += "</" + tag + ">\n";
  }
  void write(const Paragraph& paragraph) {
    out_ += "<p>";
    spans(paragraph.spans);
    out_ += "</p>\n";
  }
  void write(const List& list) {
    const std::string tag = list.ordered ? "ol" : "ul";
    out_ += "<" + tag + ">\n";
    for (const Spans& item : list.items) {
      out_ += "<li>";
      spans(item);
      out_ += "</li>\n";
    }
    out_ += "</" + tag + ">\n";
  }
  void write(const Table& table) { write_table(table); }
  void write(const KeyValues& values) { entries(values.entries); }
  void write(const Timeline& timeline) {
    figure(draw_timeline(timeline), timeline.caption, timeline.alt,
           table_of(timeline, document_.language));
  }
  void write(const Bars& bars) {
    figure(draw_bars(bars), bars.caption, bars.alt, table_of(bars, document_.language));
  }
  void write(const Footnote& note) {
    const std::string number = std::to_string(note.number);
    out_ += "<aside class=\"footnote\" role=\"note\" id=\"n" + number + "\"><p><sup>" + number +
            "</sup> ";
    spans(note.spans);
    out_ += " <a href=\"#m" + number + "\" aria-label=\"" + escaped(words_.text("footnote_back")) +
            "\">↩</a></p></aside>\n";
  }
  void write(const Notice& notice) {
    const std::string tone(to_string(notice.tone));
    out_ += "<section class=\"notice " + tone + "\" role=\"note\">\n<p class=\"tone\">" +
            escaped(words_.text("tone_" + tone));
    if (!notice.title.empty()) wrapped(": ", notice.title, "");
    out_ += "</p>\n";
    for (const Spans& paragraph : notice.paragraphs) {
      out_ += "<p>";
      spans(paragraph);
      out_ += "</p>\n";
    }
    out_ += "</section>\n";
  }
  void write(const CodeLines& lines) {
    out_ += "<pre><code>";
    for (std::size_t i = 0; i < lines.lines.size(); ++i) {
      if (i > 0) out_ += '\n';
      append_escaped(out_, lines.lines[i], true);
    }
    out_ += "</code></pre>\n";
  }
  void write(const PageBreak& /*page_break*/) {
    out_ += "<hr class=\"break\" aria-hidden=\"true\">\n";
  }

  void figure(const Drawing& drawing, const std::string& caption, const std::string& alt,
              const Table& table) {
    const std::string id = "f" + std::to_string(++figures_);
    const std::string name =
        caption.empty() ? words_.text("figure") + " " + std::to_string(figures_) : caption;
    wrapped("<figure>\n<figcaption>", name, "</figcaption>\n");
    out_ += svg_of(drawing, name, alt, id);
    write_table(table);
    out_ += "</figure>\n";
  }

  void write_table(const Table& table) {
    out_ += "<div class=\"wide\"><table>\n";
    if (!table.caption.empty()) wrapped("<caption>", table.caption, "</caption>\n");
    out_ += "<thead><tr>";
    for (const Column& column : table.columns) {
      out_ += "<th scope=\"col\" class=\"" + std::string(to_string(column.kind)) + "\">";
      append_escaped(out_, column.name, true);
      out_ += "</th>";
    }
    out_ += "</tr></thead>\n<tbody>\n";
    for (const Row& row : table.rows) {
      out_ += "<tr>";
      for (std::size_t i = 0; i < row.size(); ++i) cell(row[i], table.columns[i].kind);
      out_ += "</tr>\n";
    }
    if (table.rows.empty())
      out_ += "<tr><td colspan=\"" + std::to_string(table.columns.size()) + "\">" +
              escaped(words_.text("empty_table")) + "</td></tr>\n";
    out_ += "</tbody>\n</table></div>\n";
  }
  void cell(const Spans& content, ColumnKind kind) {
    out_ += "<td class=\"" + std::string(to_string(kind)) + "\">";
    if (kind == ColumnKind::hash && !content.empty()) {
      const std::string_view hash = content.front().text;
      for (std::size_t at = 0; at < hash.size(); at += kHashGroup) {
        if (at > 0) out_ += "<wbr>";
        append_escaped(out_, hash.substr(at, kHashGroup));
      }
    } else {
      spans(content);
    }
    out_ += "</td>";
  }

  const Document& document_;
  const Messages& words_;
  std::string out_;
  std::set<std::string> marked_;
  int headings_ = 0;
  int figures_ = 0;
};

}  // namespace

Result<std::string> document_html(const Document& document) {
  if (auto checked = check_document(document); !checked) return std::move(checked).error();
  return HtmlWriter(document).run();
}

}  // namespace casebook::documents
