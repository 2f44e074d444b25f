// What must hold for all facts: a new fact never turns due into unknown, and a later trigger never
// gives an earlier deadline.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>

#include "tests/unit/reports/support.h"

namespace casebook::reports {
namespace {

constexpr unsigned kSeed = 20261121;

/// For each of the properties; the run labelled `property` sets 100,000.
int cases() {
  const char* asked = std::getenv("CASEBOOK_PROPERTY_CASES");
  return asked == nullptr ? 4'000 : std::max(1, std::atoi(asked));
}

class Random {
 public:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_);
  }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }

 private:
  std::mt19937_64 engine_{kSeed};
};

/// A value near the numbers that the regimes compare with.
FactValue random_value(const FactDefinition& fact, Random& random) {
  static constexpr std::array<std::int64_t, 12> kNumbers{0,   1,   49,  50,  249,  250,
                                                         251, 499, 500, 501, 1000, 20000};
  switch (fact.type) {
    case FactType::boolean:
      return random.chance(60);
    case FactType::integer:
    case FactType::number:
    case FactType::wildcard:
      return Number{kNumbers[random.below(kNumbers.size())] * 1000};
    case FactType::time: {
      const auto day = std::chrono::sys_days(std::chrono::year(2025) / 6 / 1) +
                       std::chrono::days(random.below(1200));
      return UtcSeconds(day) + std::chrono::seconds(random.below(86400));
    }
    case FactType::set: {
      std::set<std::string> words;
      const std::vector<std::string> open{"telecom", "trust_services", "GB", "AU", "DE"};
      const auto& from = fact.values.empty() ? open : fact.values;
      for (std::size_t i = random.below(3); i > 0; --i)
        words.insert(from[random.below(from.size())]);
      return words;
    }
    case FactType::text:
    case FactType::choice:
      break;
  }
  if (!fact.values.empty()) return fact.values[random.below(fact.values.size())];
  const std::vector<std::string> zones{"Europe/Paris", "America/New_York", "Asia/Tokyo",
                                       "Africa/Cairo"};
  const std::vector<std::string> states{"FR", "NL", "DE", "IE", "XX"};
  if (fact.form == "zone") return zones[random.below(zones.size())];
  if (fact.form == "country") return states[random.below(states.size())];
  if (fact.form == "date") return std::string("2026-03-0") + std::to_string(1 + random.below(9));
  return std::string(random.chance(50) ? "none" : "ransomware");
}

/// The facts that matter to a regime, so that few of the random cases are idle.
std::vector<std::string> find_relevant_facts(const Regime& regime) {
  std::set<std::string> names{
      "entity.zone",  "entity.member_state", "residents_complete",    "affected_individuals_total",
      "awareness_at", "discovered_at",       "entity.br_small_agent", "individuals_notified_at"};
  const auto add = [&](const Condition& condition) {
    for (std::string& name : condition.fact_names())
      names.insert(name == "residents.US-*" ? "residents.US-CA" : std::move(name));
  };
  add(regime.applies_if);
  for (const Stage& stage : regime.stages) {
    names.insert(stage.starts_at);
    if (stage.cap) names.insert(stage.cap->starts_at);
    if (stage.when) add(*stage.when);
  }
  for (const Harbour& harbour : regime.harbours) add(harbour.condition);
  names.erase("calendar_year_of_discovery_end");
  return {names.begin(), names.end()};
}

const std::vector<std::string>& relevant_facts(const Regime& regime) {
  static std::map<std::string, std::vector<std::string>> known;
  auto& names = known[regime.id];
  if (names.empty()) names = find_relevant_facts(regime);
  return names;
}

Facts random_facts(const std::vector<std::string>& names, int percent, Random& random) {
  Facts facts;
  for (const std::string& name : names) {
    if (random.chance(percent))
      facts.set(name, {random_value(*policies().catalog.find(name), random), {}, {}, {}, {}});
  }
  return facts;
}

/// Every regime in a list of its own, so that no case copies one.
const std::vector<std::vector<Regime>>& singles() {
  static const auto lists = [] {
    std::vector<std::vector<Regime>> all;
    for (const Regime& regime : policies().regimes) all.push_back({regime});
    return all;
  }();
  return lists;
}

