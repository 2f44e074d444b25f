#include "cli/duties.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/record_fields.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/calendar_text.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

using reports::DeadlineKind;
using reports::Outcome;
using workflow::Moment;
using workflow::Record;

constexpr std::size_t kNamedMax = 3;
constexpr std::size_t kWordsBytesMax = 300;

/// A law that binds, with a date: what only begins later is shown, and entered when it begins.
bool is_duty(const reports::StageVerdict& stage) {
  return stage.outcome == Outcome::due && stage.deadline &&
         (stage.deadline->kind == DeadlineKind::limit ||
          stage.deadline->kind == DeadlineKind::own_target ||
          stage.deadline->kind == DeadlineKind::guideline);
}

DutyFound found_duty(const reports::Regime& regime, const reports::StageVerdict& verdict,
                     const CaseLaw& law) {
  const reports::Stage& stage = *verdict.stage;
  const reports::StageDeadline& deadline = *verdict.deadline;
  DutyFound duty{regime.id,           stage.id, {}, deadline.start, deadline.earliest,
                 zone_of(law).name(), false,    {}};
  const auto aware = law.facts.get<UtcSeconds>("awareness_at");
  duty.is_assumed = deadline.start_assumed || (law.is_awareness_assumed && deadline.start == aware);
  duty.words = stage.name + ": to " + stage.recipient;
  if (duty.words.size() > kWordsBytesMax) duty.words.resize(kWordsBytesMax);
  return duty;
}

std::vector<DutyFound> all_found(const CaseLaw& law) {
  std::vector<DutyFound> all;
  for (const CustomerDuty& one : law.customers) {
    all.push_back({std::string(kContract), "customer", one.code, one.started, one.due,
                   zone_of(law).name(), law.is_awareness_assumed,
                   one.name + ": by contract within " + std::to_string(one.hours) + " hours"});
  }
  for (const reports::RegimeVerdict& regime : law.evaluation.regimes) {
    for (const reports::StageVerdict& stage : regime.stages) {
      if (is_duty(stage)) all.push_back(found_duty(*regime.regime, stage, law));
    }
  }
  std::ranges::stable_sort(
      all, {}, [](const DutyFound& one) { return one.due.value_or(UtcSeconds::max()); });
  return all;
}

/// Only a fact that somebody said takes a duty away; what is unknown leaves it.
bool is_denied(const Record& record, const CaseLaw& law) {
  const auto regime =
      std::ranges::find_if(law.evaluation.regimes, [&](const reports::RegimeVerdict& one) {
        return one.regime->id == word_of(record, "regime");
      });
  if (regime == law.evaluation.regimes.end()) return false;
  const auto stage = std::ranges::find_if(regime->stages, [&](const reports::StageVerdict& one) {
    return one.stage->id == word_of(record, "stage");
  });
  return stage != regime->stages.end() && stage->outcome == Outcome::not_due;
}

bool is_same(const Record& record, const DutyFound& duty) {
  return word_of(record, "regime") == duty.regime && word_of(record, "stage") == duty.stage &&
         word_of(record, "customer") == duty.customer;
}

bool says_so(const Record& record, const DutyFound& duty) {
  const auto assumed = record.fields().find("assumed");
  return time_of(record, "due") == duty.due && time_of(record, "started") == duty.started &&
         word_of(record, "zone") == duty.zone && word_of(record, "standing") != "no_longer" &&
         assumed != record.fields().end() && assumed->second == workflow::Value(duty.is_assumed);
}

workflow::Value moment_value(UtcSeconds time) {
  return workflow::Value(Moment{time.time_since_epoch().count()});
}

