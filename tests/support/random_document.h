#pragma once
/// Documents of every shape, made from a seed. Every text holds a word of its own, so that a text
/// that is lost is missed.

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "tests/support/sample_document.h"

namespace casebook::documents {

class RandomDocument {
 public:
  explicit RandomDocument(unsigned seed) : engine_(seed) {}

  Document make(int blocks_max = 24) {
    Document document = empty_sample(chance(50) ? Language::en : Language::nl);
    document.title = text(40);
    document.draft = chance(30);
    if (chance(50)) document.blocks.emplace_back(TitlePage{text(60), text(60), entries()});
    if (chance(50)) document.blocks.emplace_back(Contents{});
    const std::size_t count = 3 + below(static_cast<std::size_t>(blocks_max));
    for (std::size_t i = 0; i < count; ++i) add_block(document.blocks);
    // A heading heads something.
    document.blocks.emplace_back(Paragraph{spans(200)});
    for (std::size_t i = 0; i < marks_.size(); ++i) {  // A note may hold a mark of a further one.
      document.blocks.emplace_back(Footnote{static_cast<int>(i + 1), spans(80)});
    }
    return document;
  }

  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

  /// Hostile, foreign and ordinary words, about `length` bytes, with one unique word.
  std::string text(std::size_t length) {
    static const std::array<std::string, 18> kWords{"the",
                                                    "account",
                                                    "was",
                                                    "used",
                                                    "<b>bold</b>",
                                                    "&amp;",
                                                    "\"quoted\"",
                                                    "{{name}}",
                                                    "\u202Egnp.exe",
                                                    "\x1b[2J",
                                                    "Ωmega",
                                                    "Привет",
                                                    "ünïcode",
                                                    "中文",
                                                    "a\nb",
                                                    "=1+1",
                                                    "C:\\Windows\\System32\\drivers\\etc",
                                                    "fi-ffi"};
    std::string out = "w" + std::to_string(++words_) + "x";
    while (out.size() < length) {
      if (chance(3)) {
        out += " " + std::string(40 + below(120), static_cast<char>('a' + below(26)));
      } else if (chance(4)) {
        out += " " + sample_hash(out);
      } else {
        out += " " + kWords[below(kWords.size())];
      }
    }
    return out;
  }

