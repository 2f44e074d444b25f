// `casebook note`, `undo`, `find`, `record finding`: writing and finding what people know.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_session.h"
#include "cli/commands.h"
#include "cli/text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kScribeLineMax = std::size_t{64} << 10U;

struct NoteOptions {
  std::string text;
  std::string compartment = "general";
  std::vector<std::string> tags;
  std::optional<std::string> at;
  std::string on_behalf_of;
  std::optional<std::string> reply_to;
};

struct FindingOptions {
  NoteOptions note;
  std::vector<std::string> systems, accounts, data, indicators, links;
  std::string confidence = "medium";
};

/// RT-29: words for any compartment but `general` never stand on a command line.
Status check_typed(const NoteOptions& options) {
  if (options.text.empty() || options.compartment == "general") return ok();
  return Error{ErrorCode::invalid_input,
               "text for " + printable(options.compartment) + " is never typed as an argument",
               "leave it out: it is asked for, or read from standard input"};
}

/// What was typed, else asked for on a terminal, else all of standard input.
Result<std::string> text_of(Runtime& runtime, const NoteOptions& options) {
  if (!options.text.empty()) return options.text;
  std::string text;
  if (runtime.terminal.is_err_terminal && ::isatty(STDIN_FILENO) == 1) {
    runtime.err << "note: " << std::flush;
    std::getline(runtime.in, text);
  } else {
    text.assign(std::istreambuf_iterator<char>(runtime.in), {});
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return Error{ErrorCode::invalid_input, "there is nothing to note"};
  return text;
}

/// The item that an entry made. @param number  as it was shown: the entry's number.
Result<vault::ItemId> item_numbered(vault::Compartment& compartment, const std::string& number) {
  std::uint64_t seq = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), seq);
  if (read.ec == std::errc() && read.ptr == number.data() + number.size()) {
    auto stored = compartment.record_at(seq);
    if (!stored) return std::move(stored).error();
    if (*stored) {
      auto items = compartment.items_of((*stored)->commit);
      if (!items) return std::move(items).error();
      if (!items->empty() && items->front().leaf) return items->front().id;
    }
  }
  return Error{ErrorCode::not_found,
               printable(number) + ": no such note in " + compartment.name().compartment};
}

Status give_leaf(vault::ItemVersion& item, Randomness& randomness) {
  auto salt = make_salt(randomness);
  if (!salt) return std::move(salt).error();
  auto commit = vault::item_leaf(*salt, item);
  if (!commit) return std::move(commit).error();
  item.leaf = vault::ItemLeaf{*salt, *commit};
  return ok();
}

/// Everything of a new item but its words.
Result<vault::ItemVersion> new_item(CaseSession& session, const NoteOptions& options,
                                    const std::string& kind) {
  auto id = vault::ItemId::make(session.runtime().randomness);
  if (!id) return std::move(id).error();
  vault::ItemVersion item{.id = *id,
                          .kind = kind,
                          .author = session.me().text(),
                          .on_behalf_of = options.on_behalf_of,
                          .received = session.now()};
  if (options.at) {
    auto at = parse_utc(*options.at);
    if (!at) return std::move(at).error().context("--at");
    item.claimed = *at;
  }
  if (options.reply_to) {
    auto compartment = session.compartment(options.compartment);
    if (!compartment) return std::move(compartment).error();
    auto other = item_numbered(**compartment, *options.reply_to);
    if (!other) return std::move(other).error();
    item.reply_to = *other;
  }
  item.text.tags = options.tags;
  return item;
}

/// Persons who can read it, for the line after it.
std::string readers_of(CaseSession& session, const std::string& compartment) {
  std::string names;
  const workflow::GrantedAccess* access = session.people().access_to(compartment);
  if (access == nullptr) return names;
  for (const PersonId& id : access->grant.persons) {
    names += (names.empty() ? "" : ", ") + session.name_of(id);
  }
  return names;
}

