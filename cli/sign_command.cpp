// `casebook sign`, `waive`: a person's word, given, refused, or done without.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "cli/sign_off.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kSignatureBytesMax = std::size_t{16} << 10U;

// Answering.

struct SignOptions {
  std::string number;
  std::filesystem::path from;
  bool is_refusing = false;
  std::string reason;
  std::string spoken_by, code;
  std::vector<std::string> with;
};

/// An answer that was signed elsewhere: the statement, and the signature beside it.
Result<Proposal> answer_from(const std::filesystem::path& file) {
  auto text = read_file(file, kStatementBytesMax);
  if (!text) return std::move(text).error();
  std::filesystem::path beside = file;
  beside += ".sig";
  auto signature = read_file(beside, kSignatureBytesMax);
  if (!signature) return std::move(signature).error();
  Proposal proposal{{std::string(as_text(*text)), {}}, {}};
  auto added = add_statement_signature(proposal.statement, as_text(*signature));
  if (!added) return std::move(added).error().context(printable(beside.string()));
  return proposal;
}

/// What `sign N` says, by what N is.
Result<workflow::RunbookBody> word_for(CaseSession& session, const workflow::OpenThing& thing,
                                       const SignOptions& options) {
  using Kind = workflow::OpenThing::Kind;
  const bool waits =
      thing.kind == Kind::waiver || thing.kind == Kind::handover || thing.kind == Kind::ask;
  if (!waits) {
    return Error{
        ErrorCode::invalid_input,
        "#" + std::to_string(thing.number) + " waits for no word: " + thing.what,
        "casebook done " + std::to_string(thing.number) + ", or what casebook status says"};
  }
  auto id = StatementId::parse(thing.id);  // Steps and clocks have other ids.
  if (!id) return std::move(id).error();
  switch (thing.kind) {
    case workflow::OpenThing::Kind::waiver:
      return workflow::RunbookBody(workflow::WaiveGrant{*id});
    case workflow::OpenThing::Kind::handover:
      return workflow::RunbookBody(workflow::HandoverAccept{*id});
    case workflow::OpenThing::Kind::ask:
      break;
    default:
      break;
  }
  const workflow::Ask* ask = ask_numbered(session, thing.number);
  if (options.is_refusing) return workflow::RunbookBody(workflow::AttestRefuse{*id});
  if (!options.spoken_by.empty()) {
    auto person = session.find_person(options.spoken_by);
    if (!person) return std::move(person).error();
    if (options.code != ask_code(*ask)) {
      return Error{ErrorCode::invalid_input, "--code is not the code of this request",
                   "the person reads it back from their sheet"};
    }
    return workflow::RunbookBody(workflow::Spoken{*id, *person, options.code});
  }
  return answer_of(session, *ask);
}

void show_word(CaseSession& session, const workflow::OpenThing& thing, const SignOptions& options,
               const vault::Appended& appended) {
  Runtime& runtime = session.runtime();
  const char* what = options.is_refusing          ? "refused"
                     : !options.spoken_by.empty() ? "spoken; to be signed before any exit"
                                                  : "signed";
  if (runtime.common.is_json) {
    print_json(runtime, {{"entry", appended.seq},
                         {"format", "casebook-answered/1"},
                         {"number", thing.number},
                         {"what", what}});
    return;
  }
  runtime.out << "#" << thing.number << ' ' << what << ", entry " << appended.seq << ", "
              << format_utc(appended.received_at) << '\n';
}

ExitStatus sign_thing(CaseSession& session, const workflow::OpenThing& thing,
                      const SignOptions& options) {
  Runtime& runtime = session.runtime();
  const auto done = [&](CaseSession& open, const vault::Appended& appended) {
    show_word(open, thing, options, appended);
  };
  if (!options.from.empty()) {
    auto proposal = answer_from(options.from);
    if (!proposal) return fail(runtime, proposal.error());
    auto refusal = session.judge(*proposal);
    if (!refusal) return fail(runtime, refusal.error());
    if (*refusal) return show_refusal(session, thing.what, **refusal);
    auto appended = session.say(*proposal);
    if (!appended) return fail(runtime, appended.error());
    done(session, *appended);
    return ExitStatus::done;
  }
  // What is signed is shown before the passphrase is asked for.
  if (const workflow::Ask* ask = ask_numbered(session, thing.number); ask != nullptr) {
    runtime.err << sign_off_sheet(session, *ask);
  }
  Saying saying{.purpose = "giving your word", .attempt = thing.what};
  if (!options.reason.empty()) saying.words.push_back({"reason", options.reason});
  saying.body = [&](CaseSession& open) { return word_for(open, thing, options); };
  Cosigning cosigning;
  cosigning.with = options.with;
  return say_in(session, cosigning, saying, done);
}

