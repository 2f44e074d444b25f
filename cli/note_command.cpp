// `casebook note`, `undo`: writing what people know.
#include <unistd.h>

#include <algorithm>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_inbox.h"
#include "cli/commands.h"
#include "cli/disclosure.h"
#include "cli/note_writing.h"
#include "cli/text.h"
#include "core/printable.h"
#include "vault/attachment.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kScribeLineMax = std::size_t{64} << 10U;

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
    auto warned = warn_of_personal_data(**session, item->text.body, options.compartment);
    if (!warned) return fail(runtime, warned.error());
    auto appended = (*session)->write(*warned, "note", *item);
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

/// The newest note or finding of a person, however much others wrote since.
Result<std::optional<vault::SearchHit>> last_line_of(vault::Compartment& compartment,
                                                     const std::string& author) {
  vault::SearchQuery query{.words = "",
                           .kinds = {"note", "finding"},
                           .order = vault::SearchOrder::newest,
                           .count_max = 1000,
                           .snippets = false};
  for (;; query.skip += query.count_max) {
    auto hits = compartment.search(query);
    if (!hits) return std::move(hits).error();
    const auto own = std::ranges::find(*hits, author, &vault::SearchHit::author);
    if (own != hits->end()) return std::optional(std::move(*own));
    if (hits->size() < query.count_max) return std::optional<vault::SearchHit>();
  }
}

ExitStatus undo(Runtime& runtime, const std::string& compartment_name) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "taking a note back");
  if (!session) return fail(runtime, session.error());
  auto compartment = (*session)->compartment(compartment_name);
  if (!compartment) return fail(runtime, compartment.error());
  auto own = last_line_of(**compartment, (*session)->me().text());
  if (!own) return fail(runtime, own.error());
  if (!*own) {
    return fail(runtime,
                {ErrorCode::not_found, "nothing of yours to take back in " + compartment_name});
  }
  vault::ItemVersion gone{.id = (*own)->id,
                          .kind = (*own)->kind,
                          .version = (*own)->version + 1,
                          .state = vault::ItemState::tombstone,
                          .author = (*own)->author,
                          .received = (*session)->now()};
  gone.text.title = "undone";
  if (auto given = give_leaf(gone, runtime.randomness); !given) return fail(runtime, given.error());
  auto appended = (*session)->write(compartment_name, "note.undo", gone);
  if (!appended) return fail(runtime, appended.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  runtime.out << "taken back; a tombstone stands in its place, the words stay "
                 "in its history\n";
  return ExitStatus::done;
}

/// Leaves a note for those who hold a compartment; whoever writes it need not.
ExitStatus leave(Runtime& runtime, const NoteOptions& options) {
  NoteOptions typed = options;
  typed.compartment = options.inbox;
  if (auto good = check_typed(typed); !good) return refuse_usage(runtime, good.error());
  if (!options.files.empty() || options.reply_to || options.compartment != "general") {
    return refuse_usage(runtime, {ErrorCode::invalid_input,
                                  "--to takes words alone, without --in, --attach or --reply-to"});
  }
  auto session = CaseSession::open(runtime, SessionKind::writes, "leaving a note");
  if (!session) return fail(runtime, session.error());
  auto text = ask_text(runtime, options.text, "note");
  if (!text) return fail(runtime, text.error());
  auto left = leave_note(**session, options.inbox, *text);
  if (!left) return fail(runtime, left.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(
        runtime,
        {{"compartment", options.inbox}, {"format", "casebook-left/1"}, {"number", left->seq}});
  } else {
    runtime.out << wrap_behind("",
                               "note " + std::to_string(left->seq) + " is sealed to " +
                                   options.inbox + "; you cannot read it back",
                               runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

ExitStatus take_notes(Runtime& runtime, const std::string& compartment) {
  auto session = CaseSession::open(runtime, SessionKind::writes, "taking notes in");
  if (!session) return fail(runtime, session.error());
  auto taken = take_in(**session, compartment);
  if (!taken) return fail(runtime, taken.error());
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"findings", taken->findings},
                         {"format", "casebook-taken-in/1"},
                         {"quarantined", taken->quarantined},
                         {"taken", taken->taken}});
  } else {
    runtime.out << counted(taken->taken, "note", "notes") << " taken into " << compartment << '\n';
    for (const std::string& one : taken->findings) {
      runtime.out << wrap_behind("  found ", printable(one), runtime.terminal.width_columns);
    }
    if (taken->quarantined > 0) {
      runtime.out << "  quarantined " << taken->quarantined << ": no entry names them\n";
    }
  }
  return taken->findings.empty() ? ExitStatus::done : ExitStatus::tampered;
}

