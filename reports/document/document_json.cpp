#include "reports/document/document_json.h"

#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "reports/document/document_check.h"
#include "reports/document/document_parse.h"

namespace casebook::documents {
namespace {

using Json = nlohmann::json;

Json json_of(const Spans& spans) {
  Json list = Json::array();
  for (const Span& span : spans) {
    list.push_back({{"kind", std::string(to_string(span.kind))}, {"text", span.text}});
  }
  return list;
}

Json json_of(const std::vector<Spans>& items) {
  Json list = Json::array();
  for (const Spans& item : items) list.push_back(json_of(item));
  return list;
}

Json json_of(const std::vector<Entry>& entries) {
  Json list = Json::array();
  for (const Entry& entry : entries) {
    list.push_back({{"key", entry.key}, {"value", json_of(entry.value)}});
  }
  return list;
}

Json table_json(const Table& table) {
  Json columns = Json::array();
  for (const Column& column : table.columns) {
    columns.push_back({{"name", column.name}, {"kind", std::string(to_string(column.kind))}});
  }
  Json rows = Json::array();
  for (const Row& row : table.rows) rows.push_back(json_of(row));
  return {{"kind", "table"}, {"caption", table.caption}, {"columns", columns}, {"rows", rows}};
}

Json timeline_json(const Timeline& timeline) {
  Json events = Json::array();
  for (const TimelineEvent& event : timeline.events) {
    events.push_back({{"time", format_utc(event.time)},
                      {"lane", event.lane},
                      {"text", event.text},
                      {"anchor", event.anchor}});
  }
  return {{"kind", "timeline"},
          {"caption", timeline.caption},
          {"alt", timeline.alt},
          {"lanes", timeline.lanes},
          {"events", events}};
}

Json bars_json(const Bars& bars) {
  Json list = Json::array();
  for (const Bar& bar : bars.bars) list.push_back({{"label", bar.label}, {"value", bar.value}});
  return {{"kind", "bars"},
          {"caption", bars.caption},
          {"alt", bars.alt},
          {"unit", bars.unit},
          {"bars", list}};
}

Json block_json(const Block& block) {
  return std::visit(
      Match{[](const TitlePage& page) {
              return Json{{"kind", "title"},
                          {"title", page.title},
                          {"subtitle", page.subtitle},
                          {"facts", json_of(page.facts)}};
            },
            [](const Contents&) {
              return Json{{"kind", "contents"}};
            },
            [](const PageBreak&) {
              return Json{{"kind", "page_break"}};
            },
            [](const Heading& heading) {
              return Json{{"kind", "heading"}, {"level", heading.level}, {"text", heading.text}};
            },
            [](const Paragraph& paragraph) {
              return Json{{"kind", "paragraph"}, {"spans", json_of(paragraph.spans)}};
            },
            [](const List& list) {
              return Json{
                  {"kind", "list"}, {"ordered", list.ordered}, {"items", json_of(list.items)}};
            },
            [](const Table& table) { return table_json(table); },
            [](const KeyValues& values) {
              return Json{{"kind", "key_values"}, {"entries", json_of(values.entries)}};
            },
            [](const Timeline& timeline) { return timeline_json(timeline); },
            [](const Bars& bars) { return bars_json(bars); },
            [](const Footnote& note) {
              return Json{
                  {"kind", "footnote"}, {"number", note.number}, {"spans", json_of(note.spans)}};
            },
            [](const Notice& notice) {
              return Json{{"kind", "notice"},
                          {"tone", std::string(to_string(notice.tone))},
                          {"title", notice.title},
                          {"paragraphs", json_of(notice.paragraphs)}};
            },
            [](const CodeLines& code) {
              return Json{{"kind", "code"}, {"lines", code.lines}};
            }},
      block);
}

}  // namespace

Result<Document> parse_document(std::string_view text) {
  const auto json = parse_canonical_json(text);
  if (!json) return Error(json.error()).context("document");
  auto document = document_of_json(*json);
  if (!document) return std::move(document).error().context("document");
  if (auto checked = check_document(*document); !checked) return std::move(checked).error();
  return document;
}

Result<std::string> document_json(const Document& document) {
  if (auto checked = check_document(document); !checked) return std::move(checked).error();
  Json blocks = Json::array();
  for (const Block& block : document.blocks) blocks.push_back(block_json(block));
  Json fonts = Json::array();
  for (const FontDigest& font : document.fonts) {
    fonts.push_back({{"file", font.file}, {"sha256", font.sha256}});
  }
  return canonical_json({{"format", "casebook-document/1"},
                         {"language", std::string(to_string(document.language))},
                         {"title", document.title},
                         {"classification", document.classification},
                         {"code_name", document.code_name},
                         {"made_at", format_utc(document.made_at)},
                         {"tool", document.tool},
                         {"draft", document.draft},
                         {"fonts", std::move(fonts)},
                         {"blocks", std::move(blocks)}});
}

}  // namespace casebook::documents
