#include "reports/document/text_writer.h"

#include <algorithm>

#include "core/text_width.h"
#include "reports/document/document_check.h"
#include "reports/document/document_messages.h"
#include "reports/document/drawing.h"
#include "reports/document/visible_text.h"

namespace casebook::documents {
namespace {

constexpr int kColumns = 78;

std::size_t blanks(int count) { return static_cast<std::size_t>(std::max(0, count)); }

/// The front of `word` that takes at most `width` columns, at least one character.
std::string_view front_of(std::string_view word, int width) {
  std::size_t end = 0;
  for (std::size_t at = 0; at < word.size();) {
    next_character(word, at);
    if (end > 0 && display_width(word.substr(0, at)) > width) break;
    end = at;
  }
  return word.substr(0, end);
}

/// Breaks at blanks, and a word that is too long where the line ends.
std::vector<std::string> wrapped(std::string_view text, int width) {
  std::vector<std::string> lines;
  std::string line;
  int used = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const int word_width = display_width(word);
    if (used > 0 && used + 1 + word_width > width) {
      lines.push_back(std::move(line));
      line.clear();
      used = 0;
    } else if (used > 0) {
      line += ' ';
      ++used;
    }
    while (display_width(word) > width) {
      const std::string_view front = front_of(word, width);
      lines.emplace_back(front);
      word.remove_prefix(front.size());
    }
    line += word;
    used += display_width(word);
  }
  if (!line.empty() || lines.empty()) lines.push_back(std::move(line));
  return lines;
}

std::string text_of(const Spans& spans) {
  std::string text;
  for (const Span& span : spans) {
    if (span.kind == SpanKind::source) {
      text += " [" + visible_text(span.text) + "]";
    } else if (span.kind == SpanKind::note) {
      text += "[" + span.text + "]";
    } else {
      text += visible_text(span.text);
    }
  }
  return text;
}

class TextWriter {
 public:
  explicit TextWriter(const Document& document)
      : document_(document), words_(document_messages(document.language)) {}

  std::string run() {
    marking();
    const bool own_title =
        !document_.blocks.empty() && std::holds_alternative<TitlePage>(document_.blocks.front());
    if (!own_title) underlined(document_.title, '=');
    for (const Block& block : document_.blocks) {
      std::visit([this](const auto& each) { write(each); }, block);
    }
    out_ += '\n';
    lines("",
          words_.text("made", {{"time", format_utc(document_.made_at)}, {"tool", document_.tool}}));
    return std::move(out_);
  }

 private:
  /// Writes `text` behind `first`; further lines stand below the text.
  void lines(const std::string& first, const std::string& text) {
    const int indent = display_width(first);
    std::string before = first;
    for (const std::string& line : wrapped(text, kColumns - indent)) {
      out_ += before + line + "\n";
      before = std::string(blanks(indent), ' ');
    }
  }
  void underlined(const std::string& text, char rule) {
    int widest = 0;
    for (const std::string& line : wrapped(visible_text(text), kColumns)) {
      out_ += line + "\n";
      widest = std::max(widest, display_width(line));
    }
    out_ += std::string(blanks(widest), rule) + "\n";
  }
  void marking() {
    if (document_.draft) lines("", words_.text("draft_line"));
    std::string line = visible_text(document_.classification);
    if (!document_.code_name.empty())
      line += (line.empty() ? "" : "   ") +
              words_.text("case", {{"code_name", visible_text(document_.code_name)}});
    if (!line.empty()) lines("", line);
    if (!out_.empty()) out_ += '\n';
  }
  void entries(const std::vector<Entry>& all) {
    int widest = 0;
    for (const Entry& entry : all) {
      widest = std::max(widest, display_width(visible_text(entry.key)));
    }
    widest = std::min(widest, 24);
    for (const Entry& entry : all) {
      std::string key = visible_text(entry.key);
      const std::string value = text_of(entry.value);
      // A long word, such as a digest, stays whole on a line of its own.
      const bool below = value.find(' ') == std::string::npos &&
                         display_width(value) <= kColumns - 4 &&
                         display_width(value) > kColumns - widest - 2;
      if (display_width(key) > widest || below) {
        lines("", key);
        key.clear();
      }
      if (below) {
        lines("    ", value);
        continue;
      }
      lines(key + std::string(blanks(widest + 2 - display_width(key)), ' '), text_of(entry.value));
    }
  }

