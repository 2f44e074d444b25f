// `casebook report KIND draft|check|release|submit|not-notify`, `report list`, `report profile`:
// reports to authorities, people and customers. Exit status: 0, 1, 3 when a check finds something
// that blocks, 5 when approvals are missing.
#include "cli/report_filing.h"

#include <fcntl.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/duties.h"
#include "cli/filing_case.h"
#include "cli/filing_text.h"
#include "cli/note_writing.h"
#include "cli/record_fields.h"
#include "cli/record_kind.h"
#include "cli/release_files.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/digest.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "reports/filing/draft_document.h"
#include "reports/filing/draft_json.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;
using workflow::Fields;
using workflow::Moment;
using workflow::Record;
using workflow::Value;

constexpr std::size_t kDigestShown = 12;
constexpr std::string_view kCompartment = "general";

std::string hex_digest(std::string_view bytes) {
  const auto digest = sha256(as_bytes(bytes));
  check(bool(digest), "SHA-256 of bytes in memory");
  return to_hex(*digest);
}

Value moment_value(UtcSeconds time) { return Value(Moment{time.time_since_epoch().count()}); }
Value number_value(std::uint64_t number) { return Value(static_cast<std::int64_t>(number)); }

/// The case, its law, and the kind of report in hand.
struct Desk {
  std::unique_ptr<CaseSession> session;
  std::unique_ptr<CaseLaw> law;
  FilingKind kind;
  documents::Language language = documents::Language::en;
  std::string compartment = std::string(kCompartment);  ///< Where its words and files are sealed.
  [[nodiscard]] const workflow::CaseState& state() const { return session->runbook(); }
};
Result<Desk> sit_down(Runtime& runtime, const FilingOptions& options, SessionKind kind) {
  auto language = paper_language(runtime, options.paper);
  if (!language) return std::move(language).error();
  auto session = CaseSession::open(runtime, kind, "preparing a report");
  if (!session) return std::move(session).error();
  if (auto there = require_runbook(**session); !there) return Error(there.error());
  if (!(*session)->runbook().policy->registers.contains("filing")) {
    return Error{ErrorCode::not_found, "the runbook of this case has no register of drafts",
                 "casebook policy pin NEED-TO-KNOW adds the newest"};
  }
  auto law = law_of_case(**session, {});
  if (!law) return std::move(law).error();
  Desk desk{*std::move(session), *std::move(law), {}, *language};
  if (!options.compartment.empty()) {
    if (auto open = desk.session->compartment(options.compartment); !open) {
      return std::move(open).error();
    }
    desk.compartment = options.compartment;
  }
  auto found = find_filing_kind(*desk.session, desk.law->policies, options.words.front());
  if (!found) return std::move(found).error();
  desk.kind = *found;
  return desk;
}

/// Says one entry. @return its number; nothing when gates refused and it was shown.
std::optional<std::uint64_t> say(Desk& desk, const std::string& attempt, const std::string& kind,
                                 const Fields& fields, const std::string& words,
                                 ExitStatus& status) {
  Saying saying{.purpose = "preparing a report", .attempt = attempt};
  if (!words.empty() && desk.compartment == kCompartment) {
    saying.words.push_back({"text", words, "record"});
  } else if (!words.empty()) {
    auto leaf = keep_words_in(*desk.session, desk.compartment, kind, words);
    if (!leaf) {
      status = fail(desk.session->runtime(), leaf.error());
      return {};
    }
    saying.digests.emplace("text", *leaf);
  }
  saying.body = [&](CaseSession& open) -> Result<workflow::RunbookBody> {
    auto key = make_facet_key(open.runtime().randomness);
    if (!key) return std::move(key).error();
    return workflow::RunbookBody(workflow::RecordAdd{kind, fields, *key});
  };
  std::optional<std::uint64_t> number;
  status = say_in(*desk.session, {}, saying, [&](CaseSession& open, const vault::Appended&) {
    number = open.runbook().records.back().number;
  });
  return number;
}

