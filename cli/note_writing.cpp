#include "cli/note_writing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <istream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/text.h"
#include "core/printable.h"
#include "vault/attachment.h"
#include "vault/privacy/pii.h"

namespace casebook::cli {
namespace {

bool is_somebody_there(const Runtime& runtime) {
  return runtime.terminal.is_err_terminal && ::isatty(STDIN_FILENO) == 1;
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

void show_written(CaseSession& session, const vault::ItemVersion& item,
                  const vault::Appended& appended, const std::string& compartment) {
  Runtime& runtime = session.runtime();
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
                                 " UTC, signed. Readers: " + readers_of(session, compartment),
                             runtime.terminal.width_columns);
}

bool holds(CaseSession& session, const std::string& compartment) {
  const workflow::GrantedAccess* access = session.people().access_to(compartment);
  return access != nullptr &&
         std::ranges::find(access->grant.persons, session.me()) != access->grant.persons.end();
}

/// Keeps the files of a note; its fields name them.
Status keep_files(CaseSession& session, const NoteOptions& options, const std::string& compartment,
                  vault::ItemVersion& item) {
  Json files = Json::array();
  for (const std::string& file : options.files) {
    const std::string name = std::filesystem::path(file).filename().string();
    UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return system_error("open " + printable(file), errno);
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return system_error("stat", errno);
    if (!S_ISREG(status.st_mode)) {
      return Error{ErrorCode::invalid_input, printable(file) + ": not a regular file"};
    }
    FdSource source(fd.get());
    auto kept = keep_file(session, compartment, name, source);
    if (!kept) return std::move(kept).error().context(printable(file));
    files.push_back({{"item", kept->item.text()}, {"name", printable(name)}});
  }
  if (files.empty()) return ok();
  Json fields = Json::object();
  if (!item.text.fields.empty()) {
    auto known = parse_canonical_json(item.text.fields);
    if (!known) return std::move(known).error();
    fields = *std::move(known);
  }
  fields["files"] = std::move(files);
  item.text.fields = canonical_json(fields);
  return ok();
}

}  // namespace

void add_note_options(Command& command, NoteOptions& options) {
  command.option("--in", "COMPARTMENT", options.compartment, "else general")
      .option("--tag", "TAG", options.tags, "a word to find it by")
      .option("--at", "TIME", options.at, "when it happened, as you say: 2026-11-21T02:00:00Z")
      .option("--for", "NAME", options.on_behalf_of, "whose words you write down")
      .option("--reply-to", "N", options.reply_to, "number of a note in the same compartment")
      .option("--attach", "FILE", options.files, "a file to keep with it, sealed");
}

Status check_typed(const NoteOptions& options) {
  if (options.text.empty() || options.compartment == "general") return ok();
  return Error{ErrorCode::invalid_input,
               "text for " + printable(options.compartment) + " is never typed as an argument",
               "leave it out: it is asked for, or read from standard input"};
}

Result<std::string> ask_text(Runtime& runtime, const std::string& typed, const std::string& what) {
  if (!typed.empty()) return typed;
  std::string text;
  if (is_somebody_there(runtime)) {
    runtime.err << what << ": " << std::flush;
    std::getline(runtime.in, text);
  } else {
    text.assign(std::istreambuf_iterator<char>(runtime.in), {});
  }
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) {
    return Error{ErrorCode::invalid_input, "nothing was said: " + what,
                 "on a terminal it is asked for, else read from standard input"};
  }
  return text;
}

Result<std::string> warn_of_personal_data(CaseSession& session, const std::string& text,
                                          const std::string& compartment) {
  if (compartment == "pii") return compartment;
  const std::string found = privacy::pii_summary(privacy::find_pii(text));
  if (found.empty()) return compartment;
  Runtime& runtime = session.runtime();
  const bool has_pii = session.people().access_to("pii") != nullptr;
  runtime.err << wrap_behind("casebook: ", "this holds " + found, runtime.terminal.width_columns);
  if (has_pii && holds(session, "pii") && is_somebody_there(runtime)) {
    runtime.err << "  keep it in pii instead of " << compartment << "? [Y/n] " << std::flush;
    std::string answer;
    std::getline(runtime.in, answer);
    if (answer.empty() || answer == "y" || answer == "Y") return std::string("pii");
    return compartment;
  }
  runtime.err << wrap_behind(
      "  ",
      has_pii ? "kept in " + compartment + "; if it belongs in pii: casebook undo, then --in pii"
              : "there is no pii yet: a person with the role legal, privacy "
                "or dpo begins it: casebook access begin pii",
      runtime.terminal.width_columns);
  return compartment;
}