workflow::Fields fields_of(const DutyFound& duty, bool is_new) {
  workflow::Fields fields;
  if (is_new) {
    fields["regime"] = workflow::Value(duty.regime);
    fields["stage"] = workflow::Value(duty.stage);
    if (!duty.customer.empty()) fields["customer"] = workflow::Value(duty.customer);
  }
  if (duty.started) fields["started"] = moment_value(*duty.started);
  if (duty.due) fields["due"] = moment_value(*duty.due);
  fields["zone"] = workflow::Value(duty.zone);
  fields["assumed"] = workflow::Value(duty.is_assumed);
  if (!is_new) fields["standing"] = workflow::Value(std::string("due"));
  return fields;
}

std::string due_text(const DutyFound& duty, ZoneDatabase& zones) {
  if (!duty.due) return "no date yet";
  const auto zone = zones.find(duty.zone);
  return zone ? local_text(**zone, *duty.due) : format_utc(*duty.due);
}

/// Says one thing after the other; the first refusal stops it.
class Entering {
 public:
  explicit Entering(CaseSession& session) : session_(session) {}

  Status say(const workflow::RunbookBody& body, const std::string& words) {
    std::vector<ProposedText> texts;
    if (!words.empty()) texts.push_back({"text", words, "record"});
    auto proposal =
        session_.propose({std::string(verb_of(body)), format_runbook_body(body)}, texts, {});
    if (!proposal) return std::move(proposal).error();
    auto refusal = session_.judge(*proposal);
    if (!refusal) return std::move(refusal).error();
    if (*refusal) return Error{ErrorCode::invalid_input, (*refusal)->what, (*refusal)->hint};
    auto said = session_.say(*proposal);
    if (!said) return std::move(said).error();
    return ok();
  }
  Status add(const DutyFound& duty) {
    auto key = make_facet_key(session_.runtime().randomness);
    if (!key) return std::move(key).error();
    return say(workflow::RunbookBody(workflow::RecordAdd{std::string(kDutyKind),
                                                         fields_of(duty, /*is_new=*/true), *key}),
               duty.words);
  }
  Status change(const DutyChanges::Change& change) {
    auto key = make_facet_key(session_.runtime().randomness);
    if (!key) return std::move(key).error();
    workflow::Fields fields;
    if (change.to) {
      fields = fields_of(*change.to, /*is_new=*/false);
    } else {
      fields["standing"] = workflow::Value(std::string("no_longer"));
    }
    return say(
        workflow::RunbookBody(workflow::RecordChange{change.record, std::move(fields), *key}), "");
  }

 private:
  CaseSession& session_;
};

std::string summary_of(const std::vector<std::string>& parts, std::size_t all,
                       const std::string& what) {
  std::string text = what + ": ";
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : "; ") + parts[i];
  if (all > parts.size()) text += "; and " + std::to_string(all - parts.size()) + " more";
  return text;
}

}  // namespace

DutyChanges compare_duties(const workflow::CaseState& state, const CaseLaw& law) {
  DutyChanges changes;
  if (!state.policy->registers.contains(kDutyKind)) return changes;
  std::vector<const Record*> known;
  if (const auto found = state.records_of.find(kDutyKind); found != state.records_of.end()) {
    for (const std::size_t at : found->second) known.push_back(&state.records[at]);
  }
  for (DutyFound& duty : all_found(law)) {
    const auto same =
        std::ranges::find_if(known, [&](const Record* one) { return is_same(*one, duty); });
    if (same == known.end()) {
      changes.found.push_back(std::move(duty));
      continue;
    }
    const Record& record = **same;
    // Without a profile the zone is a guess, and no reason to move what somebody knew better.
    const bool is_guess = law.evaluation.zone_assumed && !word_of(record, "zone").empty();
    if (record.is_settled() || is_guess || says_so(record, duty)) continue;
    changes.changed.push_back({record.id, record.number, duty.regime + " " + duty.stage,
                               std::move(duty), time_of(record, "due")});
  }
  for (const Record* record : known) {
    if (record->is_settled() || word_of(*record, "standing") == "no_longer") continue;
    if (!is_denied(*record, law)) continue;
    changes.changed.push_back({record->id,
                               record->number,
                               word_of(*record, "regime") + " " + word_of(*record, "stage"),
                               {},
                               time_of(*record, "due")});
  }
  return changes;
}

