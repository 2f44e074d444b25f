// `casebook erase`: takes a text or file away, by two persons, and says what that may be called.
// Specification: docs/spec/keeping.md.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_keeping.h"
#include "cli/commands.h"
#include "cli/cosigning.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct EraseOptions {
  std::string number;
  std::string compartment = "general";
  Cosigning cosigning;
};

/// What people wrote or brought; everything else is the record of the case itself (RT-1).
/// Of a bag or ticket its identity goes, and with it the bag, wherever it lies.
constexpr std::array<std::string_view, 8> kErasable = {
    "note", "finding", "message", "text", "attachment", "privilege", "bag", "ticket"};

Status check_kind(const vault::ItemVersion& item) {
  if (std::ranges::find(kErasable, item.kind) != kErasable.end()) return ok();
  return Error{ErrorCode::invalid_input,
               "an item of kind " + printable(item.kind) + " is the record of the case and stays",
               "what goes are notes, findings, messages, texts, files, bags and tickets"};
}

std::string why(const vault::KeepingVerdict& verdict) {
  std::string names;
  for (const std::string& one : verdict.because) names += (names.empty() ? "" : ", ") + one;
  return names;
}

Json erasure_body(const vault::CompartmentName& name, const vault::ItemId& item) {
  return {
      {"compartment", name.compartment}, {"generation", name.generation}, {"item", item.text()}};
}

/// A hold or a rule speaks against it: that is said in the case, so that a later question finds it.
Status refuse_erasure(CaseSession& session, vault::Compartment& compartment,
                      const vault::ItemId& item, const vault::KeepingVerdict& verdict) {
  Json body = erasure_body(compartment.name(), item);
  body["because"] = verdict.because;
  body["verdict"] = to_string(verdict.keeping);
  auto said = session.write_body(compartment.name().compartment, "erase.refused",
                                 canonical_json(body), {}, {.statement = {}});
  if (!said) return std::move(said).error();
  if (verdict.keeping == vault::Keeping::held) {
    return Error{ErrorCode::invalid_input, "a legal hold stands: " + why(verdict),
                 "nothing it covers is erased until two persons lift it: casebook hold lift"};
  }
  return Error{ErrorCode::invalid_input,
               "it is kept until " + format_utc(*verdict.until) + ": " + why(verdict),
               "casebook retention shows the rules"};
}

/// What is to go: records that hold nothing else, and one item of a batch.
Result<vault::ErasureRequest> request_for(CaseSession& session, vault::Compartment& compartment,
                                          const vault::ItemId& id, const SaidErasure& said) {
  auto records = compartment.records_of_item(id);
  if (!records) return std::move(records).error();
  vault::ErasureRequest request{.vault = session.paths().vault(), .records = {}, .items = {}};
  for (const vault::RecordOfItem& one : *records) {
    if (one.is_only_this) {
      request.records.push_back(one.commit);
    } else {
      request.items = {id};
    }
  }
  auto backups = known_backups(session, said);
  if (!backups) return std::move(backups).error();
  request.backups = *std::move(backups);
  return request;
}

void print_report(Runtime& runtime, const std::string& title, const vault::ErasureReport& report) {
  const int width = runtime.terminal.width_columns;
  runtime.out << wrap_behind("", title + ": " + std::string(to_string(report.standing)), width);
  for (const std::string& one : report.survivors) {
    runtime.out << wrap_behind("  remains ", printable(one), width);
  }
}

Json report_json(const vault::ErasureReport& report) {
  return {{"limits", report.limits},
          {"standing", to_string(report.standing)},
          {"survivors", report.survivors}};
}

void print_outcome(Runtime& runtime, const EraseOptions& options,
                   const vault::ErasureOutcome& outcome) {
  if (runtime.common.is_json) {
    Json json = report_json(outcome.report);
    json["format"] = "casebook-erasure/1";
    json["items"] = outcome.erased.items;
    json["records"] = outcome.erased.records;
    json["versions"] = outcome.erased.versions;
    print_json(runtime, json);
    return;
  }
  print_report(runtime, options.number + " is erased; its place in the ledger stays provable",
               outcome.report);
  runtime.out << wrap_behind("  ", outcome.report.limits, runtime.terminal.width_columns);
  if (outcome.report.standing == vault::ErasureStanding::logical) {
    runtime.out << "Next: casebook rotate " << options.compartment
                << ", then casebook erase report\n";
  }
}

/// Everything that is looked at before anybody signs.
Result<vault::ItemId> check_target(CaseSession& session, vault::Compartment& compartment,
                                   const EraseOptions& options) {
  auto id = item_numbered(compartment, options.number);
  if (!id) return id;
  auto item = compartment.item(*id);
  if (!item) return std::move(item).error();
  if (!*item) return Error{ErrorCode::not_found, "there is no such item"};
  if ((*item)->state == vault::ItemState::erased) {
    return Error{ErrorCode::not_found, "it is erased already", "casebook erase report"};
  }
  if (auto may = check_kind(**item); !may) return std::move(may).error();
  auto rules = keeping_rules(session);
  if (!rules) return std::move(rules).error();
  auto thing = kept_thing(compartment, *id);
  if (!thing) return std::move(thing).error();
  const auto verdict = keeping_of(*thing, rules->holds, rules->rules, session.now());
  if (verdict.keeping == vault::Keeping::may_go || verdict.keeping == vault::Keeping::due) {
    return id;
  }
  // A session that only writes a request out cannot say it; nor is anything refused for good then.
  if (!options.cosigning.out.empty()) {
    return Error{ErrorCode::invalid_input, "it may not go: " + why(verdict)};
  }
  auto refused = refuse_erasure(session, compartment, *id, verdict);
  return Error(refused.error());
}