  void write(const TitlePage& page) {
    underlined(page.title, '=');
    if (!page.subtitle.empty()) lines("", visible_text(page.subtitle));
    if (!page.facts.empty()) out_ += '\n';
    entries(page.facts);
  }
  void write(const Contents& /*contents*/) {
    out_ += "\n" + words_.text("contents") + "\n";
    for (const Block& block : document_.blocks) {
      const auto* heading = std::get_if<Heading>(&block);
      if (heading != nullptr && heading->level <= 2)
        lines(std::string(blanks(2 * heading->level), ' '), visible_text(heading->text));
    }
  }
  void write(const Heading& heading) {
    out_ += '\n';
    if (heading.level <= 2) {
      underlined(heading.text, heading.level == 1 ? '=' : '-');
    } else {
      lines(heading.level == 3 ? "# " : "## ", visible_text(heading.text));
    }
  }
  void write(const Paragraph& paragraph) {
    out_ += '\n';
    lines("", text_of(paragraph.spans));
  }
  void write(const List& list) {
    out_ += '\n';
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      lines(list.ordered ? std::to_string(i + 1) + ". " : "- ", text_of(list.items[i]));
    }
  }
  void write(const Table& table) {
    out_ += '\n';
    if (!table.caption.empty()) lines("", visible_text(table.caption));
    write_table(table);
  }
  void write(const KeyValues& values) {
    out_ += '\n';
    entries(values.entries);
  }
  void write(const Timeline& timeline) {
    figure(timeline.caption, timeline.alt, table_of(timeline, document_.language));
  }
  void write(const Bars& bars) {
    figure(bars.caption, bars.alt, table_of(bars, document_.language));
  }
  void write(const Footnote& note) {
    lines("[" + std::to_string(note.number) + "] ", text_of(note.spans));
  }
  void write(const Notice& notice) {
    out_ += '\n';
    std::string head = words_.text("tone_" + std::string(to_string(notice.tone)));
    if (!notice.title.empty()) head += ": " + visible_text(notice.title);
    bar(head);
    for (const Spans& paragraph : notice.paragraphs) bar(text_of(paragraph));
  }
  void bar(const std::string& text) {
    for (const std::string& line : wrapped(text, kColumns - 2)) out_ += "| " + line + "\n";
  }
  void write(const CodeLines& code) {
    out_ += '\n';
    for (const std::string& line : code.lines) out_ += "    " + visible_text(line) + "\n";
  }
  void write(const PageBreak& /*page_break*/) { out_ += '\n'; }

  void figure(const std::string& caption, const std::string& alt, const Table& table) {
    out_ += '\n';
    ++figures_;
    lines("", caption.empty() ? words_.text("figure") + " " + std::to_string(figures_)
                              : visible_text(caption));
    lines("", visible_text(alt));
    write_table(table);
  }

  void write_table(const Table& table) {
    std::vector<int> widths;
    for (const Column& column : table.columns) {
      widths.push_back(display_width(visible_text(column.name)));
    }
    for (const Row& row : table.rows) {
      for (std::size_t i = 0; i < row.size(); ++i) {
        widths[i] = std::max(widths[i], display_width(text_of(row[i])));
      }
    }
    if (table.rows.empty()) {
      lines("", words_.text("empty_table"));
    } else if (narrowed(table, widths)) {
      columns(table, widths);
    } else {
      records(table);
    }
  }
  /// Takes columns from the widest texts until the table fits. @return whether it does.
  static bool narrowed(const Table& table, std::vector<int>& widths) {
    constexpr int kNarrowest = 12;
    int all = -2;
    for (const int width : widths) all += width + 2;
    while (all > kColumns) {
      std::size_t widest = widths.size();
      for (std::size_t i = 0; i < widths.size(); ++i) {
        if (table.columns[i].kind == ColumnKind::text && widths[i] > kNarrowest &&
            (widest == widths.size() || widths[i] > widths[widest]))
          widest = i;
      }
      if (widest == widths.size()) return false;
      --widths[widest];
      --all;
    }
    return true;
  }
  void columns(const Table& table, const std::vector<int>& widths) {
    Row names;
    Row rules;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      names.push_back(plain(table.columns[i].name));
      rules.push_back(plain(std::string(blanks(widths[i]), '-')));
    }
    line_of(names, table, widths);
    line_of(rules, table, widths);
    for (const Row& row : table.rows) line_of(row, table, widths);
  }
  void line_of(const Row& row, const Table& table, const std::vector<int>& widths) {
    std::vector<std::vector<std::string>> cells;
    std::size_t count = 1;
    for (std::size_t i = 0; i < row.size(); ++i) {
      cells.push_back(wrapped(text_of(row[i]), widths[i]));
      count = std::max(count, cells.back().size());
    }
    for (std::size_t at = 0; at < count; ++at) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (i > 0) line += "  ";
        const std::string cell = at < cells[i].size() ? cells[i][at] : std::string();
        const std::string gap(blanks(widths[i] - display_width(cell)), ' ');
        line += table.columns[i].kind == ColumnKind::number ? gap + cell : cell + gap;
      }
      while (line.ends_with(' ')) line.pop_back();
      out_ += line + "\n";
    }
  }
  void records(const Table& table) {
    int number = 0;
    for (const Row& row : table.rows) {
      std::string before = std::to_string(++number) + ". ";
      const std::string indent(before.size(), ' ');
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string cell = text_of(row[i]);
        // The number of the row stands in front already.
        if (cell.empty() || (i == 0 && cell == std::to_string(number))) continue;
        const std::string key = visible_text(table.columns[i].name) + ": ";
        if (display_width(before + key) + std::min(display_width(cell), 64) <= kColumns) {
          lines(before, key + cell);
        } else {  // A hash or a long path stands on lines of its own.
          lines(before, key);
          lines(indent + "  ", cell);
        }
        before = indent;
      }
    }
  }

  const Document& document_;
  const Messages& words_;
  std::string out_;
  int figures_ = 0;
};

}  // namespace

Result<std::string> document_text(const Document& document) {
  if (auto checked = check_document(document); !checked) return std::move(checked).error();
  return TextWriter(document).run();
}

}  // namespace casebook::documents
