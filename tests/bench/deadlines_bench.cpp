// How long the calculator takes: loading the built-in policies once, then all regimes for one facts
// file. Run by hand on a release build: build/release/tests/bench/casebook_deadlines_bench FACTS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

#include "reports/evaluator.h"
#include "reports/facts_file.h"
#include "reports/policy_set.h"

namespace {

using namespace casebook;
using namespace casebook::reports;
using Stopwatch = std::chrono::steady_clock;

double milliseconds_since(Stopwatch::time_point start) {
  return std::chrono::duration<double, std::milli>(Stopwatch::now() - start).count();
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: casebook_deadlines_bench FACTS\n", stderr);
    return 2;
  }
  const auto start = Stopwatch::now();
  const auto policies = load_policies({});
  if (!policies) return 1;
  std::printf("load %zu regimes: %.1f ms\n", policies->regimes.size(), milliseconds_since(start));
  std::ifstream in(arguments[1]);
  std::ostringstream text;
  text << in.rdbuf();
  std::vector<double> runs;
  ZoneDatabase zones;
  for (int i = 0; i < 50; ++i) {
    const auto begin = Stopwatch::now();
    const FactsFile file = parse_facts_file(text.str(), arguments[1], policies->catalog, zones);
    const auto evaluation = evaluate_regimes(policies->regimes, file.facts, policies->catalog,
                                             policies->calendars, zones);
    if (!file.problems.empty() || !evaluation) return 1;
    runs.push_back(milliseconds_since(begin));
  }
  std::ranges::sort(runs);
  std::printf("all regimes for one facts file: median %.2f ms, slowest %.2f ms of %zu runs\n",
              runs[runs.size() / 2], runs.back(), runs.size());
  return 0;
}
