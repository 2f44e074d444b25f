#include "reports/paper/sitrep.h"

#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

Spans spans_of(const SitrepStatement& statement) {
  Spans spans = plain(statement.text);
  if (!statement.confidence.empty())
    spans.push_back({SpanKind::strong, " (" + statement.confidence + ")"});
  if (!statement.source.empty()) spans.push_back({SpanKind::source, statement.source});
  return spans;
}

void add_section(Document& document, const Messages& words, const char* heading,
                 const std::vector<SitrepStatement>& statements) {
  document.blocks.emplace_back(Heading{1, words.text(heading)});
  if (statements.empty()) {
    document.blocks.emplace_back(Paragraph{plain(words.text("sitrep.nothing"))});
    return;
  }
  List list;
  for (const SitrepStatement& statement : statements) list.items.push_back(spans_of(statement));
  document.blocks.emplace_back(std::move(list));
}

}  // namespace

Document sitrep(const SitrepInput& input) {
  const Messages& words = document_messages(input.head.language);
  const std::string title = words.text("sitrep.title", {{"number", std::to_string(input.number)}});
  Document document = begin_paper(input.head, title);
  document.blocks.emplace_back(
      TitlePage{title,
                "",
                {{words.text("paper.case"), plain(input.head.code_name)},
                 {words.text("sitrep.as_of"), plain(format_utc(input.head.made_at))},
                 {words.text("sitrep.severity"), plain(input.severity)},
                 {words.text("sitrep.phase"), plain(input.phase)},
                 {words.text("sitrep.commander"), plain(input.commander)}}});
  add_section(document, words, "sitrep.changes", input.changes);
  add_section(document, words, "sitrep.known", input.known);
  add_section(document, words, "sitrep.unknown", input.unknown);
  document.blocks.emplace_back(Heading{1, words.text("sitrep.clocks")});
  Table clocks{"",
               {{words.text("sitrep.clock"), ColumnKind::text},
                {words.text("sitrep.left"), ColumnKind::text},
                {words.text("sitrep.due"), ColumnKind::text},
                {words.text("sitrep.state"), ColumnKind::text}},
               {}};
  for (const SitrepClock& clock : input.clocks) {
    clocks.rows.push_back(
        {plain(clock.name), plain(clock.left), plain(clock.due), plain(clock.state)});
  }
  document.blocks.emplace_back(std::move(clocks));
  add_section(document, words, "sitrep.next", input.next);
  if (!input.course.events.empty()) {
    document.blocks.emplace_back(Heading{1, words.text("sitrep.course")});
    document.blocks.emplace_back(input.course);
  }
  if (!input.ledger_head.empty()) {
    document.blocks.emplace_back(
        KeyValues{{{words.text("sitrep.ledger_head"), code(input.ledger_head)}}});
  }
  return document;
}

}  // namespace casebook::papers
