// `casebook report register`: incidents with their effects, what was done, and who was told. Of the
// cases named, or of all that the organisation keeps (incidents.age). Drills are left out.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/duties.h"
#include "cli/incident_rows.h"
#include "cli/org_folder.h"
#include "cli/paper_case.h"
#include "cli/text.h"
#include "core/printable.h"
#include "reports/document/document_messages.h"
#include "reports/paper/incident_register.h"
#include "workflow/timeline.h"

namespace casebook::cli {
namespace {

using documents::Language;
using workflow::Record;

struct RegisterOptions {
  std::vector<std::string> cases;
  std::string organisation, period;
  bool keeps = false, is_all = false, breaches_only = false;
  PaperOptions paper;
};

/// What one case says, in one language.
class RowTexts {
 public:
  RowTexts(CaseSession& session, Language language)
      : session_(session),
        state_(session.runbook()),
        words_(documents::document_messages(language)),
        language_(language) {}

  IncidentTexts texts() { return {nature(), effects(), measures(), notified()}; }

 private:
  static void add(std::string& text, const std::string& part) {
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  }
  std::string nature() {
    const auto kind = state_.policy->kinds.find(state_.kind);
    std::string text = case_title(session_);
    if (kind != state_.policy->kinds.end()) {
      text += " (" + kind->second.label.in(words_in(language_)) + ")";
    }
    add(text, paper_fact(session_, language_, "cause"));
    for (const Record* one : entries_of(state_, "hypothesis")) {
      if (word_of(*one, "held") == "confirmed") add(text, first_words(session_, *one));
    }
    return text;
  }
  /// The impact as the runbook counts it, and what laws ask about the data.
  std::string effects() {
    std::string text;
    if (const auto facet = state_.policy->facets.find("impact");
        facet != state_.policy->facets.end()) {
      for (const std::string& name : facet->second) {
        add(text, paper_fact(session_, language_, name));
      }
    }
    for (const char* name : {"data_categories", "affected_individuals_total"}) {
      const workflow::Value value = state_.value_of(name);
      if (std::holds_alternative<std::monostate>(value)) continue;
      add(text, words_.text(std::string("register.") + name) + ": " +
                    paper_value(session_, language_, value, workflow::ValueType::set));
    }
    return text;
  }
  std::string measures() {
    std::string text;
    for (const Record& record : state_.records) {
      const bool is_measure =
          record.kind == "mitigation" || record.kind == "fix" || record.kind == "action";
      if (is_measure) add(text, first_words(session_, record));
    }
    return text;
  }
  std::string notified() {
    ZoneDatabase zones;
    std::string text;
    for (const Record* record : entries_of(state_, kDutyKind)) {
      add(text, duty_text(*record, shown_duty(session_, *record, zones)));
    }
    return text.empty() ? words_.text("register.nobody") : text;
  }
  std::string duty_text(const Record& record, const DutyShown& duty) {
    const std::string outcome = record.is_settled() ? word_of(record, "outcome") : "open";
    std::string part = duty.name + ": " + words_.text("register." + outcome);
    if (const auto at = time_of(record, "at")) {
      part += " " + format_utc(*at);
      if (duty.due && *at > *duty.due) {
        part +=
            ", " + words_.text("register.late", {{"span", span_words(language_, *at - *duty.due)}});
      }
    }
    const std::string reference = word_of(record, "reference");
    if (!reference.empty()) part += ", " + printable(reference);
    if (record.is_settled() && outcome != "submitted") {
      const std::string reason = words_said_at(session_, record.versions.back().seq);
      part += ": " + printable(reason.empty() ? duty.words : reason);
    }
    return part;
  }

