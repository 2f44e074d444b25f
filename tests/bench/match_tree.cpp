/// match_tree ROOT [PROFILE]: matches all file patterns of a profile against a tree and reads no
/// file; prints what was found as one JSON line. For scripts/bench: to be compared with `find`.
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "collector/artifact.h"
#include "collector/embedded_artifacts.h"
#include "collector/walker.h"
#include "core/json_text.h"

namespace {

using namespace casebook;
using namespace casebook::collector;

class CountingSink final : public MatchSink {
 public:
  Status match(const Match&) override { return ok(); }
  Status lost(CatalogLine line) override {
    ++lost_by[line.findings.empty() ? line.error->errno_name : line.findings.front()];
    return ok();
  }
  std::map<std::string, std::uint64_t> lost_by;
};

Result<Json> run(const char* place, const std::string& profile) {
  using Clock = std::chrono::steady_clock;
  const auto milliseconds = [](Clock::duration time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  };
  const auto start = Clock::now();
  auto text = embedded_artifact_set();
  if (!text) return std::move(text).error();
  auto set = ArtifactSet::parse(*text);
  if (!set) return std::move(set).error();
  auto chosen = profile == "all" ? Result<std::vector<ChosenEntry>>(set->all())
                                 : set->choose({.profile = profile, .opt_in = {}});
  if (!chosen) return std::move(chosen).error();
  auto root = RootFs::open(place);
  if (!root) return std::move(root).error();
  auto rules = make_match_rules(*set, *chosen, {}, {});
  if (!rules) return std::move(rules).error();
  const auto parsed = Clock::now();
  Matcher matcher(*std::move(rules), find_homes(*root));
  const std::size_t links = follow_literal_links(matcher, *root);
  const auto compiled = Clock::now();
  CountingSink sink;
  const SystemClock clock;
  const StopRequest stop;
  auto done = walk(matcher, *root, MountTable::read(*root), sink, {clock, stop});
  if (!done) return std::move(done).error();
  const auto walked = Clock::now();
  return Json{{"profile", profile},
              {"rules", matcher.rules().size()},
              {"links", links},
              {"folders_read", done->folders_read},
              {"names_seen", done->names_seen},
              {"matched", done->matched},
              {"lost", sink.lost_by},
              {"parse_ms", milliseconds(parsed - start)},
              {"compile_ms", milliseconds(compiled - parsed)},
              {"walk_ms", milliseconds(walked - compiled)}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: match_tree ROOT [PROFILE|all]\n", stderr);
    return 2;
  }
  auto figures = run(argv[1], argc > 2 ? argv[2] : "all");
  if (!figures) {
    std::fprintf(stderr, "match_tree: %s\n", figures.error().message.c_str());
    return 1;
  }
  std::puts(figures->dump().c_str());
  return 0;
}