struct ShowOptions {
  std::string number;
  std::string compartment = "general";
  std::filesystem::path out;
  bool is_proof = false;
  bool is_without_words = false;
};

/// The item and the compartment it lies in, opened for reading.
struct Found {
  vault::Compartment* compartment;
  vault::ItemId id;
};
Result<Found> find_item(CaseSession& session, const ShowOptions& options) {
  auto compartment = session.compartment(options.compartment);
  if (!compartment) return std::move(compartment).error();
  auto id = item_numbered(**compartment, options.number);
  if (!id) return std::move(id).error();
  return Found{*compartment, *id};
}

Json files_of_item(const vault::ItemVersion& item) {
  const auto fields = parse_canonical_json(item.text.fields);
  if (!fields || !fields->is_object() || !fields->contains("files")) return Json::array();
  return (*fields)["files"];
}

void print_version(CaseSession& session, const vault::ItemVersion& item) {
  Runtime& runtime = session.runtime();
  const int width = runtime.terminal.width_columns;
  const auto author = PersonId::parse(item.author);
  std::string head = "version " + std::to_string(item.version) + ", " + format_utc(item.received) +
                     ", " + (author ? session.name_of(*author) : printable(item.author));
  if (!item.on_behalf_of.empty()) head += " for " + printable(item.on_behalf_of);
  if (item.claimed) head += ", happened " + format_utc(*item.claimed);
  if (item.state != vault::ItemState::live) head += ", " + std::string(to_string(item.state));
  runtime.out << wrap_behind("", head, width);
  for (const std::string* text : {&item.text.title, &item.text.body}) {
    std::size_t at = 0;
    while (at < text->size()) {
      const std::size_t end = std::min(text->find('\n', at), text->size());
      runtime.out << wrap_behind("  ", printable(text->substr(at, end - at)), width);
      at = end + 1;
    }
  }
  for (const Json& file : files_of_item(item)) {
    runtime.out << wrap_behind(
        "  file ",
        file.value("name", "") + ": casebook note get " + file.value("item", "").substr(0, 32),
        width);
  }
}

/// One statement with what proves that it stands in the case, for somebody outside.
ExitStatus disclose_note(Runtime& runtime, const ShowOptions& options) {
  if (options.out.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--proof goes to a file: --out FILE"});
  }
  auto session = CaseSession::open(runtime, SessionKind::reads, "showing one statement");
  if (!session) return fail(runtime, session.error());
  auto made = disclose(**session, {options.number, options.compartment, options.is_without_words});
  if (!made) return fail(runtime, made.error());
  const std::string text = format_disclosure(*made);
  if (auto written = write_file(options.out, as_bytes(text), 0600); !written) {
    return fail(runtime, written.error());
  }
  auto log_key = made->log_key.fingerprint();
  if (!log_key) return fail(runtime, log_key.error());
  if (runtime.common.is_json) {
    print_json(runtime, {{"entry", made->entry.proof.index},
                         {"file", printable(options.out.string())},
                         {"format", "casebook-disclosed/1"},
                         {"log_key", *log_key},
                         {"texts", made->texts.size()}});
    return ExitStatus::done;
  }
  runtime.out << wrap_behind("",
                             printable(options.out.string()) + ": entry " +
                                 std::to_string(made->entry.proof.index) + " with " +
                                 counted(made->texts.size(), "text", "texts") +
                                 " and its proof; nothing else of the case",
                             runtime.terminal.width_columns)
              << "  head by " << *log_key << "\nNext: casebook verify "
              << printable(options.out.string()) << '\n';
  return ExitStatus::done;
}

ExitStatus show_note(Runtime& runtime, const ShowOptions& options) {
  if (options.is_proof || options.is_without_words) return disclose_note(runtime, options);
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading a note");
  if (!session) return fail(runtime, session.error());
  auto found = find_item(**session, options);
  if (!found) return fail(runtime, found.error());
  auto versions = found->compartment->history(found->id);
  if (!versions) return fail(runtime, versions.error());
  Json list = Json::array();
  for (const vault::ItemVersion& item : *versions) {
    list.push_back({{"author", item.author},
                    {"fields", item.text.fields},
                    {"kind", item.kind},
                    {"received_at", format_utc(item.received)},
                    {"state", to_string(item.state)},
                    {"tags", item.text.tags},
                    {"text", item.text.body},
                    {"title", item.text.title},
                    {"version", item.version}});
    if (!runtime.common.is_json) print_version(**session, item);
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"format", "casebook-item-shown/1"},
                         {"item", found->id.text()},
                         {"versions", std::move(list)}});
  }
  return ExitStatus::done;
}

