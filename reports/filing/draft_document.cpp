#include "reports/filing/draft_document.h"

#include "reports/filing/draft_blocks.h"
#include "reports/filing/filing_messages.h"
#include "reports/filing/law_words.h"
#include "reports/filing/letter.h"

namespace casebook::filing {

using namespace documents;

namespace {

Spans reviewed_spans(const DraftField& field, const Messages& words, const SourceNumbers& numbers) {
  Spans spans = field_spans(field, words, &numbers);
  if (field.state == FieldState::filled) return spans;
  if (!spans.empty()) spans.push_back({SpanKind::plain, " "});
  spans.push_back(
      {SpanKind::strong, words.text("fields.state." + std::string(to_string(field.state)))});
  return spans;
}

/// What the law asks there, in words; what is about no field stays as it is.
Spans where_words(const Draft& draft, const std::string& where) {
  const DraftField* field = draft.find(where);
  if (field != nullptr && !field->requirement.empty()) return plain(one_line(field->requirement));
  return where.find(' ') == std::string::npos ? plain(where) : plain(draft.law.title);
}

void add_findings(Document& document, const Draft& draft, const std::vector<DraftFinding>& findings,
                  const Messages& words) {
  add_heading(document, 1, words.text("findings.title"));
  if (findings.empty()) {
    add_paragraph(document, words.text("findings.none"));
    return;
  }
  Table table{"",
              {{words.text("findings.level"), ColumnKind::text},
               {words.text("findings.where"), ColumnKind::text},
               {words.text("findings.what"), ColumnKind::text},
               {words.text("findings.todo"), ColumnKind::text}},
              {}};
  for (const DraftFinding& finding : findings) {
    table.rows.push_back({plain(words.text("level." + std::string(to_string(finding.level)))),
                          where_words(draft, finding.where), plain(one_line(finding.say)),
                          plain(one_line(finding.todo))});
  }
  document.blocks.emplace_back(std::move(table));
}

/// Forms number their fields; elsewhere the clause says which one it is.
bool is_form(const Draft& draft) { return !draft.fields.empty() && !draft.fields[0].type.empty(); }

Spans field_name(const Draft& draft, const DraftField& field) {
  if (!is_form(draft)) return plain(one_line(field.clause));
  const std::size_t dash = field.id.find('-');  // "its-2.1": the form says 2.1.
  return plain(dash == std::string::npos ? field.id : field.id.substr(dash + 1));
}

Table table_of_fields(const Draft& draft, const Messages& words) {
  return {"",
          {{words.text(is_form(draft) ? "fields.id" : "fields.clause"), ColumnKind::text},
           {words.text("fields.requirement"), ColumnKind::text},
           {words.text("fields.text"), ColumnKind::text}},
          {}};
}

void add_field_table(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("fields.title"));
  Table table = table_of_fields(draft, words);
  const SourceNumbers numbers = numbers_of(draft);
  for (const DraftField& field : draft.fields) {
    table.rows.push_back({field_name(draft, field), plain(field.requirement),
                          reviewed_spans(field, words, numbers)});
  }
  document.blocks.emplace_back(std::move(table));
}

void add_missing(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("missing.title"));
  const std::vector<Missing> missing = draft.missing();
  if (missing.empty()) {
    add_paragraph(document, words.text("missing.none"));
    return;
  }
  Table table{"",
              {{words.text("missing.name"), ColumnKind::text},
               {words.text("missing.meaning"), ColumnKind::text},
               {words.text("missing.decided_by"), ColumnKind::text}},
              {}};
  const LawWords& law = LawWords::of(draft.language);
  for (const Missing& each : missing)
    table.rows.push_back(
        {code(each.name), plain(law.phrase(each.meaning)), plain(law.phrase(each.decided_by))});
  document.blocks.emplace_back(std::move(table));
}

void add_not_draftable(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("not_draftable.title"));
  add_paragraph(document,
                words.text("not_draftable.text",
                           {{"name", draft.law.name},
                            {"recipient", draft.law.recipient},
                            {"clause", draft.law.clause},
                            {"limit", LawWords::of(draft.language).phrase(draft.law.limit)}}));
}

/// One heading for each field, with its answer under it.
void add_field_sections(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("fields.title"));
  const SourceNumbers numbers = numbers_of(draft);
  for (const DraftField& field : draft.fields) {
    if (field.state == FieldState::about || field.state == FieldState::not_asked) continue;
    add_heading(document, 2, field.requirement);
    if (field.parts.empty()) add_paragraph(document, words.text("fields.none_given"));
    for (const Part& part : field.parts) {
      DraftField line = field;
      line.parts = {part};
      document.blocks.emplace_back(Paragraph{field_spans(line, words, &numbers)});
    }
  }
}

/// Forms with numbered fields read better as a table.
void add_form(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("fields.title"));
  Table table = table_of_fields(draft, words);
  const SourceNumbers numbers = numbers_of(draft);
  for (const DraftField& field : draft.fields) {
    if (field.parts.empty()) continue;
    table.rows.push_back(
        {field_name(draft, field), plain(field.requirement), field_spans(field, words, &numbers)});
  }
  document.blocks.emplace_back(std::move(table));
}

Document outward_report(const Draft& draft, UtcSeconds made_at) {
  const Messages& words = filing_messages(draft.language);
  const std::string title = title_of(draft, words);
  Document document = begin_document(draft, title, made_at);
  document.blocks.emplace_back(TitlePage{title, draft.law.title, head_entries(draft, words)});
  if (is_form(draft)) {
    add_form(document, draft, words);
  } else {
    add_field_sections(document, draft, words);
  }
  add_changes(document, draft, words);
  add_sources(document, draft, words);
  if (draft.deadline.by()) add_deadline(document, draft, words);
  add_law(document, draft, words);
  add_advice(document, draft, words);
  return document;
}

}  // namespace

Document review_document(const Draft& draft, const std::vector<DraftFinding>& findings) {
  const Messages& words = filing_messages(draft.language);
  const std::string title = title_of(draft, words);
  Document document = begin_document(draft, title, draft.made_at);
  document.draft = true;
  std::vector<Entry> facts = head_entries(draft, words);
  facts.push_back({words.text("filing.reader"),
                   plain(words.text("reader." + std::string(to_string(draft.audience))))});
  facts.push_back({words.text("filing.made_at"), plain(utc_words(draft.made_at))});
  document.blocks.emplace_back(TitlePage{title, words.text("review.subtitle"), std::move(facts)});
  add_advice(document, draft, words);
  add_deadline(document, draft, words);
  add_findings(document, draft, findings, words);
  if (draft.draftable()) {
    add_field_table(document, draft, words);
    if (draft.basis == StageFields::Basis::inherited)
      add_paragraph(document, words.text("inherited.text", {{"stage", draft.inherited_from}}));
    add_missing(document, draft, words);
    add_paragraph(document,
                  words.text("withheld.count", {{"count", std::to_string(draft.withheld)}}));
    add_changes(document, draft, words);
    add_sources(document, draft, words);
  } else {
    add_not_draftable(document, draft, words);
  }
  add_law(document, draft, words);
  return document;
}

Document outward_document(const Draft& draft, UtcSeconds made_at) {
  const bool letter = draft.audience == Audience::persons || draft.audience == Audience::customer;
  return letter ? letter_document(draft, made_at) : outward_report(draft, made_at);
}

}  // namespace casebook::filing
