#include "reports/deadline_json.h"

#include <nlohmann/json.hpp>

#include "core/calendar_text.h"
#include "reports/deadline_list.h"

namespace casebook::reports {
namespace {

using Json = nlohmann::json;

Json moment(const TimeZone& zone, UtcSeconds time) {
  return {{"utc", format_utc(time)}, {"local", rfc3339_text(zone, time)}};
}

Json harbours(const std::vector<HarbourMark>& marks) {
  Json list = Json::array();
  for (const HarbourMark& mark : marks) {
    list.push_back({{"id", mark.harbour->id},
                    {"effect", mark.harbour->effect_words},
                    {"clause", mark.harbour->clause},
                    {"facts", mark.facts}});
  }
  return list;
}

Json deadline_json(const StageDeadline& deadline, const TimeZone& zone, UtcSeconds now) {
  Json json = {{"kind", std::string(to_string(deadline.kind))},
               {"steps", deadline.steps},
               {"notes", deadline.notes},
               {"assumed", deadline.assumed},
               {"missing", deadline.missing}};
  if (deadline.start) json["start"] = moment(zone, *deadline.start);
  if (deadline.earliest) {
    json["earliest"] = moment(zone, *deadline.earliest);
    json["left_seconds"] = (*deadline.earliest - now).count();
  }
  if (deadline.legal) json["legal"] = moment(zone, *deadline.legal);
  if (deadline.problem)
    json["problem"] = {{"message", deadline.problem->message}, {"hint", deadline.problem->hint}};
  return json;
}

Json stage_json(const StageVerdict& verdict, const TimeZone& zone, UtcSeconds now) {
  const Stage& stage = *verdict.stage;
  Json rules = Json::array({stage.rule.name});
  for (const std::string& mark : stage.marks) rules.push_back(mark);
  Json json = {{"stage", stage.id},
               {"name", stage.name},
               {"recipient", stage.recipient},
               {"clause", stage.clause},
               {"starts_at", stage.starts_at},
               {"limit", stage.limit ? limit_text(*stage.limit) : stage.limit_words},
               {"calendar_rules", rules},
               {"outcome", std::string(to_string(verdict.outcome))},
               {"reason", verdict.reason},
               {"deciding", verdict.deciding},
               {"missing", verdict.missing}};
  if (!stage.note.empty()) json["note"] = stage.note;
  if (verdict.deadline) json["deadline"] = deadline_json(*verdict.deadline, zone, now);
  if (!verdict.delays.empty()) json["delayed_by"] = harbours(verdict.delays);
  if (!verdict.substitutes.empty()) json["substituted_by"] = harbours(verdict.substitutes);
  if (!verdict.open_exemptions.empty()) json["open_exemptions"] = harbours(verdict.open_exemptions);
  return json;
}

Json regime_json(const RegimeVerdict& verdict, const TimeZone& zone, UtcSeconds now) {
  const Regime& regime = *verdict.regime;
  Json stages = Json::array();
  for (const StageVerdict& stage : verdict.stages) stages.push_back(stage_json(stage, zone, now));
  return {{"regime", regime.id},
          {"title", regime.title},
          {"jurisdiction", regime.jurisdiction},
          {"status", std::string(to_string(regime.status))},
          {"legal_duty", regime.binds()},
          {"as_of", regime.as_of},
          {"verified", regime.verified},
          {"verification_level", regime.verification_level},
          {"confidence", regime.confidence},
          {"sources", regime.sources},
          {"unverified_points", regime.unverified_points},
          {"stages", stages}};
}

}  // namespace

Json deadlines_json(const Evaluation& evaluation, const Facts& facts, UtcSeconds now) {
  Json regimes = Json::array();
  for (const RegimeVerdict& regime : evaluation.regimes)
    regimes.push_back(regime_json(regime, *evaluation.zone, now));
  Json entered = Json::object();
  for (const auto& [name, fact] : facts.all()) {
    Json json = {{"value", value_text(fact.value)}};
    if (!fact.author.empty()) json["by"] = fact.author;
    if (!fact.source.empty()) json["source"] = fact.source;
    if (!fact.reason.empty()) json["reason"] = fact.reason;
    if (!fact.recorded_at.empty()) json["at"] = fact.recorded_at;
    entered[name] = std::move(json);
  }
  return {{"format", "casebook-deadlines/1"},
          {"notice", "Information, not legal advice."},
          {"at", format_utc(now)},
          {"zone", evaluation.zone->name()},
          {"assumed", assumptions(evaluation)},
          {"facts", entered},
          {"regimes", regimes}};
}

}  // namespace casebook::reports
