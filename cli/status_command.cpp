// `casebook status`: the board of a case. `casebook watch`: what is due, once or all the time.
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "cli/board_messages.h"
#include "cli/case_list.h"
#include "cli/commands.h"
#include "cli/duties.h"
#include "cli/filing_case.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "cli/witness.h"
#include "core/printable.h"
#include "workflow/board.h"

namespace casebook::cli {
namespace {

using workflow::Board;
using workflow::CaseState;
using workflow::OpenThing;
using workflow::RunningClock;

constexpr std::size_t kThingsShownMax = 12;
constexpr std::size_t kWaitingShownMax = 4;
constexpr int kMarginColumns = 9;

std::string margin(const std::string& word) {
  std::string text = word;
  text.resize(std::max<std::size_t>(text.size(), kMarginColumns), ' ');
  return text;
}

std::string joined_roles(const std::vector<std::string>& roles) {
  std::string text;
  for (const std::string& role : roles) text += (text.empty() ? "" : " ") + role;
  return text;
}

class Screen {
 public:
  Screen(CaseSession& session, const Board& board, bool shows_all)
      : session_(session),
        things_max_(shows_all ? board.things.size() : kThingsShownMax),
        board_(board),
        state_(session.runbook()),
        language_(language_of(session.runtime())),
        messages_(board_messages(language_)),
        width_(std::min(session.runtime().terminal.width_columns, kTextColumnsMax)) {}

