// `casebook import FILE`, `casebook import check FILE`: chat and mail that
// others exported.
#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/case_import.h"
#include "cli/commands.h"
#include "cli/runtime.h"
#include "cli/text.h"
#include "core/digest.h"
#include "core/holiday_calendar.h"
#include "core/printable.h"
#include "vault/imports/import_pipeline.h"
#include "vault/imports/message_fields.h"
#include "vault/privacy/pii.h"

namespace casebook::cli {
namespace {

/// More of each are counted, not shown.
constexpr std::size_t kListedMax = 1000;
constexpr std::size_t kShownMax = 10;

struct Options {
  std::string file;
  std::optional<std::string> kind;
  std::optional<std::string> zone;
  std::optional<std::string> day_order;
  std::optional<std::string> date;
  std::string mailbox;
  std::string compartment = "general";
  std::string exported_by;
};

bool is_paste(const Options& options) { return options.file == "paste" || options.file == "-"; }

Result<std::string> pasted_text(Runtime& runtime) {
  std::string text;
  std::string block(std::size_t{1} << 16U, '\0');
  while (runtime.in.read(block.data(), static_cast<std::streamsize>(block.size())) ||
         runtime.in.gcount() > 0) {
    text.append(block, 0, static_cast<std::size_t>(runtime.in.gcount()));
    if (text.size() > imports::kTranscriptBytesMax)
      return Error{ErrorCode::limit_exceeded, "the text is longer than 64 MiB"};
  }
  if (text.empty()) return Error{ErrorCode::invalid_input, "nothing was pasted"};
  return text;
}

Result<imports::ImportOptions> import_options(const Options& options, ZoneDatabase& zones) {
  imports::ImportOptions wanted{.file_name = options.file};
  wanted.text.conversation = options.mailbox;
  if (options.kind) {
    const auto form = imports::parse_import_form(*options.kind);
    if (!form) return form.error();
    wanted.form = *form;
  }
  if (options.zone) {
    const auto zone = zones.find(*options.zone);
    if (!zone) return zone.error();
    wanted.text.zone = *zone;
  }
  if (options.date) {
    const auto date = parse_date(*options.date);
    if (!date) return date.error();
    wanted.text.date = *date;
  }
  if (options.day_order) {
    if (*options.day_order != "day" && *options.day_order != "month")
      return Error{ErrorCode::invalid_input, "--day-order is day or month"};
    wanted.text.day_order =
        *options.day_order == "day" ? imports::DayOrder::day_first : imports::DayOrder::month_first;
  }
  return wanted;
}

/// Counts what an export holds and keeps the first of what it lost.
class Survey final : public imports::MessageSink {
 public:
  Status take(const imports::Message& message) override {
    ++conversations[message.conversation];
    if (message.claimed_at) {
      const auto time = std::chrono::floor<std::chrono::seconds>(*message.claimed_at);
      first = first ? std::min(*first, time) : time;
      last = last ? std::max(*last, time) : time;
    }
    attachments += message.attachments.size();
    for (const privacy::PiiHit& hit : privacy::find_pii(message.text)) {
      if (hits.size() < kHitsMax) hits.push_back(hit);
    }
    return ok();
  }
  Status take(const imports::BadRecord& record) override {
    if (bad.size() < kListedMax) bad.push_back(record);
    return ok();
  }
  Status take_unread(std::string_view member) override {
    if (unread.size() < kListedMax) unread.emplace_back(member);
    return ok();
  }

  static constexpr std::size_t kHitsMax = 1'000'000;
  std::map<std::string, std::uint64_t> conversations;
  std::optional<UtcSeconds> first;
  std::optional<UtcSeconds> last;
  std::uint64_t attachments = 0;
  std::vector<privacy::PiiHit> hits;  // Kinds and places, never values.
  std::vector<imports::BadRecord> bad;
  std::vector<std::string> unread;
};

struct Checked {
  imports::ImportForm form;
  imports::ImportSummary summary;
  Digest256 digest;
};

class Checking {
 public:
  Checking(Runtime& runtime, const Options& options) : runtime_(runtime), options_(options) {}

  ExitStatus run() {
    auto checked = is_paste(options_) ? check_paste() : check_file();
    if (!checked) return fail(runtime_, checked.error());
    if (runtime_.common.is_json) {
      print_json(runtime_, as_json(*checked));
    } else {
      print(*checked);
    }
    const bool is_whole = checked->summary.bad_records == 0 && checked->summary.unread_members == 0;
    return is_whole ? ExitStatus::done : ExitStatus::incomplete;
  }

 private:
  [[nodiscard]] std::string name() const { return printable(options_.file); }

  Result<Checked> check_file() {
    auto file = FileAccess::open(options_.file);
    if (!file) return std::move(file).error();
    return named(check(*file));
  }