 private:
  Spans spans(std::size_t length) {
    Spans all;
    const std::size_t count = 1 + below(4);
    for (std::size_t i = 0; i < count; ++i) {
      const SpanKind kinds[] = {SpanKind::plain, SpanKind::strong, SpanKind::code,
                                SpanKind::source};
      all.push_back({kinds[below(4)], (i > 0 ? " " : "") + text(1 + below(length))});
    }
    if (chance(10)) {
      marks_.push_back(std::to_string(marks_.size() + 1));
      all.push_back({SpanKind::note, marks_.back()});
    }
    return all;
  }
  std::vector<Entry> entries() {
    std::vector<Entry> all;
    for (std::size_t i = below(6); i > 0; --i) all.push_back({text(20), spans(60)});
    return all;
  }
  Table table() {
    Table made;
    made.caption = chance(70) ? text(30) : "";
    const ColumnKind kinds[] = {ColumnKind::text, ColumnKind::text, ColumnKind::number,
                                ColumnKind::time, ColumnKind::hash};
    for (std::size_t i = 1 + below(5); i > 0; --i)
      made.columns.push_back({text(8), kinds[below(5)]});
    for (std::size_t i = below(70); i > 0; --i) {
      Row row;
      for (const Column& column : made.columns) {
        if (column.kind == ColumnKind::hash) {
          row.push_back(plain(sample_hash(std::to_string(++words_))));
        } else if (column.kind == ColumnKind::text) {
          row.push_back(chance(5) ? Spans{} : spans(40));
        } else {
          row.push_back(column.kind == ColumnKind::time ? plain(format_utc(sample_time(++words_)))
                                                        : plain(std::to_string(1000 + ++words_)));
        }
      }
      made.rows.push_back(std::move(row));
    }
    return made;
  }
  Timeline timeline() {
    Timeline made{text(30), text(60), {}, {}};
    for (std::size_t i = 1 + below(5); i > 0; --i) made.lanes.push_back(text(20));
    int minutes = 0;
    for (std::size_t i = 1 + below(20); i > 0; --i) {
      minutes += static_cast<int>(below(chance(20) ? 50'000 : 30));
      made.events.push_back(
          {sample_time(minutes), static_cast<int>(below(made.lanes.size())), text(40), chance(20)});
    }
    return made;
  }
  Bars bars() {
    Bars made{text(30), text(60), chance(50) ? text(6) : "", {}};
    for (std::size_t i = 1 + below(12); i > 0; --i) {
      made.bars.push_back(
          {text(20), static_cast<std::int64_t>(below(std::size_t{1} << below(50)))});
    }
    return made;
  }
  void add_block(std::vector<Block>& blocks) {
    switch (below(11)) {
      case 0:
      case 1:
      case 2:
        level_ = 1 + static_cast<int>(below(static_cast<std::size_t>(std::min(level_ + 1, 4))));
        blocks.emplace_back(Heading{level_, text(50)});
        break;
      case 3:
        blocks.emplace_back(table());
        break;
      case 4: {
        List list{chance(50), {}};
        for (std::size_t i = below(8); i > 0; --i) list.items.push_back(spans(90));
        blocks.emplace_back(std::move(list));
        break;
      }
      case 5:
        blocks.emplace_back(KeyValues{entries()});
        break;
      case 6:
        if (chance(50)) {
          blocks.emplace_back(timeline());
        } else {
          blocks.emplace_back(bars());
        }
        break;
      case 7:
        blocks.emplace_back(Notice{static_cast<NoticeTone>(below(3)), text(20), {spans(200)}});
        break;
      case 8:
        blocks.emplace_back(CodeLines{{text(40), text(120)}});
        break;
      default:
        blocks.emplace_back(Paragraph{spans(500)});
    }
    if (chance(4)) blocks.emplace_back(PageBreak{});
  }

  std::mt19937_64 engine_;
  int words_ = 0;
  int level_ = 0;
  std::vector<std::string> marks_;
};

/// Every text of a document that a writer must show, in no order; not the numbers of footnotes.
inline std::vector<std::string> texts_of(const Document& document) {
  std::vector<std::string> all;
  const auto take = [&](const std::string& text) {
    if (!text.empty()) all.push_back(text);
  };
  const auto take_spans = [&](const Spans& spans) {
    for (const Span& span : spans) take(span.text);
  };
  const auto take_entries = [&](const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      take(entry.key);
      take_spans(entry.value);
    }
  };
  for (const Block& block : document.blocks) {
    std::visit(Match{[&](const TitlePage& page) {
                       take(page.title);
                       take(page.subtitle);
                       take_entries(page.facts);
                     },
                     [](const Contents&) {}, [](const PageBreak&) {},
                     [&](const Heading& heading) { take(heading.text); },
                     [&](const Paragraph& paragraph) { take_spans(paragraph.spans); },
                     [&](const List& list) {
                       for (const Spans& item : list.items) take_spans(item);
                     },
                     [&](const Table& table) {
                       take(table.caption);
                       for (const Column& column : table.columns) take(column.name);
                       for (const Row& row : table.rows) {
                         for (const Spans& cell : row) take_spans(cell);
                       }
                     },
                     [&](const KeyValues& values) { take_entries(values.entries); },
                     [&](const Timeline& timeline) {
                       take(timeline.caption);
                       for (const TimelineEvent& event : timeline.events) {
                         take(event.text);
                         take(timeline.lanes[static_cast<std::size_t>(event.lane)]);
                         take(format_utc(event.time));
                       }
                     },
                     [&](const Bars& bars) {
                       take(bars.caption);
                       take(bars.unit);
                       for (const Bar& bar : bars.bars) {
                         take(bar.label);
                         take(std::to_string(bar.value));
                       }
                     },
                     [&](const Footnote& note) { take_spans(note.spans); },
                     [&](const Notice& notice) {
                       take(notice.title);
                       for (const Spans& spans : notice.paragraphs) take_spans(spans);
                     },
                     [&](const CodeLines& code) {
                       for (const std::string& line : code.lines) take(line);
                     }},
               block);
  }
  return all;
}

inline std::string without_blanks(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f') out += c;
  }
  return out;
}

}  // namespace casebook::documents
