#include "cli/paper_case.h"

#include <algorithm>

#include "cli/case_entry.h"
#include "cli/runbook_values.h"
#include "core/printable.h"
#include "reports/document/document_messages.h"
#include "workflow/timeline.h"

namespace casebook::cli {

using documents::Language;
using workflow::Record;

namespace {

constexpr std::size_t kEventsMax = 40;

std::string choice_words(const Messages& words, const std::string& choice) {
  const std::string key = "value." + choice;
  return words.has(key) ? words.text(key) : printable(choice);
}

/// Who gave a word, and what it was.
std::string word_event(const workflow::CaseState& state, const workflow::TimelineEntry& entry,
                       Language language) {
  const std::string role = entry.what.substr(0, entry.what.find(' '));
  const std::string verb = entry.what.substr(std::min(role.size() + 1, entry.what.size()));
  const auto rule = state.policy->roles.find(role);
  const std::string who = rule == state.policy->roles.end()
                              ? printable(role)
                              : rule->second.label.in(words_in(language));
  return who + ": " + choice_words(documents::document_messages(language), verb);
}

/// What was told, and how.
std::string told_event(const workflow::CaseState& state, const workflow::TimelineEntry& entry,
                       Language language) {
  const Record* record = entry.number == 0 ? nullptr : state.record_by_number(entry.number);
  const auto rule = record == nullptr ? state.policy->registers.end()
                                      : state.policy->registers.find(record->kind);
  const std::string what =
      rule == state.policy->registers.end() ? "" : rule->second.label.in(words_in(language)) + ": ";
  return what + choice_words(documents::document_messages(language), entry.what);
}

}  // namespace

workflow::Language words_in(Language language) {
  return language == Language::nl ? workflow::Language::nl : workflow::Language::en;
}

Result<CaseReader> open_paper_case(Runtime& runtime, const PaperOptions& options,
                                   const std::string& purpose) {
  auto language = paper_language(runtime, options);
  if (!language) return std::move(language).error();
  auto session = CaseSession::open(runtime, SessionKind::reads, purpose);
  if (!session) return std::move(session).error();
  if (auto there = require_runbook(**session); !there) return Error(there.error());
  return CaseReader{*std::move(session), *language};
}

std::string words_of(CaseSession& session, const Record& record) {
  return record.text ? session.text_of(*record.text) : std::string();
}

std::string first_words(CaseSession& session, const Record& record) {
  const std::string words = words_of(session, record);
  return printable(words.substr(0, words.find('\n')));
}

std::string words_said_at(CaseSession& session, std::uint64_t seq, const std::string& name) {
  auto general = session.compartment("general");
  if (!general) return {};
  auto entry = entry_at(**general, seq);
  if (!entry) return {};
  const auto text = entry->statement.digests.find(name);
  return text == entry->statement.digests.end() ? std::string() : session.text_of(text->second);
}

std::string named_words(const workflow::Register& rule, const std::string& words,
                        std::string_view field) {
  // "helped: ...\nwords: ...": written so when an entry has more than one text.
  std::string found, current;
  std::size_t names = 0;
  std::string_view rest = words;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    std::string_view shown = line;
    const std::size_t colon = line.find(": ");
    const std::string_view name = line.substr(0, colon == std::string_view::npos ? 0 : colon);
    const workflow::FieldRule* text = name.empty() ? nullptr : rule.field(name);
    if (text != nullptr && text->type == workflow::ValueType::text) {
      current = name;
      shown = line.substr(colon + 2);
      ++names;
    }
    if (names > 0 && current == field) {
      found += (found.empty() ? "" : " ") + printable(std::string(shown));
    }
  }
  return names > 1 ? found : printable(words);
}

std::vector<const Record*> entries_of(const workflow::CaseState& state, std::string_view kind) {
  std::vector<const Record*> entries;
  if (const auto found = state.records_of.find(kind); found != state.records_of.end()) {
    for (const std::size_t at : found->second) entries.push_back(&state.records[at]);
  }
  return entries;
}

