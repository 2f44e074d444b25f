#include "reports/filing/draft_blocks.h"

#include <algorithm>
#include <set>

#include "reports/filing/law_words.h"

namespace casebook::filing {

using namespace documents;

namespace {

constexpr std::size_t kDayLength = 10;  // "2026-10-26"

/// UTC and, when the zone is another one, its hour in brackets: "2026-10-26 16:00 UTC (17:00
/// Europe/Paris)"; with its day where that is another one.
std::string moment_words(UtcSeconds time, const std::string& local, const std::string& zone) {
  const std::string text = utc_words(time);
  if (zone == "UTC" || local.empty()) return text;
  std::string there = local.substr(0, local.find(" ("));
  if (there.ends_with(":00") && there.size() > kDayLength + 6) there.resize(there.size() - 3);
  if (there.substr(0, kDayLength) == text.substr(0, kDayLength)) there.erase(0, kDayLength + 1);
  return text + " (" + there + " " + zone + ")";
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
        stated.time = utc_words(*part.time);
        stated.confidence = words.text("confidence." + std::string(to_string(part.confidence)));
      }
    }
  }
  return all;
}

}  // namespace

std::string utc_words(UtcSeconds time) {
  std::string text = format_utc(time);
  text[kDayLength] = ' ';
  text.pop_back();
  if (text.ends_with(":00")) text.resize(text.size() - 3);
  return text + " UTC";
}

SourceNumbers numbers_of(const Draft& draft) {
  SourceNumbers numbers;
  for (const DraftField& field : draft.fields) {
    for (const Part& part : field.parts) {
      for (const std::string& id : part.statements) numbers.emplace(id, numbers.size() + 1);
    }
  }
  return numbers;
}

std::string statement_words(const std::string& id, const Messages& words) {
  const std::size_t dash = id.find('-');
  const std::string kind = id.substr(0, dash);
  const bool is_ours = dash != std::string::npos && (kind == "answer" || kind == "entry");
  return is_ours ? words.text("sources." + kind, {{"number", id.substr(dash + 1)}}) : id;
}

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
  const std::string text =
      words.text("advice.text",
                 {{"as_of", draft.law.as_of},
                  {"verification", LawWords::of(draft.language).phrase(draft.law.verification)}});
  document.blocks.emplace_back(
      Notice{NoticeTone::legal, words.text("advice.title"), {plain(text)}});
}

void add_deadline(Document& document, const Draft& draft, const Messages& words) {
  const DeadlineSnapshot& deadline = draft.deadline;
  const LawWords& law = LawWords::of(draft.language);
  add_heading(document, 1, words.text("deadline.title"));
  KeyValues values;
  add_entry(values, words.text("deadline.limit"), law.phrase(draft.law.limit));
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
  add_list(document, words.text("deadline.why"), law.phrases(deadline.steps));
  add_list(document, words.text("deadline.assumed"), law.phrases(deadline.assumed));
  std::vector<std::string> problems = deadline.notes;
  if (!deadline.problem.empty()) problems.push_back(deadline.problem);
  problems.insert(problems.end(), deadline.missing.begin(), deadline.missing.end());
  add_list(document, words.text("deadline.problem"), law.phrases(problems));
}

/// What a change is about: what the law asks, or where the statement is kept.
std::string changed_words(const Draft& draft, const Change& change, const Messages& words) {
  if (change.of == Change::Of::statement) return statement_words(change.id, words);
  const DraftField* field = draft.find(change.id);
  return field == nullptr || field->requirement.empty() ? change.id : one_line(field->requirement);
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
                          plain(changed_words(draft, change, words)),
                          plain(one_line(change.before)), plain(one_line(change.after)),
                          plain(one_line(change.reason))});
  }
  document.blocks.emplace_back(std::move(table));
}

void add_sources(Document& document, const Draft& draft, const Messages& words) {
  add_heading(document, 1, words.text("sources.title"));
  const auto stated = stated_in(draft, words);
  add_paragraph(document, words.text(stated.empty() ? "sources.none" : "sources.intro"));
  if (stated.empty()) return;
  const bool any_sources =
      std::ranges::any_of(stated, [](const auto& each) { return !each.second.sources.empty(); });
  Table table{"",
              {{words.text("sources.number"), ColumnKind::text},
               {words.text("sources.statement"), ColumnKind::text},
               {words.text("sources.time"), ColumnKind::time},
               {words.text("sources.confidence"), ColumnKind::text}},
              {}};
  if (any_sources)
    table.columns.insert(table.columns.begin() + 2, {words.text("sources.from"), ColumnKind::text});
  table.rows.resize(stated.size());
  for (const auto& [id, number] : numbers_of(draft)) {
    const Stated& each = stated.at(id);
    std::string sources;
    for (const std::string& source : each.sources)
      sources += (sources.empty() ? "" : "; ") + source;
    auto& row = table.rows[number - 1];
    row = {plain(std::to_string(number)), plain(statement_words(id, words)), plain(each.time),
           plain(each.confidence)};
    if (any_sources) row.insert(row.begin() + 2, plain(sources));
  }
  document.blocks.emplace_back(std::move(table));
}

void add_law(Document& document, const Draft& draft, const Messages& words) {
  const LawWords& law = LawWords::of(draft.language);
  add_heading(document, 1, words.text("law.title"));
  KeyValues values;
  add_entry(values, words.text("law.name"), draft.law.title);
  add_entry(values, words.text("law.as_of"), draft.law.as_of);
  add_entry(values, words.text("law.status"), law.phrase(spaced(draft.law.status)));
  add_entry(values, words.text("law.verification"), law.phrase(draft.law.verification));
  if (draft.kind == DraftKind::no_notice)
    add_entry(values, words.text("law.documentation"), law.phrase(draft.law.documentation_duty));
  document.blocks.emplace_back(std::move(values));
  add_list(document, words.text("law.unverified"), law.phrases(draft.law.unverified_points));
}

Spans field_spans(const DraftField& field, const Messages& words, const SourceNumbers* numbers) {
  Spans spans;
  for (const Part& part : field.parts) {
    if (!spans.empty()) spans.push_back({SpanKind::plain, " "});
    spans.push_back({SpanKind::plain, one_line(part.text)});
    if (part.confidence == Confidence::estimated)
      spans.push_back({SpanKind::strong, " (" + words.text("fields.estimated") + ")"});
    if (numbers == nullptr) continue;
    std::string from;
    for (const std::string& id : part.statements) {
      const auto found = numbers->find(id);
      if (found != numbers->end())
        from += (from.empty() ? "" : ", ") + std::to_string(found->second);
    }
    if (!from.empty()) spans.push_back({SpanKind::source, from});
  }
  return spans;
}

}  // namespace casebook::filing
