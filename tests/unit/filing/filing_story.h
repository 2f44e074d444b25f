#pragma once
/// Shared by the tests of filings: the laws, everything known about one incident, and nothing.

#include <gtest/gtest.h>

#include "core/durable_file.h"
#include "reports/facts_file.h"
#include "reports/filing/draft.h"
#include "reports/policy_set.h"

namespace casebook::filing {

inline const reports::PolicySet& laws() {
  static const reports::PolicySet set = [] {
    auto loaded = reports::load_policies({});
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    return loaded ? *std::move(loaded) : reports::PolicySet{};
  }();
  return set;
}

inline const reports::Regime& law(std::string_view id) {
  const reports::Regime* found = laws().find(id);
  check(found != nullptr, "the test names a law that is there");
  return *found;
}

inline UtcSeconds at(std::string_view text) {
  auto time = parse_utc(text);
  check(bool(time), "a time of a test");
  return *time;
}

/// Some value of the right kind.
inline reports::FactValue some_value(const reports::FactDefinition& definition) {
  using reports::FactType;
  switch (definition.type) {
    case FactType::boolean:
      return true;
    case FactType::integer:
      return reports::Number{1'234'000};
    case FactType::number:
      return reports::Number{12'500};
    case FactType::choice:
      return definition.values.front();
    case FactType::set:
      return definition.values.empty() ? std::set<std::string>{"FR"}
                                       : std::set<std::string>{definition.values.front()};
    case FactType::time:
      return at("2026-10-23T16:00:00Z");
    case FactType::text:
    case FactType::wildcard:
      break;
  }
  return std::string(definition.form == "zone" ? "Europe/Paris" : "FR");
}

inline FactEntries every_fact() {
  FactEntries all;
  for (const auto& [name, definition] : laws().catalog.all()) {
    if (definition.derived || definition.type == reports::FactType::wildcard) continue;
    all[name] = {{some_value(definition), "Ada", "alert 17", "", ""}, {}, Label::none};
  }
  return all;
}

inline std::set<Audience> everybody() {
  return {Audience::authority,   Audience::persons, Audience::customer,
          Audience::third_party, Audience::public_, Audience::court};
}

inline SourcedStatement statement(std::string id, std::string text,
                                  std::vector<std::string> answers) {
  SourcedStatement made;
  made.id = std::move(id);
  made.text = std::move(text);
  made.answers = std::move(answers);
  made.sources = {"note 12"};
  made.author = "Ada";
  made.time = at("2026-10-24T09:00:00Z");
  made.audience = everybody();
  return made;
}

/// A value that fits the type of a typed field.
inline std::string typed_sample(const reports::ContentField& field) {
  if (!field.choices.empty()) return field.choices.front();
  if (field.type == "boolean") return "true";
  if (field.type == "integer" || field.type == "percent" || field.type == "money_thousands")
    return "12";
  if (field.type == "datetime_utc") return "2026-10-23T16:00:00Z";
  if (field.type == "duration_ddhhmm") return "001:02:30";
  return "sample_" + field.id;
}

/// Every shared answer, and an own one for every field that a person writes.
inline std::vector<SourcedStatement> every_answer() {
  const FilingMap& map = FilingMap::built_in();
  std::vector<SourcedStatement> all;
  for (const auto& [name, answer] : map.answers())
    all.push_back(statement("s." + name, "Text for " + name + ".", {name}));
  for (const reports::Regime& regime : laws().regimes) {
    for (const reports::ContentField& field : regime.content_fields) {
      const Feed& feed = map.feed(regime, field.stage, field.id);
      const bool written = feed.facts.empty() && feed.org.empty() && feed.answers.empty() &&
                           feed.made.empty() && !feed.about;
      if (!written) continue;
      const std::string name = regime.id + "." + field.id;
      all.push_back(statement("w." + name, typed_sample(field), {name}));
    }
  }
  return all;
}

inline std::map<std::string, std::string, std::less<>> full_profile() {
  std::map<std::string, std::string, std::less<>> profile;
  for (const auto& [name, answer] : FilingMap::built_in().profile()) profile[name] = "Org " + name;
  profile["name"] = "Example Works";
  profile["lei"] = "5493001KJTIIGC8Y1R12";
  profile["parent_lei"] = "5493001KJTIIGC8Y1R12";
  profile["currency"] = "EUR";
  return profile;
}

inline DraftInput empty_input(const reports::Regime& regime, std::string stage) {
  DraftInput input;
  input.regime = &regime;
  input.stage = std::move(stage);
  input.catalog = &laws().catalog;
  input.case_name = "amber-heron";
  input.tool = "casebook 0.1.0";
  input.law_digest = std::string(64, 'a');
  input.now = at("2026-10-24T12:00:00Z");
  return input;
}

inline DraftInput full_input(const reports::Regime& regime, std::string stage) {
  DraftInput input = empty_input(regime, std::move(stage));
  input.facts = every_fact();
  static const std::vector<SourcedStatement> answers = every_answer();
  for (const SourcedStatement& each : answers) {
    if (each.id.starts_with("s.") || each.id.starts_with("w." + regime.id + "."))
      input.statements.push_back(each);
  }
  input.profile = full_profile();
  input.reference = "INC-2026-7";
  input.receipt = "AUTH-99";
  return input;
}

inline Draft draft_of(const DraftInput& input) {
  auto draft = make_draft(input);
  if (!draft) ADD_FAILURE() << draft.error().message;
  return draft ? *std::move(draft) : Draft{};
}

}  // namespace casebook::filing