ExitStatus sign(Runtime& runtime, const SignOptions& options) {
  auto number = read_number(options.number);
  if (!number) return refuse_usage(runtime, number.error());
  if (options.is_refusing && options.reason.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--refuse needs --reason TEXT",
                                  "say what would change your answer"});
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "giving your word");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const auto board = workflow::make_board((*session)->runbook(), (*session)->now());
  const workflow::OpenThing* thing = workflow::find_thing(board, *number);
  if (thing == nullptr) {
    return fail(runtime, {ErrorCode::not_found,
                          "#" + std::to_string(*number) + ": nothing that waits for a word",
                          "casebook ask GATE asks for one; casebook status shows what waits"});
  }
  const ExitStatus status = sign_thing(**session, *thing, options);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

// Doing without.

struct WaiveOptions {
  std::string gate;
  std::string attempt = "close";
  std::string reason;
};

ExitStatus waive(Runtime& runtime, const WaiveOptions& options) {
  if (options.reason.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--reason is missing",
                                  "why it is right to do without, in whole sentences"});
  }
  Saying saying{.purpose = "asking to do without a gate", .attempt = options.gate};
  saying.words.push_back({"reason", options.reason});
  saying.body = [&](CaseSession&) {
    return Result<workflow::RunbookBody>(
        workflow::WaiveAsk{.gate = options.gate,
                           .attempt = options.attempt,
                           .reason_chars = static_cast<std::uint32_t>(options.reason.size())});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    const workflow::Waiver& made = session.runbook().waivers.back();
    if (runtime.common.is_json) {
      print_json(runtime, {{"entry", at.seq},
                           {"format", "casebook-waiver/1"},
                           {"gate", made.gate},
                           {"number", made.number}});
      return;
    }
    const workflow::Gate* gate = session.runbook().policy->gate(made.gate);
    runtime.out << "#" << made.number << " asked: without " << made.gate << "; it counts once the "
                << (gate != nullptr && gate->waive ? gate->waive->grant : "second person")
                << " signs\nNext, as that person: casebook sign " << made.number << '\n';
  });
}

}  // namespace

void add_sign_command(Command& root) {
  auto options = std::make_shared<SignOptions>();
  root.add("sign", "Give your word on what waits for it: approval, waiver, role")
      .argument("N", options->number, "its number")
      .option("--from", "FILE", options->from, "what was signed elsewhere, with FILE.sig beside it")
      .flag("--refuse", options->is_refusing, "say no")
      .option("--reason", "TEXT", options->reason, "why not, or on what condition")
      .option("--spoken-by", "PERSON", options->spoken_by, "who answered by telephone")
      .option("--code", "CODE", options->code, "as that person read it back")
      .option("--with", "NAME", options->with, "also signed by this key on this machine")
      .example("casebook sign 40", "shows what you sign, then asks your passphrase")
      .example("casebook sign 40 --spoken-by dee --code 1f3a-9c20 --with ben", "two who heard it")
      .run([options](Runtime& runtime) { return sign(runtime, *options); });
}

void add_waive_command(Command& root) {
  auto options = std::make_shared<WaiveOptions>();
  root.add("waive", "Do without a gate: a reason, and a second person")
      .argument("GATE", options->gate, "as `why` names it")
      .option("--for", "ACTION", options->attempt, "else close")
      .option("--reason", "TEXT", options->reason, "kept as a text of the case")
      .example("casebook waive qa-test --reason 'no QA team; two engineers tested instead'", "")
      .run([options](Runtime& runtime) { return waive(runtime, *options); });
}

}  // namespace casebook::cli
