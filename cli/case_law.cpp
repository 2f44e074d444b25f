#include "cli/case_law.h"

#include <algorithm>

#include "cli/org_folder.h"
#include "cli/org_registers.h"
#include "cli/runbook_values.h"
#include "core/digest.h"
#include "core/printable.h"
#include "reports/legal_time.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;
using reports::FactType;
using workflow::CaseState;
using workflow::FactSaid;

constexpr std::string_view kAwareness = "awareness_at";

std::optional<reports::FactValue> law_value(const workflow::Value& value, FactType type) {
  if (const auto* yes = std::get_if<bool>(&value)) return reports::FactValue(*yes);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return reports::FactValue(reports::Number{*number * 1000});
  }
  if (const auto* moment = std::get_if<workflow::Moment>(&value)) {
    return reports::FactValue(UtcSeconds(std::chrono::seconds(moment->seconds)));
  }
  if (const auto* words = std::get_if<std::vector<std::string>>(&value)) {
    return reports::FactValue(std::set<std::string>(words->begin(), words->end()));
  }
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return {};
  if (type != FactType::number) return reports::FactValue(*text);
  const auto number = reports::parse_number(*text);
  if (!number) return {};
  return reports::FactValue(*number);
}

bool has_word(const workflow::Value& value, std::initializer_list<std::string_view> words) {
  const auto* text = std::get_if<std::string>(&value);
  return text != nullptr && std::ranges::find(words, *text) != words.end();
}

std::string names_of(CaseSession& session, const std::vector<PersonId>& persons) {
  std::string names;
  for (const PersonId& id : persons) names += (names.empty() ? "" : ", ") + session.name_of(id);
  return names;
}

/// What persons said in the case.
void take_said(CaseSession& session, CaseLaw& law) {
  for (const auto& [name, history] : session.runbook().facts) {
    const reports::FactDefinition* definition = law.policies.catalog.find(name);
    if (definition == nullptr || history.empty()) continue;
    const FactSaid& said = history.back();
    const auto value = law_value(said.value, definition->type);
    if (!value) continue;
    law.facts.set(name,
                  {*value, names_of(session, said.persons), "entry " + std::to_string(said.seq),
                   said.provisional ? "provisional" : "", format_utc(said.at)});
  }
}

/// What the runbook asks and laws ask in other words. Suspected counts as if it were so.
void take_over(CaseSession& session, CaseLaw& law) {
  const CaseState& state = session.runbook();
  const auto offer = [&](const std::string& from, const std::string& to, reports::FactValue value) {
    const FactSaid* said = state.fact(from);
    if (said == nullptr || law.facts.find(to) != nullptr) return;
    law.facts.set(to, {std::move(value), names_of(session, said->persons),
                       from + ", entry " + std::to_string(said->seq), "", format_utc(said->at)});
  };
  const workflow::Value data = state.value_of("personal_data");
  if (has_word(data, {"suspected", "confirmed"})) {
    offer("personal_data", "personal_data_involved", reports::FactValue(true));
  }
  if (has_word(data, {"ruled_out"})) {
    offer("personal_data", "personal_data_involved", reports::FactValue(false));
  }
  const workflow::Value people = state.value_of("people_max");
  if (const auto* count = std::get_if<std::int64_t>(&people)) {
    offer("people_max", "affected_individuals_total",
          reports::FactValue(reports::Number{*count * 1000}));
  }
}

/// The first sign of it that the case has: what stands in while nobody said when they were aware.
struct FirstSign {
  UtcSeconds at;
  std::string what;
};
std::optional<FirstSign> first_sign(const CaseState& state) {
  std::optional<FirstSign> first;
  const auto offer = [&](UtcSeconds at, const std::string& what) {
    if (!first || at < first->at) first = {at, what};
  };
  for (const workflow::Record& record : state.records) {
    const std::string number = "#" + std::to_string(record.number);
    if (record.kind == "report") {
      const auto seen = record.fields().find("observed_at");
      const auto* time =
          seen == record.fields().end() ? nullptr : std::get_if<workflow::Moment>(&seen->second);
      offer(time == nullptr ? record.versions.front().at
                            : UtcSeconds(std::chrono::seconds(time->seconds)),
            "the first alert, report " + number);
    }
    const auto what = record.fields().find("what");
    if (record.kind != "moment" || what == record.fields().end()) continue;
    if (what->second != workflow::Value(std::string("discovered"))) continue;
    const auto at = record.fields().find("at");
    if (at == record.fields().end()) continue;
    if (const auto* time = std::get_if<workflow::Moment>(&at->second)) {
      offer(UtcSeconds(std::chrono::seconds(time->seconds)), "the discovery, moment " + number);
    }
  }
  if (first) return first;
  for (const auto& [name, history] : state.facts) {
    if (!history.empty()) offer(history.front().at, "the first fact of the case");
  }
  return first;
}

