// `casebook report privilege|sitrep`: papers made of what the case keeps. Their dates are those of
// the record.
#include <algorithm>
#include <ostream>

#include "cli/paper_case.h"
#include "cli/privilege_rows.h"
#include "cli/record_kind.h"
#include "core/printable.h"
#include "reports/document/document_messages.h"
#include "reports/paper/privilege_log.h"
#include "reports/paper/section_paper.h"

namespace casebook::cli {
namespace {

using documents::Language;
using papers::PaperSection;
using workflow::Record;

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
  auto reader = open_paper_case(runtime, options.paper, "reading a sitrep");
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
  auto reader = open_paper_case(runtime, options.paper, "writing the privilege log");
  if (!reader) return fail(runtime, reader.error());
  CaseSession& session = *reader->session;
  auto compartment = session.compartment(options.compartment);
  if (!compartment) {
    Error error = compartment.error();
    if (error.code == ErrorCode::not_found)
      error.hint =
          "another one: casebook report privilege --in COMPARTMENT; counsel begins it: "
          "casebook access begin " +
          printable(options.compartment);
    return fail(runtime, error);
  }
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
}

}  // namespace casebook::cli
