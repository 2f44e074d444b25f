#include "reports/document/docx_writer.h"

#include <algorithm>

#include "reports/document/document_check.h"
#include "reports/document/document_messages.h"
#include "reports/document/docx_parts.h"
#include "reports/document/drawing.h"
#include "reports/document/html_text.h"
#include "reports/document/zip_writer.h"

namespace casebook::documents {
namespace {

constexpr std::string_view kMono =
    "<w:rFonts w:ascii=\"DejaVu Sans Mono\" w:hAnsi=\"DejaVu Sans Mono\" "
    "w:cs=\"DejaVu Sans Mono\"/><w:noProof/><w:sz w:val=\"16\"/>";
constexpr int kTableWidth = 9620;  // Twentieths of a point.

/// word/document.xml and the numbering that its lists need.
class BodyWriter {
 public:
  explicit BodyWriter(const Document& document)
      : document_(document), words_(document_messages(document.language)) {}

  std::string run() {
    out_ = std::string(kXmlHead) + "<w:document" + std::string(kWordNamespaces) + "><w:body>\n";
    const bool own_title =
        !document_.blocks.empty() && std::holds_alternative<TitlePage>(document_.blocks.front());
    if (!own_title) paragraph(plain(document_.title), "Title");
    for (const Block& block : document_.blocks) {
      std::visit([this](const auto& each) { write(each); }, block);
    }
    out_ +=
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"rId3\"/><w:footerReference "
        "w:type=\"default\" r:id=\"rId4\"/><w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar "
        "w:top=\"1300\" w:right=\"1140\" w:bottom=\"1240\" w:left=\"1140\" w:header=\"600\" "
        "w:footer=\"600\" w:gutter=\"0\"/></w:sectPr>\n</w:body></w:document>\n";
    return std::move(out_);
  }

  /// One bulleted list for all, one numbered list for each, so that each begins with 1.
  [[nodiscard]] std::string numbering() const {
    std::string out = std::string(kXmlHead) + "<w:numbering" + std::string(kWordNamespaces) + ">\n";
    const auto abstract = [&](int id, std::string_view format, std::string_view text) {
      out += "<w:abstractNum w:abstractNumId=\"" + std::to_string(id) +
             "\"><w:multiLevelType w:val=\"singleLevel\"/><w:lvl w:ilvl=\"0\"><w:start "
             "w:val=\"1\"/><w:numFmt w:val=\"" +
             std::string(format) + "\"/><w:lvlText w:val=\"" + std::string(text) +
             "\"/><w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"440\" "
             "w:hanging=\"300\"/></w:pPr></w:lvl></w:abstractNum>\n";
    };
    abstract(0, "bullet", "•");
    abstract(1, "decimal", "%1.");
    out += "<w:num w:numId=\"1\"><w:abstractNumId w:val=\"0\"/></w:num>\n";
    for (int i = 0; i < numbered_lists_; ++i) {
      out += "<w:num w:numId=\"" + std::to_string(i + 2) +
             "\"><w:abstractNumId w:val=\"1\"/><w:lvlOverride w:ilvl=\"0\"><w:startOverride "
             "w:val=\"1\"/></w:lvlOverride></w:num>\n";
    }
    return out + "</w:numbering>\n";
  }

 private:
  void run_of(std::string_view text, std::string_view properties) {
    out_ += "<w:r>";
    if (!properties.empty()) out_ += "<w:rPr>" + std::string(properties) + "</w:rPr>";
    out_ += "<w:t xml:space=\"preserve\">";
    append_escaped(out_, text);
    out_ += "</w:t></w:r>";
  }
  void runs(const Spans& spans) {
    for (const Span& span : spans) {
      switch (span.kind) {
        case SpanKind::plain:
          run_of(span.text, "");
          break;
        case SpanKind::strong:
          run_of(span.text, "<w:b/>");
          break;
        case SpanKind::code:
          run_of(span.text, kMono);
          break;
        case SpanKind::source:
          run_of(" [" + span.text + "]", "<w:color w:val=\"555B63\"/><w:sz w:val=\"16\"/>");
          break;
        case SpanKind::note:
          run_of(span.text, "<w:vertAlign w:val=\"superscript\"/>");
          break;
      }
    }
  }
  void begin(std::string_view style, std::string_view more = {}) {
    out_ += "<w:p><w:pPr><w:pStyle w:val=\"" + std::string(style) + "\"/>" + std::string(more) +
            "</w:pPr>";
  }
  void end() { out_ += "</w:p>\n"; }
  void paragraph(const Spans& spans, std::string_view style, std::string_view more = {}) {
    begin(style, more);
    runs(spans);
    end();
  }

