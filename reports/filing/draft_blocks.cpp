#include "reports/filing/draft_blocks.h"

#include <algorithm>
#include <map>
#include <set>

namespace casebook::filing {

using namespace documents;

namespace {

/// UTC and, when the zone is another one, local.
std::string moment_words(UtcSeconds time, const std::string& local, const std::string& zone) {
  std::string text = format_utc(time);
  text[10] = ' ';
  text.pop_back();
  text += " UTC";
  return zone == "UTC" || local.empty() ? text : text + " = " + local + " " + zone;
}

void add_list(Document& document, const std::string& title, const std::vector<std::string>& items) {
  if (items.empty()) return;
  document.blocks.emplace_back(Paragraph{strong(title)});
  List list;
  for (const std::string& item : items) list.items.push_back(plain(one_line(item)));
  document.blocks.emplace_back(std::move(list));
}

void add_entry(KeyValues& values, const std::string& key, const std::string& text) {
  if (!text.empty()) values.entries.push_back({key, plain(one_line(text))});
}

struct Stated {
  std::set<std::string> sources;
  std::string time, confidence;
};

std::map<std::string, Stated> stated_in(const Draft& draft, const Messages& words) {
  std::map<std::string, Stated> all;
  for (const DraftField& field : draft.fields) {
    for (const Part& part : field.parts) {
      for (const std::string& id : part.statements) {
        Stated& stated = all[id];
        stated.sources.insert(part.sources.begin(), part.sources.end());
        if (part.answers.empty() || !part.time) continue;
        stated.time = format_utc(*part.time);
        stated.confidence = words.text("confidence." + std::string(to_string(part.confidence)));
      }
    }
  }
  return all;
}

}  // namespace

Document begin_document(const Draft& draft, std::string title, UtcSeconds made_at) {
  Document document;
  document.language = draft.language;
  document.title = std::move(title);
  document.code_name = draft.case_name;
  document.made_at = made_at;
  document.tool = draft.tool;
  return document;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end > 0) lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const std::string& each : lines_of(text)) line += (line.empty() ? "" : " ") + each;
  return line;
}

