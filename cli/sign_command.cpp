// `casebook ask`, `sign`, `waive`: a person's word, asked for, given, refused, or done without.
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

// Asking.

struct AskOptions {
  std::string gate;
  std::string person;
  std::string about;
  std::filesystem::path out;
};

const workflow::Ask* ask_numbered(const CaseSession& session, std::uint64_t number) {
  const auto& asks = session.runbook().asks;
  const auto found = std::ranges::find(asks, number, &workflow::Ask::number);
  return found == asks.end() ? nullptr : &*found;
}

Result<workflow::RunbookBody> asking(CaseSession& session, const AskOptions& options,
                                     const WantedWord& word) {
  workflow::AskFor ask{.gate = word.gate, .leaf = word.leaf, .record = word.record};
  if (!options.person.empty()) {
    auto person = session.find_person(options.person);
    if (!person) return std::move(person).error();
    ask.person = *person;
  } else if (word.who.size() == 1) {
    ask.person = word.who.front();
  }
  for (const std::string& facet : word.rule.covers) {
    ask.covers.emplace(facet, session.runbook().facet_digest(facet));
  }
  return workflow::RunbookBody(std::move(ask));
}

/// The answer as a statement that anybody signs with stock tools, and comes back by `sign --from`.
Status write_request(CaseSession& session, const workflow::Ask& ask,
                     const std::filesystem::path& file) {
  auto body = answer_of(session, ask);
  if (!body) return std::move(body).error();
  auto id = StatementId::make(session.runtime().randomness);
  if (!id) return std::move(id).error();
  const Statement statement{*id,
                            session.state().file.case_id,
                            session.state().file.is_drill,
                            std::string(verb_of(*body)),
                            format_runbook_body(*body),
                            {},
                            session.now(),
                            {},
                            session.basis()};
  return write_file(file, as_bytes(format_statement(statement)), 0600);
}

ExitStatus show_ask(CaseSession& session, const AskOptions& options, const workflow::Ask& ask) {
  Runtime& runtime = session.runtime();
  if (!options.out.empty()) {
    if (auto written = write_request(session, ask, options.out); !written) {
      return fail(runtime, written.error());
    }
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"code", ask_code(ask)},
                         {"format", "casebook-asked/1"},
                         {"gate", ask.gate},
                         {"number", ask.number},
                         {"sheet", sign_off_sheet(session, ask)}});
    return ExitStatus::done;
  }
  runtime.out << sign_off_sheet(session, ask);
  if (!options.out.empty()) {
    const std::string name = printable(options.out.string());
    runtime.out << "written to " << name << "; they sign it with casebook key sign " << name
                << "\n  or: ssh-keygen -Y sign -f KEY -n casebook-statement@v1 " << name
                << "\n  then here: casebook sign " << ask.number << " --from " << name << '\n';
  }
  return ExitStatus::done;
}

/// The same request, still without an answer, over what stands there now.
const workflow::Ask* asked_already(CaseSession& session, const WantedWord& word,
                                   const AskOptions& options) {
  std::optional<PersonId> person;
  if (!options.person.empty()) {
    const auto found = session.find_person(options.person);
    if (!found) return nullptr;
    person = *found;
  }
  for (const workflow::Ask& ask : session.runbook().asks) {
    const bool is_same = ask.answer == workflow::Ask::Answer::open && ask.gate == word.gate &&
                         ask.leaf == word.leaf && ask.record == word.record &&
                         (!person || ask.person == person) &&
                         ask.covers == workflow::covers_now(session.runbook(), word.rule.covers);
    if (is_same) return &ask;
  }
  return nullptr;
}

/// Those that this person could give; all when nobody is named, or the person could give none.
Result<std::vector<WantedWord>> words_of_person(CaseSession& session, const std::string& name,
                                                const std::vector<WantedWord>& wanted) {
  if (name.empty()) return wanted;
  auto person = session.find_person(name);
  if (!person) return std::move(person).error();
  std::vector<WantedWord> theirs;
  for (const WantedWord& word : wanted) {
    if (std::ranges::find(word.who, *person) != word.who.end()) theirs.push_back(word);
  }
  return theirs.empty() ? wanted : theirs;
}

