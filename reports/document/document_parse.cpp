#include "reports/document/document_parse.h"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json_members.h"

namespace casebook::documents {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kListMax = 50'000;  // The rules of documents are tighter where it matters.

/// The enumerator with that name, or a refusal.
template <typename Enum>
Enum choice(JsonMembers& members, std::string_view key, std::initializer_list<Enum> all) {
  const std::string name = members.text(key);
  for (const Enum each : all) {
    if (to_string(each) == name) return each;
  }
  members.refuse("\"" + std::string(key) + "\" is not one of the known words");
  return *all.begin();
}

/// Reads each element of the array `key`; the first refusal is taken over.
template <typename T>
std::vector<T> each_of(JsonMembers& members, std::string_view key,
                       const std::function<T(const Json&, JsonMembers& failed)>& read) {
  std::vector<T> all;
  const Json* list = members.array(key, kListMax);
  if (list == nullptr) return all;
  all.reserve(list->size());
  for (const Json& element : *list) {
    if (members.failed()) return all;
    all.push_back(read(element, members));
  }
  return all;
}

/// Takes over what an inner reader refused.
void join(JsonMembers& outer, const JsonMembers& inner) {
  if (inner.failed()) outer.refuse(inner.error().message);
}

Span span_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"kind", "text"});
  const auto kind =
      choice(members, "kind",
             {SpanKind::plain, SpanKind::strong, SpanKind::code, SpanKind::source, SpanKind::note});
  Span span{kind, members.text("text")};
  join(outer, members);
  return span;
}

Spans spans_of(const Json& json, JsonMembers& outer) {
  Spans spans;
  if (!json.is_array()) {
    outer.refuse("spans are not a list");
    return spans;
  }
  for (const Json& each : json) spans.push_back(span_of(each, outer));
  return spans;
}

Spans spans_member(JsonMembers& members, std::string_view key) {
  const Json* list = members.array(key, kListMax);
  return list == nullptr ? Spans{} : spans_of(*list, members);
}

Entry entry_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"key", "value"});
  Entry entry{members.text("key"), spans_member(members, "value")};
  join(outer, members);
  return entry;
}

std::string text_of(const Json& json, JsonMembers& outer) {
  if (json.is_string()) return json.get<std::string>();
  outer.refuse("a list of texts holds something else");
  return {};
}

Block title_of(JsonMembers& members) {
  members.only({"kind", "title", "subtitle", "facts"});
  return TitlePage{members.text("title"), members.text("subtitle"),
                   each_of<Entry>(members, "facts", entry_of)};
}

Block heading_of(JsonMembers& members) {
  members.only({"kind", "level", "text"});
  return Heading{static_cast<int>(members.integer("level", 1, 4)), members.text("text")};
}

Block list_of(JsonMembers& members) {
  members.only({"kind", "ordered", "items"});
  return List{members.boolean("ordered"), each_of<Spans>(members, "items", spans_of)};
}

Block table_of(JsonMembers& members) {
  members.only({"kind", "caption", "columns", "rows"});
  const auto column_of = [](const Json& json, JsonMembers& outer) {
    JsonMembers column(json);
    column.only({"name", "kind"});
    const auto kind = choice(
        column, "kind", {ColumnKind::text, ColumnKind::number, ColumnKind::time, ColumnKind::hash});
    Column read{column.text("name"), kind};
    join(outer, column);
    return read;
  };
  const auto row_of = [](const Json& json, JsonMembers& outer) {
    Row row;
    if (!json.is_array()) outer.refuse("a row is not a list");
    for (const Json& cell : json) row.push_back(spans_of(cell, outer));
    return row;
  };
  return Table{members.text("caption"), each_of<Column>(members, "columns", column_of),
               each_of<Row>(members, "rows", row_of)};
}

Block timeline_of(JsonMembers& members) {
  members.only({"kind", "caption", "alt", "lanes", "events"});
  const auto event_of = [](const Json& json, JsonMembers& outer) {
    JsonMembers event(json);
    event.only({"time", "lane", "text", "anchor"});
    TimelineEvent read{event.time("time"), static_cast<int>(event.integer("lane", 0, 1000)),
                       event.text("text"), event.boolean("anchor")};
    join(outer, event);
    return read;
  };
  return Timeline{members.text("caption"), members.text("alt"),
                  each_of<std::string>(members, "lanes", text_of),
                  each_of<TimelineEvent>(members, "events", event_of)};
}

