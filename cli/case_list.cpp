#include "cli/case_list.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <tuple>

#include "cli/board_messages.h"
#include "cli/duties.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/shared_keys.h"
#include "cli/text.h"
#include "core/characters.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "workflow/board.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;
using workflow::Board;
using workflow::RunningClock;

constexpr std::size_t kFoldersMax = 20'000;  // Looked into below the folders named.
constexpr int kDepthMax = 6;
constexpr std::size_t kPathBytesMax = 4096;

bool is_case(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "case.json", ignored);
}

/// Of what a case holds nothing is a case, so nobody looks further down there.
Status add_below(const fs::path& folder, int depth, std::size_t& looked_into,
                 std::set<fs::path>& found) {
  if (is_case(folder)) {
    found.insert(folder);
    return ok();
  }
  if (depth == kDepthMax) return ok();
  if (++looked_into > kFoldersMax) {
    return Error{ErrorCode::limit_exceeded,
                 "more than " + with_thousands(kFoldersMax) + " folders to look into",
                 "name folders nearer to the cases"};
  }
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    std::error_code unreadable;
    if (at->is_symlink(unreadable) || !at->is_directory(unreadable)) continue;
    if (auto added = add_below(at->path(), depth + 1, looked_into, found); !added) return added;
  }
  return ok();
}

/// Files of `open` and `use`, named as the case, with its path.
struct Remembered {
  fs::path file, folder;
  [[nodiscard]] std::string code_name() const { return file.filename().string(); }
};

Result<std::vector<Remembered>> remembered_cases(const Runtime& runtime) {
  auto state = runtime.state_folder();
  if (!state) return std::move(state).error();
  std::vector<Remembered> all;
  std::error_code failure;
  for (fs::directory_iterator at(*state / "cases", failure), end; !failure && at != end;
       at.increment(failure)) {
    auto line = read_file(at->path(), kPathBytesMax);
    if (!line) continue;
    std::string path(as_text(*line));
    if (path.ends_with('\n')) path.pop_back();
    if (path.starts_with('/')) all.push_back({at->path(), fs::path(path).lexically_normal()});
  }
  return all;
}

struct CaseRow {
  std::string code_name;
  fs::path folder;
  bool is_drill = false, is_open = true;
  std::optional<std::int64_t> severity;
  bool is_provisional = false;
  std::string phase, phase_label;
  std::string clock;  ///< What is late longest, else what comes next.
  std::optional<UtcSeconds> due;
  std::size_t late = 0, mine = 0, open_things = 0;
};
struct CaseUnread {
  std::string code_name;
  fs::path folder;
  Error why;
  bool is_gone = false;  ///< Remembered, and there is no case in its folder.
};

/// What is in earnest before drills, open before closed; then what is late, the worse level (none
/// said yet counts as the worst), what is due first.
auto urgency(const CaseRow& row) {
  constexpr auto kNever = UtcSeconds::max();
  return std::make_tuple(!row.is_open, row.is_drill, row.late == 0, row.severity.value_or(0),
                         row.due.value_or(kNever), std::cref(row.code_name));
}

std::string clock_name(CaseSession& session, const RunningClock& clock,
                       workflow::Language language) {
  const workflow::Record* record =
      clock.state->record ? session.runbook().record(*clock.state->record) : nullptr;
  const std::string number = clock.number ? "#" + std::to_string(*clock.number) : "";
  if (record != nullptr && record->kind == kDutyKind) {
    ZoneDatabase zones;
    return "#" + std::to_string(record->number) + " " + shown_duty(session, *record, zones).name;
  }
  return clock.rule->label.in(language) + (number.empty() ? "" : " " + number);
}