Evaluation evaluate_one(const std::vector<Regime>& one, const Facts& facts) {
  return *evaluate_regimes(one, facts, policies().catalog, policies().calendars, zones());
}

TEST(AnyFacts, ANewFactNeverTurnsDueIntoUnknown) {
  std::cout << "seed " << kSeed << '\n';
  const int count = cases();
  Random random;
  int was_due = 0;
  for (int i = 0; i < count; ++i) {
    const std::vector<Regime>& one = singles()[random.below(singles().size())];
    const auto& names = relevant_facts(one.front());
    Facts facts = random_facts(names, 70, random);
    const Evaluation before = evaluate_one(one, facts);
    const std::string& added = names[random.below(names.size())];
    if (facts.find(added) != nullptr) continue;
    facts.set(added, {random_value(*policies().catalog.find(added), random), {}, {}, {}, {}});
    const Evaluation after = evaluate_one(one, facts);
    for (std::size_t s = 0; s < one.front().stages.size(); ++s) {
      const StageVerdict& old = before.regimes.front().stages[s];
      if (old.outcome != Outcome::due) continue;
      ++was_due;
      ASSERT_NE(after.regimes.front().stages[s].outcome, Outcome::unknown)
          << one.front().id << ' ' << one.front().stages[s].id << " after " << added;
    }
  }
  EXPECT_GT(was_due, count / 20);  // Else the property was hardly tried.
}

/// Whether the stage is one of the named exceptions: a second clock that falls away, or for the
/// legal date noon of the next working day, which is later than the small hours of that very day.
bool is_exception(const Stage& stage, bool legal) {
  if (stage.cap && stage.cap->dropped_when_passed) return true;
  return legal && stage.rule.kind == CalendarRule::Kind::weekend_noon;
}

TEST(AnyFacts, ALaterTriggerNeverGivesAnEarlierDeadline) {
  std::cout << "seed " << kSeed << '\n';
  const int count = cases();
  Random random;
  int compared = 0;
  for (int i = 0; i < count; ++i) {
    const std::vector<Regime>& one = singles()[random.below(singles().size())];
    const Regime& regime = one.front();
    Facts facts = random_facts(relevant_facts(regime), 85, random);
    const std::string& trigger = regime.stages[random.below(regime.stages.size())].starts_at;
    const auto at = facts.get<UtcSeconds>(trigger);
    if (!at) continue;
    const Evaluation before = evaluate_one(one, facts);
    const auto later = *at + std::chrono::seconds(random.chance(50) ? random.below(7200)
                                                                    : random.below(40 * 86400));
    facts.set(trigger, {later, {}, {}, {}, {}});
    const Evaluation after = evaluate_one(one, facts);
    for (std::size_t s = 0; s < regime.stages.size(); ++s) {
      const auto& first = before.regimes.front().stages[s].deadline;
      const auto& second = after.regimes.front().stages[s].deadline;
      if (!first || !second || first->kind != second->kind || !first->earliest || !second->earliest)
        continue;
      const std::string shown = regime.id + " " + regime.stages[s].id + " " + trigger + " " +
                                format_utc(*at) + " " + format_utc(later);
      ++compared;
      if (!is_exception(regime.stages[s], false)) {
        ASSERT_GE(*second->earliest, *first->earliest) << shown;
      }
      if (first->legal && second->legal && !is_exception(regime.stages[s], true)) {
        ASSERT_GE(*second->legal, *first->legal) << shown;
      }
    }
  }
  EXPECT_GT(compared, count / 6);
}

TEST(AnyFacts, LegalIsNeverBeforeEarliest) {
  const int count = cases();
  Random random;
  for (int i = 0; i < count; ++i) {
    const std::vector<Regime>& one = singles()[random.below(singles().size())];
    const Evaluation evaluation =
        evaluate_one(one, random_facts(relevant_facts(one.front()), 85, random));
    for (const StageVerdict& stage : evaluation.regimes.front().stages) {
      if (!stage.deadline || !stage.deadline->legal) continue;
      ASSERT_GE(*stage.deadline->legal, *stage.deadline->earliest)
          << one.front().id << ' ' << stage.stage->id;
    }
  }
}

}  // namespace
}  // namespace casebook::reports