/// Why there is no draft to work with: none was made, or this person cannot read it.
Error no_draft(Desk& desk, const FilingOptions& options) {
  for (const Record& record : desk.state().records) {
    if (record.kind != "filing" || word_of(record, "regime") != desk.kind.regime->id) continue;
    if (word_of(record, "stage") != desk.kind.stage->id || !record.text) continue;
    if (auto readable = compartment_of_words(*desk.session, *record.text); readable) continue;
    return {ErrorCode::locked,
            "draft #" + std::to_string(record.number) +
                " is sealed to a compartment that you cannot open",
            "who holds it can go on, or let you in: casebook access grant COMPARTMENT YOU"};
  }
  return {ErrorCode::not_found, desk.kind.name() + " is not drafted",
          "casebook report " + options.words.front() + " draft"};
}

// Drafting.

Result<CurrentDraft> draft_again(Desk& desk, const StoredFiling& stored) {
  return draft_of_case(
      *desk.session, *desk.law, desk.kind,
      {stored.draft.kind, stored.draft.language, stored.draft.made_at, stored.draft.head});
}

ExitStatus show_draft(Runtime& runtime, Desk& desk, const FilingOptions& options,
                      const CurrentDraft& current, std::uint64_t number, bool is_new) {
  const UtcSeconds now = desk.session->now();
  const auto findings = current.findings(now);
  if (!options.paper.out.empty()) {
    return deliver_paper(runtime, filing::review_document(current.draft, findings),
                         "draft-" + std::to_string(number), options.paper);
  }
  if (runtime.common.is_json) {
    Json json = filing_state_json(current, desk.kind, now);
    json["number"] = number;
    print_json(runtime, json);
    return ExitStatus::done;
  }
  const auto [asked, missing] = asked_of(current.draft);
  runtime.out << wrap_behind("",
                             "#" + std::to_string(number) + (is_new ? " drafted: " : " stands: ") +
                                 desk.kind.name() + ", " + std::to_string(asked - missing) +
                                 " of " + std::to_string(asked) + " fields, digest " +
                                 filing::draft_digest(current.draft).substr(0, kDigestShown),
                             runtime.terminal.width_columns);
  show_filing_state(runtime, current, now);
  const std::string todo = how_to_say(current.draft);
  const std::string about = " --about " + std::to_string(number);
  runtime.out << "Next: "
              << (todo.empty() ? "casebook ask filing-law" + about + ", ask filing-words" + about
                               : todo)
              << '\n';
  return ExitStatus::done;
}

ExitStatus draft(Runtime& runtime, const FilingOptions& options, filing::DraftKind form) {
  auto desk = sit_down(runtime, options, SessionKind::writes);
  if (!desk) return fail(runtime, desk.error());
  // A draft that would say the same is the same: approvals stay good.
  if (const auto stored = last_filing(*desk->session, desk->kind);
      stored && stored->draft.kind == form && stored->draft.language == desk->language) {
    auto again = draft_again(*desk, *stored);
    if (again && filing::draft_digest(again->draft) == filing::draft_digest(stored->draft)) {
      return show_draft(runtime, *desk, options, *again, stored->record->number, false);
    }
  }
  const MerkleHead head = desk->session->basis();
  auto current = draft_of_case(*desk->session, *desk->law, desk->kind,
                               {form, desk->language, desk->session->now(),
                                std::to_string(head.count) + " " + to_hex(head.root)});
  if (!current) return fail(runtime, current.error());
  const auto [asked, missing] = asked_of(current->draft);
  Fields fields;
  fields["regime"] = Value(desk->kind.regime->id);
  fields["stage"] = Value(desk->kind.stage->id);
  fields["form"] = Value(std::string(to_string(form)));
  fields["digest"] = Value(filing::draft_digest(current->draft));
  fields["asked"] = number_value(asked);
  fields["missing"] = number_value(missing);
  ExitStatus status = ExitStatus::done;
  const auto number =
      say(*desk, "draft", "filing", fields, filing::draft_json(current->draft), status);
  if (!number) return status;
  if (auto closed = desk->session->close(); !closed) return fail(runtime, closed.error());
  return show_draft(runtime, *desk, options, *current, *number, true);
}

