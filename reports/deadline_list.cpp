#include "reports/deadline_list.h"

#include <algorithm>
#include <set>

namespace casebook::reports {
namespace {

/// The facts that stages of a regime miss, each once.
std::set<std::string> missing_of(const RegimeVerdict& regime) {
  std::set<std::string> facts;
  for (const StageVerdict& stage : regime.stages)
    facts.insert(stage.missing.begin(), stage.missing.end());
  return facts;
}

bool has_unknown(const RegimeVerdict& regime) {
  return std::ranges::any_of(regime.stages,
                             [](const StageVerdict& s) { return s.outcome == Outcome::unknown; });
}

void sort_undecided(const RegimeVerdict& regime, DeadlineList& list) {
  const std::set<std::string> missing = missing_of(regime);
  const auto any = [&](std::string_view prefix) {
    return std::ranges::any_of(missing,
                               [&](const std::string& fact) { return fact.starts_with(prefix); });
  };
  if (any("entity.")) {
    list.need_profile.push_back(&regime);
  } else if (any("residents.")) {
    list.need_places.push_back(&regime);
  } else {
    list.need_other.push_back(&regime);
  }
}

void sort_due(const Duty& duty, DeadlineList& list) {
  if (duty.stage->outcome == Outcome::recommended) return list.guidance.push_back(duty);
  switch (duty.deadline().kind) {
    case DeadlineKind::limit:
      return list.limits.push_back(duty);
    case DeadlineKind::guideline:
    case DeadlineKind::own_target:
      return list.targets.push_back(duty);
    case DeadlineKind::retention:
      return list.kept.push_back(duty);
    case DeadlineKind::open:
      return list.waiting.push_back(duty);
  }
}

}  // namespace

DeadlineList list_deadlines(const Evaluation& evaluation) {
  DeadlineList list;
  for (const RegimeVerdict& regime : evaluation.regimes) {
    const bool applies = regime.applies == Truth::yes && regime.in_force.truth == Truth::yes;
    if (!applies && has_unknown(regime)) sort_undecided(regime, list);
    for (const StageVerdict& stage : regime.stages) {
      const Duty duty{&regime, &stage};
      switch (stage.outcome) {
        case Outcome::due:
        case Outcome::recommended:
          sort_due(duty, list);
          break;
        case Outcome::unknown:
          if (applies) list.undecided.push_back(duty);
          break;
        case Outcome::not_due:
          (applies ? list.not_due_here : list.not_due_other).push_back(duty);
          break;
      }
    }
  }
  for (auto* dated : {&list.limits, &list.targets, &list.kept}) {
    std::ranges::stable_sort(*dated, {},
                             [](const Duty& duty) { return *duty.deadline().earliest; });
  }
  return list;
}

std::vector<std::string> assumptions(const Evaluation& evaluation) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& text) {
    if (!text.empty() && std::ranges::find(all, text) == all.end()) all.push_back(text);
  };
  if (evaluation.zone_assumed) add("times are shown in UTC, since entity.zone is not set");
  for (const RegimeVerdict& regime : evaluation.regimes) {
    bool shown = false;
    for (const StageVerdict& stage : regime.stages) {
      if (!stage.deadline) continue;
      shown = true;
      for (const std::string& text : stage.deadline->assumed) add(text);
    }
    if (shown) add(regime.assumed_date);
  }
  return all;
}

std::vector<std::pair<std::string, int>> missing_facts(
    const std::vector<const RegimeVerdict*>& regimes) {
  std::map<std::string, int> counts;
  for (const RegimeVerdict* regime : regimes) {
    for (const std::string& fact : missing_of(*regime)) ++counts[fact];
  }
  std::vector<std::pair<std::string, int>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater{}, &std::pair<std::string, int>::second);
  return sorted;
}

}  // namespace casebook::reports
