#pragma once
/// The run itself: takes a plan in order of volatility and seals what was taken.

#include <memory>
#include <optional>

#include "collector/bag_series.h"
#include "collector/budget.h"
#include "collector/collection_plan.h"
#include "collector/file_taker.h"
#include "collector/match_spool.h"
#include "collector/part_stream.h"
#include "collector/read_ahead_sink.h"
#include "collector/run_context.h"
#include "collector/run_tally.h"
#include "collector/walker.h"

namespace casebook::collector {

/// Used once.
class CollectionRun {
 public:
  CollectionRun(const CollectOptions& options, const CollectServices& services, const RootFs& root,
                const CollectionPlan& plan);
  ~CollectionRun();
  Result<CollectionReport> collect();

 private:
  Status prepare_output();
  Status open_bags();
  Status take_everything();
  /// Takes the readings that `wanted` says, in the order of their stages.
  Status take_readings_that(const std::function<bool(const ReadingRequest&)>& wanted);
  Status find_files();
  Status take_files(int stage);
  Status take_commands(int stage);
  void note_progress(int stage);
  [[nodiscard]] bool stopped() const { return services_.stop.requested(); }
  [[nodiscard]] RunFacts facts();
  [[nodiscard]] std::vector<std::string> rules_without_match() const;
  [[nodiscard]] CollectionReport make_report(std::vector<SealedBag> bags) const;

  const CollectOptions& options_;
  const CollectServices& services_;
  const RootFs& root_;
  const CollectionPlan& plan_;
  const std::chrono::steady_clock::time_point began_;
  struct Start;  // What was read of host and process before anything was taken.
  std::unique_ptr<const Start> start_;
  HostView host_;
  PlaceholderValues placeholders_;
  std::optional<std::uint64_t> reserve_bytes_;
  std::optional<Budget> budget_;
  std::optional<PartStream> parts_;
  std::unique_ptr<BagOutput> output_;
  std::optional<BagSeries> bags_;
  std::optional<ReadAheadSink> ahead_;
  std::optional<RunTally> tally_;
  std::optional<CommandSource> commands_;
  std::optional<Matcher> matcher_;
  const MountTable mounts_;
  std::optional<MatchSpool> matches_;
  std::optional<FileTaker> taker_;
  WalkSummary walked_;
  std::uint64_t not_reached_ = 0;  // Matches that a stop left untaken.
};

}  // namespace casebook::collector
