// `casebook sitrep`: a numbered report of the state, bound to a place in the ledger. `casebook
// update`: what is told to customers or executives, and that it was told.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/outgoing.h"
#include "cli/record_kind.h"
#include "cli/runbook_values.h"
#include "cli/shared_keys.h"
#include "cli/telling.h"
#include "cli/text.h"
#include "core/characters.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "workflow/sitrep.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kKind = "sitrep";

struct SitrepOptions {
  std::string audience = "responders";
  std::string language;
  std::filesystem::path eml;
  bool is_chat = false;
  bool is_preview = false;
};

Result<workflow::Audience> read_audience(const std::string& word) {
  using workflow::Audience;
  for (const Audience one :
       {Audience::responders, Audience::newcomers, Audience::observers, Audience::executives}) {
    if (to_string(one) == word) return one;
  }
  return Error{ErrorCode::invalid_input, printable(word) + ": no such audience",
               "responders, newcomers, observers or executives"};
}

/// Sitreps so far, and where the last one stood.
struct Before {
  std::uint64_t count = 0;
  std::uint64_t seq = 0;
};
Before sitreps_before(const workflow::CaseState& state) {
  Before before;
  const auto found = state.records_of.find(kKind);
  if (found == state.records_of.end() || found->second.empty()) return before;
  before.count = found->second.size();
  before.seq = state.records[found->second.back()].versions.front().seq;
  return before;
}

std::string first_line(const std::string& text) {
  constexpr std::size_t kShownMax = 100;
  const std::string line = printable(text.substr(0, text.find('\n')));
  const std::string shown = first_characters(line, kShownMax);
  return shown.size() == line.size() ? line : shown + "...";
}

workflow::Sitrep compose(CaseSession& session, workflow::Audience audience,
                         workflow::Language language, const Before& before) {
  return workflow::make_sitrep({.state = session.runbook(),
                                .now = session.now(),
                                .audience = audience,
                                .language = language,
                                .number = before.count + 1,
                                .since = before.seq,
                                .name_of = [&](const PersonId& id) { return session.name_of(id); },
                                .words_of =
                                    [&](const workflow::Record& record) {
                                      return record.text ? first_line(session.text_of(*record.text))
                                                         : std::string();
                                    }});
}

/// Kept in the case as an entry of the register of sitreps, with its words.
ExitStatus keep(CaseSession& session, const SitrepOptions& options, const std::string& text) {
  const auto rule = session.runbook().policy->registers.find(kKind);
  if (rule == session.runbook().policy->registers.end()) return ExitStatus::done;
  workflow::Fields fields;
  if (const workflow::FieldRule* field = rule->second.field("audience")) {
    const bool is_known = std::ranges::find(field->values, options.audience) != field->values.end();
    fields["audience"] = is_known ? workflow::Value(options.audience) : field->initial;
  }
  if (rule->second.field("head") != nullptr) {
    fields["head"] = workflow::Value(to_hex(session.basis().root));
  }
  Saying saying{.purpose = "keeping the sitrep", .attempt = "sitrep"};
  saying.words.push_back({"text", text, "record"});
  saying.body = [&](CaseSession& open) -> Result<workflow::RunbookBody> {
    auto key = make_facet_key(open.runtime().randomness);
    if (!key) return std::move(key).error();
    return workflow::RunbookBody(workflow::RecordAdd{std::string(kKind), fields, *key});
  };
  return say_in(session, {}, saying, [](CaseSession&, const vault::Appended&) {});
}

ExitStatus sitrep(Runtime& runtime, const SitrepOptions& options) {
  auto audience = read_audience(options.audience);
  if (!audience) return refuse_usage(runtime, audience.error());
  const SessionKind kind = options.is_preview ? SessionKind::reads : SessionKind::writes;
  auto session = CaseSession::open(runtime, kind, "making a sitrep");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  if (options.is_chat || !options.eml.empty()) {
    if (const auto refused = refuse_to_send(**session, std::string(kKind))) return *refused;
  }
  const auto language = options.language == "nl"   ? workflow::Language::nl
                        : options.language == "en" ? workflow::Language::en
                                                   : language_of(runtime);
  const Before before = sitreps_before((*session)->runbook());
  const workflow::Sitrep made = compose(**session, *audience, language, before);
  const std::string text =
      workflow::sitrep_text(made, options.is_chat ? kChatCharactersMax : kMailCharactersMax);
  if (!options.is_preview) {
    const ExitStatus kept = keep(**session, options, text);
    if (kept != ExitStatus::done) return kept;
  }
  if (!options.eml.empty()) {
    const std::string mail = mail_text({made.headline, text, (*session)->now()});
    if (auto written = write_file(options.eml, as_bytes(mail), 0600); !written) {
      return fail(runtime, written.error());
    }
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"audience", options.audience},
                         {"format", "casebook-sitrep/1"},
                         {"number", before.count + 1},
                         {"text", text}});
    return ExitStatus::done;
  }
  runtime.out << text;
  if (runtime.terminal.is_err_terminal) {
    runtime.err << "sitrep " << before.count + 1 << ", " << with_thousands(character_count(text))
                << " characters" << (options.is_preview ? ", not kept" : "; kept in the case")
                << '\n';
  }
  return ExitStatus::done;
}

// Updates.

struct UpdateOptions {
  RecordWords words;
  std::filesystem::path eml;
  bool is_chat = false;
};