void show_written(Runtime& runtime, const vault::ItemVersion& item, const vault::Appended& appended,
                  const std::string& compartment, const std::string& readers) {
  if (runtime.common.is_json) {
    print_json(runtime, {{"compartment", compartment},
                         {"format", "casebook-noted/1"},
                         {"item", item.id.text()},
                         {"kind", item.kind},
                         {"number", appended.seq},
                         {"received_at", format_utc(appended.received_at)}});
    return;
  }
  runtime.out << wrap_behind("",
                             item.kind + " " + std::to_string(appended.seq) + " in " + compartment +
                                 ", " + format_utc(appended.received_at).substr(11, 8) +
                                 " UTC, signed. Readers: " + readers,
                             runtime.terminal.width_columns);
}

ExitStatus write_item(Runtime& runtime, const NoteOptions& options, const std::string& kind,
                      const std::function<Status(vault::ItemVersion&)>& fill) {
  if (auto typed = check_typed(options); !typed) return refuse_usage(runtime, typed.error());
  auto session = CaseSession::open(runtime, SessionKind::writes, "writing a " + kind);
  if (!session) return fail(runtime, session.error());
  // Whoever may not write there learns it before they type.
  if (auto open = (*session)->compartment(options.compartment); !open) {
    return fail(runtime, open.error());
  }
  auto item = new_item(**session, options, kind);
  if (!item) return fail(runtime, item.error());
  if (auto filled = fill(*item); !filled) return fail(runtime, filled.error());
  if (auto given = give_leaf(*item, runtime.randomness); !given)
    return fail(runtime, given.error());
  auto appended = (*session)->write(options.compartment, kind, *item);
  if (!appended) return fail(runtime, appended.error());
  show_written(runtime, *item, *appended, options.compartment,
               readers_of(**session, options.compartment));
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return ExitStatus::done;
}

ExitStatus add_note(Runtime& runtime, const NoteOptions& options) {
  return write_item(runtime, options, "note", [&](vault::ItemVersion& item) -> Status {
    auto text = text_of(runtime, options);
    if (!text) return std::move(text).error();
    item.text.body = *std::move(text);
    return ok();
  });
}

/// One line, one note, with its own time, until the end of input.
ExitStatus scribe(Runtime& runtime, const NoteOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "writing notes");
  if (!session) return fail(runtime, session.error());
  if (runtime.terminal.is_err_terminal) {
    runtime.err << "one line is one note; an empty line or Ctrl-D ends\n";
  }
  std::size_t count = 0;
  for (std::string line; std::getline(runtime.in, line) && !line.empty();) {
    (*session)->refresh_time();
    auto item = new_item(**session, options, "note");
    if (!item) return fail(runtime, item.error());
    item->text.body = line.substr(0, kScribeLineMax);
    if (auto given = give_leaf(*item, runtime.randomness); !given) {
      return fail(runtime, given.error());
    }
    auto appended = (*session)->write(options.compartment, "note", *item);
    if (!appended) return fail(runtime, appended.error());
    ++count;
    if (runtime.terminal.is_err_terminal) runtime.err << "  " << appended->seq << '\n';
  }
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-scribed/1"}, {"notes", count}});
  } else {
    runtime.out << counted(count, "note", "notes") << " in " << options.compartment << '\n';
  }
  return ExitStatus::done;
}

ExitStatus undo(Runtime& runtime, const std::string& compartment_name) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "taking a note back");
  if (!session) return fail(runtime, session.error());
  auto compartment = (*session)->compartment(compartment_name);
  if (!compartment) return fail(runtime, compartment.error());
  auto hits = (*compartment)
                  ->search({.words = "",
                            .kinds = {"note", "finding"},
                            .order = vault::SearchOrder::newest,
                            .snippets = false});
  if (!hits) return fail(runtime, hits.error());
  const auto own = std::ranges::find(*hits, (*session)->me().text(), &vault::SearchHit::author);
  if (own == hits->end()) {
    return fail(runtime,
                {ErrorCode::not_found, "nothing of yours to take back in " + compartment_name});
  }
  vault::ItemVersion gone{.id = own->id,
                          .kind = own->kind,
                          .version = own->version + 1,
                          .state = vault::ItemState::tombstone,
                          .author = own->author,
                          .received = (*session)->now()};
  gone.text.title = "undone";
  if (auto given = give_leaf(gone, runtime.randomness); !given) return fail(runtime, given.error());
  auto appended = (*session)->write(compartment_name, own->kind, gone);
  if (!appended) return fail(runtime, appended.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  runtime.out << "taken back; a tombstone stands in its place, the words stay in its history\n";
  return ExitStatus::done;
}