Result<vault::ItemId> item_numbered(vault::Compartment& compartment, const std::string& number) {
  std::uint64_t seq = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), seq);
  if (read.ec == std::errc() && read.ptr == number.data() + number.size()) {
    auto stored = compartment.record_at(seq);
    if (!stored) return std::move(stored).error();
    if (*stored) {
      auto items = compartment.items_of((*stored)->commit);
      if (!items) return std::move(items).error();
      // A batch has many; those are named by their ids.
      if (items->size() == 1 && items->front().leaf) return items->front().id;
    }
  }
  if (auto id = vault::ItemId::parse(number)) {
    auto item = compartment.item(*id);
    if (!item) return std::move(item).error();
    if (*item) return *id;
  }
  return Error{ErrorCode::not_found,
               printable(number) + ": no such note in " + compartment.name().compartment,
               "casebook find shows numbers; an imported message goes by its "
               "id: find --json"};
}

Status give_leaf(vault::ItemVersion& item, Randomness& randomness) {
  auto salt = make_salt(randomness);
  if (!salt) return std::move(salt).error();
  auto commit = vault::item_leaf(*salt, item);
  if (!commit) return std::move(commit).error();
  item.leaf = vault::ItemLeaf{*salt, *commit};
  return ok();
}

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

ExitStatus write_item(Runtime& runtime, const NoteOptions& options, const std::string& kind,
                      const std::function<Status(vault::ItemVersion&)>& finish) {
  if (auto typed = check_typed(options); !typed) return refuse_usage(runtime, typed.error());
  auto session = CaseSession::open(runtime, SessionKind::writes, "writing a " + kind);
  if (!session) return fail(runtime, session.error());
  // Whoever may not write there learns it before they type.
  if (auto open = (*session)->compartment(options.compartment); !open) {
    return fail(runtime, open.error());
  }
  auto item = new_item(**session, options, kind);
  if (!item) return fail(runtime, item.error());
  auto text = ask_text(runtime, options.text, kind);
  if (!text) return fail(runtime, text.error());
  item->text.body = *std::move(text);
  if (finish) {
    if (auto filled = finish(*item); !filled) return fail(runtime, filled.error());
  }
  auto where = warn_of_personal_data(**session, item->text.body, options.compartment);
  if (!where) return fail(runtime, where.error());
  if (auto kept = keep_files(**session, options, *where, *item); !kept) {
    return fail(runtime, kept.error());
  }
  auto given = give_leaf(*item, runtime.randomness);
  if (!given) return fail(runtime, given.error());
  auto appended = (*session)->write(*where, kind, *item);
  if (!appended) return fail(runtime, appended.error());
  show_written(**session, *item, *appended, *where);
  if (auto closed = (*session)->close(); !closed) return fail(runtime, closed.error());
  return ExitStatus::done;
}

std::filesystem::path attachments_of(const vault::CasePaths& paths) {
  return paths.vault() / "attachments";
}

Result<KeptFile> keep_file(CaseSession& session, const std::string& compartment,
                           const std::string& name, ByteSource& source) {
  Randomness& randomness = session.runtime().randomness;
  if (auto open = session.compartment(compartment); !open) return std::move(open).error();
  auto row =
      vault::seal_attachment(source, {.folder = attachments_of(session.paths())}, randomness);
  if (!row) return std::move(row).error();
  auto item = new_item(session, {}, "attachment");
  if (!item) return std::move(item).error();
  item->text.title = printable(name).substr(0, vault::kTitleBytesMax);
  item->text.fields = canonical_json(Json{{"attachment", row->id.text()},
                                          {"digest", to_hex(row->digest)},
                                          {"format", "casebook-attachment/1"},
                                          {"size", std::to_string(row->size_bytes)}});
  if (auto given = give_leaf(*item, randomness); !given) return std::move(given).error();
  const KeptFile kept{item->id, row->digest, row->size_bytes, 0};
  auto appended = session.write(compartment, "attachment", *item, {.attachments = {&*row, 1}});
  if (!appended) return std::move(appended).error();
  return KeptFile{kept.item, kept.digest, kept.size_bytes, appended->seq};
}

}  // namespace casebook::cli