std::string spaced(std::string_view code) {
  std::string text(code);
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string title_of(const Draft& draft, const Messages& words) {
  return draft.kind == DraftKind::notice
             ? draft.law.name
             : words.text("no_notice.title", {{"stage", draft.law.name}});
}

void add_heading(Document& document, int level, std::string text) {
  document.blocks.emplace_back(Heading{level, std::move(text)});
}

void add_paragraph(Document& document, std::string text) {
  document.blocks.emplace_back(Paragraph{plain(std::move(text))});
}

std::vector<Entry> head_entries(const Draft& draft, const Messages& words) {
  KeyValues values;
  add_entry(values, words.text("filing.organisation"), draft.organisation);
  add_entry(values, words.text("filing.recipient"), draft.law.recipient);
  add_entry(values, words.text("filing.clause"), draft.law.legal_basis + ", " + draft.law.clause);
  add_entry(values, words.text("filing.reference"), draft.reference);
  add_entry(values, words.text("filing.receipt"), draft.receipt);
  return values.entries;
}

void add_advice(Document& document, const Draft& draft, const Messages& words) {
  const std::string text = words.text(
      "advice.text", {{"as_of", draft.law.as_of}, {"verification", draft.law.verification}});
  document.blocks.emplace_back(
      Notice{NoticeTone::legal, words.text("advice.title"), {plain(text)}});
}

void add_deadline(Document& document, const Draft& draft, const Messages& words) {
  const DeadlineSnapshot& deadline = draft.deadline;
  add_heading(document, 1, words.text("deadline.title"));
  KeyValues values;
  add_entry(values, words.text("deadline.limit"), draft.law.limit);
  add_entry(values, words.text("deadline.kind"), words.text("deadline.kind." + deadline.kind));
  if (deadline.start)
    add_entry(values, words.text("deadline.start"), moment_words(*deadline.start, "", "UTC"));
  if (deadline.earliest)
    add_entry(values, words.text("deadline.earliest"),
              moment_words(*deadline.earliest, deadline.earliest_local, deadline.zone));
  if (deadline.legal)
    add_entry(values, words.text("deadline.legal"),
              moment_words(*deadline.legal, deadline.legal_local, deadline.zone));
  document.blocks.emplace_back(std::move(values));
  add_list(document, words.text("deadline.why"), deadline.steps);
  add_list(document, words.text("deadline.assumed"), deadline.assumed);
  std::vector<std::string> problems = deadline.notes;
  if (!deadline.problem.empty()) problems.push_back(deadline.problem);
  problems.insert(problems.end(), deadline.missing.begin(), deadline.missing.end());
  add_list(document, words.text("deadline.problem"), problems);
}

void add_changes(Document& document, const Draft& draft, const Messages& words) {
  if (draft.previous.empty()) return;
  add_heading(document, 1, words.text("changes.title"));
  if (draft.changes.empty()) {
    add_paragraph(document, words.text("changes.none"));
    return;
  }
  Table table{"",
              {{words.text("changes.kind"), ColumnKind::text},
               {words.text("changes.id"), ColumnKind::text},
               {words.text("changes.before"), ColumnKind::text},
               {words.text("changes.after"), ColumnKind::text},
               {words.text("changes.reason"), ColumnKind::text}},
              {}};
  for (const Change& change : draft.changes) {
    table.rows.push_back({plain(words.text("change." + std::string(to_string(change.kind)))),
                          code(change.id), plain(one_line(change.before)),
                          plain(one_line(change.after)), plain(one_line(change.reason))});
  }
  document.blocks.emplace_back(std::move(table));
}

void add_sources(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("sources.title"));
  const auto stated = stated_in(draft, words);
  add_paragraph(document, words.text(stated.empty() ? "sources.none" : "sources.intro"));
  if (stated.empty()) return;
  Table table{"",
              {{words.text("sources.statement"), ColumnKind::text},
               {words.text("sources.from"), ColumnKind::text},
               {words.text("sources.time"), ColumnKind::time},
               {words.text("sources.confidence"), ColumnKind::text}},
              {}};
  for (const auto& [id, each] : stated) {
    std::string sources;
    for (const std::string& source : each.sources)
      sources += (sources.empty() ? "" : "; ") + source;
    table.rows.push_back({code(id), plain(sources), plain(each.time), plain(each.confidence)});
  }
  document.blocks.emplace_back(std::move(table));
}

void add_law(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("law.title"));
  KeyValues values;
  add_entry(values, words.text("law.name"), draft.law.title);
  add_entry(values, words.text("law.as_of"), draft.law.as_of);
  add_entry(values, words.text("law.status"), spaced(draft.law.status));
  add_entry(values, words.text("law.verification"), draft.law.verification);
  if (draft.kind == DraftKind::no_notice)
    add_entry(values, words.text("law.documentation"), draft.law.documentation_duty);
  document.blocks.emplace_back(std::move(values));
  add_list(document, words.text("law.unverified"), draft.law.unverified_points);
}

Spans field_spans(const DraftField& field, const Messages& words, bool with_sources) {
  Spans spans;
  for (const Part& part : field.parts) {
    if (!spans.empty()) spans.push_back({SpanKind::plain, " "});
    spans.push_back({SpanKind::plain, one_line(part.text)});
    if (part.confidence == Confidence::estimated)
      spans.push_back({SpanKind::strong, " (" + words.text("fields.estimated") + ")"});
    if (!with_sources) continue;
    std::string from;
    for (const std::string& id : part.statements) from += (from.empty() ? "" : ", ") + id;
    if (!from.empty()) spans.push_back({SpanKind::source, from});
  }
  return spans;
}

}  // namespace casebook::filing