  Result<Checked> check_paste() {
    auto text = pasted_text(runtime_);
    if (!text) return std::move(text).error();
    MemoryAccess access(as_bytes(*text));
    return named(check(access));
  }

  Result<Checked> named(Result<Checked> checked) const {
    if (!checked) return std::move(checked).error().context(name());
    return checked;
  }

  Result<Checked> check(RandomAccess& file) {
    if (file.size_bytes() == 0) {
      return Error{ErrorCode::invalid_input, "is empty: there is nothing to read",
                   "ask whoever exported it for the export again"};
    }
    const auto wanted = import_options(options_, zones_);
    if (!wanted) return wanted.error();
    AccessSource source(file);
    const auto digest = hash_stream(source, file.size_bytes());
    if (!digest) return digest.error();
    const auto form = imports::recognise_import(file, *wanted);
    if (!form) return form.error();
    const auto summary = imports::import_on_two_threads(file, *wanted, survey_);
    if (!summary) return summary.error();
    return Checked{*form, *summary, *digest};
  }

  void print(const Checked& checked) {
    const auto& summary = checked.summary;
    line("", name() + "  " + std::string(to_string(checked.form)) + ", " +
                 counted(summary.messages, "message", "messages") + " in " +
                 counted(survey_.conversations.size(), "conversation", "conversations") + ", " +
                 counted(survey_.attachments, "attachment", "attachments"));
    if (survey_.first)
      line("  times       ", format_utc(*survey_.first) + " to " + format_utc(*survey_.last));
    line("  digest      ", to_hex(checked.digest));
    print_list("  bad         ", bad_lines(), summary.bad_records);
    print_list("  not read    ", survey_.unread, summary.unread_members);
    if (summary.without_moment > 0) {
      line("  no moment   ", counted(summary.without_moment, "message", "messages") +
                                 (summary.hint.empty() ? "" : "; say " + summary.hint));
    }
    if (const std::string found = privacy::pii_summary(survey_.hits); !found.empty())
      line("  holds       ", found);
    line("  left out    ", left_out(summary.kind));
    line("", "Checked; nothing was stored.");
  }

  void line(std::string_view front, std::string_view text) {
    runtime_.out << wrap_behind(front, text, runtime_.terminal.width_columns);
  }

  void print_list(std::string_view front, const std::vector<std::string>& lines,
                  std::uint64_t count) {
    if (count == 0) return;
    const std::string blanks(front.size(), ' ');
    for (std::size_t i = 0; i < std::min(lines.size(), kShownMax); ++i) {
      line(i == 0 ? front : std::string_view(blanks), lines[i]);
    }
    if (count > kShownMax)
      line(blanks, "and " + with_thousands(count - kShownMax) + " more: --json");
  }

  [[nodiscard]] std::vector<std::string> bad_lines() const {
    std::vector<std::string> lines;
    for (const imports::BadRecord& bad : survey_.bad) {
      lines.push_back((bad.member.empty() ? "" : bad.member + " ") + "at " +
                      std::to_string(bad.offset) + ": " + bad.reason);
    }
    return lines;
  }

  [[nodiscard]] Json as_json(const Checked& checked) const {
    Json bad = Json::array();
    for (const imports::BadRecord& record : survey_.bad) {
      bad.push_back({{"member", record.member},
                     {"offset", std::to_string(record.offset)},
                     {"reason", record.reason}});
    }
    Json found = Json::object();
    for (const privacy::PiiHit& hit : survey_.hits) {
      Json& count = found[std::string(to_string(hit.kind))];
      count = count.is_null() ? 1 : count.get<std::int64_t>() + 1;
    }
    const auto& summary = checked.summary;
    Json json = {{"format", "casebook-import-check/1"},
                 {"kind", to_string(checked.form)},
                 {"digest", to_hex(checked.digest)},
                 {"messages", summary.messages},
                 {"conversations", survey_.conversations.size()},
                 {"attachments", survey_.attachments},
                 {"bad_records", summary.bad_records},
                 {"bad", bad},
                 {"unread_members", summary.unread_members},
                 {"unread", survey_.unread},
                 {"without_moment", summary.without_moment},
                 {"hint", summary.hint},
                 {"personal_data", found},
                 {"left_out", left_out(summary.kind)}};
    if (survey_.first) json["first"] = format_utc(*survey_.first);
    if (survey_.last) json["last"] = format_utc(*survey_.last);
    return json;
  }

  Runtime& runtime_;
  const Options& options_;
  ZoneDatabase zones_;
  Survey survey_;
};

/// Everything about one import into the chosen case.
class Importing {
 public:
  Importing(Runtime& runtime, const Options& options) : runtime_(runtime), options_(options) {}

