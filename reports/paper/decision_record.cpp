#include "reports/paper/decision_record.h"

#include <algorithm>

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
               {words.text("decisions.question"), ColumnKind::text},
               {words.text("decisions.decision"), ColumnKind::text},
               {words.text("decisions.by"), ColumnKind::text}},
              {}};
  for (const RecordedDecision& each : decisions) {
    table.rows.push_back({plain(each.number), plain(format_utc(each.time)), plain(each.question),
                          plain(each.decision), plain(joined(each.decided_by))});
  }
  document.blocks.emplace_back(std::move(table));
}

/// More to say of it than the overview does.
bool has_more(const RecordedDecision& decision) {
  return !decision.reasons.empty() || !decision.alternatives.empty() || !decision.basis.empty() ||
         !decision.consulted.empty() || !decision.dissent.empty() || !decision.replaced.empty();
}

void add_decision(Document& document, const Messages& words, const RecordedDecision& decision) {
  document.blocks.emplace_back(Heading{
      2, decision.number.empty() ? decision.question : decision.number + " " + decision.question});
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
      TitlePage{words.text("decisions.title"), "",
                said({{words.text("paper.organisation"), plain(input.organisation)},
                      {words.text("paper.case"), plain(input.head.code_name)},
                      {words.text("sitrep.as_of"), plain(format_utc(input.head.made_at))}})});
  if (input.decisions.empty()) {
    document.blocks.emplace_back(Paragraph{plain(words.text("decisions.none"))});
  } else {
    add_overview(document, words, input.decisions);
    if (std::ranges::any_of(input.decisions, has_more)) {
      document.blocks.emplace_back(Heading{1, words.text("decisions.each")});
    }
    for (const RecordedDecision& each : input.decisions) {
      if (has_more(each)) add_decision(document, words, each);
    }
  }
  if (!input.other_views.empty()) {
    document.blocks.emplace_back(Heading{1, words.text("decisions.other_views")});
    List list;
    for (const std::string& view : input.other_views) list.items.push_back(plain(view));
    document.blocks.emplace_back(std::move(list));
  }
  if (!input.ledger_head.empty()) {
    document.blocks.emplace_back(
        KeyValues{{{words.text("sitrep.ledger_head"), code(input.ledger_head)}}});
  }
  return document;
}

}  // namespace casebook::papers
