#pragma once
/// A policy for unit tests that has one of everything. Tests change it as JSON.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/json_text.h"
#include "workflow/policy.h"

namespace casebook::workflow {

inline Json words(const std::string& text) { return {{"en", text}, {"nl", text + " (nl)"}}; }

/// "L" stands for words; replaced below.
inline constexpr std::string_view kSmallSource = R"({
  "format": "casebook-policy/1", "id": "small", "version": 1, "title": "L",
  "owner": "commander", "review_by": "2030-01-31", "extends": null,
  "kinds": {"breach": {"label": "L", "restricted": true, "room": "inc-{date}-{code_name}", "severities": "plain"}},
  "facts": {
    "severity": {"type": "level", "values": [1, 2, 3], "worst": 1, "initial": null,
      "label": "L", "question": "L", "rule_out": {"to": "milder", "persons": 2, "evidence": 1}},
    "personal_data": {"type": "choice", "values": ["unknown", "suspected", "ruled_out"],
      "initial": "unknown", "worst_unknown": "suspected", "label": "L", "question": "L",
      "rule_out": {"to": ["ruled_out"], "persons": 2, "evidence": 1}, "roles": ["legal"]},
    "countries": {"type": "set", "values": ["de", "nl"], "initial": null, "label": "L", "question": "L"},
    "aware_at": {"type": "time", "initial": null, "label": "L", "question": "L"}
  },
  "facets": {"impact": ["severity", "personal_data"], "fix": ["fix.version"]},
  "roles": {
    "commander": {"label": "L", "card": "L", "function": "security", "single": true,
      "excludes": ["legal"], "needed": ["true"]},
    "legal": {"label": "L", "card": "L", "function": "legal", "single": false, "excludes": [],
      "needed": ["ever_in", "personal_data", ["suspected"]]},
    "engineer": {"label": "L", "card": "L", "function": "engineering", "single": false,
      "excludes": [], "needed": ["true"]}
  },
  "registers": {
    "fix": {"label": "L", "help": "L",
      "fields": [{"name": "version", "type": "code", "label": "L", "required": true},
                 {"name": "about", "type": "text", "label": "L", "required": false}],
      "add": {"roles": ["engineer"], "phases": [], "attempt": null}, "settle": null, "blocks": [],
      "clock": null, "compartment": "general", "owner": null},
    "test": {"label": "L", "help": "L",
      "fields": [{"name": "fix", "type": "record", "of": "fix", "label": "L", "required": true},
                 {"name": "result", "type": "choice", "values": ["pass", "fail"], "label": "L", "required": true}],
      "add": {"roles": [], "phases": ["open"], "attempt": null}, "settle": null, "blocks": [],
      "clock": null, "compartment": "general", "owner": null},
    "change": {"label": "L", "help": "L",
      "fields": [{"name": "class", "type": "choice", "values": ["normal", "destructive"], "label": "L", "required": true},
                 {"name": "who", "type": "person", "label": "L", "required": false},
                 {"name": "effect", "type": "choice", "values": ["better", "worse"], "at": "settle", "label": "L", "required": true}],
      "add": {"roles": [], "phases": [], "attempt": "change"},
      "settle": {"roles": [], "not": ["author_of:change"], "verb": "L"}, "blocks": ["close"],
      "clock": "effect", "compartment": "general", "owner": "who"}
  },
  "phases": [{"id": "open", "label": "L", "stage": "respond", "open": true},
             {"id": "closed", "label": "L", "stage": "done", "open": false}],
  "moves": {"close": {"label": "L", "from": ["open"], "to": "closed", "exit": true, "persons": 1, "roles": ["commander"], "action": true},
            "reopen": {"label": "L", "from": ["closed"], "to": "open", "exit": false, "persons": 1, "roles": [], "action": false}},
  "steps": [{"id": "look", "number": 1, "label": "L", "text": "L", "role": "engineer", "opens": ["true"],
             "done": ["exists", "fix"], "blocks": ["close"], "clock": "first-look", "kind": "step", "attest": false}],
  "gates": [
    {"id": "legal", "label": "L", "on": ["close"],
     "when": ["ever_in", "personal_data", ["suspected"]],
     "need": ["attest", {"verb": "reviewed", "role": "legal", "covers": ["impact"], "not": ["requester_of:impact"]}],
     "waive": {"ask": "commander", "grant": "engineer", "reason_chars": 20, "only_on": ["close"], "sign_within": "PT24H"},
     "practices": ["S4-16a"]},
    {"id": "tested", "label": "L", "on": ["close", "action:destructive"], "when": ["true"],
     "need": ["ge", ["count", {"of": "test", "where": {"result": "pass"}, "covers": ["fix"], "not": ["author_of:fix"]}], 1],
     "waive": null, "practices": []}],
  "clocks": [
    {"id": "first-look", "label": "L", "start": "step:look", "stop": null, "by": null, "within": "PT2H",
     "cadence": false, "warn_percent": 75, "escalate": [], "audience": null},
    {"id": "effect", "label": "L", "start": "record:change", "stop": null, "by": null, "within": "PT1H",
     "cadence": false, "warn_percent": 75, "escalate": [], "audience": null},
    {"id": "report", "label": "L", "start": "opened", "stop": ["phase", ["closed"]], "by": "severity",
     "within": {"1": "PT1H", "2": "PT4H", "3": null}, "cadence": true, "warn_percent": 75,
     "escalate": [{"after_percent": 100, "roles": ["commander"], "repeat": "PT15M"}], "audience": "internal"}],
  "matrices": {"plain": [{"id": "data", "level": 1, "label": "L", "when": ["eq", ["fact", "personal_data"], "suspected"]},
                         {"id": "rest", "level": 3, "label": "L", "when": ["true"]}]},
  "follow_up": [{"when": ["true"], "form": "review", "label": "L"}],
  "checklists": {"triage": {"label": "L", "items": [{"id": "in", "label": "L"}]}},
  "templates": {"sitrep": "L"},
  "practices": {"S4-16a": ["gates/legal"]}
})";

inline void put_words(Json& value) {
  if (value == "L") {
    value = words("Words");
  } else if (value.is_structured()) {
    for (Json& child : value) put_words(child);
  }
}

inline Json small_policy_json() {
  Json json = *parse_json(kSmallSource);
  put_words(json);
  return json;
}

inline Policy policy_of(const Json& json) {
  auto policy = parse_policy(canonical_json(json));
  EXPECT_TRUE(policy) << (policy ? "" : policy.error().message);
  return policy ? *policy : Policy{};
}

inline Policy small_policy() { return policy_of(small_policy_json()); }

}  // namespace casebook::workflow
