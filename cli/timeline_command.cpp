// `casebook timeline`: what happened, in order, with the moments that reviews ask for.
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/board_messages.h"
#include "cli/commands.h"
#include "cli/csv.h"
#include "cli/runbook_saying.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/printable.h"
#include "workflow/timeline.h"

namespace casebook::cli {
namespace {

using workflow::TimelineEntry;

struct TimelineOptions {
  std::filesystem::path csv;
};

std::string persons_text(CaseSession& session, const std::vector<PersonId>& persons) {
  std::string text;
  for (const PersonId& id : persons) text += (text.empty() ? "" : ", ") + session.name_of(id);
  return text;
}

std::string what_text(CaseSession& session, const TimelineEntry& entry) {
  const workflow::CaseState& state = session.runbook();
  const auto language = language_of(session.runtime());
  std::string text = entry.what;
  if (entry.kind == TimelineEntry::Kind::fact) {
    const auto rule = state.policy->facts.find(entry.what);
    const auto type =
        rule == state.policy->facts.end() ? workflow::ValueType::code : rule->second.type;
    return text + " = " + value_text(session, entry.value, type);
  }
  if (entry.kind == TimelineEntry::Kind::move) {
    const auto move = state.policy->moves.find(entry.what);
    if (move != state.policy->moves.end()) text = move->second.label.in(language);
  }
  if (entry.kind == TimelineEntry::Kind::step) {
    if (const workflow::Step* step = state.policy->step(entry.what)) {
      text = step->label.in(language);
    }
  }
  if (entry.number > 0) text += " #" + std::to_string(entry.number);
  // Drafts and manifests are kept as machines read them.
  if (entry.text && entry.what != "filing" && entry.what != "release") {
    const std::string words = session.text_of(*entry.text);
    if (!words.empty()) text += ": " + printable(words.substr(0, words.find('\n')));
  }
  return text;
}

Json entry_json(CaseSession& session, const TimelineEntry& entry) {
  return {{"at", format_utc(entry.at)},
          {"claimed", entry.claimed ? Json(format_utc(*entry.claimed)) : Json()},
          {"entry", entry.seq},
          {"kind", to_string(entry.kind)},
          {"number", entry.number == 0 ? Json() : Json(entry.number)},
          {"persons", persons_text(session, entry.persons)},
          {"text", what_text(session, entry)}};
}

Status write_csv(CaseSession& session, const workflow::Timeline& timeline,
                 const std::filesystem::path& file) {
  std::string text = csv_line({"entry", "received", "claimed", "kind", "what", "who"});
  for (const TimelineEntry& entry : timeline.entries) {
    text += csv_line({std::to_string(entry.seq), format_utc(entry.at),
                      entry.claimed ? format_utc(*entry.claimed) : "",
                      std::string(to_string(entry.kind)), what_text(session, entry),
                      persons_text(session, entry.persons)});
  }
  return write_file(file, as_bytes(text), 0600);
}

ExitStatus show_timeline(Runtime& runtime, const TimelineOptions& options) {
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading the timeline");
  if (!session) return fail(runtime, session.error());
  if (auto there = require_runbook(**session); !there) return fail(runtime, there.error());
  const workflow::Timeline timeline = workflow::make_timeline((*session)->runbook());
  if (!options.csv.empty()) {
    if (auto written = write_csv(**session, timeline, options.csv); !written) {
      return fail(runtime, written.error());
    }
  }
  if (runtime.common.is_json) {
    Json entries = Json::array(), anchors = Json::object();
    for (const TimelineEntry& entry : timeline.entries) {
      entries.push_back(entry_json(**session, entry));
    }
    for (const workflow::TimelineAnchor& anchor : timeline.anchors) {
      anchors[anchor.id] = anchor.at ? Json(format_utc(*anchor.at)) : Json();
    }
    print_json(runtime, {{"anchors", std::move(anchors)},
                         {"entries", std::move(entries)},
                         {"format", "casebook-timeline/1"}});
    return ExitStatus::done;
  }
  Table table({{"", Align::right}, {"UTC"}, {""}, {"who"}});
  for (const TimelineEntry& entry : timeline.entries) {
    const UtcSeconds when = entry.claimed.value_or(entry.at);
    table.row({std::to_string(entry.seq),
               format_utc(when).substr(5, 11) + (entry.claimed ? "*" : ""),
               what_text(**session, entry), persons_text(**session, entry.persons)});
  }
  runtime.out << table.text(runtime.terminal.width_columns);
  const Messages& messages = board_messages(language_of(runtime));
  for (const workflow::TimelineAnchor& anchor : timeline.anchors) {
    if (!anchor.at) {
      runtime.out << messages.text("timeline.missing", {{"moment", anchor.id}}) << '\n';
    }
  }
  runtime.out << messages.text("timeline.claimed") << '\n';
  return ExitStatus::done;
}

}  // namespace

void add_timeline_command(Command& root) {
  auto options = std::make_shared<TimelineOptions>();
  root.add("timeline", "What happened, in order")
      .option("--csv", "FILE", options->csv, "also write it for a spreadsheet")
      .example("casebook timeline", "")
      .example("casebook timeline --csv timeline.csv", "")
      .run([options](Runtime& runtime) { return show_timeline(runtime, *options); });
}

}  // namespace casebook::cli
