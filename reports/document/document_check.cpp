#include "reports/document/document_check.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/json_text.h"

namespace casebook::documents {
namespace {

/// Walks over the blocks once and keeps the first thing that is wrong.
class Checker {
 public:
  explicit Checker(const DocumentLimits& limits) : limits_(limits) {}

  Status run(const Document& document) {
    for (const std::string* text :
         {&document.title, &document.classification, &document.code_name, &document.tool}) {
      take(*text);
    }
    if (document.title.empty()) wrong("the document has no title");
    limit("blocks", document.blocks.size(), limits_.blocks_max);
    for (const Block& block : document.blocks) {
      if (error_) break;
      ++place_;
      std::visit([this](const auto& each) { look(each); }, block);
    }
    place_ = 0;
    if (notes_ != marks_.size()) wrong("a footnote has no mark, or a mark has no footnote");
    if (!marks_.empty() && *marks_.rbegin() != notes_) wrong("a mark names no footnote");
    if (error_) return *error_;
    return ok();
  }

 private:
  void wrong(std::string why, ErrorCode code = ErrorCode::invalid_input) {
    if (error_) return;
    if (place_ > 0) why = "block " + std::to_string(place_) + ": " + why;
    error_ = Error{code, std::move(why)};
  }
  void limit(const char* what, std::size_t count, std::size_t count_max) {
    if (count > count_max)
      wrong("too many " + std::string(what) + ": " + std::to_string(count) + ", at most " +
                std::to_string(count_max),
            ErrorCode::limit_exceeded);
  }
  void too_long() {
    wrong("a text is over " + std::to_string(limits_.one_text_bytes_max) + " bytes",
          ErrorCode::limit_exceeded);
  }
  void take(const std::string& text) {
    if (error_) return;
    if (text.size() > limits_.one_text_bytes_max) return too_long();
    text_bytes_ += text.size();
    if (text_bytes_ > limits_.text_bytes_max)
      return wrong("all texts together are over " + std::to_string(limits_.text_bytes_max) +
                       " bytes: make several documents",
                   ErrorCode::limit_exceeded);
    if (!is_utf8(text)) wrong("a text is not UTF-8");
  }
  void take(const Spans& spans) {
    std::size_t bytes = 0;
    for (const Span& span : spans) {
      take(span.text);
      bytes += span.text.size();
      if (bytes > limits_.one_text_bytes_max) too_long();
      if (span.kind != SpanKind::note) continue;
      const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
      if (span.text.empty() || span.text.size() > 5 || span.text.front() == '0' ||
          !std::ranges::all_of(span.text, is_digit))
        return wrong("a footnote mark is no number");
      std::size_t number = 0;
      for (const char c : span.text) number = number * 10 + static_cast<std::size_t>(c - '0');
      marks_.insert(number);
    }
  }
  void take(const std::vector<Entry>& entries) {
    for (const Entry& entry : entries) {
      take(entry.key);
      take(entry.value);
      if (entry.key.empty()) wrong("an entry has no key");
    }
  }

  void look(const TitlePage& page) {
    take(page.title);
    take(page.subtitle);
    take(page.facts);
    if (place_ != 1) wrong("a title page stands only first");
    if (page.title.empty()) wrong("the title page has no title");
  }
  void look(const Contents& /*contents*/) {}
  void look(const PageBreak& /*page_break*/) {}
  void look(const Heading& heading) {
    take(heading.text);
    if (heading.text.empty()) wrong("a heading has no text");
    if (heading.level < 1 || heading.level > 4) wrong("a heading has level 1 to 4");
    if (heading.level > level_ + 1) wrong("a heading skips a level");
    level_ = heading.level;
  }
  void look(const Paragraph& paragraph) { take(paragraph.spans); }
  void look(const List& list) {
    for (const Spans& item : list.items) take(item);
  }
  void look(const KeyValues& values) { take(values.entries); }
  void look(const CodeLines& lines) {
    for (const std::string& line : lines.lines) take(line);
  }
  void look(const Notice& notice) {
    take(notice.title);
    for (const Spans& spans : notice.paragraphs) take(spans);
  }
  void look(const Footnote& note) {
    take(note.spans);
    if (note.number != static_cast<int>(++notes_)) wrong("footnotes count from 1 in order");
  }
  void look(const Table& table) {
    take(table.caption);
    limit("columns", table.columns.size(), limits_.columns_max);
    limit("rows", table.rows.size(), limits_.rows_max);
    cells_ += table.columns.size() * table.rows.size();
    limit("table cells in the document", cells_, limits_.cells_max);
    if (table.columns.empty()) wrong("a table has no columns");
    for (const Column& column : table.columns) take(column.name);
    for (const Row& row : table.rows) {
      if (error_) return;
      if (row.size() != table.columns.size()) return wrong("a row has not one cell a column");
      for (std::size_t i = 0; i < row.size(); ++i) {
        take(row[i]);
        if (table.columns[i].kind == ColumnKind::hash) look_at_hash(row[i]);
      }
    }
  }
  void look_at_hash(const Spans& cell) {
    if (cell.empty()) return;
    const auto fits = [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             std::string_view(":+/=._-").find(c) != std::string_view::npos;
    };
    const std::string& text = cell.front().text;
    if (cell.size() != 1 || cell.front().kind != SpanKind::plain ||
        text.size() > kHashCharactersMax || !std::ranges::all_of(text, fits))
      wrong("a cell of a hash column holds one hash or nothing");
  }
  void look(const Timeline& timeline) {
    take(timeline.caption);
    take(timeline.alt);
    limit("lanes", timeline.lanes.size(), limits_.lanes_max);
    limit("events", timeline.events.size(), limits_.events_max);
    for (const std::string& lane : timeline.lanes) take(lane);
    if (timeline.events.empty() || timeline.alt.empty())
      wrong("a timeline has events and a text that describes it");
    if (!std::ranges::is_sorted(timeline.events, {}, &TimelineEvent::time))
      wrong("the events of a timeline stand in order of time");
    for (const TimelineEvent& event : timeline.events) {
      take(event.text);
      if (event.lane < 0 || static_cast<std::size_t>(event.lane) >= timeline.lanes.size())
        wrong("an event names a lane that is not there");
      if (event.time < kEarliest || event.time > kLatest) wrong("a time is outside 1970 to 9999");
    }
  }
  void look(const Bars& bars) {
    take(bars.caption);
    take(bars.alt);
    take(bars.unit);
    limit("bars", bars.bars.size(), limits_.bars_max);
    if (bars.bars.empty() || bars.alt.empty())
      wrong("a chart has bars and a text that describes it");
    for (const Bar& bar : bars.bars) {
      take(bar.label);
      if (bar.value < 0 || bar.value > kJsonIntegerMax) wrong("the value of a bar is from 0");
    }
  }

  static constexpr UtcSeconds kEarliest{};
  static constexpr UtcSeconds kLatest =
      std::chrono::sys_days(std::chrono::year(9999) / 12 / 31) + std::chrono::hours(23);

  const DocumentLimits& limits_;
  std::optional<Error> error_;
  std::size_t place_ = 0;  ///< Of the block, from 1; 0 is the document itself.
  std::size_t text_bytes_ = 0;
  std::size_t cells_ = 0;
  std::size_t notes_ = 0;
  std::set<std::size_t> marks_;
  int level_ = 0;
};

}  // namespace

Status check_document(const Document& document, const DocumentLimits& limits) {
  auto checked = Checker(limits).run(document);
  if (!checked) return std::move(checked).error().context("document");
  return ok();
}

}  // namespace casebook::documents
