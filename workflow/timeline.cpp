#include "workflow/timeline.h"

#include <algorithm>

namespace casebook::workflow {
namespace {

using Kind = TimelineEntry::Kind;

std::optional<UtcSeconds> time_in(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  const auto* moment = found == fields.end() ? nullptr : std::get_if<Moment>(&found->second);
  if (moment == nullptr) return {};
  return UtcSeconds(std::chrono::seconds(moment->seconds));
}

/// The field by which entries say when something happened.
std::optional<UtcSeconds> claimed_in(const Fields& fields) {
  for (const std::string_view name : {"happened_at", "observed_at", "at"}) {
    if (auto time = time_in(fields, name)) return time;
  }
  return {};
}

void add_facts(const CaseState& state, Timeline& timeline) {
  for (const auto& [name, history] : state.facts) {
    for (const FactSaid& said : history) {
      timeline.entries.push_back({.seq = said.seq,
                                  .at = said.at,
                                  .kind = Kind::fact,
                                  .what = name,
                                  .value = said.value,
                                  .persons = said.persons});
    }
  }
}

void add_records(const CaseState& state, Timeline& timeline) {
  for (const Record& record : state.records) {
    const RecordVersion& first = record.versions.front();
    timeline.entries.push_back({.seq = first.seq,
                                .at = first.at,
                                .claimed = claimed_in(first.fields),
                                .kind = Kind::record,
                                .what = record.kind,
                                .number = record.number,
                                .persons = first.persons,
                                .text = record.text});
    if (!record.is_settled() || record.versions.size() < 2) continue;
    const RecordVersion& last = record.versions.back();
    timeline.entries.push_back({.seq = last.seq,
                                .at = last.at,
                                .kind = Kind::settled,
                                .what = record.kind,
                                .number = record.number,
                                .persons = last.persons});
  }
}

void add_words(const CaseState& state, Timeline& timeline) {
  for (const Attestation& word : state.attestations) {
    timeline.entries.push_back({.seq = word.seq,
                                .at = word.at,
                                .kind = Kind::word,
                                .what = word.role + " " + word.verb,
                                .persons = {word.person}});
  }
  for (const Waiver& waiver : state.waivers) {
    std::vector<PersonId> persons = {waiver.asked_by};
    if (waiver.granted_by) persons.push_back(*waiver.granted_by);
    timeline.entries.push_back({.seq = waiver.seq,
                                .at = waiver.at,
                                .kind = Kind::waiver,
                                .what = waiver.gate,
                                .number = waiver.number,
                                .persons = std::move(persons)});
  }
  for (const MoveMade& move : state.moves) {
    timeline.entries.push_back({.seq = move.seq,
                                .at = move.at,
                                .kind = Kind::move,
                                .what = move.move,
                                .persons = move.persons});
  }
  for (const StepState& step : state.steps) {
    if (!step.done_at || !step.done_by_seq) continue;
    timeline.entries.push_back({.seq = *step.done_by_seq,
                                .at = *step.done_at,
                                .kind = Kind::step,
                                .what = step.id,
                                .number = step.number});
  }
  for (const Told& told : state.told) {
    const Record* record = state.record(told.record);
    timeline.entries.push_back({.seq = told.seq,
                                .at = told.at,
                                .kind = Kind::told,
                                .what = told.channel,
                                .number = record == nullptr ? 0 : record->number});
  }
}

TimelineAnchor anchor_of_facts(const CaseState& state, std::string id,
                               const std::vector<std::string_view>& names) {
  TimelineAnchor anchor{std::move(id)};
  for (const std::string_view name : names) {
    const FactSaid* said = state.fact(name);
    const auto* moment = said == nullptr ? nullptr : std::get_if<Moment>(&said->value);
    if (moment == nullptr) continue;
    anchor.at = UtcSeconds(std::chrono::seconds(moment->seconds));
    anchor.seq = said->seq;
    break;
  }
  return anchor;
}

/// A moment that somebody entered in the register of moments beats every other source.
TimelineAnchor with_moment(const CaseState& state, TimelineAnchor anchor, std::string_view what) {
  const auto found = state.records_of.find("moment");
  if (found == state.records_of.end()) return anchor;
  for (const std::size_t index : found->second) {
    const Record& record = state.records[index];
    const auto field = record.fields().find("what");
    const auto* name =
        field == record.fields().end() ? nullptr : std::get_if<std::string>(&field->second);
    if (name == nullptr || *name != what) continue;
    anchor.at = claimed_in(record.fields()).value_or(record.versions.front().at);
    anchor.seq = record.versions.front().seq;
    return anchor;
  }
  return anchor;
}

TimelineAnchor anchor_of_records(const CaseState& state, std::string id, std::string_view kind) {
  TimelineAnchor anchor{std::move(id)};
  if (const auto found = state.records_of.find(kind);
      found != state.records_of.end() && !found->second.empty()) {
    const RecordVersion& first = state.records[found->second.front()].versions.front();
    anchor.at = claimed_in(first.fields).value_or(first.at);
    anchor.seq = first.seq;
  }
  return anchor;
}

}  // namespace

std::string_view to_string(TimelineEntry::Kind kind) noexcept {
  switch (kind) {
    case Kind::fact:
      return "fact";
    case Kind::record:
      return "record";
    case Kind::settled:
      return "settled";
    case Kind::word:
      return "word";
    case Kind::waiver:
      return "waiver";
    case Kind::move:
      return "move";
    case Kind::step:
      return "step";
    case Kind::told:
      return "told";
  }
  return "fact";
}

Timeline make_timeline(const CaseState& state) {
  Timeline timeline;
  add_facts(state, timeline);
  add_records(state, timeline);
  add_words(state, timeline);
  std::ranges::stable_sort(timeline.entries, {}, &TimelineEntry::seq);
  timeline.anchors = {
      with_moment(state, anchor_of_facts(state, "first_sign", {"first_anomaly_at"}), "first_sign"),
      with_moment(state, anchor_of_facts(state, "discovered", {"discovered_at", "awareness_at"}),
                  "discovered"),
      anchor_of_records(state, "decided", "decision"),
      with_moment(state, anchor_of_records(state, "remedied", "rollout"), "fixed"),
  };
  return timeline;
}

}  // namespace casebook::workflow