  void write(const TitlePage& page) {
    paragraph(plain(page.title), "Title");
    if (!page.subtitle.empty()) paragraph(plain(page.subtitle), "Subtitle");
    entries(page.facts);
  }
  void write(const Contents& /*contents*/) {
    paragraph(strong(words_.text("contents")), "Normal");
    for (const Block& block : document_.blocks) {
      const auto* heading = std::get_if<Heading>(&block);
      if (heading != nullptr && heading->level <= 2)
        paragraph(plain(heading->text), "Normal",
                  heading->level == 2 ? "<w:ind w:left=\"300\"/>" : "");
    }
  }
  void write(const Heading& heading) {
    paragraph(plain(heading.text), "Heading" + std::to_string(heading.level));
  }
  void write(const Paragraph& each) { paragraph(each.spans, "Normal"); }
  void write(const List& list) {
    const int number = list.ordered ? 2 + numbered_lists_++ : 1;
    for (const Spans& item : list.items) {
      paragraph(item, "Normal",
                "<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"" + std::to_string(number) +
                    "\"/></w:numPr>");
    }
  }
  void write(const KeyValues& values) { entries(values.entries); }
  void write(const Timeline& timeline) {
    figure(timeline.caption, timeline.alt, table_of(timeline, document_.language));
  }
  void write(const Bars& bars) {
    figure(bars.caption, bars.alt, table_of(bars, document_.language));
  }
  void figure(const std::string& caption, const std::string& alt, Table table) {
    table.caption = caption.empty() ? words_.text("figure") : caption;
    paragraph(plain(alt), "Normal");
    write(table);
  }
  void write(const Footnote& note) {
    begin("FootnoteLine");
    run_of(std::to_string(note.number), "<w:vertAlign w:val=\"superscript\"/>");
    run_of(" ", "");
    runs(note.spans);
    end();
  }
  void write(const Notice& notice) {
    std::string head = words_.text("tone_" + std::string(to_string(notice.tone)));
    if (!notice.title.empty()) head += ": " + notice.title;
    paragraph(strong(head), "Notice");
    for (const Spans& each : notice.paragraphs) paragraph(each, "Notice");
    paragraph({}, "Normal");
  }
  void write(const CodeLines& code) {
    for (const std::string& line : code.lines) paragraph(plain(line), "CodeLines");
    paragraph({}, "Normal");
  }
  void write(const PageBreak& /*page_break*/) {
    out_ += "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>\n";
  }

  void entries(const std::vector<Entry>& all) {
    if (all.empty()) return;
    begin_table({2800, kTableWidth - 2800});
    for (const Entry& entry : all) {
      out_ += "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
      cell(strong(entry.key), ColumnKind::text);
      cell(entry.value, ColumnKind::text);
      out_ += "</w:tr>\n";
    }
    end_table();
  }
  void write(const Table& table) {
    if (!table.caption.empty()) paragraph(plain(table.caption), "Caption");
    begin_table(std::vector<int>(table.columns.size(),
                                 kTableWidth / static_cast<int>(table.columns.size())));
    out_ += "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>";
    for (const Column& column : table.columns) cell(strong(column.name), ColumnKind::text);
    out_ += "</w:tr>\n";
    for (const Row& row : table.rows) {
      out_ += "<w:tr><w:trPr><w:cantSplit/></w:trPr>";
      for (std::size_t i = 0; i < row.size(); ++i) cell(row[i], table.columns[i].kind);
      out_ += "</w:tr>\n";
    }
    end_table();
    if (table.rows.empty()) paragraph(plain(words_.text("empty_table")), "Normal");
  }
  void begin_table(const std::vector<int>& widths) {
    out_ += "<w:tbl><w:tblPr><w:tblW w:w=\"" + std::to_string(kTableWidth) +
            "\" w:type=\"dxa\"/><w:tblBorders><w:bottom w:val=\"single\" w:sz=\"4\" w:space=\"0\" "
            "w:color=\"CDD2D8\"/><w:insideH w:val=\"single\" w:sz=\"4\" w:space=\"0\" "
            "w:color=\"CDD2D8\"/></w:tblBorders></w:tblPr><w:tblGrid>";
    for (const int width : widths) {
      out_ += "<w:gridCol w:w=\"" + std::to_string(width) + "\"/>";
    }
    out_ += "</w:tblGrid>\n";
  }
  void end_table() {
    out_ += "</w:tbl>\n";
    paragraph({}, "Normal");  // Word joins tables that have no paragraph between them.
  }
  void cell(const Spans& content, ColumnKind kind) {
    out_ += "<w:tc><w:tcPr/>";
    begin("Cell", kind == ColumnKind::number ? "<w:jc w:val=\"right\"/>" : "");
    if (kind == ColumnKind::hash) {
      run_of(joined_text(content), kMono);
    } else {
      runs(content);
    }
    out_ += "</w:p></w:tc>";
  }