std::string paper_value(CaseSession& session, Language language, const workflow::Value& value,
                        workflow::ValueType type) {
  using workflow::ValueType;
  const Messages& words = documents::document_messages(language);
  if (std::holds_alternative<std::monostate>(value)) return words.text("value.unknown");
  if (const auto* yes = std::get_if<bool>(&value)) {
    return words.text(*yes ? "value.yes" : "value.no");
  }
  if (type == ValueType::level) return "Sev-" + value_text(session, value, type);
  if (const auto* all = std::get_if<std::vector<std::string>>(&value)) {
    if (all->empty()) return words.text("value.none");
    std::string text;
    for (const std::string& one : *all) {
      text += (text.empty() ? "" : ", ") + choice_words(words, one);
    }
    return text;
  }
  const auto* choice = std::get_if<std::string>(&value);
  if (choice != nullptr && type == ValueType::choice) return choice_words(words, *choice);
  return value_text(session, value, type);
}

std::string paper_fact(CaseSession& session, Language language, const std::string& name) {
  const workflow::CaseState& state = session.runbook();
  const auto rule = state.policy->facts.find(name);
  const workflow::FactSaid* said = state.fact(name);
  if (rule == state.policy->facts.end() || said == nullptr) return {};
  return rule->second.label.in(words_in(language)) + ": " +
         paper_value(session, language, said->value, rule->second.type) +
         (said->provisional ? " (?)" : "");
}

std::string span_words(Language language, std::chrono::seconds span) {
  const Messages& words = documents::document_messages(language);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(span).count();
  const std::string hour = " " + words.text("span.hours"),
                    minute = " " + words.text("span.minutes");
  if (minutes < 60) return std::to_string(minutes) + minute;
  if (minutes < 48 * 60) {
    return std::to_string(minutes / 60) + hour + " " + std::to_string(minutes % 60) + minute;
  }
  return std::to_string(minutes / (24 * 60)) + " " + words.text("span.days") + " " +
         std::to_string(minutes / 60 % 24) + hour;
}

std::string case_title(CaseSession& session) {
  const workflow::CaseState& state = session.runbook();
  const std::string title =
      state.people.title ? printable(session.text_of(*state.people.title)) : std::string();
  return title.empty() ? state.people.code_name : title;
}

std::string names_of(CaseSession& session, const std::vector<PersonId>& persons) {
  std::string names;
  for (const PersonId& id : persons) names += (names.empty() ? "" : ", ") + session.name_of(id);
  return names;
}

documents::Timeline course_of(CaseSession& session, Language language, std::uint64_t until_seq) {
  const Messages& words = documents::document_messages(language);
  const workflow::CaseState& state = session.runbook();
  documents::Timeline course{
      "",
      words.text("course.alt"),
      {words.text("course.case"), words.text("course.words"), words.text("course.told")},
      {}};
  const workflow::Timeline timeline = workflow::make_timeline(state);
  for (const workflow::TimelineEntry& entry : timeline.entries) {
    if (entry.seq > until_seq) continue;
    using Kind = workflow::TimelineEntry::Kind;
    const UtcSeconds at = entry.claimed.value_or(entry.at);
    if (entry.kind == Kind::move) {
      const auto rule = state.policy->moves.find(entry.what);
      course.events.push_back({at, 0,
                               rule == state.policy->moves.end()
                                   ? entry.what
                                   : rule->second.label.in(words_in(language))});
    } else if (entry.kind == Kind::word) {
      course.events.push_back({at, 1, word_event(state, entry, language)});
    } else if (entry.kind == Kind::told) {
      course.events.push_back({at, 2, told_event(state, entry, language)});
    }
  }
  for (const workflow::TimelineAnchor& anchor : timeline.anchors) {
    if (!anchor.at || (anchor.seq && *anchor.seq > until_seq)) continue;
    course.events.push_back({*anchor.at, 0, words.text("course." + anchor.id)});
  }
  std::ranges::stable_sort(course.events, {}, &documents::TimelineEvent::time);
  if (course.events.size() > kEventsMax) {
    course.events.erase(course.events.begin(),
                        course.events.end() - static_cast<std::ptrdiff_t>(kEventsMax));
  }
  return course;
}

}  // namespace casebook::cli