Block bars_of(JsonMembers& members) {
  members.only({"kind", "caption", "alt", "unit", "bars"});
  const auto bar_of = [](const Json& json, JsonMembers& outer) {
    JsonMembers bar(json);
    bar.only({"label", "value"});
    Bar read{bar.text("label"), bar.integer("value", 0, kJsonIntegerMax)};
    join(outer, bar);
    return read;
  };
  return Bars{members.text("caption"), members.text("alt"), members.text("unit"),
              each_of<Bar>(members, "bars", bar_of)};
}

Block notice_of(JsonMembers& members) {
  members.only({"kind", "tone", "title", "paragraphs"});
  const auto tone =
      choice(members, "tone", {NoticeTone::info, NoticeTone::warning, NoticeTone::legal});
  return Notice{tone, members.text("title"), each_of<Spans>(members, "paragraphs", spans_of)};
}

using ReadBlock = Block (*)(JsonMembers&);

const std::map<std::string, ReadBlock, std::less<>>& readers() {
  static const std::map<std::string, ReadBlock, std::less<>> all{
      {"title", title_of},
      {"heading", heading_of},
      {"list", list_of},
      {"table", table_of},
      {"timeline", timeline_of},
      {"bars", bars_of},
      {"notice", notice_of},
      {"contents",
       [](JsonMembers& members) -> Block {
         members.only({"kind"});
         return Contents{};
       }},
      {"page_break",
       [](JsonMembers& members) -> Block {
         members.only({"kind"});
         return PageBreak{};
       }},
      {"paragraph",
       [](JsonMembers& members) -> Block {
         members.only({"kind", "spans"});
         return Paragraph{spans_member(members, "spans")};
       }},
      {"key_values",
       [](JsonMembers& members) -> Block {
         members.only({"kind", "entries"});
         return KeyValues{each_of<Entry>(members, "entries", entry_of)};
       }},
      {"footnote",
       [](JsonMembers& members) -> Block {
         members.only({"kind", "number", "spans"});
         const auto number = static_cast<int>(members.integer("number", 1, 99'999));
         return Footnote{number, spans_member(members, "spans")};
       }},
      {"code",
       [](JsonMembers& members) -> Block {
         members.only({"kind", "lines"});
         return CodeLines{each_of<std::string>(members, "lines", text_of)};
       }},
  };
  return all;
}

Result<Block> block_of(const Json& json) {
  JsonMembers members(json);
  const std::string kind = members.text("kind");
  const auto reader = readers().find(kind);
  if (members.failed() || reader == readers().end())
    return Error{ErrorCode::invalid_input, "no known kind of block"};
  Block block = reader->second(members);
  if (members.failed()) return Error(members.error());
  return block;
}

FontDigest font_of(const Json& json, JsonMembers& outer) {
  JsonMembers members(json);
  members.only({"file", "sha256"});
  FontDigest font{members.text("file"), to_hex(members.digest("sha256"))};
  join(outer, members);
  return font;
}

}  // namespace

Result<Document> document_of_json(const Json& json) {
  JsonMembers members(json);
  members.only({"format", "language", "title", "classification", "code_name", "made_at", "tool",
                "draft", "fonts", "blocks"});
  if (members.text("format") != "casebook-document/1")
    members.refuse("\"format\" is not casebook-document/1");
  Document document;
  document.language = choice(members, "language", {Language::en, Language::nl});
  document.title = members.text("title");
  document.classification = members.text("classification");
  document.code_name = members.text("code_name");
  document.made_at = members.time("made_at");
  document.tool = members.text("tool");
  document.draft = members.boolean("draft");
  document.fonts = each_of<FontDigest>(members, "fonts", font_of);
  const Json* blocks = members.array("blocks", kListMax);
  if (members.failed()) return Error(members.error());
  for (const Json& each : *blocks) {
    auto block = block_of(each);
    if (!block)
      return std::move(block).error().context("block " +
                                              std::to_string(document.blocks.size() + 1));
    document.blocks.push_back(*std::move(block));
  }
  return document;
}

}  // namespace casebook::documents
