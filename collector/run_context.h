#pragma once
/// `context.json`: what a bag says about the run that made it. Specification: docs/spec/context.md.

#include <vector>

#include "collector/bag_series.h"
#include "collector/collection_plan.h"
#include "collector/footprint.h"
#include "collector/run_tally.h"

namespace casebook::collector {

/// What is known when a bag is sealed.
struct RunFacts {
  const CollectOptions& options;
  const CollectionPlan& plan;
  const Json& clocks_at_start;
  const Json& host;
  const Json& process;
  const RunCounts& counts;
  const Footprint& footprint;
  std::uint64_t bytes_read = 0;
  std::uint64_t commands_absent = 0;
  StopReason stopped = StopReason::none;
  std::vector<std::string> partial_because;
  std::vector<std::string> rules_without_match;
  std::vector<std::string> hidden_mounts;
};

/// The canonical text.
std::string context_text(const RunFacts& facts, const BagPlace& place);

std::string_view to_string(StopReason reason) noexcept;

/// Why a run that stopped, or met refusals, is partial: one sentence each, empty when complete.
std::vector<std::string> partial_because(StopReason stopped, const RunCounts& counts);

}  // namespace casebook::collector