  CaseSession& session_;
  const workflow::CaseState& state_;
  const Messages& words_;
  Language language_;
};

UtcSeconds noticed(const workflow::CaseState& state) {
  for (const char* name : {"awareness_at", "discovered_at"}) {
    const workflow::Value value = state.value_of(name);
    if (const auto* at = std::get_if<workflow::Moment>(&value)) {
      return UtcSeconds(std::chrono::seconds(at->seconds));
    }
  }
  for (const workflow::TimelineAnchor& anchor : workflow::make_timeline(state).anchors) {
    if (anchor.id == "discovered" && anchor.at) return *anchor.at;
  }
  return state.records.empty() ? state.received_at : state.records.front().versions.front().at;
}

/// Suspected or confirmed at any time: ruled out later, it stays in the register.
bool has_personal_data(const workflow::CaseState& state) {
  const workflow::Value law = state.value_of("personal_data_involved");
  if (const auto* yes = std::get_if<bool>(&law); yes != nullptr && *yes) return true;
  const auto said = state.facts.find("personal_data");
  return said != state.facts.end() &&
         std::ranges::any_of(said->second, [](const workflow::FactSaid& one) {
           const auto* word = std::get_if<std::string>(&one.value);
           return word != nullptr && (*word == "suspected" || *word == "confirmed");
         });
}

IncidentRow row_of(CaseSession& session) {
  const workflow::CaseState& state = session.runbook();
  return {session.state().file.case_id,
          state.people.code_name,
          noticed(state),
          state.received_at,
          has_personal_data(state),
          session.basis(),
          RowTexts(session, Language::en).texts(),
          RowTexts(session, Language::nl).texts()};
}

/// What the folders of cases say; drills are counted and left out.
struct RowsRead {
  std::vector<IncidentRow> rows;
  std::size_t drills = 0;
};
Result<RowsRead> read_cases(Runtime& runtime, const RegisterOptions& options) {
  RowsRead read;
  std::vector<std::string> folders = options.cases;
  if (folders.empty()) folders.emplace_back();
  const std::filesystem::path chosen = runtime.common.case_folder;
  for (const std::string& folder : folders) {
    if (!folder.empty()) runtime.common.case_folder = folder;
    auto reader = open_paper_case(runtime, options.paper, "writing the register");
    if (!reader) return std::move(reader).error().context(printable(folder));
    if (reader->session->state().file.is_drill) {
      ++read.drills;
      continue;
    }
    read.rows.push_back(row_of(*reader->session));
  }
  runtime.common.case_folder = chosen;
  return read;
}

/// The register of the organisation, open for one command.
struct OrgIncidents {
  std::filesystem::path folder;
  SignedRoster roster;
  std::vector<IncidentRow> rows;
};
Result<OrgIncidents> open_incidents(Runtime& runtime) {
  auto folder = require_org(runtime);
  if (!folder) return std::move(folder).error();
  auto roster = load_roster(*folder);
  if (!roster) return std::move(roster).error();
  std::error_code ignored;
  if (!std::filesystem::exists(*folder / "incidents.age", ignored)) {
    return OrgIncidents{*std::move(folder), *std::move(roster), {}};
  }
  auto person = choose_person(runtime);
  if (!person) return std::move(person).error();
  KeyRing ring(runtime, *std::move(person));
  auto identities = ring.identities("reading the register of incidents");
  if (!identities) return std::move(identities).error();
  auto rows = load_incidents(*folder, *identities);
  if (!rows) return std::move(rows).error();
  return OrgIncidents{*std::move(folder), *std::move(roster), *std::move(rows)};
}

Status keep_rows(Runtime& runtime, OrgIncidents& org, const std::vector<IncidentRow>& rows) {
  std::size_t added = 0, replaced = 0;
  for (const IncidentRow& row : rows) {
    auto kept = keep_incident(org.rows, row);
    if (!kept) return std::move(kept).error();
    added += *kept == RowKept::added ? 1 : 0;
    replaced += *kept == RowKept::replaced ? 1 : 0;
  }
  std::ranges::stable_sort(org.rows, {}, &IncidentRow::noticed_at);
  auto saved = save_incidents(org.folder, org.rows, org.roster.roster, runtime.randomness);
  if (saved && !runtime.common.is_json) {
    runtime.err << "kept in the organisation's register: " << added << " new, " << replaced
                << " changed, " << counted(org.rows.size(), "case", "cases") << " in all\n";
  }
  return saved;
}

ExitStatus show_register(Runtime& runtime, const RegisterOptions& options, Language language,
                         std::string organisation, std::vector<IncidentRow> rows) {
  if (options.breaches_only) {
    std::erase_if(rows, [](const IncidentRow& row) { return !row.is_personal_data; });
  }
  std::ranges::stable_sort(rows, {}, &IncidentRow::noticed_at);
  papers::IncidentRegisterInput input;
  input.head.language = language;
  input.head.tool = tool_name();
  input.head.draft = false;
  if (rows.size() == 1) input.head.code_name = rows.front().code_name;
  input.organisation = std::move(organisation);
  input.period = options.period;
  input.breaches_only = options.breaches_only;
  for (const IncidentRow& row : rows) {
    input.head.made_at = std::max(input.head.made_at, row.as_of);
    const IncidentTexts& texts = language == Language::nl ? row.nl : row.en;
    input.entries.push_back({row.code_name, row.noticed_at, texts.nature, texts.effects,
                             texts.measures, texts.notified});
  }
  const documents::Document document = papers::incident_register(input);
  return deliver_paper(runtime, document,
                       options.breaches_only ? "breach-register" : "incident-register",
                       options.paper, first_table(document));
}

ExitStatus report_register(Runtime& runtime, const RegisterOptions& options) {
  auto language = paper_language(runtime, options.paper);
  if (!language) return refuse_usage(runtime, language.error());
  std::string organisation = options.organisation;
  if (const auto roster = known_roster(runtime); organisation.empty() && roster && *roster) {
    organisation = (*roster)->roster.organisation;
  }
  std::optional<OrgIncidents> org;
  if (options.is_all || options.keeps) {
    auto opened = open_incidents(runtime);
    if (!opened) return fail(runtime, opened.error());
    org = *std::move(opened);
  }
  RowsRead read;
  if (!options.is_all || options.keeps || !options.cases.empty()) {
    auto cases = read_cases(runtime, options);
    if (!cases) return fail(runtime, cases.error());
    read = *std::move(cases);
    if (read.drills > 0) {
      runtime.err << counted(read.drills, "drill is", "drills are") << " left out\n";
    }
    if (read.rows.empty() && !options.is_all) {
      return fail(runtime,
                  {ErrorCode::not_found, "drills stand in no register, and no other case is named",
                   "casebook report register CASE"});
    }
  }
  if (options.keeps) {
    if (auto kept = keep_rows(runtime, *org, read.rows); !kept) return fail(runtime, kept.error());
  }
  if (options.is_all && org->rows.empty()) {
    return fail(runtime, {ErrorCode::not_found, "the organisation keeps no incident yet",
                          "casebook report register --keep, in a case"});
  }
  return show_register(runtime, options, *language, std::move(organisation),
                       options.is_all ? std::move(org->rows) : std::move(read.rows));
}

}  // namespace

void add_report_register(Command& report) {
  auto rows = std::make_shared<RegisterOptions>();
  Command& incidents = report.add("register", "Incidents: effects, measures, who was told");
  incidents.arguments("CASE", rows->cases, "folders of cases; else this one", Count::any)
      .flag("--keep", rows->keeps, "also enter them in the register of the organisation")
      .flag("--all", rows->is_all, "every case that the organisation's register holds")
      .flag("--breaches", rows->breaches_only, "only those of personal data: GDPR Art. 33(5)")
      .option("--organisation", "NAME", rows->organisation, "else that of the roster")
      .option("--period", "TEXT", rows->period, "for the title page: 2026");
  add_paper_options(incidents, rows->paper);
  incidents.example("casebook report register --keep", "this case, as it stands today")
      .example("casebook report register --all --breaches --out shown", "also as CSV")
      .run(in_language(rows, report_register));
}

}  // namespace casebook::cli
