#include "cli/follow_ups.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/board_messages.h"
#include "cli/csv.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

constexpr std::size_t kProjectBytesMax = 32;
constexpr std::size_t kQueueBytesMax = 200;  // as long as RT keeps it

struct FollowUp {
  std::uint64_t number = 0;
  std::string title, due, reference, step;  // `due`: 2026-12-01T09:00:00Z, or empty
  std::string description;

  std::string due_date() const { return due.substr(0, 10); }
};

/// The step of the runbook that is done by entries of this register; empty when there is none.
std::string step_of(const workflow::Policy& policy, const std::string& kind,
                    workflow::Language language) {
  const auto asks_for = [&](const workflow::Predicate& node, const auto& self) -> bool {
    if (node.query != nullptr && node.query->kind == kind) return true;
    return std::ranges::any_of(node.children, [&](const auto& child) { return self(child, self); });
  };
  for (const workflow::Step& step : policy.steps) {
    if (step.done && asks_for(*step.done, asks_for)) return step.label.in(language);
  }
  return "";
}

/// The first time among its fields: when somebody expects to hear of it.
std::string due_of(const workflow::Register& rule, const workflow::Record& record) {
  for (const workflow::FieldRule& field : rule.fields) {
    if (field.type != workflow::ValueType::time) continue;
    const auto found = record.fields().find(field.name);
    if (found == record.fields().end()) continue;
    if (const auto* moment = std::get_if<workflow::Moment>(&found->second)) {
      return format_utc(UtcSeconds(std::chrono::seconds(moment->seconds)));
    }
  }
  return "";
}

/// "Follow-up #141 of amber-heron (prevention)".
std::string title_of(const CaseSession& session, const workflow::Register& rule,
                     const workflow::Record& record, workflow::Language language) {
  std::string title =
      board_messages(language).text("follow_up.title", {{"case", session.people().code_name},
                                                        {"label", rule.label.in(language)},
                                                        {"number", std::to_string(record.number)}});
  const auto kind = record.fields().find("kind");
  if (kind == record.fields().end()) return title;
  if (const auto* word = std::get_if<std::string>(&kind->second)) title += " (" + *word + ")";
  return title;
}

std::string description_of(const FollowUp& one, workflow::Language language) {
  const Messages& words = board_messages(language);
  std::string text = words.text("follow_up.reference", {{"reference", one.reference}}) + "\n";
  if (!one.step.empty()) text += words.text("follow_up.step", {{"step", one.step}}) + "\n";
  return text + words.text("follow_up.rest");
}

std::vector<FollowUp> follow_ups(const CaseSession& session, const workflow::Register& rule,
                                 const FollowUpOptions& options, workflow::Language language) {
  std::vector<FollowUp> list;
  const std::string step = step_of(*session.runbook().policy, rule.kind, language);
  for (const workflow::Record& record : session.runbook().records) {
    if (record.kind != rule.kind || (record.is_settled() && !options.with_settled)) continue;
    list.push_back({record.number, title_of(session, rule, record, language), due_of(rule, record),
                    session.people().code_name + "#" + std::to_string(record.number), step, ""});
    list.back().description = description_of(list.back(), language);
  }
  return list;
}

std::string csv_of(const std::vector<FollowUp>& list) {
  std::string text = csv_line({"Summary", "Issue Type", "Due Date", "Labels", "Description"});
  for (const FollowUp& one : list) {
    text += csv_line({one.title, "Task", one.due_date(), "casebook", one.description});
  }
  return text;
}

std::string rest_of(const std::vector<FollowUp>& list, const std::string& project) {
  Json updates = Json::array();
  for (const FollowUp& one : list) {
    Json fields = {{"description", one.description},
                   {"issuetype", {{"name", "Task"}}},
                   {"labels", {"casebook"}},
                   {"project", {{"key", project}}},
                   {"summary", one.title}};
    if (!one.due.empty()) fields["duedate"] = one.due_date();
    updates.push_back({{"fields", std::move(fields)}});
  }
  return canonical_json(Json{{"issueUpdates", std::move(updates)}}) + "\n";
}

/// RT takes the moment itself, in UTC, without the letters of RFC 3339.
std::string rt_of(const std::vector<FollowUp>& list, const std::string& queue) {
  Json tickets = Json::array();
  for (const FollowUp& one : list) {
    Json ticket = {{"Content", one.description},
                   {"ContentType", "text/plain"},
                   {"Queue", queue},
                   {"Subject", one.title}};
    if (!one.due.empty()) ticket["Due"] = one.due_date() + " " + one.due.substr(11, 8);
    tickets.push_back(std::move(ticket));
  }
  return canonical_json(tickets) + "\n";
}

bool is_project_key(const std::string& text) {
  return !text.empty() && text.size() <= kProjectBytesMax && std::ranges::all_of(text, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_queue_name(const std::string& text) {
  return !text.empty() && text.size() <= kQueueBytesMax && printable(text) == text;
}

Status write_bodies(const std::vector<FollowUp>& list, const FollowUpOptions& options) {
  for (const auto& [file, text] : {std::pair(options.csv, csv_of(list)),
                                   std::pair(options.rest, rest_of(list, options.project)),
                                   std::pair(options.rt, rt_of(list, options.queue))}) {
    if (file.empty()) continue;
    if (auto written = write_file(file, as_bytes(text), 0600); !written) return written.error();
  }
  return ok();
}

ExitStatus export_in(CaseSession& session, const FollowUpOptions& options) {
  Runtime& runtime = session.runtime();
  if (auto there = require_runbook(session); !there) return fail(runtime, there.error());
  const workflow::Policy& policy = *session.runbook().policy;
  const auto rule = policy.registers.find(options.kind);
  if (rule == policy.registers.end()) {
    return fail(runtime, {ErrorCode::not_found, printable(options.kind) + ": no such register",
                          "casebook record shows them"});
  }
  const auto list = follow_ups(session, rule->second, options, language_of(runtime));
  if (auto written = write_bodies(list, options); !written) return fail(runtime, written.error());
  if (runtime.common.is_json) {
    Json rows = Json::array();
    for (const FollowUp& one : list) {
      rows.push_back({{"due", one.due_date()},
                      {"number", one.number},
                      {"reference", one.reference},
                      {"step", one.step},
                      {"title", one.title}});
    }
    print_json(runtime, {{"follow_ups", std::move(rows)}, {"format", "casebook-follow-ups/1"}});
    return ExitStatus::done;
  }
  for (const FollowUp& one : list) runtime.out << one.title << "  " << one.due_date() << '\n';
  runtime.out << counted(list.size(), "entry", "entries") << "; no words of the case are in it\n";
  if (!list.empty()) {
    runtime.out << "Next: casebook done " << list.front().number
                << " link=TICKET, when it is filed\n";
  }
  return ExitStatus::done;
}

}  // namespace

ExitStatus export_follow_ups(Runtime& runtime, const FollowUpOptions& options) {
  if (!options.rest.empty() && !is_project_key(options.project)) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--rest needs --project KEY",
                                  "the key of the project in the tracker: SHOP"});
  }
  if (!options.rt.empty() && !is_queue_name(options.queue)) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--rt needs --queue NAME",
                                  "the name of the queue in the tracker: General"});
  }
  auto session = CaseSession::open(runtime, SessionKind::reads, "reading follow-ups");
  if (!session) return fail(runtime, session.error());
  return export_in(**session, options);
}

}  // namespace casebook::cli