Result<CaseRow> row_of(Runtime& runtime, const fs::path& folder) {
  runtime.common.case_folder = folder;
  auto opened = CaseSession::open(runtime, SessionKind::reads, "looking at the cases");
  if (!opened) return std::move(opened).error();
  CaseSession& session = **opened;
  if (auto there = require_runbook(session); !there) return there.error();
  const workflow::CaseState& state = session.runbook();
  const auto language = language_of(runtime);
  CaseRow row{.code_name = state.people.code_name,
              .folder = folder,
              .is_drill = state.people.is_drill,
              .is_open = state.is_open(),
              .phase = state.phase};
  if (const workflow::FactSaid* severity = state.fact("severity")) {
    if (const auto* level = std::get_if<std::int64_t>(&severity->value)) row.severity = *level;
    row.is_provisional = severity->provisional;
  }
  const workflow::Phase* phase = state.policy->phase(state.phase);
  row.phase_label = phase == nullptr ? state.phase : phase->label.in(language);
  const Board board = workflow::make_board(state, session.now());
  for (const RunningClock& clock : board.clocks) {  // Soonest first.
    if (clock.is_late) ++row.late;
    if (!clock.state->due || row.due) continue;
    row.due = clock.state->due;
    row.clock = clock_name(session, clock, language);
  }
  row.open_things = board.things.size();
  for (const workflow::OpenThing& thing : board.things) {
    if (workflow::is_for(thing, state, session.me(), session.now())) ++row.mine;
  }
  if (auto closed = session.close(); !closed) return closed.error();
  return row;
}

/// In one unit, which is enough for a glance: "in 29 min", "late by 3 d".
std::string until_soon(const Messages& messages, UtcSeconds due, UtcSeconds now) {
  using std::chrono::days, std::chrono::hours, std::chrono::minutes;
  const auto left = due < now ? now - due : due - now;
  const auto whole = [&](auto unit, const char* name) {
    return std::to_string(left / unit) + ' ' + name;
  };
  const std::string span = left < hours(1)    ? whole(minutes(1), "min")
                           : left < hours(48) ? whole(hours(1), "h")
                                              : whole(days(1), "d");
  return messages.text(due < now ? "board.late_by" : "board.in", {{"time", span}});
}

/// What fits; an end that was left out is marked. Too little room: nothing.
std::string cut(std::string text, int columns) {
  constexpr int kColumnsMin = 8;
  if (display_width(text) <= columns) return text;
  if (columns < kColumnsMin) return "";
  while (!text.empty() && display_width(text) > columns - 1) {
    while (is_later_byte(text.back())) text.pop_back();
    text.pop_back();
  }
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\u2026";
}

class List {
 public:
  explicit List(Runtime& runtime) : runtime_(runtime) {}

  void look_at(const KnownCase& known) {
    auto row = row_of(runtime_, known.folder);
    if (row) return rows_.push_back(*std::move(row));
    const auto file = vault::load_case_file({known.folder});
    unread_.push_back({file ? file->code_name : known.code_name, known.folder,
                       std::move(row).error(), !known.code_name.empty() && !is_case(known.folder)});
  }

  ExitStatus show(std::ostream& out, bool is_json) {
    std::ranges::sort(rows_, {}, urgency);
    if (is_json) {
      print_json(runtime_, json());
    } else {
      out << text();
    }
    return unread_.empty() ? ExitStatus::done : ExitStatus::incomplete;
  }

 private:
  [[nodiscard]] std::string said(std::string_view key,
                                 std::initializer_list<Messages::Value> values = {}) const {
    return messages_.text(key, values);
  }

  using Cells = std::vector<std::string>;
  static constexpr std::size_t kClock = 6;  // The cell that gives way.

  [[nodiscard]] Cells cells_of(const CaseRow& row) const {
    const auto count_of = [&](const char* key, std::size_t count) {
      return count == 0 ? std::string() : said(key, {{"count", std::to_string(count)}});
    };
    const std::string level =
        row.severity ? "Sev-" + std::to_string(*row.severity) + (row.is_provisional ? "?" : "")
                     : std::string("Sev-?");
    return {printable(row.code_name),
            row.is_drill ? said("board.drill") : level,
            row.phase_label,
            count_of("cases.late", row.late),
            count_of("cases.mine", row.mine),
            row.due ? until_soon(messages_, *row.due, now_) : "",
            row.clock};
  }