/// Two persons, and about this item and nothing else.
Status check_agreed(CaseSession& session, const Proposal& proposal, const std::string& body) {
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error();
  if (statement->verb != "erase" || statement->body != body) {
    return Error{ErrorCode::invalid_input, "what was signed is about something else"};
  }
  return check_two_persons(session, proposal);
}

/// By whoever asked for it, who need not be the one who appends it.
Result<vault::ItemVersion> mark_of(CaseSession& session, const Proposal& proposal,
                                   const std::string& body) {
  auto mark = new_item(session, {}, std::string(kErasureKind));
  if (!mark) return mark;
  mark->text.fields = body;
  if (!proposal.items.empty()) mark->author = proposal.items.front().author;
  return mark;
}

ExitStatus erase(Runtime& runtime, const EraseOptions& options) {
  auto session = CaseSession::open(runtime, kind_for(options.cosigning), "erasing");
  if (!session) return fail(runtime, session.error());
  auto compartment = (*session)->compartment(options.compartment);
  if (!compartment) return fail(runtime, compartment.error());
  auto id = check_target(**session, **compartment, options);
  if (!id) {
    const auto closed = (*session)->close();
    return fail(runtime, closed ? id.error() : closed.error());
  }
  const std::string body = canonical_json(erasure_body((*compartment)->name(), *id));
  auto proposal = gather(**session, options.cosigning, [&]() -> Result<Proposal> {
    auto reason = ask_text(runtime, "", "why it has to go");
    if (!reason) return std::move(reason).error();
    return (*session)->propose_other("erase", body, {{"reason", *reason}});
  });
  if (!proposal) return fail(runtime, proposal.error());
  if (!*proposal) return ExitStatus::done;
  if (auto agreed = check_agreed(**session, **proposal, body); !agreed) {
    return fail(runtime, agreed.error());
  }
  auto mark = mark_of(**session, **proposal, body);
  if (!mark) return fail(runtime, mark.error());
  auto said = (*session)->say_other(options.compartment, **proposal, {*mark});
  if (!said) return fail(runtime, said.error());
  const SaidErasure erasure{*id, options.compartment, (*compartment)->name().generation, said->seq,
                            said->received_at};
  auto request = request_for(**session, **compartment, *id, erasure);
  if (!request) return fail(runtime, request.error());
  auto outcome = vault::erase_for_good(**compartment, *request);
  if (!outcome) return fail(runtime, outcome.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  print_outcome(runtime, options, *outcome);
  return ExitStatus::done;
}

/// What every erasure of the compartments that one holds may be called now.
ExitStatus report_erasures(Runtime& runtime) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading what was erased");
  if (!session) return fail(runtime, session.error());
  Json list = Json::array();
  std::string limits;
  for (const std::string& name : (*session)->held()) {
    auto compartment = (*session)->compartment(name);
    if (!compartment) return fail(runtime, compartment.error());
    auto said = said_erasures(**compartment);
    if (!said) return fail(runtime, said.error());
    for (const SaidErasure& one : *said) {
      auto report = erasure_report(**session, one);
      if (!report) return fail(runtime, report.error());
      limits = report->limits;
      Json json = report_json(*report);
      json["compartment"] = name;
      json["item"] = one.item.text();
      json["said_at"] = format_utc(one.received);
      list.push_back(std::move(json));
      if (runtime.common.is_json) continue;
      print_report(runtime,
                   one.item.text().substr(0, 12) + " in " + name + ", " + format_utc(one.received),
                   *report);
    }
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"erasures", std::move(list)}, {"format", "casebook-erasures/1"}});
  } else if (list.empty()) {
    runtime.out << "nothing was erased\n";
  } else {
    runtime.out << wrap_behind("", limits, runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

}  // namespace

void add_erase_command(Command& root) {
  auto options = std::make_shared<EraseOptions>();
  options->cosigning.verbs = "erase";
  Command& erasing = root.add("erase", "Take a text or file away, by two persons; the proof stays");
  erasing.argument("N", options->number, "number or id of a note, finding, message or file")
      .option("--in", "COMPARTMENT", options->compartment, "else general");
  add_cosigning(erasing, options->cosigning);
  erasing.example("casebook erase 12 --with ben", "asks why; refused while a hold stands")
      .run([options](Runtime& runtime) { return erase(runtime, *options); });
  erasing.add("report", "What each erasure may be called, and what remains")
      .example("casebook erase report", "")
      .run([](Runtime& runtime) { return report_erasures(runtime); });
}

}  // namespace casebook::cli
