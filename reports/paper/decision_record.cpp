#include "reports/paper/decision_record.h"

#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text += (text.empty() ? "" : "; ") + each;
  return text;
}

void add_entry(KeyValues& values, const std::string& key, const std::string& text) {
  if (!text.empty()) values.entries.push_back({key, plain(text)});
}

void add_overview(Document& document, const Messages& words,
                  const std::vector<RecordedDecision>& decisions) {
  document.blocks.emplace_back(Heading{1, words.text("decisions.overview")});
  Table table{"",
              {{words.text("decisions.number"), ColumnKind::text},
               {words.text("decisions.time"), ColumnKind::time},
               {words.text("decisions.decision"), ColumnKind::text},
               {words.text("decisions.by"), ColumnKind::text}},
              {}};
  for (const RecordedDecision& each : decisions) {
    table.rows.push_back({plain(each.number), plain(format_utc(each.time)), plain(each.decision),
                          plain(joined(each.decided_by))});
  }
  document.blocks.emplace_back(std::move(table));
}

void add_decision(Document& document, const Messages& words, const RecordedDecision& decision) {
  document.blocks.emplace_back(Heading{2, decision.number + " " + decision.question});
  KeyValues values;
  add_entry(values, words.text("decisions.decision"), decision.decision);
  add_entry(values, words.text("decisions.time"), format_utc(decision.time));
  add_entry(values, words.text("decisions.by"), joined(decision.decided_by));
  add_entry(values, words.text("decisions.consulted"), joined(decision.consulted));
  add_entry(values, words.text("decisions.reasons"), decision.reasons);
  add_entry(values, words.text("decisions.alternatives"), joined(decision.alternatives));
  add_entry(values, words.text("decisions.basis"), joined(decision.basis));
  add_entry(values, words.text("decisions.dissent"), decision.dissent);
  add_entry(values, words.text("decisions.replaced"), decision.replaced);
  document.blocks.emplace_back(std::move(values));
}

}  // namespace

Document decision_record(const DecisionRecordInput& input) {
  const Messages& words = document_messages(input.head.language);
  Document document = begin_paper(input.head, words.text("decisions.title"));
  document.blocks.emplace_back(
      TitlePage{words.text("decisions.title"),
                "",
                {{words.text("paper.organisation"), plain(input.organisation)},
                 {words.text("paper.case"), plain(input.head.code_name)},
                 {words.text("sitrep.as_of"), plain(format_utc(input.head.made_at))}}});
  if (input.decisions.empty()) {
    document.blocks.emplace_back(Paragraph{plain(words.text("decisions.none"))});
  } else {
    add_overview(document, words, input.decisions);
    document.blocks.emplace_back(Heading{1, words.text("decisions.each")});
    for (const RecordedDecision& each : input.decisions) add_decision(document, words, each);
  }
  if (!input.ledger_head.empty()) {
    document.blocks.emplace_back(
        KeyValues{{{words.text("sitrep.ledger_head"), code(input.ledger_head)}}});
  }
  return document;
}

}  // namespace casebook::papers
