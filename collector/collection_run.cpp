#include "collector/collection_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "collector/host_context.h"
#include "core/printable.h"

namespace casebook::collector {
namespace {

// What native readings of these stages show is gone first, so they come before anything slower.
constexpr int kVolatileStageLast = 8;
constexpr int kLevel = 3;
constexpr int kThrottledLevel = -1;

bool is_volatile(const ReadingRequest& request) {
  return request.stage <= kVolatileStageLast && !taken_last(request.reading);
}

}  // namespace

struct CollectionRun::Start {
  Json clocks;
  Json host;
  Json process;
};

CollectionRun::~CollectionRun() = default;

CollectionRun::CollectionRun(const CollectOptions& options, const CollectServices& services,
                             const RootFs& root, const CollectionPlan& plan)
    : options_(options),
      services_(services),
      root_(root),
      plan_(plan),
      began_(std::chrono::steady_clock::now()),
      start_(new Start{.clocks = read_clocks(),
                       .host = read_host_identity(options.root),
                       .process = read_own_process()}),
      host_(services.clock, options.root.native()),
      placeholders_(host_),
      mounts_(MountTable::read(root)) {}

Result<CollectionReport> CollectionRun::collect() {
  if (auto ready = prepare_output(); !ready) return std::move(ready).error();
  if (auto opened = open_bags(); !opened) return std::move(opened).error();
  if (auto taken = take_everything(); !taken) return std::move(taken).error();
  if (auto drained = ahead_->drain(); !drained) return std::move(drained).error();
  auto sealed = std::move(*bags_).finish();
  if (!sealed) return std::move(sealed).error();
  if (parts_) {
    if (auto ended = parts_->finish(); !ended) return std::move(ended).error();
  }
  return make_report(*std::move(sealed));
}

Status CollectionRun::prepare_output() {
  BudgetLimits limits{.bytes_max = options_.bytes_max,
                      .time_max = options_.time_max,
                      .cpu_limit_percent = options_.cpu_limit_percent};
  if (options_.stream != nullptr) {
    parts_.emplace(*options_.stream);
    output_ = std::make_unique<PartOutput>(*parts_);
  } else {
    auto reserve = reserve_on(options_.output_folder, options_.reserve_bytes);
    if (!reserve) return std::move(reserve).error();
    limits.output_folder = options_.output_folder;
    limits.reserve_bytes = *reserve;
    output_ = std::make_unique<FolderOutput>(options_.output_folder);
  }
  budget_.emplace(std::move(limits), services_.stop);
  return ok();
}

Status CollectionRun::open_bags() {
  auto run = RunId::make(services_.randomness);
  if (!run) return std::move(run).error();
  std::optional<AgeRecipient> recipient;
  if (!options_.sealing.recipient.empty()) {
    auto parsed = AgeRecipient::parse(options_.sealing.recipient);
    if (!parsed) return std::move(parsed).error();
    recipient = *std::move(parsed);
  }
  auto bags = BagSeries::create(
      {.run = *run,
       .software = options_.software,
       .recipient = std::move(recipient),
       .started_at = services_.clock.now_seconds(),
       .level = options_.cpu_limit_percent ? kThrottledLevel : kLevel,
       .sealing = options_.sealing,
       .context = [this](const BagPlace& place) { return context_text(facts(), place); },
       .on_next_bag =
           [this] {
             if (taker_) taker_->new_bag();
           }},
      {.output = *output_, .clock = services_.clock, .randomness = services_.randomness});
  if (!bags) return std::move(bags).error();
  bags_.emplace(*std::move(bags));
  // A new bag asks this thread's tally for its context.
  ahead_.emplace(*bags_,
                 [this] { return bags_->turns_within(2 * ReadAheadSink::kEntriesAheadMax); });
  tally_.emplace(*ahead_, *budget_);
  commands_.emplace(host_, placeholders_, *tally_, services_.stop);
  return ok();
}

Status CollectionRun::take_everything() {
  if (auto taken = take_readings_that(is_volatile); !taken) return taken;
  if (auto found = find_files(); !found) return found;
  for (int stage = 0; stage < kStages && !stopped(); ++stage) {
    note_progress(stage);
    if (auto taken = take_files(stage); !taken) return taken;
    auto readings = take_readings_that([stage](const ReadingRequest& request) {
      return request.stage == stage && !is_volatile(request) && !taken_last(request.reading);
    });
    if (!readings) return readings;
    if (auto taken = take_commands(stage); !taken) return taken;
  }
  // What the run did to the host is told even when it was cut short.
  return take_readings_that(
      [](const ReadingRequest& request) { return taken_last(request.reading); });
}

Status CollectionRun::take_readings_that(const std::function<bool(const ReadingRequest&)>& wanted) {
  if (!root_.live()) return ok();
  const StopRequest never;
  std::vector<ReadingRequest> chosen;
  const auto take_chosen = [&]() -> Status {
    if (chosen.empty()) return ok();
    note_progress(chosen.front().stage);
    const bool last = taken_last(chosen.front().reading);
    auto taken = take_readings(chosen, host_, *tally_, last ? never : services_.stop);
    chosen.clear();
    budget_->check_now();
    if (!taken) return std::move(taken).error();
    return ok();
  };
  for (const ReadingRequest& request : plan_.readings) {
    if (!wanted(request)) continue;
    if (!chosen.empty() && chosen.front().stage != request.stage) {
      if (auto taken = take_chosen(); !taken) return taken;
    }
    chosen.push_back(request);
  }
  return take_chosen();
}

Status CollectionRun::find_files() {
  matches_.emplace(output_->spool_folder(), services_.randomness, *tally_);
  matcher_.emplace(plan_.rules, find_homes(root_));
  follow_literal_links(*matcher_, root_);
  const auto own_folder = output_->spool_folder();
  auto walked = walk(*matcher_, root_, mounts_, *matches_,
                     {.clock = services_.clock,
                      .stop = services_.stop,
                      .own_folder = own_folder ? root_.path_inside(*own_folder) : ""});
  if (!walked) return std::move(walked).error();
  walked_ = *std::move(walked);
  taker_.emplace(FileTakerServices{.root = root_,
                                   .mounts = mounts_,
                                   .rules = plan_.rules,
                                   .sink = *tally_,
                                   .clock = services_.clock});
  return ok();
}

Status CollectionRun::take_files(int stage) {
  auto taken = take_matches(*matches_, stage, *taker_, services_.stop);
  if (!taken) return std::move(taken).error();
  not_reached_ += taken->left;
  return ok();
}

Status CollectionRun::take_commands(int stage) {
  if (!root_.live()) return ok();
  for (const CommandRequest& request : plan_.commands) {
    if (request.stage != stage) continue;
    if (stopped()) return ok();
    if (auto taken = commands_->take(request); !taken) return taken;
    budget_->check_now();
  }
  return ok();
}

void CollectionRun::note_progress(int stage) {
  if (!services_.progress) return;
  services_.progress({.stage = stage,
                      .entries = tally_->counts().entries,
                      .bytes_read = budget_->bytes_read(),
                      .bytes_expected = 0});
}

std::vector<std::string> CollectionRun::rules_without_match() const {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < plan_.rules.size() && i < walked_.fits.size(); ++i) {
    if (plan_.rules[i].chosen && walked_.fits[i] == 0) ids.push_back(plan_.rules[i].id);
  }
  std::ranges::sort(ids);
  return ids;
}