Result<DutiesSaid> record_duties(CaseSession& session, const CaseLaw& law) {
  const DutyChanges changes = compare_duties(session.runbook(), law);
  DutiesSaid said;
  ZoneDatabase zones;
  Entering entering(session);
  std::vector<std::string> found, moved;
  for (const DutyFound& duty : changes.found) {
    if (auto added = entering.add(duty); !added) return Error(added.error()).context("duty");
    const std::uint64_t number = session.runbook().records.back().number;
    const std::string name = duty.customer.empty() ? duty.regime + " " + duty.stage
                                                   : "customer " + printable(duty.words);
    if (found.size() < kNamedMax) {
      found.push_back("#" + std::to_string(number) + " " + name + ", due " + due_text(duty, zones));
    }
    said.found.push_back({number, duty.regime + " " + duty.stage, duty.due, "due"});
  }
  for (const DutyChanges::Change& change : changes.changed) {
    if (auto done = entering.change(change); !done) return Error(done.error()).context("duty");
    const std::string number = "#" + std::to_string(change.number);
    if (moved.size() < kNamedMax) {
      moved.push_back(change.to ? number + " is due " + due_text(*change.to, zones)
                                : number + " is no longer asked for");
    }
    said.changed.push_back({change.number, change.name, change.to ? change.to->due : std::nullopt,
                            change.to ? "due" : "no_longer"});
  }
  if (!found.empty()) {
    said.line = summary_of(found, changes.found.size(),
                           counted(changes.found.size(), "duty", "duties") + " found");
  }
  if (!moved.empty()) {
    said.line += (said.line.empty() ? "" : ". ") +
                 summary_of(moved, changes.changed.size(),
                            counted(changes.changed.size(), "duty", "duties") + " changed");
  }
  return said;
}

Json duties_json(const DutiesSaid& said) {
  Json json = {{"changed", Json::array()}, {"found", Json::array()}};
  const auto list = [&](const char* name, const std::vector<DutiesSaid::Entry>& entries) {
    for (const DutiesSaid::Entry& one : entries) {
      json[name].push_back({{"due", one.due ? Json(format_utc(*one.due)) : Json()},
                            {"name", one.name},
                            {"number", one.number},
                            {"standing", one.standing}});
    }
  };
  list("found", said.found);
  list("changed", said.changed);
  return json;
}

DutyShown shown_duty(CaseSession& session, const Record& record, ZoneDatabase& zones) {
  DutyShown shown{.record = &record};
  shown.regime = word_of(record, "regime");
  shown.stage = word_of(record, "stage");
  shown.due = time_of(record, "due");
  const std::string words = record.text ? session.text_of(*record.text) : std::string();
  shown.words = printable(words.substr(0, words.find('\n')));
  const bool is_customer = !word_of(record, "customer").empty();
  shown.name = is_customer
                   ? std::string(kContract) + " " + shown.words.substr(0, shown.words.find(':'))
                   : word_of(record, "regime") + " " + word_of(record, "stage");
  const auto zone = zones.find(word_of(record, "zone"));
  if (shown.due) {
    shown.due_text = zone ? local_text(**zone, *shown.due) : format_utc(*shown.due);
    shown.due_short = shown.due_text;
    // "Mon 26 Oct 2026 17:00 Paris": on a board the year is plain.
    constexpr std::size_t kYearAt = 11, kYearLength = 5;
    if (zone && shown.due_short.size() > kYearAt + kYearLength) {
      shown.due_short.erase(kYearAt, kYearLength);
    }
  }
  const auto assumed = record.fields().find("assumed");
  shown.is_assumed = assumed != record.fields().end() && assumed->second == workflow::Value(true);
  shown.is_lapsed = word_of(record, "standing") == "no_longer";
  return shown;
}

}  // namespace casebook::cli
