#pragma once
/// Shared by the tests of reports/: the built-in policies, facts from text, evaluation.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/durable_file.h"
#include "reports/evaluator.h"
#include "reports/facts_file.h"
#include "reports/policy_set.h"

namespace casebook::reports {

inline const PolicySet& policies() {
  static const PolicySet set = [] {
    auto loaded = load_policies({});
    if (!loaded) ADD_FAILURE() << loaded.error().message;
    return loaded ? *std::move(loaded) : PolicySet{};
  }();
  return set;
}

inline ZoneDatabase& zones() {
  static ZoneDatabase database;
  return database;
}

/// Facts from a JSON object of bare values.
inline Facts facts_of(const std::string& object) {
  const FactsFile file = parse_facts_file(R"({"format":"casebook-facts/1","facts":)" + object + "}",
                                          "test", policies().catalog, zones());
  for (const Error& problem : file.problems) ADD_FAILURE() << problem.message;
  return file.facts;
}

inline std::string read_source(const std::string& path) {
  auto bytes = read_file(std::string(CASEBOOK_SOURCE_DIR) + "/" + path, 1 << 24);
  if (!bytes) ADD_FAILURE() << bytes.error().message;
  return bytes ? std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size())
               : std::string();
}

inline Evaluation evaluate_all(const Facts& facts,
                               const std::vector<Regime>& regimes = policies().regimes) {
  auto evaluation =
      evaluate_regimes(regimes, facts, policies().catalog, policies().calendars, zones());
  if (!evaluation) ADD_FAILURE() << evaluation.error().message;
  return evaluation ? *std::move(evaluation) : Evaluation{};
}

/// One regime in a list that lives as long as the program: evaluations point into it.
inline const std::vector<Regime>& only(const std::string& id) {
  static std::map<std::string, std::vector<Regime>> lists;
  auto& list = lists[id];
  if (list.empty()) list.push_back(*policies().find(id));
  return list;
}

inline const StageVerdict& verdict_of(const Evaluation& evaluation, std::string_view regime,
                                      std::string_view stage) {
  static const StageVerdict none{};
  for (const RegimeVerdict& verdict : evaluation.regimes) {
    if (verdict.regime->id != regime) continue;
    for (const StageVerdict& found : verdict.stages) {
      if (found.stage->id == stage) return found;
    }
  }
  ADD_FAILURE() << "no stage " << regime << ' ' << stage;
  return none;
}

}  // namespace casebook::reports