/// What is known and missing now, without entering anything.
ExitStatus check_report(Runtime& runtime, const FilingOptions& options) {
  auto desk = sit_down(runtime, options, SessionKind::reads);
  if (!desk) return fail(runtime, desk.error());
  const auto stored = last_filing(*desk->session, desk->kind);
  const UtcSeconds now = desk->session->now();
  auto current = stored ? draft_again(*desk, *stored)
                        : draft_of_case(*desk->session, *desk->law, desk->kind,
                                        {filing::DraftKind::notice, desk->language, now});
  if (!current) return fail(runtime, current.error());
  const bool is_stale =
      stored && filing::draft_digest(current->draft) != filing::draft_digest(stored->draft);
  const bool blocks = filing::any_blocks(current->findings(now));
  if (runtime.common.is_json) {
    Json json = filing_state_json(*current, desk->kind, now);
    json["stale"] = is_stale;
    print_json(runtime, json);
  } else {
    runtime.out << desk->kind.name() << ", "
                << (stored ? "draft #" + std::to_string(stored->record->number)
                           : std::string("not begun"))
                << '\n';
    if (is_stale) {
      runtime.out << wrap_behind("  stale    ",
                                 "the case says otherwise since it was drafted: draft it again",
                                 runtime.terminal.width_columns);
    }
    show_filing_state(runtime, *current, now);
    if (!blocks && !is_stale) runtime.out << "Nothing blocks it.\n";
  }
  return blocks || is_stale ? ExitStatus::incomplete : ExitStatus::done;
}

// Releasing.

/// Words given over a draft, as the manifest lists them.
std::vector<filing::Approval> approvals_of(const workflow::CaseState& state, const Record& record) {
  std::vector<filing::Approval> approvals;
  for (const workflow::Attestation& word : state.attestations) {
    if (word.record != record.id || word.verb != "approved") continue;
    if (word.withdrawn || word.disarmed || word.spoken || state.is_contested(word.seq)) continue;
    approvals.push_back({word.role, word.person.text(), word_of(record, "digest"), word.at});
  }
  return approvals;
}

/// Who approved an earlier draft of the same stage, and not this one.
std::string stale_words(Desk& desk, const Record& current) {
  std::string text;
  const auto given = approvals_of(desk.state(), current);
  for (const Record& other : desk.state().records) {
    if (other.kind != "filing" || other.id == current.id) continue;
    if (word_of(other, "regime") != word_of(current, "regime")) continue;
    if (word_of(other, "stage") != word_of(current, "stage")) continue;
    for (const filing::Approval& word : approvals_of(desk.state(), other)) {
      const bool is_given = std::ranges::any_of(
          given, [&](const filing::Approval& one) { return one.role == word.role; });
      const auto person = PersonId::parse(word.person);
      if (is_given || !person) continue;
      text += "stale: " + desk.session->name_of(*person) + " (" + word.role + ") approved draft #" +
              std::to_string(other.number) + ", this is #" + std::to_string(current.number) + "\n";
    }
  }
  return text;
}

Result<documents::PdfFile> draw_by_program(const documents::Document& document) {
  auto bytes = draw_pages(document);
  if (!bytes) return std::move(bytes).error();
  auto fonts = documents::font_digests(documents::PdfOptions{}.font_folder);
  if (!fonts) return std::move(fonts).error();
  return documents::PdfFile{*std::move(bytes), 0, *std::move(fonts)};
}

Result<filing::Release> make_release(Desk& desk, const StoredFiling& stored,
                                     const CurrentDraft& current, UtcSeconds made_at) {
  filing::ReleaseOptions options;
  options.made_at = made_at;
  options.personal_data = current.personal_data;
  options.facts = &current.facts;
  return filing::release(stored.draft, approvals_of(desk.state(), *stored.record), options,
                         draw_by_program);
}

ExitStatus write_copies(Runtime& runtime, const filing::Release& made, const fs::path& folder) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) {
    return fail(runtime, system_error("make " + printable(folder.string()), failure.value()));
  }
  for (const filing::ReleaseFile& file : made.files) {
    if (file.name == "manifest.json") continue;  // It stays inside.
    if (auto written = write_file(folder / file.name, as_bytes(file.bytes), 0600); !written) {
      return fail(runtime, written.error());
    }
  }
  return ExitStatus::done;
}

