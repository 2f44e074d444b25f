// `casebook report privilege|sitrep|postmortem|register|overview`: papers made of what the case
// keeps. Their dates are those of the record.
#include <algorithm>
#include <ostream>

#include "cli/duties.h"
#include "cli/privilege_rows.h"
#include "cli/record_kind.h"
#include "cli/report_command.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/printable.h"
#include "reports/document/document_messages.h"
#include "reports/paper/incident_register.h"
#include "reports/paper/privilege_log.h"
#include "reports/paper/section_paper.h"
#include "workflow/postmortem.h"
#include "workflow/timeline.h"

namespace casebook::cli {
namespace {

using documents::Language;
using papers::PaperSection;
using workflow::Record;

constexpr std::size_t kEventsMax = 40;

workflow::Language words_in(Language language) {
  return language == Language::nl ? workflow::Language::nl : workflow::Language::en;
}

/// Text of the record, first line, safe to show.
std::string first_words(CaseSession& session, const Record& record) {
  if (!record.text) return {};
  const std::string words = session.text_of(*record.text);
  return printable(words.substr(0, words.find('\n')));
}

struct CaseReader {
  std::unique_ptr<CaseSession> session;
  Language language = Language::en;
};
Result<CaseReader> open_reader(Runtime& runtime, const PaperOptions& options,
                               const std::string& purpose) {
  auto language = paper_language(runtime, options);
  if (!language) return std::move(language).error();
  auto session = CaseSession::open(runtime, SessionKind::reads, purpose);
  if (!session) return std::move(session).error();
  if (auto there = require_runbook(**session); !there) return Error(there.error());
  return CaseReader{*std::move(session), *language};
}

// The course, drawn: what moved the case, what was said outside, the moments a review asks for.

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
      course.events.push_back({at, 1, entry.what});
    } else if (entry.kind == Kind::told) {
      course.events.push_back({at, 2, printable(entry.what)});
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

// The situation report as it was kept.

/// "Title: line", or a title with indented lines below.
std::vector<PaperSection> sections_of(std::string_view text) {
  std::vector<PaperSection> sections;
  bool is_first = true;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (std::exchange(is_first, false) || line.empty()) continue;  // The headline is the title.
    if (line.starts_with("  ") && !sections.empty()) {
      sections.back().lines.push_back(printable(std::string(line.substr(2))));
      continue;
    }
    const std::size_t colon = line.find(": ");
    PaperSection section{printable(std::string(line.substr(0, colon))), {}};
    if (colon != std::string_view::npos) {
      section.lines.push_back(printable(std::string(line.substr(colon + 2))));
    }
    sections.push_back(std::move(section));
  }
  return sections;
}

struct NumberedOptions {
  std::string number;
  PaperOptions paper;
};

ExitStatus report_sitrep(Runtime& runtime, const NumberedOptions& options) {
  auto reader = open_reader(runtime, options.paper, "reading a sitrep");
  if (!reader) return fail(runtime, reader.error());
  CaseSession& session = *reader->session;
  const workflow::CaseState& state = session.runbook();
  const auto kept = state.records_of.find("sitrep");
  const std::size_t count = kept == state.records_of.end() ? 0 : kept->second.size();
  std::uint64_t wanted = count;
  if (!options.number.empty()) {
    auto number = read_number(options.number);
    if (!number) return refuse_usage(runtime, number.error());
    wanted = *number;
  }
  if (wanted == 0 || wanted > count) {
    return fail(runtime, {ErrorCode::not_found,
                          count == 0 ? "no sitrep was kept in this case"
                                     : "there are " + std::to_string(count) + " sitreps",
                          count == 0 ? "casebook sitrep makes one" : "they count from 1"});
  }
  const Record& record = state.records[kept->second[wanted - 1]];
  const std::string text = record.text ? session.text_of(*record.text) : "";
  if (text.empty()) {
    return fail(runtime, {ErrorCode::not_found, "the words of that sitrep are erased", ""});
  }
  const Messages& words = documents::document_messages(reader->language);
  const workflow::RecordVersion& first = record.versions.front();
  papers::SectionPaperInput input;
  input.head = case_head(session, reader->language, first.at);
  input.title = words.text("sitrep.title", {{"number", std::to_string(wanted)}});
  input.subtitle = printable(text.substr(0, text.find('\n')));
  std::string authors;
  for (const PersonId& id : first.persons) {
    authors += (authors.empty() ? "" : ", ") + session.name_of(id);
  }
  input.facts = {{words.text("sitrep.as_of"), format_utc(first.at)},
                 {words.text("privilege.author"), authors}};
  if (const auto head = record.fields().find("head"); head != record.fields().end()) {
    if (const auto* root = std::get_if<std::string>(&head->second)) {
      input.facts.emplace_back(words.text("sitrep.ledger_head"),
                               std::to_string(first.seq) + ", " + *root);
    }
  }
  input.sections = sections_of(text);
  input.course = course_of(session, reader->language, first.seq);
  return deliver_paper(runtime, papers::section_paper(input), "sitrep-" + std::to_string(wanted),
                       options.paper);
}

// The review.

/// The draft's few forms of CommonMark, as sections.
struct Draft {
  std::string title;
  std::vector<PaperSection> sections;
};
Draft read_draft(std::string_view text) {
  Draft draft;
  std::vector<std::string> preface;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string line = printable(std::string(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    if (line.starts_with("# ")) {
      draft.title = line.substr(2);
    } else if (line.starts_with("## ")) {
      draft.sections.push_back({line.substr(3), {}});
    } else if (draft.sections.empty()) {
      preface.push_back(line.starts_with("> ") ? line.substr(2) : line);
    } else if (line.starts_with("> ")) {
      draft.sections.back().to_fill.push_back(line.substr(2));
    } else if (line.starts_with("- ")) {
      draft.sections.back().lines.push_back(line.substr(2));
    } else if (const std::size_t dot = line.find(". ");
               dot != std::string::npos && line.find_first_not_of("0123456789") == dot) {
      draft.sections.back().is_numbered = true;
      draft.sections.back().lines.push_back(line.substr(dot + 2));
    } else {
      draft.sections.back().lines.push_back(line);
    }
  }
  return draft;
}

struct ReviewOptions {
  bool is_external = false;
  PaperOptions paper;
};

ExitStatus report_postmortem(Runtime& runtime, const ReviewOptions& options) {
  auto reader = open_reader(runtime, options.paper, "drafting the review");
  if (!reader) return fail(runtime, reader.error());
  CaseSession& session = *reader->session;
  const workflow::CaseState& state = session.runbook();
  const Draft draft = read_draft(workflow::postmortem_draft(
      {.state = state,
       .now = state.received_at,
       .is_external = options.is_external,
       .language = words_in(reader->language),
       .name_of = [&](const PersonId& id) { return session.name_of(id); },
       .words_of = [&](const Record& record) { return first_words(session, record); }}));
  papers::SectionPaperInput input;
  input.head = case_head(session, reader->language, state.received_at);
  input.head.draft = true;
  input.title = draft.title;
  input.sections = draft.sections;
  if (!options.is_external) input.course = course_of(session, reader->language, state.size);
  return deliver_paper(runtime, papers::section_paper(input),
                       options.is_external ? "postmortem-external" : "postmortem", options.paper);
}

// The privilege log.

struct PrivilegeOptions {
  std::string compartment = "legal";
  std::string organisation, counsel;
  PaperOptions paper;
};

std::vector<std::string> names_of(const std::vector<privacy::LogPerson>& persons) {
  std::vector<std::string> names;
  for (const privacy::LogPerson& one : persons) {
    names.push_back(printable(one.name) + (one.is_counsel ? "*" : ""));
  }
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

ExitStatus report_privilege(Runtime& runtime, const PrivilegeOptions& options) {
  auto reader = open_reader(runtime, options.paper, "writing the privilege log");
  if (!reader) return fail(runtime, reader.error());
  CaseSession& session = *reader->session;
  auto compartment = session.compartment(options.compartment);
  if (!compartment) return fail(runtime, compartment.error());
  PrivilegeLog log(session);
  if (auto added = log.add(**compartment); !added) return fail(runtime, added.error());
  if (auto fits = log.require_fit(); !fits) return fail(runtime, fits.error());
  papers::PrivilegeLogInput input;
  input.head = case_head(session, reader->language, session.runbook().received_at);
  input.organisation = options.organisation;
  input.counsel = options.counsel;
  for (const privacy::PrivilegeLogRow& row : log.rows()) {
    auto date = parse_utc(row.date);
    if (!date) return fail(runtime, date.error());
    input.entries.push_back({row.control, *date, row.type, joined(names_of(row.author)),
                             names_of(row.to), printable(row.basis), printable(row.description),
                             row.treatment == "redacted"});
  }
  std::ranges::stable_sort(input.entries, {}, &papers::PrivilegeEntry::date);
  const documents::Document document = papers::privilege_log(input);
  return deliver_paper(runtime, document, "privilege-log", options.paper, first_table(document));
}

// The register of incidents: one row for each case named.

struct RegisterOptions {
  std::vector<std::string> cases;
  std::string organisation, period;
  PaperOptions paper;
};

std::string word_of(const Record& record, std::string_view field) {
  const auto found = record.fields().find(field);
  const auto* text =
      found == record.fields().end() ? nullptr : std::get_if<std::string>(&found->second);
  return text == nullptr ? std::string() : *text;
}

class RegisterRow {
 public:
  RegisterRow(CaseSession& session, Language language)
      : session_(session),
        state_(session.runbook()),
        words_(documents::document_messages(language)),
        language_(words_in(language)) {}

  papers::RegisterEntry entry() {
    papers::RegisterEntry row;
    row.case_name = (state_.people.is_drill ? "DRILL " : "") + state_.people.code_name;
    row.noticed_at = noticed();
    row.nature = nature();
    row.effects = effects();
    row.measures = measures();
    row.notified = notified();
    return row;
  }

 private:
  UtcSeconds noticed() {
    for (const char* name : {"awareness_at", "discovered_at"}) {
      const workflow::Value value = state_.value_of(name);
      if (const auto* at = std::get_if<workflow::Moment>(&value)) {
        return UtcSeconds(std::chrono::seconds(at->seconds));
      }
    }
    for (const workflow::TimelineAnchor& anchor : workflow::make_timeline(state_).anchors) {
      if (anchor.id == "discovered" && anchor.at) return *anchor.at;
    }
    return state_.records.empty() ? state_.received_at : state_.records.front().versions.front().at;
  }
  std::string nature() {
    const std::string title =
        state_.people.title ? printable(session_.text_of(*state_.people.title)) : "";
    const auto kind = state_.policy->kinds.find(state_.kind);
    return title + (kind == state_.policy->kinds.end()
                        ? ""
                        : " (" + kind->second.label.in(language_) + ")");
  }
  std::string effects() {
    std::string text;
    const auto facet = state_.policy->facets.find("impact");
    if (facet == state_.policy->facets.end()) return text;
    for (const std::string& member : facet->second) {
      const auto rule = state_.policy->facts.find(member);
      if (rule == state_.policy->facts.end() || state_.fact(member) == nullptr) continue;
      text += (text.empty() ? "" : "; ") + rule->second.label.in(language_) + " " +
              value_text(session_, state_.value_of(member), rule->second.type);
    }
    return text;
  }
  std::string measures() {
    std::string text;
    for (const Record& record : state_.records) {
      const bool is_measure =
          record.kind == "mitigation" || record.kind == "fix" || record.kind == "action";
      if (!is_measure) continue;
      const std::string words = first_words(session_, record);
      if (!words.empty()) text += (text.empty() ? "" : "; ") + words;
    }
    return text;
  }
  std::string notified() {
    ZoneDatabase zones;
    std::string text;
    for (const Record& record : state_.records) {
      if (record.kind != kDutyKind) continue;
      const std::string outcome = record.is_settled() ? word_of(record, "outcome") : "open";
      const DutyShown duty = shown_duty(session_, record, zones);
      std::string part = duty.name + ": " + words_.text("register." + outcome);
      const auto at = record.fields().find("at");
      const auto* time =
          at == record.fields().end() ? nullptr : std::get_if<workflow::Moment>(&at->second);
      if (time != nullptr) {
        part += " " + format_utc(UtcSeconds(std::chrono::seconds(time->seconds)));
      }
      const std::string reference = word_of(record, "reference");
      if (!reference.empty()) part += ", " + printable(reference);
      if (outcome != "submitted" && outcome != "open" && !duty.words.empty()) {
        part += ": " + duty.words;
      }
      text += (text.empty() ? "" : "; ") + part;
    }
    return text.empty() ? words_.text("register.nobody") : text;
  }

  CaseSession& session_;
  const workflow::CaseState& state_;
  const Messages& words_;
  workflow::Language language_;
};

ExitStatus report_register(Runtime& runtime, const RegisterOptions& options) {
  auto language = paper_language(runtime, options.paper);
  if (!language) return refuse_usage(runtime, language.error());
  papers::IncidentRegisterInput input;
  input.organisation = options.organisation;
  input.period = options.period;
  UtcSeconds latest{};
  std::vector<std::string> folders = options.cases;
  if (folders.empty()) folders.emplace_back();
  const std::filesystem::path chosen = runtime.common.case_folder;
  for (const std::string& folder : folders) {
    if (!folder.empty()) runtime.common.case_folder = folder;
    auto reader = open_reader(runtime, options.paper, "writing the register");
    if (!reader) return fail(runtime, std::move(reader).error().context(printable(folder)));
    input.entries.push_back(RegisterRow(*reader->session, *language).entry());
    latest = std::max(latest, reader->session->runbook().received_at);
    input.head = case_head(*reader->session, *language, latest);
  }
  runtime.common.case_folder = chosen;
  if (folders.size() > 1) input.head.code_name.clear();
  std::ranges::stable_sort(input.entries, {}, &papers::RegisterEntry::noticed_at);
  const documents::Document document = papers::incident_register(input);
  return deliver_paper(runtime, document, "incident-register", options.paper,
                       first_table(document));
}

/// A language that we do not have is wrong use, before anything is opened.
template <typename Options>
std::function<ExitStatus(Runtime&)> in_language(const std::shared_ptr<Options>& options,
                                                ExitStatus (*make)(Runtime&, const Options&)) {
  return [options, make](Runtime& runtime) {
    if (auto good = paper_language(runtime, options->paper); !good) {
      return refuse_usage(runtime, good.error());
    }
    return make(runtime, *options);
  };
}

}  // namespace

void add_report_papers(Command& report) {
  auto privilege = std::make_shared<PrivilegeOptions>();
  Command& log = report.add("privilege", "What is withheld and why, without its content");
  log.option("--in", "COMPARTMENT", privilege->compartment, "else legal")
      .option("--organisation", "NAME", privilege->organisation, "whose records they are")
      .option("--counsel", "NAME", privilege->counsel, "who claims it");
  add_paper_options(log, privilege->paper);
  log.example("casebook report privilege --counsel 'Cy' --out shown", "")
      .run(in_language(privilege, report_privilege));

  auto sitrep = std::make_shared<NumberedOptions>();
  Command& situation = report.add("sitrep", "A situation report as it was kept, with the course");
  situation.argument("N", sitrep->number, "its number; else the last one", Count::optional);
  add_paper_options(situation, sitrep->paper);
  situation.example("casebook report sitrep 3 --out shown", "")
      .run(in_language(sitrep, report_sitrep));

  auto rows = std::make_shared<RegisterOptions>();
  Command& incidents = report.add("register", "Incidents: effects, measures, who was told");
  incidents.arguments("CASE", rows->cases, "folders of cases; else this one", Count::any)
      .option("--organisation", "NAME", rows->organisation, "whose register it is")
      .option("--period", "TEXT", rows->period, "for the title page: 2026");
  add_paper_options(incidents, rows->paper);
  incidents.example("casebook report register cases/* --period 2026 --out shown", "also as CSV")
      .run(in_language(rows, report_register));

  auto review = std::make_shared<ReviewOptions>();
  Command& postmortem = report.add("postmortem", "The draft of the review, with the course drawn");
  postmortem.flag("--external", review->is_external, "for readers outside: no names, no hosts");
  add_paper_options(postmortem, review->paper);
  postmortem.example("casebook report postmortem --out shown --docx", "to be finished by a person")
      .run(in_language(review, report_postmortem));
}

}  // namespace casebook::cli