void assume_awareness(CaseSession& session, CaseLaw& law) {
  if (law.facts.find(kAwareness) != nullptr) return;
  const auto sign = first_sign(session.runbook());
  if (!sign) return;
  law.is_awareness_assumed = true;
  law.facts.set(std::string(kAwareness),
                {reports::FactValue(sign->at), "", sign->what, "nobody confirmed it", ""});
}

/// Facts about the organisation: asked once, kept beside its roster.
Status take_profile(CaseSession& session, CaseLaw& law) {
  std::error_code ignored;
  std::optional<fs::path> file;
  if (const auto org = chosen_org(session.runtime())) file = *org / "profile.json";
  if (!file || !fs::is_regular_file(*file, ignored)) file = fs::path("profile.json");
  if (!fs::is_regular_file(*file, ignored)) return ok();
  auto read = read_facts(file->string(), law.policies, law.zones);
  if (!read) return std::move(read).error();
  if (!read->problems.empty()) return Error(read->problems.front());
  for (const auto& [name, fact] : read->facts.all()) {
    if (law.facts.find(name) == nullptr) law.facts.set(name, fact);
  }
  law.sources.push_back(printable(file->filename().string()));
  return ok();
}

// What was told already moves the clocks of the same law.

bool begins_with_word(const std::string& stage, std::string_view word) {
  return stage == word || stage.starts_with(std::string(word) + "_");
}

struct Submission {
  std::string stage;
  UtcSeconds at;
};
std::map<std::string, std::vector<Submission>> submissions_of(const CaseState& state) {
  std::map<std::string, std::vector<Submission>> told;
  for (const workflow::Record& record : state.records) {
    if (record.kind != "duty" || !record.is_settled()) continue;
    const auto text = [&](const char* name) {
      const auto found = record.fields().find(name);
      const auto* word =
          found == record.fields().end() ? nullptr : std::get_if<std::string>(&found->second);
      return word == nullptr ? std::string() : *word;
    };
    if (text("outcome") != "submitted") continue;
    const auto at = record.fields().find("at");
    const auto* time =
        at == record.fields().end() ? nullptr : std::get_if<workflow::Moment>(&at->second);
    told[text("regime")].push_back(
        {text("stage"), time == nullptr ? record.versions.back().at
                                        : UtcSeconds(std::chrono::seconds(time->seconds))});
  }
  return told;
}

reports::Facts facts_after(const reports::Facts& facts, const std::vector<Submission>& told) {
  reports::Facts after = facts;
  const auto say = [&](const std::string& name, UtcSeconds at, const std::string& stage) {
    after.set(name, {reports::FactValue(at), "", "submission of " + stage, "", ""});
  };
  const auto first = std::ranges::min_element(told, {}, &Submission::at);
  say("initial_submitted_at", first->at, first->stage);
  for (const Submission& one : told) {
    if (begins_with_word(one.stage, "notification")) {
      say("notification_submitted_at", one.at, one.stage);
    }
    if (begins_with_word(one.stage, "intermediate")) {
      const auto known = after.get<UtcSeconds>("latest_intermediate_submitted_at");
      if (!known || *known < one.at) say("latest_intermediate_submitted_at", one.at, one.stage);
    }
    if (begins_with_word(one.stage, "individuals")) {
      say("individuals_notified_at", one.at, one.stage);
    }
  }
  return after;
}

Status evaluate(CaseSession& session, CaseLaw& law) {
  auto all = reports::evaluate_regimes(law.policies.regimes, law.facts, law.policies.catalog,
                                       law.policies.calendars, law.zones);
  if (!all) return std::move(all).error();
  law.evaluation = *std::move(all);
  for (const auto& [id, told] : submissions_of(session.runbook())) {
    const reports::Regime* regime = law.policies.find(id);
    if (regime == nullptr) continue;
    law.after_submissions.push_back(facts_after(law.facts, told));
    auto again = reports::evaluate_regimes(law.policies.regimes, law.after_submissions.back(),
                                           law.policies.catalog, law.policies.calendars, law.zones);
    if (!again) return std::move(again).error();
    const auto place = static_cast<std::size_t>(regime - law.policies.regimes.data());
    law.evaluation.regimes.at(place) = std::move(again->regimes.at(place));
  }
  return ok();
}