/// The row that an item of kind `attachment` names.
Result<vault::AttachmentEntry> attachment_of(const Found& found, const vault::ItemVersion& item) {
  const auto fields = parse_canonical_json(item.text.fields);
  const auto text = fields ? json_text_member(*fields, "attachment")
                           : Result<std::string>(Error{ErrorCode::invalid_input, "no fields"});
  const auto id = text ? vault::AttachmentId::parse(*text)
                       : Result<vault::AttachmentId>(Error{ErrorCode::invalid_input, "no id"});
  if (!id) {
    return Error{ErrorCode::invalid_input, "that is no kept file",
                 "casebook note show N names the files of a note"};
  }
  auto entry = found.compartment->attachment(*id);
  if (!entry) return std::move(entry).error();
  if (!*entry || (*entry)->state != vault::ItemState::live) {
    return Error{ErrorCode::not_found, "this file was erased"};
  }
  return std::move(**entry);
}

ExitStatus get_attachment(Runtime& runtime, const ShowOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "taking a file out");
  if (!session) return fail(runtime, session.error());
  auto found = find_item(**session, options);
  if (!found) return fail(runtime, found.error());
  auto item = found->compartment->item(found->id);
  if (!item) return fail(runtime, item.error());
  if (!*item) return fail(runtime, {ErrorCode::not_found, "there is no such item"});
  auto entry = attachment_of(*found, **item);
  if (!entry) return fail(runtime, entry.error());
  const std::filesystem::path folder = attachments_of((*session)->paths());
  // A name that somebody typed long ago is no path.
  std::string name = printable((*item)->text.title);
  std::ranges::replace(name, '/', '_');
  if (name.empty() || name.front() == '.') name.insert(0, "_");
  const std::filesystem::path out = options.out.empty() ? std::filesystem::path(name) : options.out;
  if (auto saved = vault::save_attachment(folder, entry->row, {.path = out}); !saved) {
    return fail(runtime, saved.error());
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"digest", to_hex(entry->row.digest)},
                         {"file", printable(out.string())},
                         {"format", "casebook-attachment-taken/1"},
                         {"size", std::to_string(entry->row.size_bytes)}});
  } else {
    runtime.out << printable(out.string()) << "  " << human_size(entry->row.size_bytes)
                << ", unchanged since it was kept\n  sha256 " << to_hex(entry->row.digest) << '\n';
  }
  return ExitStatus::done;
}

void add_note_reading(Command& note) {
  auto showing = std::make_shared<ShowOptions>();
  note.add("show", "Show a note with all its versions and files")
      .argument("N", showing->number, "its number, or the id of an item")
      .option("--in", "COMPARTMENT", showing->compartment, "else general")
      .flag("--proof", showing->is_proof, "write it with its proof, for somebody outside")
      .flag("--without-words", showing->is_without_words, "prove that it was said, not what")
      .option("--out", "FILE", showing->out, "where the proof goes")
      .example("casebook note show 12", "")
      .example("casebook note show 12 --proof --out note-12.json", "one statement, nothing else")
      .run([showing](Runtime& runtime) { return show_note(runtime, *showing); });
  auto getting = std::make_shared<ShowOptions>();
  note.add("get", "Take a kept file out, checked to its end")
      .argument("N", getting->number, "number or id of the file, as find shows it")
      .option("--in", "COMPARTMENT", getting->compartment, "else general")
      .option("--out", "FILE", getting->out, "else its own name, here")
      .example("casebook note get 13 --out photo.jpg", "")
      .run([getting](Runtime& runtime) { return get_attachment(runtime, *getting); });
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
  add.option("--to", "COMPARTMENT", adding->inbox, "leave it for those who hold it");
  add.example("casebook note add 'login page slow since 02:00'", "")
      .example("casebook note add 'screen of the ransom note' --attach photo.jpg", "")
      .example("casebook note add --in legal", "asked for, never an argument")
      .example("casebook note add --to legal", "for counsel: sealed, you cannot read it back")
      .run([adding](Runtime& runtime) {
        return adding->inbox.empty() ? write_item(runtime, *adding, "note", {})
                                     : leave(runtime, *adding);
      });
  auto inbox = std::make_shared<std::string>("legal");
  note.add("take", "Take in what others left for a compartment that you hold")
      .option("--in", "COMPARTMENT", *inbox, "else legal")
      .example("casebook note take --in pii", "")
      .run([inbox](Runtime& runtime) { return take_notes(runtime, *inbox); });
  add_note_reading(note);
}

void add_undo_command(Command& root) {
  auto compartment = std::make_shared<std::string>("general");
  root.add("undo", "Take back your last line: a tombstone stands in its place")
      .option("--in", "COMPARTMENT", *compartment, "else general")
      .example("casebook undo", "")
      .run([compartment](Runtime& runtime) { return undo(runtime, *compartment); });
}

}  // namespace casebook::cli