/// A decision not to tell answers the duty at once.
ExitStatus settle_duties(Runtime& runtime, Desk& desk, const Fields& fields,
                         const std::string& words, const std::vector<std::uint64_t>& numbers) {
  for (const std::uint64_t number : numbers) {
    const Record* duty = desk.state().record_by_number(number);
    if (duty == nullptr || duty->kind != "duty" || duty->is_settled()) {
      return fail(runtime, {ErrorCode::not_found, "#" + std::to_string(number) + " is no open duty",
                            "casebook report list shows them"});
    }
    const StatementId id = duty->id;
    Saying saying{.purpose = "answering a duty", .attempt = "settling duty"};
    saying.words.push_back({"text", words, "record"});
    saying.body = [&](CaseSession& open) -> Result<workflow::RunbookBody> {
      auto key = make_facet_key(open.runtime().randomness);
      if (!key) return std::move(key).error();
      return workflow::RunbookBody(workflow::RecordSettle{id, fields, *key});
    };
    const ExitStatus status =
        say_in(*desk.session, {}, saying, [](CaseSession&, const vault::Appended&) {});
    if (status != ExitStatus::done) return status;
    if (!runtime.common.is_json) runtime.out << "duty #" << number << " answered\n";
  }
  return ExitStatus::done;
}

std::vector<std::uint64_t> numbers_of(const std::vector<const Record*>& records) {
  std::vector<std::uint64_t> numbers;
  for (const Record* record : records) numbers.push_back(record->number);
  return numbers;
}

/// The files as they were released, whatever was learnt since.
ExitStatus copy_release(Runtime& runtime, Desk& desk, const FilingOptions& options,
                        const StoredFiling& stored, const Record& release) {
  if (options.paper.out.empty()) {
    return fail(runtime, {ErrorCode::invalid_input,
                          "#" + std::to_string(stored.record->number) +
                              " is released already as #" + std::to_string(release.number),
                          "--out FOLDER writes a clear copy; casebook report KIND submit"});
  }
  const std::string manifest = release.text ? desk.session->text_of(*release.text) : "";
  if (manifest.empty()) {
    return fail(runtime,
                {ErrorCode::locked, "release #" + std::to_string(release.number) +
                                        " is sealed to a compartment that you cannot open"});
  }
  if (hex_digest(manifest) != word_of(release, "manifest_digest")) {
    return fail(runtime, {ErrorCode::corrupt, "the manifest is not the one that was released"});
  }
  if (auto copied = copy_release_files(*desk.session, manifest, options.paper.out); !copied) {
    return fail(runtime, copied.error());
  }
  if (!runtime.common.is_json) {
    runtime.out << "release #" << release.number << " copied to "
                << printable(options.paper.out.string()) << '\n';
  }
  return ExitStatus::done;
}

