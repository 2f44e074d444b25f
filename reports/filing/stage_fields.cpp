/// Which fields a stage has, and what a map forgets. Specification: docs/spec/filing.md 2.

#include <algorithm>
#include <set>

#include "reports/filing/filing_map.h"

namespace casebook::filing {
namespace {

using reports::ContentField;
using reports::Regime;
using reports::Stage;

std::vector<const ContentField*> own_fields(const Regime& regime, std::string_view stage) {
  std::vector<const ContentField*> fields;
  for (const ContentField& field : regime.content_fields) {
    if (field.required.empty()) {
      if (field.stage == stage) fields.push_back(&field);
      continue;
    }
    const auto need = field.required.find(std::string(stage));
    if (need != field.required.end() && need->second != "no") fields.push_back(&field);
  }
  return fields;
}

/// The stage whose fields `stage` takes over; empty when there is none.
std::string heir_of(const Regime& regime, const Stage& stage, const FilingMap& map) {
  const Audience reader = map.audience(regime, stage.id);
  if (reader == Audience::internal) return {};
  const auto fits = [&](const std::string& other, Audience wanted) {
    return other != stage.id && map.audience(regime, other) == wanted &&
           !own_fields(regime, other).empty();
  };
  if (stage.depends_on && fits(*stage.depends_on, reader)) return *stage.depends_on;
  std::vector<Audience> wanted{reader};
  if (reader == Audience::customer) wanted = {reader, Audience::authority, Audience::persons};
  for (const Audience audience : wanted) {
    for (const Stage& other : regime.stages) {
      if (fits(other.id, audience)) return other.id;
    }
  }
  return {};
}

void lint_feed(const std::string& key, const Feed& feed, const FilingMap& map,
               const reports::PolicySet& policies, std::vector<std::string>& problems) {
  for (const std::string& names : feed.facts) {
    for (std::size_t from = 0; from <= names.size();) {
      const std::size_t end = std::min(names.find('|', from), names.size());
      const std::string name = names.substr(from, end - from);
      if (policies.catalog.find(name) == nullptr)
        problems.push_back(key + ": no fact is called " + name);
      from = end + 1;
    }
  }
  for (const auto* list : {&feed.answers, &feed.keeps_out}) {
    for (const std::string& name : *list) {
      if (!map.answers().contains(name)) problems.push_back(key + ": no answer is called " + name);
    }
  }
  for (const std::string& name : feed.org) {
    if (!map.profile().contains(name))
      problems.push_back(key + ": the profile has no entry " + name);
  }
}

}  // namespace

StageFields fields_of(const Regime& regime, std::string_view stage, const FilingMap& map) {
  const Stage* found = regime.find_stage(stage);
  if (found == nullptr) return {};
  if (auto own = own_fields(regime, stage); !own.empty())
    return {StageFields::Basis::own, "", std::move(own)};
  const std::string heir = heir_of(regime, *found, map);
  if (heir.empty() && map.audience(regime, stage) == Audience::customer)
    return {StageFields::Basis::house, "", {}};
  if (heir.empty()) return {};
  return {StageFields::Basis::inherited, heir, own_fields(regime, heir)};
}

std::vector<std::string> FilingMap::lint(const reports::PolicySet& policies) const {
  std::vector<std::string> problems;
  std::set<std::string> used_feeds;
  std::set<std::string> used_stages{"otherwise"};
  for (const Regime& regime : policies.regimes) {
    for (const Stage& stage : regime.stages) {
      const std::string exact = regime.id + " " + stage.id;
      used_stages.insert(audiences_.contains(exact) ? exact : stage.id);
    }
    for (const ContentField& field : regime.content_fields) {
      const std::string full = regime.id + " " + field.stage + " " + field.id;
      bool mapped = false;
      for (const std::string& key : {full, regime.id + " " + field.id, field.id}) {
        if (mapped || !feeds_.contains(key)) continue;
        used_feeds.insert(key);
        mapped = true;
      }
      if (!mapped) problems.push_back(full + ": not mapped and not declared to be written");
    }
  }
  for (const auto& [key, feed] : feeds_) {
    if (!used_feeds.contains(key)) problems.push_back(key + ": no law has this field");
    lint_feed(key, feed, *this, policies, problems);
  }
  for (const OwnFields* own : {&no_notice_, &customer_}) {
    for (const auto& [id, feed] : *own)
      lint_feed("own field " + id, feed, *this, policies, problems);
  }
  for (const std::string& key : reasons_) {
    const std::size_t blank = key.find(' ');
    const Regime* regime = policies.find(key.substr(0, blank));
    if (regime == nullptr || regime->find_stage(key.substr(blank + 1)) == nullptr)
      problems.push_back("reasons: no law has the stage " + key);
  }
  for (const auto& [key, audience] : audiences_) {
    if (!used_stages.contains(key)) problems.push_back(key + ": no law has this stage");
  }
  return problems;
}

}  // namespace casebook::filing