  ExitStatus run() {
    auto session = CaseSession::open(runtime_, SessionKind::writes, "importing messages");
    if (!session) return fail(runtime_, session.error());
    auto report = import(**session);
    if (!report) return fail(runtime_, report.error());
    if (auto closed = (*session)->close(); !closed) return fail(runtime_, closed.error());
    if (runtime_.common.is_json) {
      print_json(runtime_, import_report_json(*report));
    } else {
      print(*report);
    }
    const bool is_whole = report->summary.bad_records == 0 && report->summary.unread_members == 0;
    return is_whole ? ExitStatus::done : ExitStatus::incomplete;
  }

 private:
  [[nodiscard]] std::string name() const {
    if (is_paste(options_)) return "pasted text";
    return std::filesystem::path(options_.file).filename().string();
  }

  Result<ImportReport> import(CaseSession& session) {
    ZoneDatabase zones;
    auto wanted = import_options(options_, zones);
    if (!wanted) return std::move(wanted).error();
    const ImportRequest request{
        options_.compartment, name(),
        options_.exported_by.empty() ? session.name_of(session.me()) : options_.exported_by,
        *std::move(wanted)};
    if (is_paste(options_)) {
      auto text = pasted_text(runtime_);
      if (!text) return std::move(text).error();
      MemoryAccess access(as_bytes(*text));
      return named(import_into_case(session, access, request));
    }
    auto file = FileAccess::open(options_.file);
    if (!file) return std::move(file).error();
    return named(import_into_case(session, *file, request));
  }
  /// What cannot be opened names itself; what is read is named here.
  Result<ImportReport> named(Result<ImportReport> report) const {
    if (!report) return std::move(report).error().context(printable(name()));
    return report;
  }

  void print(const ImportReport& report) {
    line("", printable(name()) + "  " + std::string(to_string(report.form)) + ", " +
                 counted(report.added, "message", "messages") + " new in " + options_.compartment +
                 ", " + with_thousands(report.known) + " already there");
    line("  original    ", (report.was_kept ? std::string("was kept already")
                                            : "kept as " + std::to_string(*report.file_seq)) +
                               ", sha256 " + to_hex(report.source.digest));
    line("  cited       ", imports::citation(report.source));
    const std::size_t shown = std::min(report.bad.size(), kShownMax);
    for (std::size_t i = 0; i < shown; ++i) {
      const imports::BadRecord& bad = report.bad[i];
      line("  bad         ", (bad.member.empty() ? "" : bad.member + " ") + "at " +
                                 std::to_string(bad.offset) + ": " + bad.reason);
    }
    if (report.summary.bad_records > shown) {
      line("              ",
           "and " + with_thousands(report.summary.bad_records - shown) + " more: --json");
    }
    for (const std::string& member : report.unread) line("  not read    ", member);
    if (report.summary.without_moment > 0) {
      line("  no moment   ",
           counted(report.summary.without_moment, "message", "messages") +
               (report.summary.hint.empty() ? "" : "; say " + report.summary.hint));
    }
    if (!report.personal_data.empty()) line("  holds       ", report.personal_data);
    line("  left out    ", left_out(report.summary.kind));
    line("",
         "What it shows is what the export says; no message counts as an "
         "act of anybody.");
  }

  void line(std::string_view front, std::string_view text) {
    runtime_.out << wrap_behind(front, text, runtime_.terminal.width_columns);
  }

  Runtime& runtime_;
  const Options& options_;
};

void add_reading_options(Command& command, const std::shared_ptr<Options>& options) {
  command.option("--kind", "KIND", options->kind, "slack, mbox, eml or transcript; else recognised")
      .option("--zone", "NAME", options->zone, "time zone of times that say none: Europe/Paris")
      .option("--day-order", "WHICH", options->day_order, "what comes first in 3/4: day or month")
      .option("--date", "DATE", options->date, "date of the first time that says none")
      .option("--name", "NAME", options->mailbox, "name of the mailbox or chat");
}

}  // namespace

void add_import_command(Command& root) {
  auto importing = std::make_shared<Options>();
  Command& group = root.add("import", "Take in chat and mail that others exported");
  group
      .argument("FILE", importing->file, "Slack zip, mbox, eml or text; paste reads standard input")
      .option("--in", "COMPARTMENT", importing->compartment, "else general")
      .option("--by", "NAME", importing->exported_by, "who made the export; else you");
  add_reading_options(group, importing);
  group.example("casebook import export.zip --by Ben", "a Slack export, as Slack made it")
      .example("casebook import paste --zone Europe/Paris", "a chat copied in Paris")
      .run([importing](Runtime& runtime) { return Importing(runtime, *importing).run(); });
  auto options = std::make_shared<Options>();
  Command& check = group.add("check", "Read an export: what it holds, what cannot be read");
  check.argument("FILE", options->file, "Slack zip, mbox, eml or text; paste reads standard input");
  add_reading_options(check, options);
  check.example("casebook import check export.zip", "nothing is stored")
      .run([options](Runtime& runtime) { return Checking(runtime, *options).run(); });
}

}  // namespace casebook::cli