/// Words of a drill are practised, not sent: nothing ready to send is made for people outside. And
/// gates are asked before anything is kept.
std::optional<ExitStatus> refuse_update(Runtime& runtime, const std::string& audience,
                                        const std::string& kind) {
  auto opened = CaseSession::open(runtime, SessionKind::reads, "writing an update");
  if (!opened) return fail(runtime, opened.error());
  CaseSession& session = **opened;
  if (auto there = require_runbook(session); !there) return fail(runtime, there.error());
  if (audience == "customers" && session.state().file.is_drill) {
    return fail(runtime, {ErrorCode::invalid_input, "this case is a drill: nothing of it leaves",
                          "without --chat and --eml the text is kept, for practice"});
  }
  const auto& registers = session.runbook().policy->registers;
  const auto rule = registers.find(kind);
  if (rule == registers.end()) return {};  // Said by whoever keeps it.
  workflow::Fields fields;
  if (audience != "customers") fields["audience"] = workflow::Value(audience);
  return refuse_to_send(session, rule->second.attempt, fields);
}

/// `update customers "..." next=...`: an entry of the register `update`, ready to paste.
ExitStatus update(Runtime& runtime, UpdateOptions options) {
  if (options.words.words.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "an update needs an audience and text",
                                  "casebook update customers 'We are looking into ...'"});
  }
  // Customers have a register of their own, and a person who writes to them.
  const std::string audience = options.words.words.front();
  std::vector<std::string> words = {audience == "customers" ? "customer_update" : "update"};
  if (audience != "customers") words.push_back("audience=" + audience);
  words.insert(words.end(), options.words.words.begin() + 1, options.words.words.end());
  const SharedKeys one_question;  // The case is opened twice.
  const std::string text = options.words.words.size() > 1 ? options.words.words[1] : "";
  options.words.words = std::move(words);
  if (options.is_chat || !options.eml.empty()) {
    if (auto fits = check_length(text, options.is_chat, !options.eml.empty()); !fits) {
      return fail(runtime, fits.error());
    }
    if (const auto refused = refuse_update(runtime, audience, options.words.words.front())) {
      return *refused;
    }
  }
  const ExitStatus status = record_kind(runtime, options.words);
  if (status != ExitStatus::done) return status;
  if (!options.eml.empty()) {
    const std::string subject = text.substr(0, text.find('\n'));
    const std::string mail = mail_text({subject, text, runtime.clock.now_seconds()});
    if (auto written = write_file(options.eml, as_bytes(mail), 0600); !written) {
      return fail(runtime, written.error());
    }
  }
  if (options.is_chat) runtime.out << text << '\n';
  return status;
}

struct ToldOptions {
  std::string number;
  std::string channel;
  std::string at = "now";
  bool is_undelivered = false;
};

/// That something was sent, and whether it arrived.
ExitStatus told(Runtime& runtime, const ToldOptions& options) {
  Saying saying{.purpose = "noting that it was told", .attempt = "told"};
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    auto record = read_evidence(
        session, options.number.starts_with('#') ? options.number : "#" + options.number);
    if (!record) return std::move(record).error();
    auto at = read_moment(options.at, session.now());
    if (!at) return std::move(at).error().context("--at");
    return workflow::RunbookBody(
        workflow::TellDone{*record, *at, options.channel, !options.is_undelivered});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& open, const vault::Appended& at) {
    if (open.runtime().common.is_json) {
      print_json(open.runtime(), {{"delivered", !options.is_undelivered},
                                  {"entry", at.seq},
                                  {"format", "casebook-told/1"}});
      return;
    }
    open.runtime().out << options.number << (options.is_undelivered ? " did not arrive" : " told")
                       << " by " << printable(options.channel) << ", entry " << at.seq << '\n';
  });
}

}  // namespace

void add_sitrep_command(Command& root) {
  auto options = std::make_shared<SitrepOptions>();
  root.add("sitrep", "The state in a few lines: numbered, with what changed")
      .option("--for", "AUDIENCE", options->audience,
              "responders, newcomers, observers or executives")
      .option("--lang", "LANG", options->language, "en or nl; else as your terminal says")
      .flag("--chat", options->is_chat, "at most 4,000 characters, to paste")
      .option("--eml", "FILE", options->eml, "also as a mail to send")
      .flag("--preview", options->is_preview, "show it only; nothing is kept or numbered")
      .example("casebook sitrep --chat", "")
      .example("casebook sitrep --for observers --lang nl", "")
      .run([options](Runtime& runtime) { return sitrep(runtime, *options); });
}

void add_update_command(Command& root) {
  auto options = std::make_shared<UpdateOptions>();
  Command& update_command = root.add("update", "What is told to customers, executives, everyone");
  update_command
      .arguments("AUDIENCE", options->words.words, "then the text and NAME=VALUE fields",
                 Count::any)
      .flag("--chat", options->is_chat, "print it to paste; at most 4,000 characters")
      .option("--eml", "FILE", options->eml, "also as a mail to send; at most 60,000 characters");
  add_cosigning(update_command, options->words.cosigning);
  update_command.example("casebook update executives 'Two hosts isolated' occasion=progress", "")
      .example("casebook update customers 'We look into it' channel=email", "")
      .run([options](Runtime& runtime) { return update(runtime, *options); });
  auto telling = std::make_shared<ToldOptions>();
  update_command.add("told", "Note that an update, sitrep or call reached people, or did not")
      .argument("N", telling->number, "its number")
      .option("--by", "CHANNEL", telling->channel, "mail, chat, phone, page")
      .option("--at", "TIME", telling->at, "else now")
      .flag("--undelivered", telling->is_undelivered, "it did not arrive")
      .example("casebook update told 31 --by mail", "")
      .run([telling](Runtime& runtime) { return told(runtime, *telling); });
}

}  // namespace casebook::cli