ExitStatus release(Runtime& runtime, const FilingOptions& options) {
  auto desk = sit_down(runtime, options, SessionKind::writes);
  if (!desk) return fail(runtime, desk.error());
  if (desk->state().people.is_drill) {
    return fail(runtime, {ErrorCode::invalid_input, "this case is a drill: nothing of it leaves",
                          "draft and check are for practice; a release is for a real case"});
  }
  const auto stored = last_filing(*desk->session, desk->kind);
  if (!stored) return fail(runtime, no_draft(*desk, options));
  if (options.compartment.empty()) {
    auto where = compartment_of_words(*desk->session, *stored->record->text);
    if (!where) return fail(runtime, where.error());
    desk->compartment = *std::move(where);
  }
  if (const Record* before = release_of(desk->state(), *stored->record)) {
    return copy_release(runtime, *desk, options, *stored, *before);
  }
  auto current = draft_again(*desk, *stored);
  if (!current) return fail(runtime, current.error());
  const std::string digest = filing::draft_digest(stored->draft);
  if (filing::draft_digest(current->draft) != digest) {
    return fail(runtime, {ErrorCode::invalid_input,
                          "the case says otherwise since draft #" +
                              std::to_string(stored->record->number) + " was made",
                          "casebook report " + options.words.front() + " draft, then ask again"});
  }
  runtime.err << stale_words(*desk, *stored->record);
  auto made = make_release(*desk, *stored, *current, desk->session->now());
  if (!made) {
    const ExitStatus failed = fail(runtime, made.error());
    return made.error().code == ErrorCode::locked ? ExitStatus::gate_closed : failed;
  }
  const std::string manifest = made->files.back().bytes;
  Fields fields;
  fields["filing"] = number_value(stored->record->number);
  for (const char* name : {"regime", "stage", "form", "digest"}) {
    fields[name] = Value(word_of(*stored->record, name));
  }
  fields["manifest_digest"] = Value(hex_digest(manifest));
  fields["made_at"] = moment_value(desk->session->now());
  ExitStatus status = ExitStatus::done;
  const bool is_decision = stored->draft.kind == filing::DraftKind::no_notice;
  const auto number = say(*desk, "release", "release", fields, manifest, status);
  if (!number) return status;
  if (auto kept = keep_release_files(*desk->session, desk->compartment,
                                     desk->kind.regime->id + "-" + desk->kind.stage->id, *made);
      !kept) {
    return fail(runtime, kept.error());
  }
  if (!options.paper.out.empty()) {
    status = write_copies(runtime, *made, options.paper.out);
    if (status != ExitStatus::done) return status;
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"digest", digest},
                         {"format", "casebook-released/1"},
                         {"manifest", hex_digest(manifest)},
                         {"number", *number},
                         {"report", desk->kind.name()},
                         {"sealed_in", desk->compartment}});
  } else {
    runtime.out << "#" << *number << " released: " << desk->kind.name() << ", "
                << made->files.size() << " files sealed in " << printable(desk->compartment)
                << (options.paper.out.empty()
                        ? std::string()
                        : ", clear copy in " + printable(options.paper.out.string()))
                << '\n';
  }
  if (is_decision) {
    status = settle_duties(
        runtime, *desk,
        {{"outcome", Value(std::string("not_notified"))}, {"release", number_value(*number)}},
        "Decided not to tell: release #" + std::to_string(*number),
        numbers_of(open_duties(desk->state(), desk->kind)));
  } else if (!runtime.common.is_json) {
    runtime.out << "Next: send it, then casebook report " << options.words.front()
                << " submit --channel portal --reference ... --receipt FILE\n";
  }
  if (auto closed = desk->session->close(); !closed) return fail(runtime, closed.error());
  return status;
}

// Submitting.

/// In `general`, where whoever is on the case can check it.
Result<std::string> keep_receipt(Desk& desk, const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return system_error("open " + printable(path), errno);
  FdSource source(fd.get());
  auto kept = keep_file(*desk.session, std::string(kCompartment),
                        fs::path(path).filename().string(), source);
  if (!kept) return std::move(kept).error();
  auto statement = read_evidence(*desk.session, std::to_string(kept->seq));
  if (!statement) return std::move(statement).error();
  return statement->text();
}

ExitStatus submit(Runtime& runtime, const FilingOptions& options) {
  if (options.channel.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "submit needs --channel",
                                  "portal, mail, phone, post: one word"});
  }
  auto desk = sit_down(runtime, options, SessionKind::writes);
  if (!desk) return fail(runtime, desk.error());
  const auto stored = last_filing(*desk->session, desk->kind);
  const Record* release = stored ? release_of(desk->state(), *stored->record) : nullptr;
  if (!stored) return fail(runtime, no_draft(*desk, options));
  if (release == nullptr) {
    return fail(runtime, {ErrorCode::not_found, desk->kind.name() + " is not released",
                          "casebook report " + options.words.front() +
                              " release; what was sent without us: casebook done N "
                              "outcome=submitted"});
  }
  auto at = read_moment(options.at, desk->session->now());
  if (!at) return refuse_usage(runtime, std::move(at).error().context("--at"));
  Fields fields{{"release", number_value(release->number)},
                {"at", moment_value(*at)},
                {"channel", Value(options.channel)}};
  if (!options.reference.empty()) fields["reference"] = Value(options.reference);
  if (!options.receipt.empty()) {
    auto receipt = keep_receipt(*desk, options.receipt);
    if (!receipt) return fail(runtime, receipt.error());
    fields["receipt"] = Value(*receipt);
  }
  Fields sent = fields;
  sent["regime"] = Value(desk->kind.regime->id);
  sent["stage"] = Value(desk->kind.stage->id);
  const std::uint64_t released = release->number;
  ExitStatus status = ExitStatus::done;
  const auto number = say(*desk, "submit", "submission", sent, "", status);
  if (!number) return status;
  fields["outcome"] = Value(std::string("submitted"));
  std::vector<std::uint64_t> duties;
  for (const std::string& text : options.settles) {
    auto one = read_number(text);
    if (!one) return refuse_usage(runtime, one.error());
    duties.push_back(*one);
  }
  if (duties.empty()) duties = numbers_of(open_duties(desk->state(), desk->kind));
  status = settle_duties(runtime, *desk, fields,
                         desk->kind.name() + ", release #" + std::to_string(released), duties);
  if (status != ExitStatus::done) return status;
  if (runtime.common.is_json) {
    print_json(runtime, {{"at", format_utc(*at)},
                         {"format", "casebook-submitted/1"},
                         {"number", *number},
                         {"report", desk->kind.name()}});
  } else {
    runtime.out << "#" << *number << " submitted by " << printable(options.channel) << " "
                << format_utc(*at)
                << (options.receipt.empty() ? ", no receipt" : ", receipt in custody") << '\n';
  }
  // What was told starts the clocks of what follows.
  auto law = law_of_case(*desk->session, {});
  if (law) {
    auto next = record_duties(*desk->session, **law);
    if (next && !next->line.empty() && !runtime.common.is_json) {
      runtime.out << wrap_behind("", next->line, runtime.terminal.width_columns);
    }
  }
  if (auto closed = desk->session->close(); !closed) return fail(runtime, closed.error());
  return ExitStatus::done;
}

}  // namespace