  /// One line a case, whatever its clocks are called.
  [[nodiscard]] std::string lines(const std::vector<Cells>& table) const {
    std::vector<int> widths(kClock, 0);
    for (const Cells& cells : table) {
      for (std::size_t i = 0; i < kClock; ++i) {
        widths[i] = std::max(widths[i], display_width(cells[i]));
      }
    }
    const int limit = std::min(runtime_.terminal.width_columns, kTextColumnsMax);
    std::string text;
    for (const Cells& cells : table) {
      std::string line;
      for (std::size_t i = 0; i < kClock; ++i) {
        if (widths[i] == 0) continue;
        line += cells[i] +
                std::string(static_cast<std::size_t>(widths[i] + 2 - display_width(cells[i])), ' ');
      }
      line += cut(cells[kClock], limit - display_width(line));
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + '\n';
    }
    return text;
  }
  [[nodiscard]] std::string list(const std::vector<Cells>& table) const {
    Table made({{""}, {""}, {""}, {""}, {""}, {""}});
    for (Cells cells : table) {
      if (!cells[kClock].empty()) cells[kClock - 1] = cells[kClock] + " " + cells[kClock - 1];
      cells.resize(kClock);
      made.row(std::move(cells));
    }
    return made.text(runtime_.terminal.width_columns);
  }

  std::string text() {
    std::vector<Cells> table;
    for (const CaseRow& row : rows_) table.push_back(cells_of(row));
    const int width = runtime_.terminal.width_columns;
    std::string made = width < kTableColumnsMin ? list(table) : lines(table);
    for (const CaseUnread& one : unread_) {
      const std::string name =
          printable(one.code_name.empty() ? one.folder.string() : one.code_name);
      const std::string folder = printable(one.folder.string());
      const std::string words =
          one.is_gone ? said("cases.gone", {{"case", name}, {"folder", folder}})
                      : said("cases.unread",
                             {{"case", name}, {"folder", folder}, {"why", one.why.message}});
      made += wrap_behind("", words, std::min(width, kTextColumnsMax));
    }
    return made;
  }

  Json json() {
    Json cases = Json::array(), unread = Json::array();
    for (const CaseRow& row : rows_) {
      cases.push_back({{"case", row.code_name},
                       {"clock", row.clock.empty() ? Json() : Json(row.clock)},
                       {"drill", row.is_drill},
                       {"due", row.due ? Json(format_utc(*row.due)) : Json()},
                       {"folder", printable(row.folder.string())},
                       {"late", row.late},
                       {"mine", row.mine},
                       {"open", row.open_things},
                       {"phase", row.phase},
                       {"provisional", row.is_provisional},
                       {"severity", row.severity ? Json(*row.severity) : Json()}});
    }
    for (const CaseUnread& one : unread_) {
      unread.push_back({{"case", one.code_name.empty() ? Json() : Json(one.code_name)},
                        {"code", std::string(to_string(one.why.code))},
                        {"folder", printable(one.folder.string())},
                        {"gone", one.is_gone},
                        {"why", one.why.message}});
    }
    return {{"at", format_utc(now_)},
            {"cases", std::move(cases)},
            {"format", "casebook-cases/1"},
            {"unread", std::move(unread)}};
  }

  Runtime& runtime_;
  const Messages& messages_ = board_messages(language_of(runtime_));
  const UtcSeconds now_ = runtime_.clock.now_seconds();
  std::vector<CaseRow> rows_;
  std::vector<CaseUnread> unread_;
};

/// Asks for the passphrase before any case is opened, so that a wrong one is said once.
Status open_keys(Runtime& runtime) {
  auto person = choose_person(runtime);
  // A recovery page opens without keys; each case says so by itself.
  if (!person && person.error().code == ErrorCode::not_found && runtime.common.person.empty() &&
      runtime.environment("CASEBOOK_RECOVERY")) {
    return ok();
  }
  if (!person) return std::move(person).error();
  KeyRing ring(runtime, *std::move(person));
  auto opened = ring.unlock("looking at the cases");
  if (!opened) return std::move(opened).error();
  return ok();
}

}  // namespace