ExitStatus ask(Runtime& runtime, const AskOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "asking for a word");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  if (const auto number = read_number(options.gate)) {
    const workflow::Ask* known = ask_numbered(**session, *number);
    if (known == nullptr) {
      return fail(runtime, {ErrorCode::not_found, "#" + options.gate + ": nobody was asked that",
                            "casebook ask GATE; casebook why close names the gates"});
    }
    return show_ask(**session, options, *known);
  }
  std::optional<StatementId> about;
  if (!options.about.empty()) {
    auto number = read_number(options.about);
    if (!number) return refuse_usage(runtime, number.error());
    const workflow::Record* entry = (*session)->runbook().record_by_number(*number);
    if (entry == nullptr) {
      return fail(runtime, {ErrorCode::not_found, "#" + std::to_string(*number) + " is no entry",
                            "casebook record list shows them"});
    }
    about = entry->id;
  }
  auto wanted = wanted_words(**session, options.gate, about);
  if (!wanted) return fail(runtime, wanted.error());
  if (wanted->empty()) {
    return fail(runtime,
                {ErrorCode::invalid_input, printable(options.gate) + ": no word is missing there",
                 "casebook why close shows what is missing"});
  }
  // Of several ways, those that somebody can go now.
  const auto has_somebody = [](const WantedWord& word) { return !word.who.empty(); };
  if (options.person.empty() && std::ranges::any_of(*wanted, has_somebody)) {
    std::erase_if(*wanted, std::not_fn(has_somebody));
  } else if (options.person.empty()) {
    runtime.err
        << "casebook: nobody can give that word now: whoever holds the role wrote or changed "
           "what it is about, or nobody holds it\n";
  }
  ExitStatus status = ExitStatus::done;
  const auto asked = words_of_person(**session, options.person, *wanted);
  if (!asked) return fail(runtime, asked.error());
  for (const WantedWord& word : *asked) {
    if (const workflow::Ask* open = asked_already(**session, word, options)) {
      status = show_ask(**session, options, *open);
      continue;
    }
    Saying saying{.purpose = "asking for a word", .attempt = options.gate};
    saying.body = [&](CaseSession& open) { return asking(open, options, word); };
    status = say_in(**session, {}, saying, [&](CaseSession& open, const vault::Appended&) {
      const workflow::Ask made = open.runbook().asks.back();
      show_ask(open, options, made);
    });
    if (status != ExitStatus::done) return status;
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

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
  auto id = StatementId::parse(thing.id);
  if (!id) return std::move(id).error();
  switch (thing.kind) {
    case workflow::OpenThing::Kind::waiver:
      return workflow::RunbookBody(workflow::WaiveGrant{*id});
    case workflow::OpenThing::Kind::handover:
      return workflow::RunbookBody(workflow::HandoverAccept{*id});
    case workflow::OpenThing::Kind::ask:
      break;
    default:
      return Error{ErrorCode::invalid_input, "#" + std::to_string(thing.number) + " takes no word",
                   "casebook done " + std::to_string(thing.number)};
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

void add_ask_command(Command& root) {
  auto options = std::make_shared<AskOptions>();
  root.add("ask", "Request a person's word; prints a sheet to send them")
      .argument("GATE", options->gate, "as `why` names it; a number shows that sheet again")
      .option("--of", "PERSON", options->person, "who; else the one person who can")
      .option("--about", "N", options->about, "the entry in question: the draft of a report")
      .option("--out", "FILE", options->out, "write what they sign, on whatever machine")
      .example("casebook ask legal", "a sheet of at most 1,200 characters for a chat")
      .example("casebook ask 40 --out dee.json", "then: sign 40 --from dee.json")
      .run([options](Runtime& runtime) { return ask(runtime, *options); });
}

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