  std::string text() {
    head();
    clocks();
    late();
    people();
    hosts();
    open();
    yours();
    closing();
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string said(std::string_view key,
                                 std::initializer_list<Messages::Value> values = {}) const {
    return messages_.text(key, values);
  }
  void line(const std::string& group, const std::string& words) {
    text_ += wrap_behind(margin(group), words, width_);
  }

  [[nodiscard]] std::string until(UtcSeconds due) const {
    return until_text(messages_, due, session_.now());
  }
  [[nodiscard]] std::string more(std::size_t count, std::string_view command) const {
    return said("board.more", {{"command", command}, {"count", std::to_string(count)}});
  }

  void head() {
    std::string words = state_.people.code_name;
    if (state_.people.is_drill) words += "  " + said("board.drill");
    if (const workflow::FactSaid* severity = state_.fact("severity")) {
      words += "   Sev-" + value_text(session_, severity->value, workflow::ValueType::level);
      if (severity->provisional) words += " " + said("board.provisional");
      if (!severity->persons.empty()) {
        words += " (" + session_.name_of(severity->persons.front()) + " " +
                 format_utc(severity->at).substr(11, 5) + ")";
      }
    } else if (state_.policy->facts.contains("severity")) {
      words += "   " + said("board.no_severity");
    }
    if (const workflow::Phase* phase = state_.policy->phase(state_.phase)) {
      words += "   " + phase->label.in(language_);
    }
    for (const workflow::PinnedPolicy& pinned : state_.pinned) {
      words += "   " + pinned.id + " v" + std::to_string(pinned.version);
    }
    text_ += wrap_behind("", words, width_);
    if (state_.people.is_single_founder()) line("", said("board.single_founder"));
  }

  void clocks() {
    std::string group = said("board.clocks");
    for (std::size_t i = 0; i < board_.clocks.size(); ++i) {
      const RunningClock& clock = board_.clocks[i];
      if (!clock.state->due || clock.is_late) continue;
      line(group, name_from(i) + "   " + until(*clock.state->due) + on_day(clock) +
                      (clock.is_near ? "   " + said("board.soon") : ""));
      group.clear();
    }
    not_started(group);
  }

  /// Duties that begin with a moment that nobody named.
  void not_started(std::string group) {
    if (!has_law_facts(state_)) return;
    const auto law = law_of_case(session_, {});
    if (!law) return line(group, "deadlines: " + law.error().message);
    std::size_t left = 0, shown = 0;
    for (const reports::Duty& duty : reports::list_deadlines((*law)->evaluation).waiting) {
      const std::string& fact = duty.stage->stage->starts_at;
      // What follows on a submission comes in time by itself.
      if (fact.ends_with("submitted_at") || fact == "individuals_notified_at") continue;
      if (++shown > kWaitingShownMax) {
        ++left;
        continue;
      }
      line(group, duty.regime->regime->id + " " + duty.stage->stage->id + "   " +
                      said("board.cannot_start", {{"fact", fact}}));
      group.clear();
    }
    if (left > 0) line("", more(left, "casebook deadlines"));
  }

  [[nodiscard]] const workflow::Record* duty_of(const RunningClock& clock) const {
    const workflow::Record* record =
        clock.state->record ? state_.record(*clock.state->record) : nullptr;
    return record != nullptr && record->kind == kDutyKind ? record : nullptr;
  }
  /// How many contracts with customers come next and end in the same moment.
  [[nodiscard]] std::size_t customers_alike(std::size_t at) const {
    const auto is_customer = [&](std::size_t i) {
      const workflow::Record* duty = duty_of(board_.clocks[i]);
      return duty != nullptr && duty->fields().contains("customer");
    };
    if (!is_customer(at)) return 0;
    std::size_t next = at + 1;
    while (next < board_.clocks.size() && is_customer(next) &&
           board_.clocks[next].state->due == board_.clocks[at].state->due) {
      ++next;
    }
    return next - at - 1;
  }

  /// Moves on to the last of several that are shown as one.
  std::string name_from(std::size_t& at) {
    const std::size_t alike = customers_alike(at);
    if (alike == 0) return name_of(board_.clocks[at]);
    at += alike;
    return said("board.customers", {{"count", std::to_string(alike + 1)}});
  }
  std::string name_of(const RunningClock& clock) {
    const workflow::Record* duty = duty_of(clock);
    if (duty == nullptr) return clock.rule->label.in(language_) + about(clock);
    return "#" + std::to_string(duty->number) + " " + shown_duty(session_, *duty, zones_).name;
  }
  /// The day where the days of the law are counted, and what is wrong with it.
  std::string on_day(const RunningClock& clock) {
    const workflow::Record* duty = duty_of(clock);
    if (duty == nullptr) return "";
    const DutyShown shown = shown_duty(session_, *duty, zones_);
    const std::string drafted = filing_state(state_, shown.regime, shown.stage);
    return "   " + shown.due_short + (drafted.empty() ? "" : "   " + drafted) +
           (shown.is_assumed ? "   " + said("board.assumed") : "") +
           (shown.is_lapsed ? "   " + said("board.lapsed") : "");
  }

  static std::string about(const RunningClock& clock) {
    return clock.number ? " #" + std::to_string(*clock.number) : "";
  }

  void late() {
    std::string group = said("board.late");
    for (std::size_t i = 0; i < board_.clocks.size(); ++i) {
      const RunningClock& clock = board_.clocks[i];
      if (!clock.is_late) continue;
      std::string words = name_from(i) + "   " + until(*clock.state->due) + on_day(clock);
      if (!clock.escalate_to.empty()) {
        words += "   " + said("board.call", {{"roles", joined_roles(clock.escalate_to)}});
      }
      line(group, words);
      group.clear();
    }
  }

  void people() {
    std::string words;
    for (const workflow::RoleSeat& seat : board_.roles) {
      if (seat.holders.empty() && !seat.is_missing) continue;
      std::string names;
      for (const PersonId& id : seat.holders) {
        names += (names.empty() ? "" : "/") + session_.name_of(id);
      }
      words += (words.empty() ? "" : ", ") + seat.rule->label.in(language_) + " " +
               (names.empty() ? said("board.nobody") : names);
    }
    line(said("board.people"), words.empty() ? said("board.no_roles") : words);
  }

  void hosts() {
    std::string group = said("board.hosts");
    for (const workflow::Record* host : board_.hosts) {
      std::string words = "#" + std::to_string(host->number);
      for (const auto& [name, value] : host->fields()) {
        words += "  " + value_text(session_, value, workflow::ValueType::code);
      }
      line(group, words);
      group.clear();
    }
  }

  std::string thing_line(const OpenThing& thing) {
    std::string words = thing_text(session_, thing);
    if (thing.what == kDutyKind) return words;  // Its date stands above.
    std::string who;
    for (const PersonId& id : thing.persons) {
      who += (who.empty() ? "" : ", ") + session_.name_of(id);
    }
    if (thing.persons.empty()) {
      for (const std::string& role : thing.roles) who += (who.empty() ? "" : ", ") + role;
    }
    if (!who.empty()) words += " (" + who + ")";
    if (thing.due) words += "   " + until(*thing.due);
    return words;
  }

  void open() {
    std::string group = said("board.open");
    std::size_t shown = 0, left = 0;
    for (const OpenThing& thing : board_.things) {
      if (workflow::is_for(thing, state_, session_.me(), session_.now())) continue;
      if (shown == things_max_) {
        ++left;
        continue;
      }
      line(group, thing_line(thing));
      group.clear();
      ++shown;
    }
    if (left > 0) line("", more(left, "casebook status --all"));
  }

  void yours() {
    std::string group = said("board.yours");
    for (const OpenThing& thing : board_.things) {
      if (!workflow::is_for(thing, state_, session_.me(), session_.now())) continue;
      line(group, thing_line(thing));
      group.clear();
    }
  }

  void closing() {
    if (!state_.is_open() || !state_.policy->moves.contains("close")) return;
    const workflow::Verdict verdict =
        workflow::explain(state_, {.verb = "close", .persons = {session_.me()}}, session_.now());
    const std::size_t missing = missing_count(verdict);
    line(said("board.closing"), missing == 0
                                    ? said("board.free", {{"command", "casebook close"}})
                                    : said("board.blocked", {{"count", std::to_string(missing)}}) +
                                          "   casebook why close");
  }

  CaseSession& session_;
  std::size_t things_max_;
  const Board& board_;
  const CaseState& state_;
  workflow::Language language_;
  const Messages& messages_;
  int width_;
  ZoneDatabase zones_;
  std::string text_;
};

Json thing_json(CaseSession& session, const OpenThing& thing) {
  Json persons = Json::array();
  for (const PersonId& id : thing.persons) persons.push_back(session.name_of(id));
  const bool is_mine = workflow::is_for(thing, session.runbook(), session.me(), session.now());
  return {{"blocks", thing.blocks},
          {"due", thing.due ? Json(format_utc(*thing.due)) : Json()},
          {"mine", is_mine},
          {"number", thing.number},
          {"persons", std::move(persons)},
          {"roles", thing.roles},
          {"text", thing_text(session, thing)},
          {"what", thing.what}};
}

Json clock_json(const RunningClock& clock, workflow::Language language) {
  return {{"clock", clock.rule->id},
          {"due", clock.state->due ? Json(format_utc(*clock.state->due)) : Json()},
          {"escalate_to", clock.escalate_to},
          {"label", clock.rule->label.in(language)},
          {"late", clock.is_late},
          {"near", clock.is_near},
          {"number", clock.number ? Json(*clock.number) : Json()}};
}

Json board_json(CaseSession& session, const Board& board) {
  const auto language = language_of(session.runtime());
  const CaseState& state = session.runbook();
  Json things = Json::array(), clocks = Json::array(), roles = Json::object();
  for (const OpenThing& thing : board.things) things.push_back(thing_json(session, thing));
  for (const RunningClock& clock : board.clocks) clocks.push_back(clock_json(clock, language));
  for (const workflow::RoleSeat& seat : board.roles) {
    Json holders = Json::array();
    for (const PersonId& id : seat.holders) holders.push_back(session.name_of(id));
    if (!seat.holders.empty() || seat.is_missing) roles[seat.rule->name] = std::move(holders);
  }
  const workflow::FactSaid* severity = state.fact("severity");
  return {{"case", state.people.code_name},
          {"clocks", std::move(clocks)},
          {"drill", state.people.is_drill},
          {"format", "casebook-status/1"},
          {"open", std::move(things)},
          {"phase", state.phase},
          {"roles", std::move(roles)},
          {"severity", severity == nullptr ? Json() : value_json(severity->value)}};
}

ExitStatus status(Runtime& runtime, bool shows_all) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "looking at the board");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const Board board = workflow::make_board((*session)->runbook(), (*session)->now());
  if (runtime.common.is_json) {
    print_json(runtime, board_json(**session, board));
  } else {
    runtime.out << Screen(**session, board, shows_all).text();
  }
  return ExitStatus::done;
}

struct StatusOptions {
  bool shows_all = false, is_of_cases = false;
  std::string forgotten;
  std::vector<std::string> folders;
};

ExitStatus forget(Runtime& runtime, const StatusOptions& options) {
  if (options.is_of_cases && options.folders.empty()) {
    return forget_case(runtime, options.forgotten);
  }
  return refuse_usage(runtime,
                      {ErrorCode::invalid_input, "--forget takes one case off the list of --cases",
                       "casebook status --cases --forget CASE"});
}

// Watching.

struct WatchOptions {
  std::string every, acknowledged;
  std::string within = "PT1H";
};

/// What is late, near or due within a time; empty when all is quiet.
std::vector<std::string> due_lines(CaseSession& session, const Board& board,
                                   std::chrono::seconds within, Json& list) {
  const auto language = language_of(session.runtime());
  const Messages& messages = board_messages(language);
  std::vector<std::string> lines;
  for (const RunningClock& clock : board.clocks) {
    if (!clock.state->due || *clock.state->due > session.now() + within) continue;
    list.push_back(clock_json(clock, language));
    std::string words = clock.rule->label.in(language) +
                        (clock.number ? " #" + std::to_string(*clock.number) : "") + ": " +
                        until_text(messages, *clock.state->due, session.now());
    if (!clock.escalate_to.empty()) {
      words += ", " + messages.text("board.call", {{"roles", joined_roles(clock.escalate_to)}});
    }
    lines.push_back(words);
  }
  return lines;
}

ExitStatus watch_once(Runtime& runtime, std::chrono::seconds within) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "watching the clocks");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const Board board = workflow::make_board((*session)->runbook(), (*session)->now());
  Json list = Json::array();
  const auto lines = due_lines(**session, board, within, list);
  if (runtime.common.is_json) {
    print_json(runtime, {{"at", format_utc((*session)->now())},
                         {"case", (*session)->runbook().people.code_name},
                         {"due", std::move(list)},
                         {"format", "casebook-watch/1"}});
  } else {
    const Messages& messages = board_messages(language_of(runtime));
    const std::string span = workflow::format_duration(within);
    runtime.out << format_utc((*session)->now()).substr(11, 8) << " UTC  "
                << (lines.empty()
                        ? messages.text("board.none_due", {{"time", span}})
                        : messages.text("board.due_within",
                                        {{"count", std::to_string(lines.size())}, {"time", span}}))
                << '\n';
    for (const std::string& one : lines) {
      runtime.out << wrap_behind("  ", one, runtime.terminal.width_columns);
    }
  }
  runtime.out.flush();
  return lines.empty() ? ExitStatus::done : ExitStatus::incomplete;
}