  const Document& document_;
  const Messages& words_;
  std::string out_;
  int numbered_lists_ = 0;
};

std::string field(std::string_view name) {
  return "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText "
         "xml:space=\"preserve\"> " +
         std::string(name) +
         " </w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t>"
         "</w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>";
}

std::string header_part(const Document& document) {
  const Messages& words = document_messages(document.language);
  std::string out = std::string(kXmlHead) + "<w:hdr" + std::string(kWordNamespaces) +
                    "><w:p><w:pPr><w:pStyle w:val=\"Cell\"/></w:pPr><w:r><w:rPr><w:b/><w:color "
                    "w:val=\"8A3B00\"/></w:rPr><w:t xml:space=\"preserve\">" +
                    escaped(words.text("draft_line")) + "</w:t></w:r>";
  std::string more;
  if (!document.classification.empty()) more += "   " + document.classification;
  if (!document.code_name.empty())
    more += "   " + words.text("case", {{"code_name", document.code_name}});
  return out + "<w:r><w:t xml:space=\"preserve\">" + escaped(more) + "</w:t></w:r></w:p></w:hdr>\n";
}

std::string footer_part(const Document& document) {
  // The message decides where the numbers stand; they are fields that the reader fills.
  const std::string text =
      document_messages(document.language).text("page_of", {{"page", "\x01"}, {"pages", "\x02"}});
  std::string out = std::string(kXmlHead) + "<w:ftr" + std::string(kWordNamespaces) +
                    "><w:p><w:pPr><w:pStyle w:val=\"Cell\"/><w:jc w:val=\"right\"/></w:pPr>";
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("\x01\x02"), rest.size());
    if (end > 0)
      out += "<w:r><w:t xml:space=\"preserve\">" + escaped(rest.substr(0, end)) + "</w:t></w:r>";
    if (end < rest.size()) out += field(rest[end] == '\x01' ? "PAGE" : "NUMPAGES");
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out + "</w:p></w:ftr>\n";
}

std::string styles_part(Language language) {
  const std::string lang = language == Language::nl ? "nl-NL" : "en-GB";
  return std::string(kXmlHead) + "<w:styles" + std::string(kWordNamespaces) +
         "><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii=\"DejaVu Sans\" "
         "w:hAnsi=\"DejaVu Sans\" w:cs=\"DejaVu Sans\"/><w:sz w:val=\"19\"/><w:lang w:val=\"" +
         lang + "\"/></w:rPr></w:rPrDefault></w:docDefaults>\n" + std::string(kStyles) +
         "</w:styles>\n";
}

std::string core_part(const Document& document) {
  const std::string time = format_utc(document.made_at);
  const auto date = [&](const char* name) {
    return "<dcterms:" + std::string(name) + " xsi:type=\"dcterms:W3CDTF\">" + time +
           "</dcterms:" + name + ">";
  };
  return std::string(kXmlHead) +
         "<cp:coreProperties "
         "xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" "
         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:dcterms=\"http://purl.org/dc/terms/\" "
         "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>" +
         escaped(document.title) + "</dc:title><dc:creator>" + escaped(document.tool) +
         "</dc:creator><dc:language>" + std::string(to_string(document.language)) +
         "</dc:language>" + date("created") + date("modified") + "</cp:coreProperties>\n";
}

}  // namespace

Result<std::string> document_docx(const Document& document) {
  if (auto checked = check_document(document); !checked) return std::move(checked).error();
  BodyWriter body(document);
  const std::string main_part = body.run();
  const std::pair<const char*, std::string> parts[] = {
      {"[Content_Types].xml", std::string(kContentTypes)},
      {"_rels/.rels", std::string(kPackageRelations)},
      {"docProps/core.xml", core_part(document)},
      {"word/document.xml", main_part},
      {"word/_rels/document.xml.rels", std::string(kDocumentRelations)},
      {"word/styles.xml", styles_part(document.language)},
      {"word/numbering.xml", body.numbering()},
      {"word/header1.xml", header_part(document)},
      {"word/footer1.xml", footer_part(document)}};
  ZipWriter zip;
  for (const auto& [name, content] : parts) {
    if (auto added = zip.add(name, content); !added) return std::move(added).error();
  }
  return std::move(zip).finish();
}

}  // namespace casebook::documents