ExitStatus report_filing(Runtime& runtime, const FilingOptions& options) {
  const std::string action = options.words.size() > 1 ? options.words[1] : "check";
  if (options.words.empty() || options.words.size() > 2) {
    return refuse_usage(runtime,
                        {ErrorCode::invalid_input, "report takes a kind and an action",
                         "casebook report list, then casebook report gdpr-authority draft"});
  }
  if (auto good = paper_language(runtime, options.paper); !good) {
    return refuse_usage(runtime, good.error());
  }
  if (action == "draft") return draft(runtime, options, filing::DraftKind::notice);
  if (action == "not-notify") return draft(runtime, options, filing::DraftKind::no_notice);
  if (action == "check") return check_report(runtime, options);
  if (action == "release") return release(runtime, options);
  if (action == "submit") return submit(runtime, options);
  return refuse_usage(runtime, {ErrorCode::invalid_input, printable(action) + ": no such action",
                                "draft, check, release, submit or not-notify"});
}

void add_report_filing(Command& report) {
  auto listing = std::make_shared<FilingOptions>();
  report.add("list", "What is due, drafted, released and submitted")
      .flag("--all", listing->is_all, "every stage of every law")
      .example("casebook report list", "")
      .run([listing](Runtime& runtime) { return list_reports(runtime, listing->is_all); });
  report.add("profile", "What reports ask of the organisation, as a file to fill")
      .example("casebook report profile > org/report-profile.json", "once, in quiet times")
      .run([](Runtime& runtime) { return print_report_profile(runtime); });
  auto options = std::make_shared<FilingOptions>();
  report
      .arguments("KIND ACTION", options->words,
                 "gdpr-authority, REGIME/STAGE or #N of a duty; then draft, check, release, "
                 "submit or not-notify",
                 Count::any)
      .option("--in", "COMPARTMENT", options->compartment,
              "seal draft or release there; else general")
      .option("--channel", "WORD", options->channel, "of submit: how it was sent")
      .option("--reference", "CODE", options->reference, "of submit: what they call it")
      .option("--at", "TIME", options->at, "of submit: when; else now")
      .option("--receipt", "FILE", options->receipt, "of submit: what came back, into custody")
      .option("--settles", "N", options->settles,
              "of submit: which duties; else those of its kind");
  add_paper_options(report, options->paper);
  report.example("casebook report gdpr-authority draft", "what is known, what is missing")
      .example("casebook report gdpr-authority release --out shown", "once it is approved")
      .example("casebook report gdpr-authority submit --channel portal --reference 2026-4711", "")
      .run([options](Runtime& runtime) { return report_filing(runtime, *options); });
}

}  // namespace casebook::cli
