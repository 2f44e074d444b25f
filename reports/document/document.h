#pragma once
/// What leaves the house, as typed blocks. Specification: docs/spec/document.md. The model says
/// what a document holds; check_document (document_check.h) says whether it keeps the rules.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace casebook::documents {

enum class Language { en, nl };
enum class SpanKind { plain, strong, code, source, note };
enum class ColumnKind { text, number, time, hash };
enum class NoticeTone { info, warning, legal };

struct Span {
  SpanKind kind = SpanKind::plain;
  std::string text;
  bool operator==(const Span&) const = default;
};
using Spans = std::vector<Span>;

struct Entry {
  std::string key;
  Spans value;
  bool operator==(const Entry&) const = default;
};

struct TitlePage {
  std::string title;
  std::string subtitle;
  std::vector<Entry> facts;
  bool operator==(const TitlePage&) const = default;
};
struct Contents {
  bool operator==(const Contents&) const = default;
};
struct Heading {
  int level = 1;
  std::string text;
  bool operator==(const Heading&) const = default;
};
struct Paragraph {
  Spans spans;
  bool operator==(const Paragraph&) const = default;
};
struct List {
  bool ordered = false;
  std::vector<Spans> items;
  bool operator==(const List&) const = default;
};
struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::text;
  bool operator==(const Column&) const = default;
};
using Row = std::vector<Spans>;  ///< One cell for each column.
struct Table {
  std::string caption;
  std::vector<Column> columns;
  std::vector<Row> rows;
  bool operator==(const Table&) const = default;
};
struct KeyValues {
  std::vector<Entry> entries;
  bool operator==(const KeyValues&) const = default;
};
struct TimelineEvent {
  UtcSeconds time;
  int lane = 0;  ///< Index into the lanes.
  std::string text;
  bool anchor = false;  ///< Fixed from outside: a receipt, a time token.
  bool operator==(const TimelineEvent&) const = default;
};
struct Timeline {
  std::string caption;
  std::string alt;
  std::vector<std::string> lanes;
  std::vector<TimelineEvent> events;  ///< In order of time.
  bool operator==(const Timeline&) const = default;
};
struct Bar {
  std::string label;
  std::int64_t value = 0;
  bool operator==(const Bar&) const = default;
};
struct Bars {
  std::string caption;
  std::string alt;
  std::string unit;
  std::vector<Bar> bars;
  bool operator==(const Bars&) const = default;
};
struct Footnote {
  int number = 1;
  Spans spans;
  bool operator==(const Footnote&) const = default;
};
struct Notice {
  NoticeTone tone = NoticeTone::info;
  std::string title;
  std::vector<Spans> paragraphs;
  bool operator==(const Notice&) const = default;
};
struct CodeLines {
  std::vector<std::string> lines;
  bool operator==(const CodeLines&) const = default;
};
struct PageBreak {
  bool operator==(const PageBreak&) const = default;
};

using Block = std::variant<TitlePage, Contents, Heading, Paragraph, List, Table, KeyValues,
                           Timeline, Bars, Footnote, Notice, CodeLines, PageBreak>;

struct FontDigest {
  std::string file;  ///< Name without folder.
  std::string sha256;
  bool operator==(const FontDigest&) const = default;
};

struct Document {
  Language language = Language::en;
  std::string title;
  std::string classification;
  std::string code_name;
  UtcSeconds made_at;  ///< From the record of the release.
  std::string tool;
  bool draft = false;
  std::vector<FontDigest> fonts;  ///< Empty: not pinned.
  std::vector<Block> blocks;
  bool operator==(const Document&) const = default;
};

std::string_view to_string(Language language) noexcept;
std::string_view to_string(SpanKind kind) noexcept;
std::string_view to_string(ColumnKind kind) noexcept;
std::string_view to_string(NoticeTone tone) noexcept;

/// One span of that kind.
inline Spans plain(std::string text) { return {{SpanKind::plain, std::move(text)}}; }
inline Spans code(std::string text) { return {{SpanKind::code, std::move(text)}}; }
inline Spans strong(std::string text) { return {{SpanKind::strong, std::move(text)}}; }

/// The texts of all spans, joined.
std::string joined_text(const Spans& spans);

/// For std::visit over blocks: a new kind of block does not compile until it is handled.
template <typename... Arms>
struct Match : Arms... {
  using Arms::operator()...;
};
template <typename... Arms>
Match(Arms...) -> Match<Arms...>;

}  // namespace casebook::documents