void list_triggers(CaseLaw& law) {
  for (const auto& [name, fact] : law.facts.all()) {
    const auto* at = std::get_if<UtcSeconds>(&fact.value);
    if (at == nullptr) continue;
    const bool is_assumed = name == kAwareness && law.is_awareness_assumed;
    std::string who = fact.author;
    if (!fact.source.empty()) who += (who.empty() ? "" : ", ") + fact.source;
    if (fact.reason == "provisional") who += ", provisional";
    law.triggers.push_back({name, *at, who, !is_assumed && fact.reason != "provisional"});
  }
}

/// Names of customers are never in the skeleton, and nobody may test a guess.
std::string customer_code(const CaseSession& session, const std::string& name) {
  const auto digest = sha256(
      as_bytes("casebook-customer@v1\n" + session.state().file.case_id.text() + "\n" + name));
  check(bool(digest), "SHA-256 of a name");
  return "c-" + to_hex(*digest).substr(0, 12);
}

/// A firm that works for others tells them first: each has a contract and a clock of its own.
void add_customers(CaseSession& session, CaseLaw& law) {
  const auto roles = law.facts.get<std::set<std::string>>("entity.role");
  law.is_processor = roles && roles->contains("processor");
  const auto started =
      reports::legal_time(kAwareness, law.facts, law.policies.catalog, zone_of(law));
  const auto involved = law.facts.get<bool>("personal_data_involved");
  const auto org = chosen_org(session.runtime());
  std::error_code ignored;
  const bool is_asked = law.is_processor && involved.value_or(false) && started && org &&
                        fs::exists(*org / "registers.age", ignored);
  if (!is_asked) return;
  auto identities = session.ring().identities("reading the customers");
  auto registers =
      identities ? load_registers(*org, *identities) : Result<Registers>(Error(identities.error()));
  if (!registers) {
    law.notes.push_back("Customers are left out: " + registers.error().message + ".");
    return;
  }
  std::size_t unknown = 0;
  for (const Customer& customer : registers->customers) {
    if (!customer.notice_hours) {
      ++unknown;
      continue;
    }
    const auto hours = static_cast<int>(*customer.notice_hours);
    law.customers.push_back({customer_code(session, customer.name), customer.name, hours,
                             started->at, started->at + std::chrono::hours(hours)});
  }
  std::ranges::sort(law.customers, {},
                    [](const CustomerDuty& one) { return std::pair(one.due, one.name); });
  if (unknown > 0) {
    law.notes.push_back("Of " + std::to_string(unknown) + " of " +
                        std::to_string(registers->customers.size()) +
                        " customers nobody knows the hours of the contract: casebook org check.");
  }
}

}  // namespace

const TimeZone& zone_of(const CaseLaw& law) { return *law.evaluation.zone; }

bool has_law_facts(const CaseState& state) {
  if (state.policy == nullptr) return false;
  return has_word(state.value_of("personal_data"), {"suspected", "confirmed"}) ||
         std::ranges::any_of(state.facts, [&](const auto& fact) {
           return !state.policy->facts.contains(fact.first);
         });
}

Result<std::unique_ptr<CaseLaw>> law_of_case(CaseSession& session, const PolicyOptions& policies) {
  auto law = std::make_unique<CaseLaw>();
  PolicyOptions all = policies;
  std::error_code ignored;
  if (const auto org = chosen_org(session.runtime());
      org && fs::is_directory(*org / "policies" / "regimes", ignored)) {
    all.folders.push_back((*org / "policies").string());
  }
  auto loaded = all.load();
  if (!loaded) return std::move(loaded).error();
  law->policies = *std::move(loaded);
  law->sources.push_back("the case " + session.runbook().people.code_name);
  take_said(session, *law);
  take_over(session, *law);
  if (auto taken = take_profile(session, *law); !taken) return Error(taken.error());
  assume_awareness(session, *law);
  if (auto evaluated = evaluate(session, *law); !evaluated) return Error(evaluated.error());
  list_triggers(*law);
  add_customers(session, *law);
  return law;
}

}  // namespace casebook::cli