struct FindOptions {
  std::vector<std::string> words;
  std::string tag;
  std::string compartment;
};

Json hit_json(const vault::SearchHit& hit, const std::string& compartment, const std::string& by) {
  return {{"author", by},          {"compartment", compartment},
          {"item", hit.id.text()}, {"kind", hit.kind},
          {"number", hit.seq},     {"received_at", format_utc(hit.received)},
          {"text", hit.snippet},   {"title", hit.title}};
}

std::string on_one_line(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return printable(text);
}

/// Compartments that this person holds; the others give nothing, not even a count.
std::vector<std::string> held(CaseSession& session, const std::string& wanted) {
  std::vector<std::string> names;
  for (const auto& [name, grants] : session.people().grants) {
    const auto& persons = grants.back().grant.persons;
    const bool holds = std::ranges::find(persons, session.me()) != persons.end();
    if (holds && (wanted.empty() || wanted == name)) names.push_back(name);
  }
  return names;
}

ExitStatus find_words(Runtime& runtime, const FindOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "searching");
  if (!session) return fail(runtime, session.error());
  std::string words;
  for (const std::string& word : options.words) words += (words.empty() ? "" : " ") + word;
  Json list = Json::array();
  if (!options.compartment.empty()) {
    if (auto wanted = (*session)->compartment(options.compartment); !wanted) {
      return fail(runtime, wanted.error());
    }
  }
  for (const std::string& name : held(**session, options.compartment)) {
    auto compartment = (*session)->compartment(name);
    if (!compartment) return fail(runtime, compartment.error());
    auto hits = (*compartment)
                    ->search({.words = words,
                              .kinds = {"note", "finding", "message", "attachment"},
                              .tag = options.tag});
    if (!hits) return fail(runtime, hits.error());
    for (const vault::SearchHit& hit : *hits) {
      const auto author = PersonId::parse(hit.author);
      const std::string by = author ? (*session)->name_of(*author) : printable(hit.author);
      list.push_back(hit_json(hit, name, by));
      if (runtime.common.is_json) continue;
      runtime.out << format_utc(hit.received) << "  " << hit.kind << ' ' << hit.seq << " in "
                  << name << ", " << by << '\n'
                  << wrap_behind("  ", on_one_line(hit.snippet.empty() ? hit.title : hit.snippet),
                                 runtime.terminal.width_columns);
    }
  }
  const std::size_t count = list.size();
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-found/1"}, {"hits", std::move(list)}});
  } else {
    runtime.out << (count == 0 ? "nothing found" : counted(count, "hit", "hits")) << '\n';
  }
  return ExitStatus::done;
}

Result<Json> finding_fields(const FindingOptions& options) {
  Json data = Json::object();
  for (const std::string& pair : options.data) {
    const std::size_t equals = pair.find('=');
    std::uint64_t count = 0;
    const std::string number = equals == std::string::npos ? "" : pair.substr(equals + 1);
    const auto read = std::from_chars(number.data(), number.data() + number.size(), count);
    if (equals == 0 || read.ec != std::errc() || read.ptr != number.data() + number.size() ||
        count > static_cast<std::uint64_t>(kJsonIntegerMax)) {
      return Error{ErrorCode::invalid_input, printable(pair) + ": not a class and a count",
                   "for example --data customer_records=12000"};
    }
    data[pair.substr(0, equals)] = count;
  }
  if (options.confidence != "low" && options.confidence != "medium" &&
      options.confidence != "high") {
    return Error{ErrorCode::invalid_input, "--confidence is low, medium or high"};
  }
  return Json{{"accounts", options.accounts}, {"confidence", options.confidence},
              {"data", std::move(data)},      {"indicators", options.indicators},
              {"links", options.links},       {"systems", options.systems}};
}

