// `casebook ask`: a request for a person's word, and the sheet that they read.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "cli/sign_off.h"
#include "core/characters.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

struct AskOptions {
  std::string gate;
  std::string person;
  std::string about;
  std::filesystem::path out, sheet;
  std::string waiting, recommends, consulted;
  bool is_one_of_several = false;
  [[nodiscard]] std::vector<std::pair<const char*, std::string>> words() const {
    return {{kWaitingWords, waiting}, {kRecommendsWords, recommends}, {kConsultedWords, consulted}};
  }
  [[nodiscard]] bool adds_words() const {
    return !waiting.empty() || !recommends.empty() || !consulted.empty();
  }
};

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

/// Of several requests each has a file of its own: "sheet-40.pdf".
std::filesystem::path numbered(const std::filesystem::path& file, std::uint64_t number) {
  std::filesystem::path name = file.stem();
  name += "-" + std::to_string(number);
  name += file.extension();
  return file.parent_path() / name;
}

ExitStatus show_ask(CaseSession& session, AskOptions options, const workflow::Ask& ask) {
  Runtime& runtime = session.runtime();
  for (std::filesystem::path* file : {&options.out, &options.sheet}) {
    if (options.is_one_of_several && !file->empty()) *file = numbered(*file, ask.number);
  }
  if (!options.sheet.empty()) {
    if (auto written = write_sign_off_page(session, ask, options.sheet); !written) {
      return fail(runtime, written.error());
    }
  }
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
                         {"page", options.sheet.empty() ? Json() : Json(options.sheet.string())},
                         {"sheet", sign_off_sheet(session, ask)}});
    return ExitStatus::done;
  }
  runtime.out << sign_off_sheet(session, ask);
  if (!options.sheet.empty()) {
    runtime.out << "one page: " << printable(options.sheet.string()) << '\n';
  }
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

/// The entry that `--about` names.
Result<std::optional<StatementId>> entry_about(CaseSession& session, const std::string& about) {
  if (about.empty()) return std::optional<StatementId>();
  auto number = read_number(about);
  if (!number) return std::move(number).error();
  const workflow::Record* entry = session.runbook().record_by_number(*number);
  if (entry == nullptr) {
    return Error{ErrorCode::not_found, "#" + std::to_string(*number) + " is no entry",
                 "casebook record list shows them"};
  }
  return std::optional<StatementId>(entry->id);
}

/// The words to ask for now: of several ways, those that somebody can go.
Result<std::vector<WantedWord>> words_to_ask(CaseSession& session, const AskOptions& options) {
  auto about = entry_about(session, options.about);
  if (!about) return std::move(about).error();
  auto wanted = wanted_words(session, options.gate, *about);
  if (!wanted) return std::move(wanted).error();
  if (wanted->empty()) {
    return Error{ErrorCode::invalid_input, printable(options.gate) + ": no word is missing there",
                 "casebook why close shows what is missing"};
  }
  const auto has_somebody = [](const WantedWord& word) { return !word.who.empty(); };
  if (options.person.empty() && std::ranges::any_of(*wanted, has_somebody)) {
    std::erase_if(*wanted, std::not_fn(has_somebody));
  } else if (options.person.empty()) {
    session.runtime().err
        << "casebook: nobody can give that word now: whoever holds the role wrote or changed "
           "what it is about, or nobody holds it\n";
  }
  return words_of_person(session, options.person, *wanted);
}

ExitStatus ask_for(CaseSession& session, const AskOptions& options, const WantedWord& word) {
  Runtime& runtime = session.runtime();
  if (const workflow::Ask* open = asked_already(session, word, options)) {
    if (!options.adds_words()) return show_ask(session, options, *open);
    const std::string number = std::to_string(open->number);
    return fail(runtime, {ErrorCode::invalid_input, "that was asked already, as #" + number,
                          "a sheet stays as it was sent; casebook ask " + number + " shows it"});
  }
  Saying saying{.purpose = "asking for a word", .attempt = options.gate};
  saying.body = [&](CaseSession& open) { return asking(open, options, word); };
  for (const auto& [name, text] : options.words()) {
    if (!text.empty()) saying.words.push_back({name, text});
  }
  ExitStatus shown = ExitStatus::done;
  const ExitStatus said =
      say_in(session, {}, saying, [&](CaseSession& open, const vault::Appended&) {
        const workflow::Ask made = open.runbook().asks.back();
        shown = show_ask(open, options, made);
      });
  return said == ExitStatus::done ? shown : said;
}

/// @return `invalid_input` for words too long for a sheet, or words for one that was sent.
Status check_words(const AskOptions& options) {
  for (const auto& [name, text] : options.words()) {
    const std::size_t count = character_count(text);
    if (count <= papers::kSignOffWordsMax) continue;
    return Error{ErrorCode::limit_exceeded,
                 "--" + std::string(name) + " has " + std::to_string(count) +
                     " characters; at most " + std::to_string(papers::kSignOffWordsMax),
                 "it has to fit a sheet of one page; keep the rest in a note"};
  }
  if (options.adds_words() && read_number(options.gate)) {
    return Error{ErrorCode::invalid_input, "a sheet stays as it was sent",
                 "ask again by the name of the gate once something changed"};
  }
  return ok();
}

ExitStatus ask(Runtime& runtime, const AskOptions& options) {
  if (auto good = check_words(options); !good) return refuse_usage(runtime, good.error());
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
  const auto asked = words_to_ask(**session, options);
  if (!asked) return fail(runtime, asked.error());
  AskOptions each = options;
  each.is_one_of_several = asked->size() > 1;
  ExitStatus status = ExitStatus::done;
  for (const WantedWord& word : *asked) {
    status = ask_for(**session, each, word);
    if (status != ExitStatus::done) return status;
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return status;
}

}  // namespace

void add_ask_command(Command& root) {
  auto options = std::make_shared<AskOptions>();
  root.add("ask", "Request a person's word; prints a sheet to send them")
      .argument("GATE", options->gate, "as `why` names it; a number shows that sheet again")
      .option("--of", "PERSON", options->person, "who; else the one person who can")
      .option("--about", "N", options->about, "the entry in question: the draft of a report")
      .option("--recommends", "TEXT", options->recommends, "what you recommend, and why")
      .option("--waiting", "TEXT", options->waiting, "what waiting costs")
      .option("--consulted", "TEXT", options->consulted, "who was asked before")
      .option("--sheet", "FILE", options->sheet, "also as one page, PDF; several are numbered")
      .option("--out", "FILE", options->out, "write what they sign, on whatever machine")
      .example("casebook ask legal", "a sheet of at most 1,200 characters for a chat")
      .example("casebook ask 40 --sheet dee.pdf", "the same to print or to mail")
      .example("casebook ask 40 --out dee.json", "then: sign 40 --from dee.json")
      .run([options](Runtime& runtime) { return ask(runtime, *options); });
}

}  // namespace casebook::cli