std::string until_text(const Messages& messages, UtcSeconds due, UtcSeconds now) {
  const auto left = due - now;
  const auto span = std::chrono::duration_cast<std::chrono::milliseconds>(
      left < std::chrono::seconds(0) ? -left : left);
  return messages.text(left < std::chrono::seconds(0) ? "board.late_by" : "board.in",
                       {{"time", human_duration(span)}});
}

Result<std::vector<KnownCase>> known_cases(const Runtime& runtime,
                                           const std::vector<std::string>& named) {
  std::map<fs::path, std::string> names;
  if (named.empty()) {
    auto remembered = remembered_cases(runtime);
    if (!remembered) return std::move(remembered).error();
    for (const Remembered& one : *remembered) names.emplace(one.folder, one.code_name());
  }
  std::set<fs::path> found;
  std::size_t looked_into = 0;
  for (const std::string& name : named) {
    const std::size_t before = found.size();
    std::error_code failure;
    const fs::path folder = fs::canonical(name, failure);
    if (!failure) {
      if (auto added = add_below(folder, 0, looked_into, found); !added) {
        return std::move(added).error().context(printable(name));
      }
    }
    if (found.size() == before && !found.contains(folder)) {
      return Error{ErrorCode::not_found, printable(name) + ": no case there or below",
                   "name the folder of a case, or one that holds cases"};
    }
  }
  for (const fs::path& folder : found) names.emplace(folder, "");
  std::vector<KnownCase> cases;
  for (const auto& [folder, code_name] : names) cases.push_back({folder, code_name});
  return cases;
}

ExitStatus forget_case(Runtime& runtime, const std::string& wanted) {
  auto remembered = remembered_cases(runtime);
  if (!remembered) return fail(runtime, remembered.error());
  std::error_code failure;
  fs::path folder = fs::absolute(wanted, failure).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();  // "case/" names the same.
  std::size_t dropped = 0;
  for (const Remembered& one : *remembered) {
    if (one.code_name() != wanted && one.folder != folder) continue;
    if (!fs::remove(one.file, failure) && failure) {
      return fail(runtime, system_error("forget " + printable(wanted), failure.value()));
    }
    ++dropped;
    const auto text = board_messages(language_of(runtime))
                          .text("cases.forgotten", {{"case", printable(one.code_name())},
                                                    {"folder", printable(one.folder.string())}});
    if (!runtime.common.is_json) {
      runtime.out << wrap_behind("", text,
                                 std::min(runtime.terminal.width_columns, kTextColumnsMax));
    } else {
      print_json(runtime, {{"case", printable(one.code_name())},
                           {"folder", printable(one.folder.string())},
                           {"format", "casebook-forgotten/1"}});
    }
  }
  if (dropped > 0) return ExitStatus::done;
  return fail(runtime, {ErrorCode::not_found,
                        printable(wanted) + ": this home remembers no case of that name or folder",
                        "casebook status --cases lists those it remembers"});
}

ExitStatus show_cases(Runtime& runtime, const std::vector<std::string>& named) {
  auto folders = known_cases(runtime, named);
  if (!folders) return fail(runtime, folders.error());
  if (folders->empty()) {
    return fail(runtime, {ErrorCode::not_found, "no case was opened or used here yet",
                          "casebook use CASE remembers one; status --cases FOLDER looks below it"});
  }
  const SharedKeys one_question;
  if (auto opened = open_keys(runtime); !opened) return fail(runtime, opened.error());
  const fs::path chosen = runtime.common.case_folder;
  List list(runtime);
  for (const KnownCase& known : *folders) list.look_at(known);
  runtime.common.case_folder = chosen;
  return list.show(runtime.out, runtime.common.is_json);
}

}  // namespace casebook::cli