ExitStatus watch(Runtime& runtime, const WatchOptions& options) {
  auto within = workflow::parse_duration(options.within);
  if (!within) return refuse_usage(runtime, std::move(within).error().context("--within"));
  if (options.every.empty()) return watch_once(runtime, *within);
  auto every = workflow::parse_duration(options.every);
  if (!every) return refuse_usage(runtime, std::move(every).error().context("--every"));
  if (*every < std::chrono::seconds(10)) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--every is at least PT10S", ""});
  }
  while (true) {
    const ExitStatus now = watch_once(runtime, *within);
    if (now != ExitStatus::done && now != ExitStatus::incomplete) return now;
    std::this_thread::sleep_for(*every);
  }
}

}  // namespace

void add_status_command(Command& root) {
  auto options = std::make_shared<StatusOptions>();
  root.add("status", "The board: clocks, late, people, open, yours")
      .arguments("FOLDER", options->folders, "with --cases: of cases, or that hold some",
                 Count::any)
      .flag("--all", options->shows_all, "every open thing, not only the first ones")
      .flag("--cases", options->is_of_cases, "a line for each case known here, urgent first")
      .option("--forget", "CASE", options->forgotten, "with --cases: leave it out from now on")
      .example("casebook status", "ends with what you can do now")
      .example("casebook status --cases", "all that were opened or used here")
      .example("casebook status --cases /srv/cases", "all below a folder")
      .example("casebook status --cases --forget amber-heron", "by its code name or folder")
      .run([options](Runtime& runtime) {
        if (!options->forgotten.empty()) return forget(runtime, *options);
        if (options->is_of_cases) return show_cases(runtime, options->folders);
        if (options->folders.empty()) return status(runtime, options->shows_all);
        return refuse_usage(runtime, {ErrorCode::invalid_input,
                                      printable(options->folders.front()) +
                                          ": a board is of one case, or of several with --cases",
                                      "casebook status --case DIR, or status --cases FOLDER"});
      });
}

void add_watch_command(Command& root) {
  auto options = std::make_shared<WatchOptions>();
  root.add("watch", "What is due soon or late; exit status 3 when something is")
      .option("--within", "TIME", options->within, "how far ahead: PT1H, P1D")
      .option("--acknowledge", "N", options->acknowledged, "you have it: nobody else is called")
      .option("--every", "TIME", options->every, "look again each time, until interrupted: PT5M")
      .example("casebook watch --within PT4H", "")
      .example("casebook watch --every PT5M --json", "one line of JSON each time")
      .example("casebook watch --acknowledge 22", "")
      .run([options](Runtime& runtime) {
        if (!options->acknowledged.empty())
          return acknowledge_clock(runtime, options->acknowledged);
        return watch(runtime, *options);
      });
}

}  // namespace casebook::cli