ExitStatus record_finding(Runtime& runtime, const FindingOptions& options) {
  if (auto typed = check_typed(options.note); !typed) return refuse_usage(runtime, typed.error());
  auto fields = finding_fields(options);
  if (!fields) return refuse_usage(runtime, fields.error());
  return write_item(runtime, options.note, "finding", [&](vault::ItemVersion& item) -> Status {
    auto text = text_of(runtime, options.note);
    if (!text) return std::move(text).error();
    item.text.body = *std::move(text);
    // Systems, accounts and indicators are looked for like words.
    for (const auto* list : {&options.systems, &options.accounts, &options.indicators}) {
      for (const std::string& one : *list) item.text.body += "\n" + one;
    }
    item.text.fields = canonical_json(*fields);
    return ok();
  });
}

void add_note_options(Command& command, NoteOptions& options) {
  command.option("--in", "COMPARTMENT", options.compartment, "else general")
      .option("--tag", "TAG", options.tags, "a word to find it by")
      .option("--at", "TIME", options.at, "when it happened, as you say: 2026-11-21T02:00:00Z")
      .option("--for", "NAME", options.on_behalf_of, "whose words you write down")
      .option("--reply-to", "N", options.reply_to, "number of a note in the same compartment");
}

}  // namespace

void add_note_command(Command& root) {
  auto scribing = std::make_shared<NoteOptions>();
  Command& note = root.add("note", "Private notes; alone: one line is one note");
  note.option("--in", "COMPARTMENT", scribing->compartment, "else general")
      .example("casebook note", "scribe mode: type, one line is one note")
      .run([scribing](Runtime& runtime) { return scribe(runtime, *scribing); });
  auto adding = std::make_shared<NoteOptions>();
  Command& add = note.add("add", "Write one note");
  add.argument("TEXT", adding->text, "for general only; else it is asked for", Count::optional);
  add_note_options(add, *adding);
  add.example("casebook note add 'login page slow since 02:00'", "")
      .example("casebook note add --in legal", "asked for, never an argument")
      .run([adding](Runtime& runtime) { return add_note(runtime, *adding); });
}

void add_undo_command(Command& root) {
  auto compartment = std::make_shared<std::string>("general");
  root.add("undo", "Take back your last line: a tombstone stands in its place")
      .option("--in", "COMPARTMENT", *compartment, "else general")
      .example("casebook undo", "")
      .run([compartment](Runtime& runtime) { return undo(runtime, *compartment); });
}

void add_find_command(Command& root) {
  auto options = std::make_shared<FindOptions>();
  root.add("find", "Search all that you may read")
      .arguments("WORDS", options->words, "all must occur; \"in quotes\" as a phrase", Count::any)
      .option("--tag", "TAG", options->tag, "with this tag")
      .option("--in", "COMPARTMENT", options->compartment, "only there")
      .example("casebook find login vpn", "")
      .run([options](Runtime& runtime) { return find_words(runtime, *options); });
}

void add_record_command(Command& root) {
  Command& record = root.add("record", "Items of registers");
  auto options = std::make_shared<FindingOptions>();
  Command& finding = record.add("finding", "What was found out");
  finding
      .argument("TEXT", options->note.text, "for general only; else it is asked for",
                Count::optional)
      .option("--system", "NAME", options->systems, "a system concerned")
      .option("--account", "NAME", options->accounts, "an account concerned")
      .option("--data", "CLASS=COUNT", options->data, "data concerned, and how much")
      .option("--indicator", "TEXT", options->indicators, "address, hash, file name")
      .option("--confidence", "HOW", options->confidence, "low, medium or high")
      .option("--link", "BAG/PATH", options->links, "an entry of a bag: B-7/var/log/auth.log");
  add_note_options(finding, options->note);
  finding
      .example("casebook record finding 'web shell' --system web-03 --link B-7/srv/www/u.php", "")
      .run([options](Runtime& runtime) { return record_finding(runtime, *options); });
}

}  // namespace casebook::cli
