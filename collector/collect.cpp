#include "collector/collect.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/stat.h>

#include <algorithm>

#include "collector/collection_run.h"
#include "collector/embedded_artifacts.h"
#include "collector/self_test.h"
#include "collector/walker.h"

namespace casebook {
namespace {

Result<collector::ArtifactSet> embedded_set() {
  auto text = collector::embedded_artifact_set();
  if (!text) return std::move(text).error();
  return collector::ArtifactSet::parse(*text);
}

Result<collector::CollectionPlan> plan_of_embedded_set(const CollectOptions& options,
                                                       const collector::RootFs& root) {
  auto set = embedded_set();
  if (!set) return std::move(set).error();
  return collector::make_plan(*set, options, root);
}

Unsupported unsupported_of(const collector::CollectionPlan& plan) {
  return {.rules = plan.unsupported.entries, .artifacts = plan.unsupported.artifacts};
}

/// Adds up sizes instead of taking anything.
class EstimateSink final : public collector::MatchSink {
 public:
  EstimateSink(CollectEstimate& estimate, const collector::RootFs& root)
      : estimate_(&estimate), root_(&root) {}
  Status match(const collector::Match& match) override {
    ++estimate_->entries;
    if (match.decision.take != collector::Take::metadata) estimate_->bytes += size_of(match);
    return ok();
  }
  Status lost(CatalogLine /*line*/) override {
    ++estimate_->entries;
    return ok();
  }

 private:
  std::uint64_t size_of(const collector::Match& match) {
    if (match.folder_number != folder_number_ || !folder_) {
      folder_number_ = match.folder_number;
      folder_.reset(root_->open_folder(match.folder));
    }
    struct stat status {};
    const std::string name(match.name);
    if (!folder_ || ::fstatat(folder_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode)) {
      return 0;
    }
    return std::min(static_cast<std::uint64_t>(status.st_size), match.decision.bytes_max);
  }

  CollectEstimate* estimate_;
  const collector::RootFs* root_;
  std::uint64_t folder_number_ = 0;
  UniqueFd folder_;
};

}  // namespace

Result<CollectionReport> collect(const CollectOptions& options, const CollectServices& services) {
  if (auto tested = self_test(); !tested) return std::move(tested).error();
  auto root = collector::RootFs::open(options.root);
  if (!root) return std::move(root).error();
  auto plan = plan_of_embedded_set(options, *root);
  if (!plan) return std::move(plan).error();
  ::malloc_trim(0);  // Parsing the definitions took more memory than the whole run needs.
  return collector::CollectionRun(options, services, *root, *plan).collect();
}

Result<CollectEstimate> estimate(const CollectOptions& options, const CollectServices& services) {
  auto root = collector::RootFs::open(options.root);
  if (!root) return std::move(root).error();
  auto plan = plan_of_embedded_set(options, *root);
  if (!plan) return std::move(plan).error();
  CollectEstimate result{.kernel_readings = plan->readings.size(),
                         .commands = plan->commands.size(),
                         .unsupported = unsupported_of(*plan)};
  EstimateSink sink(result, *root);
  collector::Matcher matcher(std::move(plan->rules), collector::find_homes(*root));
  collector::follow_literal_links(matcher, *root);
  auto walked = collector::walk(matcher, *root, collector::MountTable::read(*root), sink,
                                {.clock = services.clock, .stop = services.stop});
  if (!walked) return std::move(walked).error();
  return result;
}

}  // namespace casebook