RunFacts CollectionRun::facts() {
  return {.options = options_,
          .plan = plan_,
          .clocks_at_start = start_->clocks,
          .host = start_->host,
          .process = start_->process,
          .counts = tally_->counts(),
          .footprint = host_.footprint(),
          .bytes_read = budget_->bytes_read(),
          .commands_absent = commands_->count().absent,
          .stopped = services_.stop.reason(),
          .partial_because = partial_because(services_.stop.reason(), tally_->counts()),
          .rules_without_match = rules_without_match(),
          .hidden_mounts = walked_.hidden_mounts};
}

CollectionReport CollectionRun::make_report(std::vector<SealedBag> bags) const {
  const RunCounts& counts = tally_->counts();
  CollectionReport report{
      .partial_because = partial_because(services_.stop.reason(), counts),
      .stopped = services_.stop.reason(),
      .bags = std::move(bags),
      .entries = counts.entries,
      .stored = counts.stored,
      .redacted = counts.redacted,
      .left_alone = counts.left_alone,
      .bytes_read = budget_->bytes_read(),
      .exceptions = counts.exceptions,
      .commands_run = counts.commands,
      .commands_absent = commands_->count().absent,
      .unsupported = {.rules = plan_.unsupported.entries, .artifacts = plan_.unsupported.artifacts},
      .rules_without_match = rules_without_match(),
      .duration = std::chrono::duration_cast<std::chrono::milliseconds>(
          std::chrono::steady_clock::now() - began_)};
  if (!report.partial_because.empty()) report.state = CollectionState::partial;
  if (options_.stream == nullptr) {
    for (SealedBag& bag : report.bags) bag.folder = options_.output_folder / bag.id;
  }
  return report;
}

}  // namespace casebook::collector
